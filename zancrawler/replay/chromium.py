"""A browser that looks at what is served on loopback, and reaches nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zancrawler.browser.chromium import launch_options, require_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """Reaches loopback only. While it is open, asyncio cannot be used beside it.

    Raises NoBrowserError.
    """
    require_playwright()
    from playwright.sync_api import sync_playwright

    options = launch_options("MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**options)
        try:
            yield opened
        finally:
            opened.close()
