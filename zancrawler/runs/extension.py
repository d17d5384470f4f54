"""One run of one outlet inside Scrapy: lock, repair, catch up, follow, commit.

Scrapy builds this extension for every crawl, so `scrapy crawl NAME` and `zancrawler crawl NAME`
do the same.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browser.view import View
from zancrawler.capture.exchange import CapturedExchange
from zancrawler.capture.recovery import recover
from zancrawler.capture.session import CaptureSession
from zancrawler.capture.signals import capture_failed, exchange_captured, warcs_closed
from zancrawler.decisions import Decisions
from zancrawler.ledger import Ledger
from zancrawler.outlets import Outlet
from zancrawler.proofs.entry import Cause
from zancrawler.runs.accounts import captures_of_runs, counts, recount
from zancrawler.runs.budget import requests_today
from zancrawler.runs.checks import is_check
from zancrawler.runs.coverage import coverage_rows
from zancrawler.runs.crawl import NobodyNamedError, is_loopback
from zancrawler.runs.entering import enter
from zancrawler.runs.follower import Done, Failed, Follower, Report
from zancrawler.runs.series import Committed, catch_up
from zancrawler.runs.spans import Span
from zancrawler.runs.standing import apply_decisions, settle
from zancrawler.runs.summary import RunState, RunSummary, crawl_row, started_at
from zancrawler.search import Index
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.tables import Tables

_INDEXING = 5.0
"""Seconds a run may spend on the search index. What is left, the next run or search takes in."""
_POLL = 0.2
"""Seconds between looks for reports of the follower."""
_STOPS = MappingProxyType(
    {
        "shutdown": "stopped by Ctrl-C or a signal; the next run goes on from there",
        "closespider_pagecount": "stopped after as many requests as --max-pages allows",
        "closespider_timeout": "stopped after as many seconds as --max-time allows",
    }
)
"""What Scrapy calls the ends that people bring about."""


class RunExtension:
    """Raises ArchiveLockedError when the outlet is being crawled already."""

    def __init__(self, crawler: Crawler, archive: Archive, outlet: Outlet) -> None:
        self.crawler = crawler
        self.archive = archive
        self.outlet = outlet
        self.crawl_id: str = crawler.settings["ZANCRAWLER_CRAWL_ID"]
        self.started = started_at(self.crawl_id) or datetime.now(UTC)
        self.finished: datetime | None = None
        self.reason: str | None = None
        self.failure: str | None = None
        self.requests = 0
        self.kinds: Counter[str] = Counter()
        self.articles: Counter[str] = Counter()
        self.warcs: dict[str, None] = {}
        self.repairs: list[str] = []
        self._ended = False
        """The follower will report nothing more."""
        self._held = ExitStack()
        self._held.enter_context(archive.lock(outlet.name, f"{self.crawl_id}, pid {os.getpid()}"))
        self.ledger = self._held.enter_context(Ledger(archive.ledger(outlet.name)))
        self._refused = {shape.name: shape.refused for shape in self.ledger.traps()}
        self._follower: Follower | None = None
        self._poll = LoopingCall(self._take_reports)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunExtension:
        """Raises ArchiveError or OSError, with which the run ends before it asks for anything."""
        spider = crawler.spider
        if not isinstance(spider, OutletSpider):
            raise NotConfigured("no outlet is crawled here")
        settings = crawler.settings
        named = settings["ZANCRAWLER_CONTACT"] or settings.getbool("ZANCRAWLER_ANONYMOUS")
        if not named and not is_loopback(spider.outlet):
            raise NobodyNamedError
        archive = Archive.open(Path(settings["ZANCRAWLER_ARCHIVE"]))
        extension = cls(crawler, archive, spider.outlet)
        extension.repair()
        spider.ledger = extension.ledger
        spider.gathering.withheld = Decisions.read(archive).pictures()
        spider.browsing.keep = extension.keep_view
        spider.budget -= requests_today(archive, spider.outlet.name, extension.started)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.exchange_captured, exchange_captured)
        crawler.signals.connect(extension.capture_failed, capture_failed)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        crawler.signals.connect(extension.warcs_closed, warcs_closed)
        return extension

    def repair(self) -> None:
        """Before anything is asked for, what an earlier run left behind is put in order."""
        self.repairs += enter(self.archive, self.outlet.name, Cause.FOUND)
        for repaired in recover(self.archive, self.outlet.name):
            if repaired.torn:
                self.repairs.append(
                    f"{repaired.warc_filename} had a torn end of {repaired.torn} bytes "
                    f"({repaired.reason}); it was cut off and kept in {repaired.torn_filename}"
                )
        tables, late = Tables(self.archive, self.outlet.name), list[int]()
        for committed in catch_up(self.archive, tables, self.outlet, self.ledger):
            self.ledger.record(committed.outcomes, committed.through)
            late.append(committed.articles["new"])
        if late:
            recount(self.archive, self.outlet.name)
        if new := sum(late):
            self.repairs.append(
                f"a run that did not end in good order had captured {new} new articles; "
                "they are in the tables now"
            )
        self.warcs_closed()

    def warcs_closed(self) -> None:
        """Enters what we wrote into the log of proofs."""
        told = enter(self.archive, self.outlet.name, Cause.CRAWL)
        self.repairs += [problem for problem in told if problem not in self.repairs]

    def spider_opened(self) -> None:
        self._follower = Follower(self.archive, self.outlet, self.crawl_id)
        self._poll.start(_POLL, now=False)

    def exchange_captured(self, exchange: CapturedExchange) -> None:
        self.requests += 1
        self.warcs[exchange.warc_filename] = None
        if self._follower:
            self._follower.tell(Span(exchange.warc_filename, exchange.offset, exchange.length))

    def keep_view(self, view: View, page: CapturedExchange) -> None:
        """Puts what a browser made of a page into the WARC. Raises CaptureError."""
        session: CaptureSession = self.crawler.capture_session  # type: ignore[attr-defined]
        session.write_resources(page, view.parts())

    def capture_failed(self, error: Exception) -> None:
        self.failure = str(error)

    async def spider_closed(self, reason: str) -> None:
        """Waits until all that was captured is in the tables and the ledger."""
        self.reason = reason
        await self.spider.browsing.close()
        if self._follower:
            self._follower.tell(None)
            while not self._ended:
                await asyncio.sleep(_POLL)
            self._poll.stop()
            self._follower.close()
        self._finish()
        self._held.close()

    def summary(self) -> RunSummary:
        """How the run stands now."""
        spider = self.spider
        return RunSummary(
            outlet=self.outlet.name,
            crawl_id=self.crawl_id,
            state=self._state(),
            started=self.started,
            finished=self.finished,
            reason=self._reason(),
            requests=self.requests,
            bytes_received=self.crawler.stats.get_value("downloader/response_bytes", 0),
            kinds=dict(self.kinds),
            advertised=spider.sources.advertised,
            advertised_new=spider.sources.advertised_new,
            articles_new=self.articles["new"],
            articles_changed=self.articles["changed"],
            articles_unchanged=self.articles["unchanged"],
            warc_filenames=tuple(self.warcs),
            problems=(*self.repairs, *spider.problems),
        )

    def _state(self) -> RunState:
        if self.failure is not None:
            return RunState.FAILED
        if self.finished is None:
            return RunState.RUNNING
        if self.spider.breaker.tripped:
            return RunState.BLOCKED
        return RunState.FINISHED if self.reason == "finished" else RunState.STOPPED

    def _reason(self) -> str | None:
        if self.failure is not None:
            return self.failure
        breaker = self.spider.breaker
        if breaker.is_unreachable:
            return f"the outlet cannot be reached ({breaker.tripped}); the next run tries again"
        if breaker.tripped:
            return f"the outlet turns us away ({breaker.tripped}); it is left to rest"
        return None if self.reason in (None, "finished") else _STOPS.get(self.reason, self.reason)

    @property
    def spider(self) -> OutletSpider:
        assert isinstance(self.crawler.spider, OutletSpider)
        return self.crawler.spider

    def _take_reports(self) -> None:
        if self._follower and not self._ended:
            for report in self._follower.reports():
                self._take(report)

    def _take(self, report: Report) -> None:
        match report:
            case Committed():
                # What a source brought, the spider has told the ledger already.
                told = self.spider.sources.told
                outcomes = [o for o in report.outcomes if o.url not in told]
                if is_check(self.crawl_id, self.outlet.name):
                    outcomes = []
                self.ledger.record(outcomes, report.through)
                self.kinds.update(report.kinds)
                self.articles.update(report.articles)
            case Failed(message):
                self._ended = True
                self.failure = self.failure or message
                engine = self.crawler.engine
                if engine and engine.spider:
                    deferred_from_coro(engine.close_spider_async(reason="tables_failed"))
            case Done():
                self._ended = True

    def _finish(self) -> None:
        """The last words of the run: its rows of `coverage` and `crawls`."""
        self.finished = datetime.now(UTC)
        self._note_traps()
        if faults := self.crawler.stats.get_value("spider_exceptions/count", 0):
            self.spider.note(
                f"{faults} answers could not be read, by our own fault; the log has it"
            )
        try:
            # Somebody may have decided while we crawled.
            apply_decisions(self.archive, self.outlet.name, self.ledger)
            tables = Tables(self.archive, self.outlet.name)
            if self.failure is None:
                settle(tables, self.ledger, Decisions.read(self.archive))
                tables.put_coverage(coverage_rows(self.ledger))
            # The clock may have been set back since.
            since = self.started - timedelta(days=1)
            found = captures_of_runs(self.archive, self.outlet.name, since)
            row = crawl_row(self.summary(), self.crawler.stats.get_stats())
            tables.put_crawl(row | counts(found).get(self.crawl_id, {}))
            if self._state() is RunState.FINISHED:
                # Another outlet's damaged table is no fault of this run; a search will name it.
                with suppress(ArchiveError, OSError):
                    Index(self.archive).refresh(_INDEXING)
            self.warcs_closed()
        except (OSError, ArchiveError) as error:
            self.failure = self.failure or f"{error}; what was captured is safe in the WARCs"

    def _note_traps(self) -> None:
        """What this run was told of and refuses: an explosion, or a shape of a healthy site."""
        for shape in self.ledger.traps():
            before = self._refused.get(shape.name, -1)
            if shape.refused > before:
                count = shape.refused - max(before, 0)
                which = f"{count} more like" if count else "those not asked for yet of the kind of"
                self.spider.note(f"a trap ({shape.trap}): {which} {shape.example} are left alone")
