"""A crawl in a process of its own: `python crawl.py JOB`, a JSON file. Prints what was announced.

The job: `settings`; `requests`, each the arguments of a scrapy.Request; and what is to go wrong:
`largest_file` in bytes, and hooks that are missing (`without`).
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess

from zancrawler.capture import signals, wire


def say(kind, **values):
    sys.stdout.write(json.dumps({"kind": kind, **values}, default=str) + "\n")
    sys.stdout.flush()


class JobSpider(scrapy.Spider):
    name = "job"
    handle_httpstatus_all = True

    @classmethod
    def from_crawler(cls, crawler, job):
        spider = super().from_crawler(crawler, job=job)
        crawler.signals.connect(spider.captured, signals.exchange_captured)
        crawler.signals.connect(spider.failed, signals.capture_failed)
        crawler.signals.connect(spider.closed_with, scrapy.signals.spider_closed)
        return spider

    def captured(self, exchange):
        say("captured", **asdict(exchange))

    def failed(self, error):
        say("capture_failed", error=str(error), type=type(error).__name__)

    def closed_with(self, reason):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        say("closed", reason=reason, peak_kib=peak)

    async def start(self):
        for arguments in self.job["requests"]:
            arguments = dict(arguments)
            meta = {"handle_httpstatus_all": True, **arguments.pop("meta", {})}
            yield scrapy.Request(
                **arguments, meta=meta, dont_filter=True, errback=self.error, callback=self.parse
            )

    def parse(self, response):
        say(
            "response",
            url=response.url,
            status=response.status,
            size=len(response.body),
            flags=response.flags,
            offset=response.meta["capture"].offset,
        )

    def error(self, failure):
        say("error", url=failure.request.url, type=failure.type.__name__, text=str(failure.value))


HANDLER = "zancrawler.capture.handler.CaptureDownloadHandler"
SETTINGS = {
    "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "zancrawler.capture.decoding.DecodingMiddleware": 590,
    },
    "LOG_LEVEL": "CRITICAL",
    "TELNETCONSOLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "COOKIES_ENABLED": False,
    "RETRY_TIMES": 2,
    "RETRY_BACKOFF_BASE": 0,
    "DOWNLOAD_DELAY": 0,
}


def main():
    job = json.loads(Path(sys.argv[1]).read_text())
    if "largest_file" in job:
        # What a full disk is to a writer: some bytes are taken, then no more.
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest_file"],) * 2)
    for name in job.get("without", ()):
        # As a Twisted that no longer calls this hook.
        delattr(wire.CapturingProtocol, name)
    process = CrawlerProcess({**SETTINGS, **job["settings"]})
    process.crawl(JobSpider, job=job)
    process.start()


if __name__ == "__main__":
    main()
