"""One run of one outlet, from settings to summary; `python -m zancrawler.runs OUTLET` is this.

Settings come from the environment, as `scrapy crawl` takes them. Standard output carries one JSON
summary a line, the last one final; messages for people go to standard error.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Mapping

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.project import get_project_settings
from twisted.internet.task import LoopingCall

from zancrawler.archive import ArchiveError, in_words
from zancrawler.output import drop_output
from zancrawler.runs.checks import put_check
from zancrawler.runs.extension import RunExtension
from zancrawler.runs.learning.spiders import CheckSpider, spider_for
from zancrawler.runs.page import PageSpider
from zancrawler.runs.summary import RunState, RunSummary
from zancrawler.spiders.outlet import OutletSpider

_EVERY = 1.0
"""Seconds between two lines of progress."""
_PATIENCE = 0.1
"""Seconds between two looks whether a crawl can be stopped yet."""


def main(outlet: str, overrides: dict[str, str]) -> int:
    process = crawler_process(overrides)
    settings = process.settings
    spider: type[Spider] = process.spider_loader.load(outlet)
    if settings.getbool("ZANCRAWLER_CHECK") and issubclass(spider, OutletSpider):
        spider = spider_for(spider.outlet, CheckSpider)
    elif settings["ZANCRAWLER_PAGE"] and issubclass(spider, OutletSpider):
        spider = spider_for(spider.outlet, PageSpider)
    crawler = process.create_crawler(spider)
    task = process.crawl(crawler)
    task.add_done_callback(lambda done: None if done.cancelled() else done.exception())
    progress = LoopingCall(_tell, crawler)
    progress.start(_EVERY, now=False)
    start(process)
    if task.done() and (error := task.exception()):
        if not isinstance(error, (ArchiveError, OSError)):
            raise error
        _say(RunSummary.failed(outlet, in_words(error)))
        return 1
    extension = crawler.get_extension(RunExtension)
    if extension is None:
        return 1
    summary = extension.summary()
    if isinstance(crawler.spider, CheckSpider) and crawler.spider.result:
        put_check(extension.archive, crawler.spider.result)
    _say(summary)
    return 1 if summary.state in (RunState.FAILED, RunState.BLOCKED) else 0


def crawler_process(overrides: Mapping[str, str]) -> AsyncCrawlerProcess:
    """Scrapy's process, with our settings and, before them, those that a user gave."""
    settings = get_project_settings()
    settings.setmodule("zancrawler.settings", priority="project")
    settings.update(overrides, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    # It would show a traceback where a site gives no robots.txt; the run's own words say so.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    return process


def start(process: AsyncCrawlerProcess) -> None:
    """Runs its crawls. SIGTERM ends them in good order, however often it comes; Ctrl-C is for
    whoever started us to heed.

    Scrapy's own handlers take a second signal for the wish to break off.
    """
    from twisted.internet import reactor

    def stop() -> None:
        """Scrapy can stop what has begun, and nothing before."""
        if all(map(_has_begun, process.crawlers)):
            deferred_from_coro(process.stop())
        else:
            reactor.callLater(_PATIENCE, stop)  # type: ignore[arg-type]

    def ask(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        reactor.callFromThread(stop)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reactor.callWhenRunning(signal.signal, signal.SIGTERM, ask)
    process.start(install_signal_handlers=False)


def _has_begun(crawler: Crawler) -> bool:
    try:
        return bool(crawler.engine and crawler.engine.running)
    except RuntimeError:
        # There is no engine yet.
        return False


def _tell(crawler: Crawler) -> None:
    try:
        extension = crawler.get_extension(RunExtension)
    except RuntimeError:
        # On a slow machine the extensions are not there after a second.
        return
    if extension:
        _say(extension.summary())


def _say(summary: RunSummary) -> None:
    try:
        sys.stdout.write(json.dumps(summary.as_json(), default=str) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever started us is gone. Nobody is to crawl on unseen.
        drop_output()
        signal.raise_signal(signal.SIGTERM)
