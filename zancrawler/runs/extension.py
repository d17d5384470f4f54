"""One run of one outlet inside Scrapy: lock, repair, catch up, follow, commit.

Scrapy builds this extension for every crawl, so `scrapy crawl NAME` and `zancrawler crawl NAME`
do the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from twisted.internet.task import LoopingCall

from zancrawler.archive import Archive
from zancrawler.capture.handler import CapturedExchange
from zancrawler.capture.recovery import recover
from zancrawler.capture.signals import exchange_captured
from zancrawler.ledger import Ledger
from zancrawler.outlets import Outlet
from zancrawler.runs.follower import Done, Failed, Follower, Report
from zancrawler.runs.series import Committed, Span, catch_up
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.tables import Tables

logger = logging.getLogger(__name__)

_POLL = 0.2
"""Seconds between looks for reports of the follower."""


class RunExtension:
    """Raises ArchiveLockedError when the outlet is being crawled already."""

    def __init__(self, crawler: Crawler, archive: Archive, outlet: Outlet) -> None:
        self.crawler = crawler
        self.archive = archive
        self.outlet = outlet
        self.crawl_id: str = crawler.settings["ZANCRAWLER_CRAWL_ID"]
        self.kinds: Counter[str] = Counter()
        self.failure: str | None = None
        self.done = False
        self._held = ExitStack()
        self._held.enter_context(archive.lock(outlet.name, f"{self.crawl_id}, pid {os.getpid()}"))
        self.ledger = self._held.enter_context(Ledger(archive.ledger(outlet.name)))
        self._follower: Follower | None = None
        self._poll = LoopingCall(self._take_reports)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunExtension:
        spider = crawler.spider
        if not isinstance(spider, OutletSpider):
            raise NotConfigured("no outlet is crawled here")
        archive = Archive.open(Path(crawler.settings["ZANCRAWLER_ARCHIVE"]))
        extension = cls(crawler, archive, spider.outlet)
        spider.ledger = extension.ledger
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.exchange_captured, exchange_captured)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def spider_opened(self) -> None:
        """Before the first request: what an earlier run left behind is put in order."""
        for repaired in recover(self.archive, self.outlet.name):
            logger.warning("%s", repaired)
        tables = Tables(self.archive, self.outlet.name)
        for committed in catch_up(self.archive, tables, self.outlet):
            self._enter(committed)
        self._follower = Follower(self.archive, self.outlet, self.crawl_id)
        self._poll.start(_POLL, now=False)

    def exchange_captured(self, exchange: CapturedExchange) -> None:
        if self._follower:
            self._follower.tell(Span(exchange.warc_filename, exchange.offset, exchange.length))

    async def spider_closed(self) -> None:
        """Waits until all that was captured is in the tables and the ledger."""
        if self._follower:
            self._follower.tell(None)
            while not self.done and self.failure is None:
                await asyncio.sleep(_POLL)
            self._poll.stop()
            self._follower.close()
        self._held.close()

    def _take_reports(self) -> None:
        if self._follower and self.failure is None and not self.done:
            for report in self._follower.reports():
                self._take(report)

    def _take(self, report: Report) -> None:
        match report:
            case Committed():
                self._enter(report)
            case Failed(message):
                self.failure = message
                logger.error("tables: %s; what was captured is safe in the WARCs", message)
                if self.crawler.engine and self.crawler.engine.spider:
                    raise CloseSpider(message)
            case Done():
                self.done = True

    def _enter(self, committed: Committed) -> None:
        self.ledger.record(committed.outcomes, datetime.now(UTC))
        self.kinds.update(committed.kinds)
