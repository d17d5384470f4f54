"""The one spider. It asks an outlet's sources what is there, and then for what is due."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from zancrawler import __version__
from zancrawler.discovery import Advert, Via, Walk
from zancrawler.headers import location
from zancrawler.ledger import Due, Kind, Ledger, Outcome, State
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.spiders.asking import asked_url, conditions
from zancrawler.spiders.breaker import UNANSWERED, Breaker
from zancrawler.spiders.browsing import Browsing
from zancrawler.spiders.gathering import Gathering
from zancrawler.spiders.headers import headers_of
from zancrawler.spiders.sources import Sources

BATCH = 100
"""Due URLs taken from the ledger at a time."""
MAX_PROBLEMS = 50
MAX_HOPS = 5
"""Redirects one after another, as RFC 9309 counts them for robots.txt."""
_FOR_EVER = timedelta(days=366 * 100)
_VIAS = {
    Kind.FEED: Via.FEED,
    Kind.SITEMAP: Via.SITEMAP,
    Kind.API: Via.API,
    Kind.LISTING: Via.LISTING,
    Kind.NEXT_PAGE: Via.LISTING,
}
_PAUSE = 0.05
"""Seconds between two looks whether a source has brought something."""


class OutletSpider(scrapy.Spider):
    """Scrapy's spider for one outlet; the loader makes a subclass for each, with `outlet` set.

    Whoever runs it sets `ledger` before it opens (`zancrawler.runs.extension`).
    """

    outlet: ClassVar[Outlet]
    purpose: ClassVar[str] = ""
    """In the crawl_id of a run that is no crawl."""
    knows_hosts: ClassVar[bool] = True
    """False for a look at a site that finds out which hosts are its own."""
    ledger: Ledger

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked: set[str] = set()
        """Canonical URLs of this run: nothing is asked for twice."""
        self.pages_left = 0
        """Article pages that were asked for and have not answered."""
        self.unanswered = 0
        self.is_over = False
        """Nothing is asked any more."""
        self._is_new = False
        self.began = datetime.now(UTC).replace(microsecond=0)
        """In whole seconds, as the ledger has its times."""
        self.problems: dict[str, None] = {}
        self.breaker = Breaker()
        self.sources = Sources(self)
        self.gathering = Gathering(self)
        self.browsing = Browsing(self)
        self.budget = self.outlet.politeness.daily_budget
        """Requests that may still be made today; whoever runs us takes off what was made before."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The outlet's own pace and the names under which its captures are kept."""
        super().update_settings(settings)
        outlet = cls.outlet
        contact = settings.get("ZANCRAWLER_CONTACT")
        agent = f"zancrawler/{__version__}" + (f" (+{contact})" if contact else "")
        crawl_id = f"{outlet.name}-{cls.purpose}{datetime.now(UTC):%Y%m%d%H%M%S}"
        chosen = {
            "ZANCRAWLER_OUTLET": outlet.name,
            "ZANCRAWLER_CRAWL_ID": crawl_id,
            "USER_AGENT": agent,
            "DOWNLOAD_DELAY": outlet.politeness.delay,
            "AUTOTHROTTLE_ENABLED": outlet.politeness.delay > 0,
            "AUTOTHROTTLE_START_DELAY": outlet.politeness.delay,
            "ROBOTSTXT_OBEY": outlet.politeness.ignore_robots is None,
            "ZANCRAWLER_WARCINFO": {
                "isPartOf": crawl_id,
                "operator": contact,
                "robotsReason": outlet.politeness.ignore_robots,
                "outletTitle": outlet.title,
                "outletSha256": hashlib.sha256(outlet.source.encode()).hexdigest(),
                "outletToml": outlet.source,
            },
        }
        for name, value in chosen.items():
            settings.set(name, value, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> OutletSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, OutletSpider)
        return spider

    @property
    def backfill(self) -> bool:
        """Whether listings are walked to their end: on request, and when nothing is known yet."""
        return self._is_new or self.settings.getbool("ZANCRAWLER_BACKFILL")

    @property
    def full(self) -> bool:
        """Whether everything known is asked for again, without conditions."""
        return self.settings.getbool("ZANCRAWLER_FULL")

    @property
    def since(self) -> datetime | None:
        """Articles from before this day are left for another run."""
        day = self.settings.get("ZANCRAWLER_SINCE")
        return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None

    async def start(self) -> AsyncIterator[Request]:
        """Sources first; then whatever the ledger finds due, while sources may bring more; then
        what the pages need to be shown."""
        self._is_new = next(self.ledger.entries(Kind.ARTICLE), None) is None
        for via, urls in self.sources.named():
            for url in urls:
                if request := self.sources.ask(Advert(url, url, via), walk=Walk()):
                    yield request
        while batch := await self._next_due():
            for due in batch:
                if request := self._ask_due(due):
                    yield request
        async for request in self.gathering.requests():
            yield request

    async def _next_due(self) -> list[Due]:
        """What is due and was not asked for; empty when no source is left that could bring more."""
        while not self.is_over:
            if self.budget <= 0:
                self.note("the daily budget is used up; the rest waits for tomorrow")
                return []
            now = datetime.now(UTC)
            batch = self.ledger.due(now + _FOR_EVER if self.full else now, BATCH, self.asked)
            if batch or not self.sources.left:
                return batch[: self.budget]
            await asyncio.sleep(_PAUSE)
        return []

    def closed(self, reason: str) -> None:
        """Scrapy's word that nothing is asked any more; soon after, the ledger is closed."""
        self.is_over = True
        if self.unanswered:
            self.note(f"addresses that gave no answer, however often asked: {self.unanswered}")

    def _ask_due(self, due: Due) -> Request | None:
        """An article, or a source that an earlier run heard of: a child sitemap, a further page."""
        via = _VIAS.get(due.kind)
        source = self.sources.ask(Advert(due.url, due.url, via), walk=Walk()) if via else None
        # As the ledger writes it, which is not as we would now, if the outlet's rules changed.
        self.asked.add(due.url)
        if via:
            return source
        entry = self.ledger.get(due.url) if self.since else None
        too_old = entry is not None and self.since is not None and entry.born < self.since
        return self._ask_article(due) if due.kind is Kind.ARTICLE and not too_old else None

    def _ask_article(self, due: Due) -> Request:
        self.budget -= 1
        self.pages_left += 1
        return Request(
            due.url,
            callback=self.parse_article,
            errback=self.page_failed,
            headers=self.validators(due),
            meta={"handle_httpstatus_all": True},
            dont_filter=True,
        )

    async def parse_article(self, response: Response) -> AsyncIterator[Request]:
        """Only what the page needs is read here: it is in the WARC, and the follower reads it."""
        try:
            is_wall = self.wall(response)
            self.gathering.note(response)
            if not is_wall and self.browsing.wants(response):
                await self.browsing.look(response)
        finally:
            self.pages_left -= 1
        target = self.moved_to(response)
        if target and url_kind(target, self.outlet) is UrlKind.ARTICLE:
            canonical = canonical_url(target, self.outlet)
            # The site may know better than our canonical form what to ask for.
            is_other_spelling = canonical == canonical_url(response.url, self.outlet)
            known = self.ledger.get(canonical)
            is_news = canonical not in self.asked and not (known and known.held)
            if (is_other_spelling or is_news) and self.budget > 0:
                self.asked.add(canonical)
                url = target if is_other_spelling else canonical
                request = self._ask_article(Due(url, Kind.ARTICLE, None, None, "redirect"))
                request.meta["hops"] = response.meta.get("hops", 0) + 1
                yield request

    def moved_to(self, response: Response) -> str | None:
        """Where a redirect leads on the outlet's own hosts; others are never asked."""
        follows = 300 <= response.status < 400 and response.meta.get("hops", 0) < MAX_HOPS
        moved = location(headers_of(response)) if follows else None
        try:
            target = response.urljoin(moved) if moved else None
        except ValueError:
            return None
        is_ours = target and url_kind(target, self.outlet) is not UrlKind.FOREIGN
        return target if is_ours else None

    def page_failed(self, failure: Failure) -> None:
        self.pages_left -= 1
        self.article_failed(failure)

    def article_failed(self, failure: Failure) -> None:
        """A failed exchange is in the WARC; what robots.txt forbids is not, so it is said here."""
        if isinstance(failure.value, IgnoreRequest) and not self.breaker.tripped:
            now = datetime.now(UTC)
            canonical = canonical_url(asked_url(failure), self.outlet)
            self.ledger.record([Outcome(canonical, now, State.DISALLOWED, "robots.txt")])
        if isinstance(failure.value, UNANSWERED):
            self.unanswered += 1

    def validators(self, due: Due) -> dict[str, str]:
        """The conditions under which something known is asked for again."""
        return {} if self.full else conditions(due.etag, due.last_modified)

    def wall(self, response: Response) -> str | None:
        """Why the answer is a wall; ends the crawl when the outlet keeps turning us away."""
        wall = self.breaker.note(response)
        if self.breaker.tripped:
            raise CloseSpider("blocked")
        return wall

    def note(self, problem: str) -> None:
        """Tells whoever runs us, once."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems[problem] = None
