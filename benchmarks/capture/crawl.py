"""One crawl of the site in a process of its own.

    python -m benchmarks.capture.crawl CONTENDER URL PAGES FOLDER

Prints seconds, CPU seconds and bytes written as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler, CrawlerProcess
from warcio.warcwriter import WARCWriter

from zancrawler import settings as project
from zancrawler.capture.exchange import CapturedExchange, WireExchange
from zancrawler.capture.handler import CaptureDownloadHandler

OURS = "zancrawler.capture.handler.CaptureDownloadHandler"
WARCIO = "benchmarks.capture.crawl.WarcioHandler"

# What a crawl of one site with a list of its own does not use.
LEAN: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": {
        f"scrapy.downloadermiddlewares.{name}": None
        for name in (
            "offsite.OffsiteMiddleware",
            "httpauth.HttpAuthMiddleware",
            "redirect.MetaRefreshMiddleware",
            "cookies.CookiesMiddleware",
            "httpproxy.HttpProxyMiddleware",
            "stats.DownloaderStats",
        )
    },
    "SPIDER_MIDDLEWARES": {
        f"scrapy.spidermiddlewares.{name}": None
        for name in (
            "referer.RefererMiddleware",
            "urllength.UrlLengthMiddleware",
            "depth.DepthMiddleware",
        )
    },
}
ONE_ITEM: dict[str, Any] = {"CONCURRENT_ITEMS": 1}
# As the project crawls, but for its politeness and its concurrency.
AS_SET: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": {
        name: place
        for name, place in project.DOWNLOADER_MIDDLEWARES.items()
        if not name.startswith("zancrawler.spiders.")
    },
    "SPIDER_MIDDLEWARES": project.SPIDER_MIDDLEWARES,
    "CONCURRENT_ITEMS": project.CONCURRENT_ITEMS,
    "COOKIES_ENABLED": project.COOKIES_ENABLED,
}
UVLOOP: dict[str, Any] = {"ASYNCIO_EVENT_LOOP": "uvloop.Loop"}
LOGGED: dict[str, Any] = {"LOG_LEVEL": "DEBUG"}

CONTENDERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ours": {"handler": OURS},
    "warcio": {"handler": WARCIO},
    "plain-lean": LEAN,
    "plain-one-item": ONE_ITEM,
    "plain-as-set": AS_SET,
    "plain-uvloop": UVLOOP,
    "plain-debug-log": LOGGED,
    "ours-one-item": {"handler": OURS, **ONE_ITEM},
    "ours-as-set": {"handler": OURS, **AS_SET},
    "ours-as-set-uvloop": {"handler": OURS, **AS_SET, **UVLOOP},
    "ours-lean": {"handler": OURS, **LEAN, **ONE_ITEM},
    "plain-linkextractor": {"links": "linkextractor"},
    "plain-xpath": {"links": "xpath"},
    "plain-selectolax": {"links": "selectolax"},
}


class WarcioWriter:
    """warcio's writer, as its own documentation uses it, where ours is."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "warcio.warc.gz"
        self._file = self._path.open("wb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")

    def write(
        self, exchange: WireExchange, error: str | None, notes: dict[str, str]
    ) -> CapturedExchange:
        kinds = (("response", exchange.received), ("request", exchange.written))
        response, request = (
            self._writer.create_warc_record(
                exchange.url, kind, payload=BytesIO(b"".join(spool.pieces()))
            )
            for kind, spool in kinds
        )
        start = self._file.tell()
        self._writer.write_request_response_pair(request, response)
        return CapturedExchange(
            warc_filename=self._path.name,
            offset=start,
            length=self._file.tell() - start,
            response_offset=start,
            response_length=0,
            response_record_id="",
            url=exchange.url,
            status=200,
            fetch_time=exchange.issued_at,
            payload_digest=None,
            truncated=None,
            error=error,
        )

    def close(self) -> None:
        self._file.close()


class WarcioHandler(CaptureDownloadHandler):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        folder = Path(crawler.settings["ZANCRAWLER_ARCHIVE"])
        if not isinstance(self._session._writer, WarcioWriter):
            self._session._writer = WarcioWriter(folder)


class BenchSpider(scrapy.Spider):
    name = "bench"
    pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BenchSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.begin, scrapy.signals.spider_opened)
        crawler.signals.connect(spider.end, scrapy.signals.spider_closed)
        return spider

    async def start(self) -> Any:
        for number in range(self.total):
            yield scrapy.Request(f"{self.url}/{number}", dont_filter=True)

    def parse(self, response: scrapy.http.Response) -> None:
        assert response.status == 200
        self.pages += 1
        match self.links:
            case "linkextractor":
                from scrapy.linkextractors import LinkExtractor

                assert LinkExtractor().extract_links(response)
            case "xpath":
                found = response.selector.root.xpath("//a/@href")
                assert [response.urljoin(href) for href in found]
            case "selectolax":
                from selectolax.lexbor import LexborHTMLParser

                found = LexborHTMLParser(response.body).css("a[href]")
                assert [response.urljoin(node.attributes["href"]) for node in found]

    def begin(self) -> None:
        self.began, self.began_cpu = time.perf_counter(), time.process_time()

    def end(self) -> None:
        assert self.pages == self.total
        folder = Path(self.settings["ZANCRAWLER_ARCHIVE"])
        print(
            json.dumps(
                {
                    "seconds": time.perf_counter() - self.began,
                    "cpu": time.process_time() - self.began_cpu,
                    "bytes": sum(path.stat().st_size for path in folder.rglob("*.warc.gz*")),
                    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            )
        )


def main() -> None:
    contender, url, pages, folder = sys.argv[1:]
    settings = dict(CONTENDERS[contender])
    links = settings.pop("links", None)
    handler = settings.pop("handler", None)
    if handler is not None:
        settings["DOWNLOAD_HANDLERS"] = {"http": handler, "https": handler}
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "ZANCRAWLER_ARCHIVE": folder,
            "ZANCRAWLER_OUTLET": "bench",
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, deflate"},
            **settings,
        }
    )
    process.crawl(BenchSpider, url=url, total=int(pages), links=links)
    process.start()


if __name__ == "__main__":
    main()
