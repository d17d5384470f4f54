"""One request at a time to a host, whichever run asks it: runs wait for their turn.

Outlets share hosts that their files do not name: those that deliver pictures and fonts to many.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from zancrawler.spiders.breaker import NoTurnError
from zancrawler.spiders.closing import is_closing
from zancrawler.spiders.outlet import OutletSpider

MAX_NAME = 200
"""Letters of a file's name; a host has no more than 253."""
PATIENCE = 300.0
"""Seconds that a request waits for its turn; then it is left to the next run."""
_SLACK = 10.0
"""Seconds by which a request may last longer than its time-out."""


class Turns(Protocol):
    """Those of one run."""

    look: float
    """Seconds between two tries."""

    async def take(self, host: str, longest: float) -> float | None:
        """The turn for one request that takes `longest` seconds at the most; None: not now.

        Seconds since another may have asked the host, infinite where it was we who asked last.
        """

    def done(self, host: str) -> None:
        """The answer is there."""

    async def close(self) -> None:
        """The run is over."""


class TurnsMiddleware:
    """The downloader middleware that is nearest to the wire.

    Turns are of all runs that name one store as ZANCRAWLER_TURNS, or of those in one archive.
    """

    def __init__(self, crawler: Crawler, turns: Turns) -> None:
        self._crawler = crawler
        self._turns = turns
        self._held: dict[Request, str] = {}
        self._busy: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TurnsMiddleware:
        """Raises ArchiveError for a store that cannot be shared."""
        settings = crawler.settings
        turns: Turns
        if store := settings.get("ZANCRAWLER_TURNS"):
            # Only workers need it.
            from zancrawler.storage.shelf import shelf_of
            from zancrawler.storage.turns import SharedTurns

            turns = SharedTurns(shelf_of(store), settings["ZANCRAWLER_OUTLET"])
        else:
            turns = FileTurns(Path(settings["ZANCRAWLER_ARCHIVE"]) / "ledger" / "hosts")
        middleware = cls(crawler, turns)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Waits until no other run asks the host, and as long after it as after one of ours.

        Raises NoTurnError when the crawl is ended meanwhile or patience is at its end, OSError
        where turns cannot be agreed on in the archive: then nothing is asked.
        """
        host = urlsplit(request.url).netloc.rpartition("@")[2].lower()
        delay = self._delay(request)
        timeout = request.meta.get("download_timeout") or 0.0
        # We wait after another for a delay, and Scrapy after us for up to one and a half.
        longest = 2.5 * delay + timeout + _SLACK
        deadline = time.monotonic() + PATIENCE
        while not is_closing(self._crawler) and host not in self._busy:
            if (since := await self._turns.take(host, longest)) is not None:
                self._held[request] = host
                await asyncio.sleep(min(max(0.0, delay - since), delay))
                return
            if time.monotonic() > deadline:
                self._give_up(host)
            await asyncio.sleep(self._turns.look)
        raise NoTurnError

    def process_response(self, request: Request, response: Response) -> Response:
        self._done(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._done(request)

    async def spider_closed(self) -> None:
        await self._turns.close()

    def _give_up(self, host: str) -> None:
        self._busy.add(host)
        if isinstance(spider := self._crawler.spider, OutletSpider):
            spider.note(f"{host} is busy with other runs; what is left of it waits for the next")

    def _done(self, request: Request) -> None:
        if host := self._held.pop(request, None):
            self._turns.done(host)

    def _delay(self, request: Request) -> float:
        """Seconds, as AutoThrottle and Crawl-delay have set them so far."""
        least = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        downloader = self._crawler.engine.downloader if self._crawler.engine else None
        slot = downloader and downloader.slots.get(downloader.get_slot_key(request))
        return max(least, slot.delay) if slot else least


class FileTurns:
    """Of runs on one machine: a file for each host is locked while somebody asks.

    It says who did last and when; the kernel lets go of it if the process dies.
    """

    look = 0.1

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, IO[bytes]] = {}

    async def take(self, host: str, longest: float) -> float | None:
        if host in self._held:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        # Closed when the answer is there.
        file = (self._folder / quote(host, safe="")[:MAX_NAME]).open("a+b")
        if not _locked(file):
            file.close()
            return None
        self._held[host] = file
        who, when = _last(file)
        # Scrapy itself sees to what we asked before.
        return math.inf if who == os.getpid() else time.time() - when

    def done(self, host: str) -> None:
        # A full disk is told by whoever writes what we keep.
        with suppress(OSError), self._held.pop(host) as file:
            file.truncate(0)
            file.write(f"{os.getpid()} {time.time()}".encode())

    async def close(self) -> None:
        """The kernel sees to it."""


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _last(file: IO[bytes]) -> tuple[int, float]:
    """The process that asked last, and when (seconds since 1970)."""
    file.seek(0)
    try:
        who, when = file.read(64).split()
        return int(who), float(when)
    except ValueError:
        return 0, 0.0
