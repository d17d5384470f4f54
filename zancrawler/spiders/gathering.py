"""Gathering page requisites: after all pages, each once, and never at the pages' expense."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    DownloadCancelledError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from zancrawler.ledger import Advertisement, Due, Kind, Outcome, State
from zancrawler.outlets import host_of
from zancrawler.pictures import answer_mark, picture_mark
from zancrawler.spiders.asking import asked_url
from zancrawler.spiders.breaker import UNANSWERED
from zancrawler.spiders.headers import headers_of
from zancrawler.spiders.requisites import EMBED, SCRIPTED, Shown, needs

if TYPE_CHECKING:
    from zancrawler.spiders.outlet import OutletSpider

BATCH = 100
MOST_BYTES = 16 << 20
"""Of one requisite. What is larger is no part of a page that people on slow lines read."""
REFUSALS = 3
"""In a row, after which a host is asked for no more requisites in this run."""
OF_THE_BUDGET = 0.5
"""Requisites wait for tomorrow once this share of the day's requests is used up, by whatever."""
NO_ANSWER = (*UNANSWERED, ResponseDataLossError)
_LAST = -10
_PAUSE = 0.05


class Gathering:
    """What one run captures beside its pages."""

    def __init__(self, spider: OutletSpider) -> None:
        self._spider = spider
        self._rules = spider.outlet.requisites
        self._left = self._rules.most_per_run
        self._reserve = spider.outlet.politeness.daily_budget * OF_THE_BUDGET
        self._in_flight = 0
        self._refusals: Counter[str] = Counter()
        self.withheld: frozenset[str] = frozenset()
        """Marks of what a person has withdrawn with an article (`zancrawler.pictures`)."""

    def note(self, response: Response, hops: str = "") -> None:
        """Tells the ledger what an answer needs, at the moment of its capture."""
        shown = Shown(response.url, hops, response.status, headers_of(response), response.body)
        adverts = [
            advert
            for advert in needs(shown, self._spider.outlet)
            if picture_mark(advert.url) not in self.withheld
        ]
        if adverts:
            self._spider.ledger.advertise(adverts, response.meta["capture"].fetch_time)

    async def requests(self) -> AsyncIterator[Request]:
        """What is due, while pages or stylesheets may bring more."""
        spider = self._spider
        while not spider.is_over and self._left > 0 and spider.budget > self._reserve:
            if spider.browsing.is_looking:
                # Its page may be about to ask for the same.
                await asyncio.sleep(_PAUSE)
                continue
            now = datetime.now(UTC)
            batch = spider.ledger.requisites_due(now, min(BATCH, self._left), spider.asked)
            for due in batch:
                if spider.browsing.is_looking:
                    break
                spider.asked.add(due.url)
                if spider.budget > self._reserve and self._may_be_asked(due.url):
                    yield self._ask(due)
            if not batch and not (self._in_flight or spider.pages_left):
                return
            if not batch or self._in_flight >= BATCH:
                await asyncio.sleep(_PAUSE)

    async def bring(self, url: str, via: str, hops: str) -> Response | str:
        """What a page that is open in a browser asks for, now; or why it may not have it."""
        spider = self._spider
        if {picture_mark(url), answer_mark(url)} & self.withheld:
            return "withdrawn"
        if spider.breaker.tripped or self.rests(url) or not self._may_be_asked(url):
            return "left to rest"
        if self._left <= 0 or spider.budget <= self._reserve:
            return "no budget left"
        at = datetime.now(UTC)
        spider.asked.add(url)
        spider.ledger.advertise([Advertisement(url, via, hops, Kind.REQUISITE)], at)
        self._left -= 1
        spider.budget -= 1
        assert spider.crawler.engine is not None
        try:
            response = await spider.crawler.engine.download_async(_request(url, via, hops))
        except IgnoreRequest as error:
            self._forbidden(url, error)
            return str(error)[:80] or "forbidden"
        except (DownloadCancelledError, *NO_ANSWER) as error:
            self._count(url, is_refusal=True)
            return type(error).__name__
        self._answered(response, hops)
        return response

    def needed(self, url: str, page: str) -> None:
        """That another page needs what was brought already: it must not go with one of the two."""
        advert = Advertisement(url, page, SCRIPTED, Kind.REQUISITE)
        self._spider.ledger.advertise([advert], datetime.now(UTC))

    def _may_be_asked(self, url: str) -> bool:
        host = host_of(url)
        is_ours = host in self._spider.outlet.domains
        # Where a written reason lets us ignore the outlet's robots.txt, no other host's is read.
        is_open = is_ours or self._spider.settings.getbool("ROBOTSTXT_OBEY")
        return is_open and not self.rests(url)

    def rests(self, url: str) -> bool:
        """Whether the URL's host has refused too often to be asked for more requisites now."""
        return self._refusals[host_of(url)] >= REFUSALS

    def _ask(self, due: Due) -> Request:
        spider = self._spider
        shown_by = next(iter(spider.ledger.sightings(due.url)), None)
        hops = shown_by.via if shown_by else EMBED
        self._left -= 1
        self._in_flight += 1
        spider.budget -= 1
        via = shown_by.source if shown_by else spider.outlet.home
        request = _request(due.url, via, hops, spider.validators(due))
        return request.replace(
            callback=self._captured, errback=self._failed, cb_kwargs={"hops": hops}, priority=_LAST
        )

    def _captured(self, response: Response, hops: str) -> None:
        self._in_flight -= 1
        self._answered(response, hops)

    def _answered(self, response: Response, hops: str) -> None:
        is_refusal = response.status in (401, 403, 429) or response.status >= 500
        self._count(response.url, is_refusal=is_refusal)
        self.note(response, hops)

    def _failed(self, failure: Failure) -> None:
        """A failed exchange is in the WARC. What may not be asked for is not: it is said here."""
        self._in_flight -= 1
        url = asked_url(failure)
        if not isinstance(failure.value, IgnoreRequest):
            self._count(url, is_refusal=True)
        else:
            self._forbidden(url, failure.value)

    def _forbidden(self, url: str, error: IgnoreRequest) -> None:
        if not self.rests(url) and not self._spider.breaker.tripped:
            outcome = Outcome(
                url, datetime.now(UTC), State.DISALLOWED, str(error)[:80], Kind.REQUISITE
            )
            self._spider.ledger.record([outcome])

    def _count(self, url: str, *, is_refusal: bool) -> None:
        host = host_of(url)
        self._refusals[host] = self._refusals[host] + 1 if is_refusal else 0


def _request(url: str, via: str, hops: str, conditions: Mapping[str, str] | None = None) -> Request:
    return Request(
        url,
        headers={"Accept": "*/*", **(conditions or {})},
        meta={
            "handle_httpstatus_all": True,
            "max_retry_times": 0,
            "download_maxsize": MOST_BYTES,
            "via": via,
            "hops_from_seed": hops,
        },
        dont_filter=True,
    )
