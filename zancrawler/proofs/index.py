"""What the log says of each file, to look up: derived from it, with the files' stamps.

A run that changed three files must not read a log of millions of lines, nor hash all files, to
enter three. SQLite, written to by whoever has the log's lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .entry import Entry, FilesWritten, WarcClosed
from .files import outlet_in
from .tree import Frontier

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, outlet TEXT, size INTEGER, sha256 TEXT, stamp TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_outlet ON files (outlet);
CREATE TABLE IF NOT EXISTS log (size INTEGER, end INTEGER, nodes BLOB);
"""
_HASH = 32


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the log has it last."""

    size: int
    sha256: str
    stamp: str | None
    """Of the file when it had this digest. None: nobody has looked since the index was made."""


class Index:
    """Raises sqlite3.DatabaseError where the file is damaged: then it is deleted and made again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path)
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            row = self._connection.execute("SELECT size, end, nodes FROM log").fetchone()
        except sqlite3.DatabaseError:
            self.close()
            raise
        size, end, nodes = row or (0, 0, b"")
        self.end: int = end
        """Offset in bytes up to which the log was taken in."""
        self.tree = Frontier(size, [nodes[at : at + _HASH] for at in range(0, len(nodes), _HASH)])

    def close(self) -> None:
        self._connection.close()

    def known(self, outlet: str | None) -> dict[str, Known]:
        """The files of an outlet, or of the whole archive, by path."""
        rows = self._connection.execute(
            "SELECT path, size, sha256, stamp FROM files WHERE outlet IS ?", (outlet,)
        )
        return {path: Known(*known) for path, *known in rows}

    def take(self, entry: Entry, leaf: bytes, length: int) -> None:
        """The next entry of the log, whose line has this length; `save` makes it stay."""
        self.tree.append(leaf)
        self.end += length
        match entry:
            case WarcClosed():
                self._put(entry.path, entry.bytes, entry.sha256)
            case FilesWritten():
                for file in entry.files:
                    self._put(file.path, file.bytes, file.sha256)
                for path in entry.gone:
                    self._connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def save(self, stamps: Mapping[str, str]) -> None:
        """Keeps what was taken, and the stamps of files that are as the log says."""
        for path, stamp in stamps.items():
            self._connection.execute("UPDATE files SET stamp = ? WHERE path = ?", (stamp, path))
        self._connection.execute("DELETE FROM log")
        self._connection.execute(
            "INSERT INTO log VALUES (?, ?, ?)",
            (self.tree.size, self.end, b"".join(self.tree.nodes)),
        )
        self._connection.commit()

    def _put(self, path: str, size: int, sha256: str) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, NULL)",
            (path, outlet_in(path), size, sha256),
        )
