"""Bytes on their way to the WARC: in memory while few, on disk when many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

IN_MEMORY = 1 << 20
"""Almost every page is smaller; with 16 exchanges under way this is 16 MiB at most."""
PIECE = 1 << 18


class Spool:
    """Takes bytes at its end and gives them back from its start, any number of times.

    Past `IN_MEMORY` bytes they live in an unnamed file in `folder`: the archive's own disk, since
    `/tmp` is memory on many machines.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        """Raises OSError when the disk is full."""
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
            return
        self._pieces.append(data)
        if self.size > IN_MEMORY:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
            self._file.writelines(self._pieces)
            self._pieces.clear()

    def cut(self, size: int) -> None:
        """Forgets all but the first `size` bytes."""
        if size >= self.size:
            return
        if self._file is not None:
            self._file.truncate(size)
            self._file.seek(size)
        else:
            self._pieces = [b"".join(self._pieces)[:size]]
        self.size = size

    def head(self, size: int) -> bytes:
        """The first `size` bytes, or all when there are fewer."""
        if self._file is None:
            whole = b"".join(self._pieces)
            self._pieces = [whole] if whole else []
            return whole[:size]
        self._file.seek(0)
        try:
            return self._file.read(size)
        finally:
            self._file.seek(self.size)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start` on. Nothing may be written meanwhile."""
        if self._file is None:
            whole = b"".join(self._pieces)
            if start < len(whole):
                yield whole[start:] if start else whole
            return
        self._file.seek(start)
        while piece := self._file.read(PIECE):
            yield piece
        self._file.seek(self.size)

    def close(self) -> None:
        """Lets go of the bytes."""
        self._pieces.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
        self.size = 0
