"""Pages in a browser: what their scripts ask for is asked for by the crawl, and given to it.

So each byte of it is in the WARC as it went over the wire, robots.txt and the delay hold, and the
browser itself never reaches the network. What it made of the page is kept beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scrapy.http import Response

from zancrawler.browser.browser import Browser
from zancrawler.browser.chromium import NoBrowserError
from zancrawler.browser.view import Answer, Asked, Bounds, Refused, View
from zancrawler.discovery.requisites import page_requisites, redirected_requisite
from zancrawler.outlets import Capture, canonical_url, readable_path
from zancrawler.spiders.closing import is_closing
from zancrawler.spiders.headers import headers_of
from zancrawler.spiders.requisites import REDIRECT, SCRIPTED

if TYPE_CHECKING:
    from zancrawler.spiders.outlet import OutletSpider

SHARED_BYTES = 32 << 20
"""Of answers that are held for the next pages of a run: what all pages share is asked for once."""
_HTML = ("text/html", "application/xhtml+xml")


class Browsing:
    """The browser of one run."""

    def __init__(self, spider: OutletSpider) -> None:
        self._spider = spider
        self._browser: Browser | None = None
        self._turn = asyncio.Lock()
        """For looking: one page at a time."""
        self._asking = asyncio.Lock()
        """For asking: one request at a time, of whatever host."""
        self._shared: dict[str, Answer] = {}
        self._shared_bytes = 0
        self._waiting = 0
        self.keep: Callable[[View, Any], None] | None = None
        """Keeps a view beside the capture of its page; set by whoever runs us."""
        self.is_forced = False
        """Whether every page is looked at, whatever the outlet's file says."""
        self.looks = 0

    @property
    def is_looking(self) -> bool:
        return self._waiting > 0

    def wants(self, response: Response) -> bool:
        """Whether the page is to be opened: it must be new, or have changed, by its own bytes."""
        spider, outlet = self._spider, self._spider.outlet
        if self.keep is None or response.status != 200 or _answer(response).mime not in _HTML:
            return False
        if self.is_forced:
            return True
        canonical = canonical_url(response.url, outlet)
        if outlet.capture_of(readable_path(canonical)) is not Capture.BROWSER:
            return False
        known = spider.ledger.get(canonical)
        digest = response.meta["capture"].payload_digest
        return spider.full or known is None or known.content_digest != digest

    async def look(self, response: Response) -> None:
        """Opens a captured page and keeps what comes of it. Without a browser, says so once."""
        self._waiting += 1
        try:
            async with self._turn:
                if not self._is_over():
                    await self._look(response)
        except NoBrowserError as error:
            self.keep = None
            self._spider.note(f"pages are captured without a browser: {error}")
        finally:
            self._waiting -= 1

    async def _look(self, response: Response) -> None:
        outlet = self._spider.outlet
        has_agencies = bool(outlet.requisites.not_by)
        named = page_requisites(response.body, response.url, outlet) if has_agencies else ()
        pictures = {each.url for each in named}

        async def answerer(asked: Asked) -> Answer | Refused:
            # Whose a picture is, only the page can say, and it must have said so by its bytes.
            if has_agencies and asked.kind == "image" and asked.url not in pictures:
                return Refused("perhaps an agency's")
            return await self._bring(asked, response.url)

        if self._browser is None:
            self._browser = Browser()
        bounds = Bounds(requests=outlet.requisites.most_per_page)
        view = await self._browser.view(
            response.url, _answer(response), answerer, bounds, self._is_over
        )
        self.looks += 1
        if self.keep is not None:
            self.keep(view, response.meta["capture"])

    async def _bring(self, asked: Asked, page: str) -> Answer | Refused:
        url = redirected_requisite(asked.url, page, self._spider.outlet)
        if url is None:
            return Refused("not to be asked for")
        async with self._asking:
            if known := self._shared.get(url):
                self._spider.gathering.needed(url, page)
                return known
            if self._is_over():
                return Refused("too late")
            via, hops = page, SCRIPTED
            if asked.moved_from:
                via, hops = asked.moved_from, SCRIPTED + REDIRECT
            found = await self._spider.gathering.bring(url, via, hops)
        if isinstance(found, str):
            return Refused(found)
        answer = _answer(found)
        if self._shared_bytes + len(answer.body) <= SHARED_BYTES:
            self._shared_bytes += len(answer.body)
            self._shared[url] = answer
        return answer

    def _is_over(self) -> bool:
        return is_closing(self._spider.crawler)

    async def close(self) -> None:
        if self._browser is not None:
            await self._browser.close()


def _answer(response: Response) -> Answer:
    return Answer(response.status, headers_of(response), response.body)
