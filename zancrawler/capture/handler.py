"""Scrapy's HTTP/1.1 download handler, with everything that it sends and receives captured."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urldefrag, urlsplit, urlunsplit

from scrapy import signals as scrapy_signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, NotConfigured
from scrapy.http import Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionAborted

from zancrawler.archive import ArchiveError

from . import signals
from .errors import CaptureError
from .exchange import Truncated, WireExchange, WireState
from .session import CaptureSession, bytes_of, end_crawl
from .wire import CURRENT_DOWNLOAD, CapturingPool, Download, check_hooks

logger = logging.getLogger(__name__)

SETTLING_TIME = 5.0
"""Seconds that a connection has to close after Scrapy gave a download up."""


class CaptureDownloadHandler(HTTP11DownloadHandler):
    """For both `http` and `https` in Scrapy's DOWNLOAD_HANDLERS.

    A response is handed on when its exchange is in the WARC, not before: back-pressure is natural,
    and the spider knows where the record is (`response.meta["capture"]`, a CapturedExchange).
    Failed downloads are captured as well, as far as they got.

    Settings: ZANCRAWLER_ARCHIVE (folder), ZANCRAWLER_OUTLET (the WARC series),
    ZANCRAWLER_WARC_MAX_BYTES, ZANCRAWLER_WARCINFO (more warcinfo fields), ZANCRAWLER_VIEW_BYTES
    (how much of a body the spider is given; up to DOWNLOAD_MAXSIZE, all of it is captured).
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        try:
            bytes_of(crawler.settings, "DOWNLOAD_MAXSIZE", least=0)
            super().__init__(crawler)
            self._session = CaptureSession.of(crawler)
            self._pool = CapturingPool(self._pool)
            check_hooks(self._pool, self._session.spool_folder)
        except (ArchiveError, OSError) as fault:
            error = CaptureError(str(fault))
            logger.critical("%s", error)
            crawler.signals.send_catch_log(signals.capture_failed, error=error)
            # There is no spider to close yet.
            crawler.signals.connect(
                lambda: end_crawl(crawler), scrapy_signals.spider_opened, weak=False
            )
            raise NotConfigured(str(error)) from fault

    async def download_request(self, request: Request) -> Response:
        self._session.require_working()
        download = Download(
            _target_uri(request.url),
            request.method,
            self._session.spool_folder,
            view_bytes=self._session.view_bytes,
            max_bytes=request.meta.get("download_maxsize", self._default_maxsize),
            proxied=bool(request.meta.get("proxy")),
        )
        CURRENT_DOWNLOAD.set(download)
        try:
            response = await super().download_request(request)
        except Exception as error:
            # Whatever ended the download: its bytes are kept, and it is raised again.
            await self._write(download, request, error)
            raise
        if download.exchanges[-1].first_byte is None:
            raise self._session.fail(
                CaptureError(
                    f"{_target_uri(request.url)} answered and nothing was captured, so the run "
                    "ends; use a version of Scrapy that pyproject.toml allows"
                )
            )
        await self._write(download, request, None)
        if download.view_limited:
            response.flags.append("view-limited")
        return response

    async def _write(self, download: Download, request: Request, error: Exception | None) -> None:
        """Writes each exchange of the download; the last is the one that Scrapy heard of."""
        *earlier, last = download.exchanges
        if last.connected is not None:
            await self._settled(last)
        if last.truncated is not None:
            last.truncated = _reason(last, download, error)
        for exchange in earlier:
            self._session.write(exchange, request, exchange.error)
        self._session.write(last, request, _cause(last, error))

    async def _settled(self, exchange: WireExchange) -> None:
        """Waits until the connection has let go of the exchange."""
        if exchange.state is not WireState.OPEN:
            return
        ended: Deferred[None] = Deferred()
        exchange.on_end(lambda: ended.callback(None))
        patience = self._reactor.callLater(
            SETTLING_TIME, exchange.cut, TimeoutError("never closed"), Truncated.UNSPECIFIED
        )
        await maybe_deferred_to_future(ended)
        if patience.active():
            patience.cancel()

    @property
    def _reactor(self) -> Any:
        from twisted.internet import reactor

        return reactor

    async def close(self) -> None:
        await super().close()
        self._session.release()


def _reason(exchange: WireExchange, download: Download, error: Exception | None) -> Truncated:
    assert exchange.truncated is not None
    if isinstance(error, DownloadTimeoutError):
        return Truncated.TIME
    if isinstance(error, DownloadCancelledError) or 0 < download.max_bytes < exchange.received.size:
        return Truncated.LENGTH
    return exchange.truncated


def _cause(exchange: WireExchange, error: Exception | None) -> BaseException | None:
    """What ended the exchange; the connection only knows that Scrapy let go of it."""
    if exchange.error is None or isinstance(exchange.error, (CancelledError, ConnectionAborted)):
        return error or exchange.error
    return exchange.error


def _target_uri(url: str) -> str:
    """The URL that is asked for: no fragment, and no user name or password."""
    parts = urlsplit(urldefrag(url).url)
    if "@" not in parts.netloc:
        return urldefrag(url).url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
