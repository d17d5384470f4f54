"""The one spider. It asks an outlet's sources what is there, and then for what is due."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from zancrawler import __version__
from zancrawler.discovery import Advert, Discovered, UnreadableSource, Via, Walk
from zancrawler.discovery.sources import read_source, source_kind
from zancrawler.headers import location
from zancrawler.ledger import UNREADABLE, Advertisement, Due, Kind, Ledger, Outcome, State
from zancrawler.ledger.due import is_full_look
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.spiders.adverts import advertisements, further_sources
from zancrawler.spiders.breaker import UNANSWERED, Breaker, NoTurnError
from zancrawler.spiders.browsing import Browsing
from zancrawler.spiders.gathering import Gathering
from zancrawler.spiders.headers import headers_of

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
        self.sources: set[str] = set()
        """The canonical URLs among them of which the ledger was told here, as of sources."""
        self.sources_left = 0
        self.pages_left = 0
        """Article pages that were asked for and have not answered."""
        self.unanswered = 0
        self.is_over = False
        """Nothing is asked any more."""
        self._is_new = False
        self._began = datetime.now(UTC).replace(microsecond=0)
        """In whole seconds, as the ledger has its times."""
        self.advertised = 0
        self.advertised_new = 0
        self.problems: dict[str, None] = {}
        self.breaker = Breaker()
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
        for via, urls in self._sources():
            for url in urls:
                if request := self._ask_source(Advert(url, url, via), walk=Walk()):
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
            if batch or not self.sources_left:
                return batch[: self.budget]
            await asyncio.sleep(_PAUSE)
        return []

    def closed(self, reason: str) -> None:
        """Scrapy's word that nothing is asked any more; soon after, the ledger is closed."""
        self.is_over = True
        if self.unanswered:
            self.note(f"addresses that gave no answer, however often asked: {self.unanswered}")

    def _sources(self) -> Iterator[tuple[Via, tuple[str, ...]]]:
        sources = self.outlet.sources
        yield Via.FEED, sources.feeds
        yield Via.SITEMAP, sources.sitemaps
        yield Via.API, sources.apis
        yield Via.LISTING, sources.listings

    def _ask_source(self, advert: Advert, *, walk: Walk, depth: int = 0) -> Request | None:
        """Asks as advertised: a sitemap or feed need not keep to the outlet's canonical form."""
        canonical = canonical_url(advert.url, self.outlet)
        is_known = canonical in self.asked
        self.asked.add(canonical)
        if is_known or self.budget <= 0 or url_kind(canonical, self.outlet) is UrlKind.FOREIGN:
            return None
        self.sources_left += 1
        self.budget -= 1
        known = None if self.full or self.backfill else self.ledger.get(canonical)
        if known and is_full_look(known.looks):
            known = None
        return Request(
            advert.url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=_validators(known.etag, known.last_modified) if known else None,
            cb_kwargs={"via": advert.via, "walk": walk, "depth": depth},
            meta={"handle_httpstatus_all": True},
            priority=10 - depth,
            dont_filter=True,
        )

    def parse_source(
        self, response: Response, via: Via, walk: Walk, depth: int
    ) -> Iterator[Request]:
        """What a feed, sitemap, listing or API answer advertises, and its further pages."""
        self.sources_left -= 1
        if wall := self._wall(response):
            self._record_source(response, via, State.BLOCKED, wall)
        elif response.status == 304:
            self._record_source(response, via, State.UNCHANGED, "http-304")
        elif target := self._moved_to(response):
            yield from self._follow_source(response, target, via, walk, depth)
        elif response.status != 200:
            self.note(f"{via.value} {response.url} answers {response.status}")
            self._record_source(response, via, State.FAILED, f"http-{response.status}")
        else:
            try:
                found = self._read(response, via, depth)
            except UnreadableSource as error:
                self.note(f"{via.value} {response.url} cannot be read: {error}")
                self._record_source(response, via, State.FAILED, UNREADABLE)
                return
            for problem in found.problems:
                self.note(f"{via.value} {response.url}: {problem}")
            adverts = advertisements(found.adverts, self.outlet)
            if found.adverts and not adverts and via in (Via.FEED, Via.API):
                self.note(
                    f"{via.value} {response.url}: none of its {len(found.adverts)} addresses is an "
                    "article's by the outlet's rules"
                )
            new = len(self.ledger.unknown({advert.url for advert in adverts}))
            self.advertised += len(adverts)
            self.advertised_new += new
            going = self._further(via, walk, found, new)
            # In the same transaction as what led to them: a run that dies here leaves them due.
            adverts += further_sources(found.follow if going else (), self.outlet)
            self._record_source(
                response,
                via,
                State.CAPTURED,
                via.value,
                wait=found.ttl,
                adverts=tuple(adverts),
            )
            wanted = [advert for advert in found.follow if self._is_wanted(advert)]
            for advert in wanted if going else ():
                if request := self._ask_source(advert, walk=going or walk, depth=depth + 1):
                    yield request

    def _follow_source(
        self, response: Response, target: str, via: Via, walk: Walk, depth: int
    ) -> Iterator[Request]:
        """Asks where a source has moved to; a feed that leads to the home page is lost."""
        canonical = canonical_url(target, self.outlet)
        if canonical == canonical_url(response.url, self.outlet):
            # The site may know better than our canonical form what to ask for.
            self.asked.discard(canonical)
        if canonical in self.asked and not self._is_source(canonical, via):
            self.note(f"{via.value} {response.url} leads to {target}, which is no {via.value}")
            self._record_source(response, via, State.FAILED, "redirect-away")
            return
        self._record_source(response, via, State.REDIRECTED, f"http-{response.status}")
        if request := self._ask_source(Advert(target, response.url, via), walk=walk, depth=depth):
            request.meta["hops"] = response.meta.get("hops", 0) + 1
            yield request

    def _is_source(self, canonical: str, via: Via) -> bool:
        """Whether a URL is known for a source of this kind."""
        named = {url for kind, urls in self._sources() if kind is via for url in urls}
        known = self.ledger.get(canonical)
        return canonical in {canonical_url(url, self.outlet) for url in named} or (
            known is not None and known.kind is Kind(via.value)
        )

    def _read(self, response: Response, via: Via, depth: int) -> Discovered:
        pages = response.headers.get("X-WP-TotalPages") or b""
        return read_source(
            # A further page that an earlier run heard of is no listing where its bytes say so.
            source_kind(response.body) or via,
            response.body,
            response.url,
            self.outlet,
            depth=depth,
            pages=int(pages[:9]) if pages.isdigit() else None,
        )

    def _record_source(
        self,
        response: Response,
        via: Via,
        state: State,
        reason: str,
        *,
        wait: int | None = None,
        adverts: tuple[Advertisement, ...] = (),
    ) -> None:
        """Tells the ledger of a look at a source, and of what it showed."""
        self.sources.add(canonical_url(response.url, self.outlet))
        self.ledger.record(
            [
                Outcome(
                    url=canonical_url(response.url, self.outlet),
                    at=datetime.now(UTC),
                    state=state,
                    reason=reason,
                    kind=Kind(via.value),
                    etag=_header(response, "ETag"),
                    last_modified=_header(response, "Last-Modified"),
                    wait=wait,
                    adverts=adverts,
                )
            ]
        )

    def _is_wanted(self, advert: Advert) -> bool:
        """A child sitemap that says when it changed is left until then, or until its own pace."""
        if self.full or advert.via is not Via.SITEMAP or advert.lastmod is None:
            return True
        entry = self.ledger.get(canonical_url(advert.url, self.outlet))
        due = entry.next_due if entry else None
        return due is None or due <= datetime.now(UTC)

    def _further(self, via: Via, walk: Walk, found: Discovered, new: int) -> Walk | None:
        """Child sitemaps, always; the next page of anything else while the walk brings news."""
        if via is Via.SITEMAP:
            return walk
        shown = frozenset(advert.url for advert in found.adverts)
        fresh = sum(map(self._is_fresh, shown))
        return walk.after(shown, new, fresh=fresh, backfill=self.backfill)

    def _is_fresh(self, url: str) -> bool:
        """Whether the ledger had not heard of an article when the run began."""
        known = self.ledger.get(canonical_url(url, self.outlet))
        is_fresh = known is None or known.first_advertised >= self._began
        return is_fresh and url_kind(url, self.outlet) is UrlKind.ARTICLE

    def _ask_due(self, due: Due) -> Request | None:
        """An article, or a source that an earlier run heard of: a child sitemap, a further page."""
        via = _VIAS.get(due.kind)
        source = self._ask_source(Advert(due.url, due.url, via), walk=Walk()) if via else None
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
            is_wall = self._wall(response)
            self.gathering.note(response)
            if not is_wall and self.browsing.wants(response):
                await self.browsing.look(response)
        finally:
            self.pages_left -= 1
        target = self._moved_to(response)
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

    def _moved_to(self, response: Response) -> str | None:
        """Where a redirect leads on the outlet's own hosts; others are never asked."""
        follows = 300 <= response.status < 400 and response.meta.get("hops", 0) < MAX_HOPS
        moved = location(headers_of(response)) if follows else None
        try:
            target = response.urljoin(moved) if moved else None
        except ValueError:
            return None
        is_ours = target and url_kind(target, self.outlet) is not UrlKind.FOREIGN
        return target if is_ours else None

    def source_failed(self, failure: Failure) -> None:
        self.sources_left -= 1
        if not isinstance(failure.value, NoTurnError):
            self.note(f"source {_asked_url(failure)} failed: {failure.getErrorMessage()}")
        self.article_failed(failure)

    def page_failed(self, failure: Failure) -> None:
        self.pages_left -= 1
        self.article_failed(failure)

    def article_failed(self, failure: Failure) -> None:
        """A failed exchange is in the WARC; what robots.txt forbids is not, so it is said here."""
        if isinstance(failure.value, IgnoreRequest) and not self.breaker.tripped:
            now = datetime.now(UTC)
            canonical = canonical_url(_asked_url(failure), self.outlet)
            self.ledger.record([Outcome(canonical, now, State.DISALLOWED, "robots.txt")])
        if isinstance(failure.value, UNANSWERED):
            self.unanswered += 1

    def validators(self, due: Due) -> dict[str, str]:
        """The conditions under which something known is asked for again."""
        return {} if self.full else _validators(due.etag, due.last_modified)

    def _wall(self, response: Response) -> str | None:
        """Why the answer is a wall; ends the crawl when the outlet keeps turning us away."""
        wall = self.breaker.note(response)
        if self.breaker.tripped:
            raise CloseSpider("blocked")
        return wall

    def note(self, problem: str) -> None:
        """Tells whoever runs us, once."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems[problem] = None


def _asked_url(failure: Failure) -> str:
    """Scrapy hangs the request on the failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request.url


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request's conditions: the very strings that the server sent (RFC 9110 section 13)."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in conditions.items() if value}
