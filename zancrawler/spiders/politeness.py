"""Manners beyond Scrapy's own: Crawl-delay, Retry-After, and not asking through a wall."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.misc import load_object

from zancrawler.discovery.robots import robots_rules
from zancrawler.headers import retry_after
from zancrawler.outlets import host_of
from zancrawler.spiders.breaker import NO_ROBOTS, UNANSWERED, NoTurnError
from zancrawler.spiders.headers import headers_of
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.spiders.requisites import PREREQUISITE
from zancrawler.spiders.strangers import Strangers

MAX_WAIT = 120
"""Seconds. A server that wants us away for longer is left to another run."""
MAX_WAITS = 600
"""Seconds in all of a run. A server that wants us to wait at every page is left to another too."""
MAX_CRAWL_DELAY = 60.0
"""Seconds. A longer Crawl-delay (some say a day) would only mean that nothing is kept."""
MAX_RETURNS = 3
"""To one URL, after as many waits."""


def _in_words(exception: Exception) -> str:
    match exception:
        case CannotResolveHostError():
            return "no address is known of its host"
        case DownloadConnectionRefusedError():
            return "its host refuses connections"
        case DownloadTimeoutError():
            return "its host does not answer in time"
        case DownloadFailedError():
            return "its host breaks off"
        case DownloadCancelledError():
            return "it was given up"
    return type(exception).__name__


class PolitenessMiddleware:
    """A downloader middleware. With one request at a time, waiting here keeps the host at rest."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        named = crawler.settings.getlist("RETRY_EXCEPTIONS")
        self._retried = tuple(load_object(name) for name in named)
        self.crawl_delays: dict[str, float] = {}
        self.waits: Counter[str] = Counter()
        """Seconds that we waited because a host asked us to, by download slot."""
        self.strangers: Strangers | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PolitenessMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Nothing is asked any more once the outlet, or another host, is to be left alone."""
        spider = self.crawler.spider
        if not isinstance(spider, OutletSpider):
            return
        if spider.breaker.tripped:
            raise IgnoreRequest(spider.breaker.tripped)
        if request.meta.get("hops_from_seed") and spider.gathering.rests(request.url):
            raise IgnoreRequest("refused too often")
        if self._is_stranger(request):
            if _is_robots(request):
                request.meta.setdefault("via", spider.outlet.home)
                request.meta.setdefault("hops_from_seed", PREREQUISITE)
            await self._strangers(spider).require_open(request.url)

    def _is_stranger(self, request: Request) -> bool:
        spider = self.crawler.spider
        if not isinstance(spider, OutletSpider) or not spider.knows_hosts:
            return False
        return host_of(request.url) not in spider.outlet.domains

    def _strangers(self, spider: OutletSpider) -> Strangers:
        if self.strangers is None:
            self.strangers = Strangers(spider.outlet)
        return self.strangers

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Takes Crawl-delay from robots.txt; after a short Retry-After asks once more, and after
        a long one leaves the host to rest."""
        slot = request.meta.get("download_slot", "")
        if _is_robots(request) and response.status == 200:
            self.crawl_delays[slot] = self._crawl_delay(response)
        self._slow_down(slot)
        if again := await self._waited(request, response, slot):
            return again
        if _is_robots(request) and response.status >= 500 and self._is_last_try(request):
            self._leave(request, f"robots.txt answers {response.status}")
        return response

    async def _waited(self, request: Request, response: Response, slot: str) -> Request | None:
        """The request to make once more, after the wait that a busy server asks for."""
        busy = response.status in (429, 503)
        wait = retry_after(headers_of(response), datetime.now(UTC)) if busy else None
        if wait is None:
            return None
        # RetryMiddleware would not wait.
        request.meta["dont_retry"] = True
        before = self.waits[slot]
        if wait > MAX_WAIT:
            self._rest(request, f"it asks to be left alone for {wait:,} seconds")
            return None
        if before + wait > MAX_WAITS:
            self._rest(request, f"it asks us to wait again and again, {before + wait:,} seconds")
            return None
        self.waits[slot] += wait
        await asyncio.sleep(wait)
        returns = request.meta.get("returns", 0)
        if returns >= MAX_RETURNS:
            return None
        again = request.replace(dont_filter=True)
        again.meta["returns"] = returns + 1
        del again.meta["dont_retry"]
        return again

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer for robots.txt is no permission; none for page after page is a refusal."""
        spider = self.crawler.spider
        if isinstance(exception, NoTurnError):
            # Nothing else is asked of that host either.
            return
        if _is_robots(request):
            if self._is_last_try(request) or not isinstance(exception, self._retried):
                self._leave(request, f"{NO_ROBOTS}: {_in_words(exception)}")
            return
        if not isinstance(spider, OutletSpider) or request.meta.get("hops_from_seed"):
            return
        if isinstance(exception, UNANSWERED):
            spider.breaker.missed(request.url, _in_words(exception))
            if spider.breaker.tripped:
                self._rest(request, spider.breaker.tripped)

    def _is_last_try(self, request: Request) -> bool:
        retries: int = request.meta.get("retry_times", 0)
        is_last = retries >= self.crawler.settings.getint("RETRY_TIMES")
        return is_last or "dont_retry" in request.meta

    def _leave(self, request: Request, reason: str) -> None:
        """Rules that cannot be read forbid everything (RFC 9309, 2.3.1.4)."""
        if self.crawler.settings.getbool("ROBOTSTXT_OBEY"):
            self._rest(request, reason)

    def _rest(self, request: Request, reason: str) -> None:
        """Asks for nothing more: of the outlet's own hosts that ends the run, of another host it
        closes that host."""
        spider = self.crawler.spider
        if isinstance(spider, OutletSpider):
            if self._is_stranger(request):
                self._strangers(spider).close(request.url, reason)
                return
            spider.breaker.tripped = spider.breaker.tripped or reason
            if self.crawler.engine:
                end = "unreachable" if spider.breaker.is_unreachable else "blocked"
                deferred_from_coro(self.crawler.engine.close_spider_async(reason=end))

    def _crawl_delay(self, response: Response) -> float:
        delay = robots_rules(response.body).crawl_delay(self.crawler.settings["USER_AGENT"]) or 0.0
        return min(delay, MAX_CRAWL_DELAY)

    def _slow_down(self, name: str) -> None:
        """AutoThrottle may lower a slot's delay after each answer, so it is raised after each.

        It is the least that a host asks for: Scrapy would halve it at random.
        """
        engine = self.crawler.engine
        slot = engine.downloader.slots.get(name) if engine else None
        delay = self.crawl_delays.get(name, 0.0)
        if slot is not None and delay > 0:
            slot.delay = max(slot.delay, delay)
            # Before Scrapy 2.19 it had the other name.
            setattr(slot, "jitter" if hasattr(slot, "jitter") else "randomize_delay", 0)


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt"
