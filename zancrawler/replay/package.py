"""The package that a viewer is given: somebody's WACZ, or the archive packed for the occasion."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO

from zancrawler.archive import Archive, UsageError
from zancrawler.capture.wacz import is_wacz

PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Opened:
    """A package that is open to be read from, at any offset and by any thread."""

    name: str
    """Another one for every state of the archive, so that no cache gives an old one."""
    file: IO[bytes]
    """Closed with the last who reads it: its number must not become another file's before."""
    size: int

    def pieces(self, start: int, length: int) -> Iterator[bytes]:
        while length and (piece := os.pread(self.file.fileno(), min(PIECE, length), start)):
            start += len(piece)
            length -= len(piece)
            yield piece


def open_package(path: Path) -> Opened:
    """Raises UsageError when there is no such file."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot open {path}: {error.strerror}") from error
    status = os.fstat(file.fileno())
    return Opened(f"{status.st_mtime_ns:x}-{status.st_size:x}", file, status.st_size)


def open_wacz(path: Path) -> Opened:
    """Somebody's package. Raises UsageError also for what is none."""
    opened = open_package(path)
    if not is_wacz(opened.file):
        opened.file.close()
        raise UsageError(f"{path} is no WACZ; name a package, as `zancrawler export wacz` makes it")
    return opened


class Shelf:
    """The archive's package, as the archive was when the viewer was opened, less what is hidden.

    What is withdrawn or held meanwhile is given out no more from that moment: the package is made
    anew. Its file has no name once it is open, and is gone with the process, however that ends.
    """

    def __init__(
        self, archive: Archive, pack: Callable[[Path], object], hidden: Callable[[], object]
    ) -> None:
        """`pack` writes the package to a path; `hidden` tells what it must not hold."""
        self._archive = archive
        self._pack = pack
        self._hidden = hidden
        self._lock = Lock()
        self._opened: Opened | None = None
        self._without: object = None
        self._seen: list[tuple[str, int, int]] = []

    def current(self) -> Opened:
        """Raises what `pack` and `hidden` raise."""
        with self._lock:
            seen = list(self._decided())
            if self._opened is None or seen != self._seen:
                without = self._hidden()
                if self._opened is None or without != self._without:
                    self._opened = self._packed()
                    self._without = without
                self._seen = seen
            return self._opened

    def _packed(self) -> Opened:
        self._opened = None
        if self._archive.is_writable:
            return self._packed_in(self._archive.root / "wacz")
        with TemporaryDirectory(prefix="zancrawler-") as folder:
            return self._packed_in(Path(folder))

    def _packed_in(self, folder: Path) -> Opened:
        path = folder / f".replay-{os.getpid()}.wacz"
        try:
            self._pack(path)
            return open_package(path)
        finally:
            path.unlink(missing_ok=True)

    def _decided(self) -> Iterator[tuple[str, int, int]]:
        """Changes whenever something may have been withdrawn or held."""
        for path in (
            self._archive.withdrawn,
            *self._archive.table("articles").glob("*/*/*.parquet"),
        ):
            with suppress(FileNotFoundError):
                status = path.stat()
                yield path.name, status.st_mtime_ns, status.st_size
