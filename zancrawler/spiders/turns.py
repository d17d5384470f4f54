"""One request at a time to a host, whichever run asks it: runs on one machine wait for their turn.

Outlets share hosts that their files do not name: those that deliver pictures and fonts to many.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

MAX_NAME = 200
"""Letters of a file's name; a host has no more than 253."""
_LOOK = 0.1
"""Seconds between two looks whether another run is done."""


class TurnsMiddleware:
    """The downloader middleware that is nearest to the wire.

    A file per host, in the folder ZANCRAWLER_TURNS or in the archive, is locked while somebody
    asks, and says who did last and when; the kernel lets go of it if the process dies. Raises
    OSError where the folder takes no file: then nothing is asked.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        settings = crawler.settings
        folder = settings.get("ZANCRAWLER_TURNS")
        self._folder = Path(folder or Path(settings["ZANCRAWLER_ARCHIVE"]) / "ledger" / "hosts")
        self._held: dict[Request, IO[bytes]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TurnsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Waits until no other run asks the host, and as long after it as after one of ours."""
        host = quote(urlsplit(request.url).netloc.rpartition("@")[2].lower(), safe="")
        self._folder.mkdir(parents=True, exist_ok=True)
        # Closed when the answer is there.
        file = (self._folder / host[:MAX_NAME]).open("a+b")
        while not _locked(file):
            await asyncio.sleep(_LOOK)
        self._held[request] = file
        who, when = _last(file)
        if who != os.getpid():
            # Scrapy itself sees to what we asked before.
            delay = self._delay(request)
            await asyncio.sleep(min(max(0.0, when + delay - time.time()), delay))

    def process_response(self, request: Request, response: Response) -> Response:
        self._give_back(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        self._give_back(request)

    def _delay(self, request: Request) -> float:
        """Seconds, as AutoThrottle and Crawl-delay have set them so far."""
        least = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        downloader = self._crawler.engine.downloader if self._crawler.engine else None
        slot = downloader and downloader.slots.get(downloader.get_slot_key(request))
        return max(least, slot.delay) if slot else least

    def _give_back(self, request: Request) -> None:
        if file := self._held.pop(request, None):
            # A full disk is told by whoever writes what we keep.
            with suppress(OSError), file:
                file.truncate(0)
                file.write(f"{os.getpid()} {time.time()}".encode())


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
