"""Asking an outlet's sources what is there: feeds, sitemaps, listings and APIs, page after page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zancrawler.discovery import Advert, Discovered, UnreadableSource, Via, Walk
from zancrawler.discovery.sources import read_source, source_kind
from zancrawler.headers import total_pages
from zancrawler.ledger import UNREADABLE, Advertisement, Kind, Outcome, State
from zancrawler.ledger.due import is_full_look
from zancrawler.outlets import UrlKind, canonical_url, url_kind
from zancrawler.spiders.adverts import advertisements, further_sources
from zancrawler.spiders.asking import asked_url, conditions
from zancrawler.spiders.breaker import NoTurnError
from zancrawler.spiders.headers import headers_of

if TYPE_CHECKING:
    from zancrawler.spiders.outlet import OutletSpider


class Sources:
    """What one run hears from an outlet's sources."""

    def __init__(self, spider: OutletSpider) -> None:
        self._spider = spider
        self._outlet = spider.outlet
        self.told: set[str] = set()
        """The canonical URLs of which the ledger was told here, as of sources."""
        self.left = 0
        """Those that were asked and have not answered."""
        self.advertised = 0
        self.advertised_new = 0

    def named(self) -> Iterator[tuple[Via, tuple[str, ...]]]:
        """Those of the outlet's file, in the order in which they are asked."""
        for kind, urls in self._outlet.sources.by_kind().items():
            yield Via(kind), urls

    def ask(self, advert: Advert, *, walk: Walk, depth: int = 0) -> Request | None:
        """Asks as advertised: a sitemap or feed need not keep to the outlet's canonical form."""
        spider, canonical = self._spider, canonical_url(advert.url, self._outlet)
        is_known = canonical in spider.asked
        spider.asked.add(canonical)
        if is_known or spider.budget <= 0 or url_kind(canonical, self._outlet) is UrlKind.FOREIGN:
            return None
        self.left += 1
        spider.budget -= 1
        known = None if spider.full or spider.backfill else spider.ledger.get(canonical)
        if known and is_full_look(known.looks):
            known = None
        return Request(
            advert.url,
            callback=self.parse,
            errback=self.failed,
            headers=conditions(known.etag, known.last_modified) if known else None,
            cb_kwargs={"via": advert.via, "walk": walk, "depth": depth},
            meta={"handle_httpstatus_all": True},
            priority=10 - depth,
            dont_filter=True,
        )

    def parse(self, response: Response, via: Via, walk: Walk, depth: int) -> Iterator[Request]:
        """What a feed, sitemap, listing or API answer advertises, and its further pages."""
        self.left -= 1
        if wall := self._spider.wall(response):
            self._record_source(response, via, State.BLOCKED, wall)
        elif response.status == 304:
            self._record_source(response, via, State.UNCHANGED, "http-304")
        elif target := self._spider.moved_to(response):
            yield from self._follow_source(response, target, via, walk, depth)
        elif response.status != 200:
            self._spider.note(f"{via.value} {response.url} answers {response.status}")
            self._record_source(response, via, State.FAILED, f"http-{response.status}")
        else:
            try:
                found = self._read(response, via, depth)
            except UnreadableSource as error:
                self._spider.note(f"{via.value} {response.url} cannot be read: {error}")
                self._record_source(response, via, State.FAILED, UNREADABLE)
                return
            for problem in found.problems:
                self._spider.note(f"{via.value} {response.url}: {problem}")
            adverts = advertisements(found.adverts, self._outlet)
            if found.adverts and not adverts and via in (Via.FEED, Via.API):
                self._spider.note(
                    f"{via.value} {response.url}: none of its {len(found.adverts)} addresses is an "
                    "article's by the outlet's rules"
                )
            new = len(self._spider.ledger.unknown({advert.url for advert in adverts}))
            self.advertised += len(adverts)
            self.advertised_new += new
            going = self._further(via, walk, found, new)
            # In the same transaction as what led to them: a run that dies here leaves them due.
            adverts += further_sources(found.follow if going else (), self._outlet)
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
                if request := self.ask(advert, walk=going or walk, depth=depth + 1):
                    yield request

    def _follow_source(
        self, response: Response, target: str, via: Via, walk: Walk, depth: int
    ) -> Iterator[Request]:
        """Asks where a source has moved to; a feed that leads to the home page is lost."""
        asked, canonical = self._spider.asked, canonical_url(target, self._outlet)
        if canonical == canonical_url(response.url, self._outlet):
            # The site may know better than our canonical form what to ask for.
            asked.discard(canonical)
        if canonical in asked and not self._is_source(canonical, via):
            told = f"{via.value} {response.url} leads to {target}, which is no {via.value}"
            self._spider.note(told)
            self._record_source(response, via, State.FAILED, "redirect-away")
            return
        self._record_source(response, via, State.REDIRECTED, f"http-{response.status}")
        if request := self.ask(Advert(target, response.url, via), walk=walk, depth=depth):
            request.meta["hops"] = response.meta.get("hops", 0) + 1
            yield request

    def _is_source(self, canonical: str, via: Via) -> bool:
        """Whether a URL is known for a source of this kind."""
        named = {url for kind, urls in self.named() if kind is via for url in urls}
        known = self._spider.ledger.get(canonical)
        return canonical in {canonical_url(url, self._outlet) for url in named} or (
            known is not None and known.kind is Kind(via.value)
        )

    def _read(self, response: Response, via: Via, depth: int) -> Discovered:
        return read_source(
            # A further page that an earlier run heard of is no listing where its bytes say so.
            source_kind(response.body) or via,
            response.body,
            response.url,
            self._outlet,
            depth=depth,
            pages=total_pages(headers_of(response)),
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
        self.told.add(canonical_url(response.url, self._outlet))
        self._spider.ledger.record(
            [
                Outcome(
                    url=canonical_url(response.url, self._outlet),
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
        if self._spider.full or advert.via is not Via.SITEMAP or advert.lastmod is None:
            return True
        entry = self._spider.ledger.get(canonical_url(advert.url, self._outlet))
        due = entry.next_due if entry else None
        return due is None or due <= datetime.now(UTC)

    def _further(self, via: Via, walk: Walk, found: Discovered, new: int) -> Walk | None:
        """Child sitemaps, always; the next page of anything else while the walk brings news."""
        if via is Via.SITEMAP:
            return walk
        shown = frozenset(advert.url for advert in found.adverts)
        fresh = sum(map(self._is_fresh, shown))
        return walk.after(shown, new, fresh=fresh, backfill=self._spider.backfill)

    def _is_fresh(self, url: str) -> bool:
        """Whether the ledger had not heard of an article when the run began."""
        known = self._spider.ledger.get(canonical_url(url, self._outlet))
        is_fresh = known is None or known.first_advertised >= self._spider.began
        return is_fresh and url_kind(url, self._outlet) is UrlKind.ARTICLE

    def failed(self, failure: Failure) -> None:
        self.left -= 1
        if not isinstance(failure.value, NoTurnError):
            self._spider.note(f"source {asked_url(failure)} failed: {failure.getErrorMessage()}")
        self._spider.article_failed(failure)


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
