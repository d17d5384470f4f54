"""The browser of a run: begun with the first page, a fresh profile for each, closed at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from .chromium import NOWHERE, NoBrowserError, launch_options, require_playwright
from .view import HEIGHT, WIDTH, Answer, Answerer, Bounds, View
from .window import Window

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright

_CLOSING = 20.0
"""Seconds for a window, or the browser, to go away."""


class Browser:
    """Used by one page at a time, in an event loop."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    async def view(
        self,
        url: str,
        answer: Answer,
        answerer: Answerer,
        bounds: Bounds,
        is_over: Callable[[], bool] = lambda: False,
    ) -> View:
        """Looks at a page whose own answer is known; `answerer` answers all else that it asks for.

        `is_over` tells that there is no time left. Raises NoBrowserError; what a page does is
        among the view's problems.
        """
        require_playwright()
        from playwright.async_api import Error

        chromium = await self._started()
        try:
            context = await chromium.new_context(
                viewport={"width": WIDTH, "height": HEIGHT},
                accept_downloads=False,
                service_workers="block",
            )
        except Error as error:
            raise _not_there(error) from error
        try:
            page = await context.new_page()
            devtools = await context.new_cdp_session(page)
            window = Window(page, devtools, answerer, bounds, is_over)
            return await window.look(url, answer, f"Chromium/{chromium.version}")
        except Error as error:
            raise _not_there(error) from error
        finally:
            await self._end(context.close())

    async def close(self) -> None:
        if self._chromium is not None:
            await self._end(self._chromium.close())
        if self._playwright is not None:
            await self._end(self._playwright.stop())
        self._chromium = self._playwright = None

    async def _started(self) -> Chromium:
        from playwright.async_api import Error, async_playwright

        if self._chromium is not None and self._chromium.is_connected():
            return self._chromium
        options = launch_options(NOWHERE)
        try:
            if self._playwright is None:
                # Ctrl-C reaches the driver too, and nobody asks Playwright how that ended.
                logging.getLogger("asyncio").addFilter(_is_not_of_the_driver)
                self._playwright = await async_playwright().start()
            self._chromium = await self._playwright.chromium.launch(**options)
        except Error as error:
            raise _not_there(error) from error
        return self._chromium

    @staticmethod
    async def _end(closing: Awaitable[None]) -> None:
        from playwright.async_api import Error

        with suppress(Error, TimeoutError):
            await asyncio.wait_for(closing, _CLOSING)


def _is_not_of_the_driver(record: logging.LogRecord) -> bool:
    return "reading from the driver" not in f"{record.getMessage()} {record.exc_info}"


def _not_there(error: Exception) -> NoBrowserError:
    said = str(error).splitlines()
    return NoBrowserError(f"chromium does not run: {said[0][:200] if said else 'no word of why'}")
