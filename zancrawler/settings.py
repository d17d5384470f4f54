"""Scrapy's settings for every run: `scrapy crawl NAME` and `zancrawler crawl NAME` use the same.

What differs between outlets (delays, budget, WARC series) comes from the outlet, through
`OutletSpider.update_settings`.
"""

from __future__ import annotations

import os
from pathlib import Path

BOT_NAME = "zancrawler"
SPIDER_LOADER_CLASS = "zancrawler.spiders.loader.OutletSpiderLoader"
TELNETCONSOLE_ENABLED = False

ZANCRAWLER_ARCHIVE = os.environ.get("ZANCRAWLER_ARCHIVE", "archive")
ZANCRAWLER_OUTLETS = os.environ.get(
    "ZANCRAWLER_OUTLETS", "outlets" if Path("outlets").is_dir() else ""
)
ZANCRAWLER_CONTACT = os.environ.get("ZANCRAWLER_CONTACT", "")
# For those whom a name would put in danger.
ZANCRAWLER_ANONYMOUS = os.environ.get("ZANCRAWLER_ANONYMOUS", "0")
# The store in which the runs of several archives agree on who asks a host; else in the archive.
ZANCRAWLER_TURNS = os.environ.get("ZANCRAWLER_TURNS", "")
ZANCRAWLER_WARC_MAX_BYTES = 1_000_000_000

DOWNLOAD_HANDLERS = {
    "http": "zancrawler.capture.handler.CaptureDownloadHandler",
    "https": "zancrawler.capture.handler.CaptureDownloadHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# Of Scrapy's own those that are used. It would import the others even if they were turned off, and
# one of them a whole HTTP server.
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "zancrawler.runs.extension.RunExtension": 0,
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}

DOWNLOADER_MIDDLEWARES = {
    # Nearer to the wire than RetryMiddleware, which would not wait.
    "zancrawler.spiders.politeness.PolitenessMiddleware": 555,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "zancrawler.capture.decoding.DecodingMiddleware": 590,
    # Nearest to the wire: whoever holds a host waits for nothing else.
    "zancrawler.spiders.turns.TurnsMiddleware": 990,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}

# Which source led to a page goes into its metadata record; other hosts are told nothing.
REFERRER_POLICY = "same-origin"

# Brotli and zstd records break players and readers of WARC; gzip and deflate none.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
ROBOTSTXT_OBEY = True
# A name is asked for where its server says, but never leads to the machines around us.
TWISTED_DNS_RESOLVER = "zancrawler.spiders.resolving.GuardedResolver"
# Cookies could name a session, and no article needs one.
COOKIES_ENABLED = False
# One at a time: while politeness waits, nothing else is asked of the outlet.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Scrapy starts as many tasks for every answer, a hundred by default: a third of all its work on a
# page, for a spider that yields a request now and then.
CONCURRENT_ITEMS = 1
# For this warning Scrapy parses the source of a callback that is a generator at every answer.
WARN_ON_GENERATOR_RETURN_VALUE = False
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 60
# A body may begin 1 MB into its page; 64 MiB is beyond any page and any sitemap (50 MB).
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_FAIL_ON_DATALOSS = True
# For robots.txt (RFC 9309 section 2.3.1.2); the spider follows the rest on the outlet's own hosts.
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
LOG_LEVEL = "INFO"
