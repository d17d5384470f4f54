"""The capture of one crawl: its writer, and how it fails.

What is captured is written in the reactor's thread. To hand a page to another and back took as long
as to compress it, and its answer may not go on before it is written.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import scrapy
import twisted
from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro

from zancrawler.archive import Archive, ArchiveError

from . import signals
from .errors import CaptureError
from .exchange import CapturedExchange, WireExchange
from .records import without_user
from .writer import WarcWriter

logger = logging.getLogger(__name__)

MAX_WARC_BYTES = 1_000_000_000
"""The size at which the field closes a WARC."""
VIEW_BYTES = 16 << 20
"""How much of a body the spider is given where the settings say nothing; it is captured whole."""
MAX_ERROR_LENGTH = 500


class CaptureSession:
    """What the download handlers of a crawl share. Lives as long as one of them is open."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        outlet = settings.get("ZANCRAWLER_OUTLET")
        if not outlet or not settings.get("ZANCRAWLER_ARCHIVE"):
            raise CaptureError(
                "nothing says where captures go; set ZANCRAWLER_ARCHIVE and ZANCRAWLER_OUTLET"
            )
        max_bytes = bytes_of(settings, "ZANCRAWLER_WARC_MAX_BYTES", MAX_WARC_BYTES)
        self.view_bytes = bytes_of(settings, "ZANCRAWLER_VIEW_BYTES", VIEW_BYTES)
        information = _information(crawler, outlet)
        self.archive = Archive.open(Path(settings["ZANCRAWLER_ARCHIVE"]))
        self.spool_folder = self.archive.warcs(outlet)
        self._crawler = crawler
        self._writer = WarcWriter(self.archive, outlet, max_bytes, information)
        self._users = 0
        self._failure: CaptureError | None = None

    @classmethod
    def of(cls, crawler: Crawler) -> CaptureSession:
        """The crawl's session, begun by the first handler: Scrapy builds one for each scheme, and
        all write to one series."""
        session = cast("CaptureSession | None", getattr(crawler, "capture_session", None))
        if session is None:
            session = cls(crawler)
            crawler.capture_session = session  # type: ignore[attr-defined]
        session._users += 1
        return session

    def require_working(self) -> None:
        """Raises the CaptureError with which capture ended, if it has."""
        if self._failure is not None:
            raise self._failure

    def write(
        self, exchange: WireExchange, request: Request, error: BaseException | None
    ) -> CapturedExchange:
        """Returns when the exchange is in the WARC and has been announced.

        Raises CaptureError when it could not be written; the run then ends.
        """
        self.require_working()
        try:
            if exchange.spool_error is not None:
                raise CaptureError(
                    f"cannot hold what {exchange.url} sends ({exchange.spool_error.strerror}); the "
                    "run ends. All that was captured before is safe; free space, then crawl again"
                ) from exchange.spool_error
            captured = self._writer.write(
                exchange, _sentence(error, request.url), _notes(exchange, request)
            )
        except (ArchiveError, OSError) as fault:
            raise self.fail(fault) from fault
        finally:
            exchange.close()
        request.meta["capture"] = captured
        self._crawler.signals.send_catch_log(
            signals.exchange_captured, exchange=captured, request=request
        )
        return captured

    def write_resources(
        self, page: CapturedExchange, parts: Iterable[tuple[str, str, bytes]]
    ) -> None:
        """Returns when what was made of a captured page is in the WARC (`WarcWriter`).

        Raises CaptureError when it could not be written; the run then ends.
        """
        self.require_working()
        try:
            self._writer.write_resources(page, parts)
        except (ArchiveError, OSError) as fault:
            raise self.fail(fault) from fault

    def fail(self, fault: ArchiveError | OSError) -> CaptureError:
        """Ends the run: nothing may be fetched that is not captured."""
        if self._failure is None:
            self._failure = (
                fault
                if isinstance(fault, CaptureError)
                else CaptureError(f"capture cannot go on: {fault}; all closed WARCs are safe")
            )
            logger.critical("%s", self._failure)
            self._crawler.signals.send_catch_log(signals.capture_failed, error=self._failure)
            end_crawl(self._crawler)
        return self._failure

    def release(self) -> None:
        """Called once by each handler that is closed; the last one closes the WARCs."""
        self._users -= 1
        if self._users:
            return
        try:
            self._writer.close()
        except (ArchiveError, OSError) as fault:
            self.fail(fault)
        else:
            self._crawler.signals.send_catch_log(signals.warcs_closed)


def end_crawl(crawler: Crawler) -> None:
    """Closes the open spider with the reason `capture_failed`."""
    assert crawler.engine is not None
    deferred_from_coro(crawler.engine.close_spider_async(reason="capture_failed"))


def _sentence(error: BaseException | None, url: str) -> str | None:
    if error is None:
        return None
    reasons = getattr(error, "reasons", None)
    inner = reasons[0].value if reasons else error
    sentence = without_user(f"{type(inner).__name__}: {inner}")
    if user := urlsplit(url).netloc.rpartition("@")[0]:
        # Twisted calls it part of the host.
        sentence = sentence.replace(f"{user}@", "")
    return sentence.replace("\n", " ")[:MAX_ERROR_LENGTH]


def _notes(exchange: WireExchange, request: Request) -> dict[str, str]:
    """What the metadata record says of how the exchange came about. Times in milliseconds since
    it was begun; looking up the name is part of connecting."""
    moments = {
        "connectTimeMs": exchange.connected,
        "firstByteTimeMs": exchange.first_byte,
        "fetchTimeMs": exchange.ended,
    }
    notes = {
        name: str(round((moment - exchange.started) * 1000))
        for name, moment in moments.items()
        if moment is not None
    }
    redirected_from = request.meta.get("redirect_urls")
    referer = request.headers.get("Referer")
    if redirected_from:
        notes["via"] = redirected_from[-1]
    elif via := request.meta.get("via"):
        notes["via"] = via
    elif referer:
        notes["via"] = referer.decode("latin-1")
    if hops := request.meta.get("hops_from_seed"):
        notes["hopsFromSeed"] = hops
    if retries := request.meta.get("retry_times"):
        notes["retries"] = str(retries)
    if exchange.excess:
        notes["bytesAfterResponse"] = str(exchange.excess)
    return notes


def bytes_of(settings: BaseSettings, name: str, default: int = 0, *, least: int = 1) -> int:
    """Raises CaptureError, since Scrapy would only say `Unsupported URL scheme`."""
    value = settings.get(name, default)
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < least:
        bound = "above 0" if least else "or 0 for no bound"
        raise CaptureError(f"{name} is {value!r}; give a whole number of bytes, {bound}")
    return number


def _information(crawler: Crawler, outlet: str) -> list[tuple[str, str]]:
    """The warcinfo fields: what crawled, how it behaved, and what the settings add."""
    settings = crawler.settings
    robots = "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore"
    try:
        more = settings.getdict("ZANCRAWLER_WARCINFO")
    except ValueError as error:
        raise CaptureError(
            f"ZANCRAWLER_WARCINFO cannot be read ({error}); give warcinfo fields as a JSON object"
        ) from error
    fields = {
        "software": f"zancrawler/{version('zancrawler')} Scrapy/{scrapy.__version__} "
        f"Twisted/{twisted.__version__} Python/{platform.python_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": outlet,
        "robots": robots,
        "http-header-user-agent": settings.get("USER_AGENT"),
        **more,
    }
    return [(name, str(value)) for name, value in fields.items() if value not in (None, "")]
