"""One WARC file while it grows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO

from isal import isal_zlib

from zancrawler.archive import Archive, sync_folder
from zancrawler.storage.pruned import closed_warcs, fetched, pointer

from .codecs import GZIP_WINDOW
from .errors import CaptureError
from .records import NewRecord

GZIP_LEVEL = 2
"""isal's: ten times as fast as zlib's 9 for an eighth more bytes; its 1 and 0 save no more time."""
AT_ONCE = 4 << 20
"""Bytes of records that are compressed in memory and written in one go."""
OPEN_SUFFIX = ".open"


class Series(StrEnum):
    """An outlet's two series of WARCs."""

    PAGES = "pages"
    """Whole exchanges: what a player may show."""
    FAILED = "failed"
    """Attempts without a whole response, answers to HEAD, and 304s whose original is not in the
    archive. Players hang on these or break, so they are in no index and no package."""


def warc_path(
    archive: Archive, outlet: str, series: Series, started: datetime, serial: int
) -> Path:
    """`<outlet>-<time>-<serial>.warc.gz`, or `<outlet>-failed-...` for the failed."""
    path = archive.warc(outlet, started, serial)
    if series is Series.FAILED:
        return path.with_name(f"{outlet}-failed{path.name.removeprefix(outlet)}")
    return path


def page_warcs(archive: Archive, outlet: str) -> list[Path]:
    """The outlet's closed WARCs of pages, in the order of their names."""
    failed = f"{outlet}-failed-"
    closed = closed_warcs(archive.warcs(outlet))
    return [path for path in closed if not path.name.startswith(failed)]


def open_warc(path: Path) -> IO[bytes]:
    """A WARC by its closed name, to read: it may still grow, or have been pruned to a store.

    Every reader opens WARCs here. Raises FileNotFoundError, and ArchiveError where the store does
    not give it.
    """
    with suppress(FileNotFoundError):
        return standing(path).open("rb")
    while copy := fetched(path):
        # Another process may have needed its room in the meantime.
        with suppress(FileNotFoundError):
            return copy.open("rb")
    return path.open("rb")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a gzip member stands in its file."""

    offset: int
    length: int


class WarcFile:
    """A WARC that only we append to. It carries the suffix `.open` until it is closed.

    Used by one thread at a time.
    """

    def __init__(self, archive: Archive, path: Path) -> None:
        """Creates the file; `path` is its name once closed.

        Raises FileExistsError when one of its names is taken, also by a WARC that was pruned;
        OSError when the disk does not let us.
        """
        self.path = path
        self.name = archive.relative(path)
        self.size = 0
        self._open_path = path.with_name(path.name + OPEN_SUFFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() or pointer(path).exists():
            raise FileExistsError(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._descriptor = os.open(self._open_path, flags, 0o644)
        sync_folder(path.parent)

    def append(self, records: Sequence[NewRecord]) -> tuple[Span, ...]:
        """Writes records one after another, each a gzip member of its own: all of them or none.

        Raises CaptureError when that fails, after cutting the file back to what it held before.
        """
        start = self.size
        try:
            self._require_in_place()
            spans = tuple(self._write(records))
        except FileNotFoundError as error:
            raise CaptureError(
                f"{self._open_path} was deleted or replaced while we wrote to it; the run ends. "
                "What it held is lost; all closed WARCs are safe. Crawl again to fetch it anew"
            ) from error
        except OSError as error:
            self._cut_back(start)
            raise CaptureError(
                f"cannot write to {self._open_path} ({error.strerror or error}); the run ends. "
                f"Safe: its first {start} bytes, all closed WARCs, and the tables; "
                "free space or mend the disk, then crawl again"
            ) from error
        return spans

    def _require_in_place(self) -> None:
        """Somebody may have deleted or replaced the file that we write to."""
        ours = os.fstat(self._descriptor)
        theirs = self._open_path.stat()
        if (ours.st_dev, ours.st_ino) != (theirs.st_dev, theirs.st_ino):
            raise FileNotFoundError(2, "another file took its place", str(self._open_path))
        if ours.st_size != self.size:
            raise OSError(5, f"it has {ours.st_size} bytes where {self.size} were written")

    def _write(self, records: Sequence[NewRecord]) -> Iterator[Span]:
        """Small records go to the disk together, in one write."""
        pending = bytearray()
        for record in records:
            start = self.size + len(pending)
            if record.length <= AT_ONCE:
                whole = b"".join((record.head(), *record.block(), b"\r\n\r\n"))
                pending += isal_zlib.compress(whole, GZIP_LEVEL, GZIP_WINDOW)
            else:
                self._put(pending)
                pending = bytearray()
                self._stream(record)
            yield Span(start, self.size + len(pending) - start)
        self._put(pending)

    def _stream(self, record: NewRecord) -> None:
        gzip = isal_zlib.compressobj(GZIP_LEVEL, isal_zlib.DEFLATED, GZIP_WINDOW)
        self._put(gzip.compress(record.head()))
        for piece in record.block():
            self._put(gzip.compress(piece))
        self._put(gzip.compress(b"\r\n\r\n") + gzip.flush())

    def _put(self, data: bytes | bytearray) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, self.size)
            self.size += written
            view = view[written:]

    def _cut_back(self, size: int) -> None:
        self.size = size
        # Should even this fail, recovery cuts the torn tail at the next start.
        with suppress(OSError):
            os.ftruncate(self._descriptor, size)

    def close(self) -> None:
        """Makes the file durable and gives it its final name. Raises OSError."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)
        self._open_path.rename(self.path)
        sync_folder(self.path.parent)


def standing(path: Path) -> Path:
    """Where the WARC of this closed name is now: there, or still under its `.open` name."""
    growing = path.with_name(path.name + OPEN_SUFFIX)
    return growing if not path.exists() and growing.exists() else path
