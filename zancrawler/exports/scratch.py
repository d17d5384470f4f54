"""A place on disk for what would not fit in memory while a package is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def scratch(*tables: str) -> Iterator[sqlite3.Connection]:
    """A database with these tables, given as in CREATE TABLE; nothing is left of it afterwards,
    nor when the process is killed, for its file has no name once it is open.
    """
    with (
        TemporaryDirectory() as folder,
        closing(sqlite3.connect(Path(folder) / "scratch.sqlite")) as connection,
    ):
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
            + "".join(f"CREATE TABLE {table} WITHOUT ROWID;" for table in tables)
        )
        (Path(folder) / "scratch.sqlite").unlink()
        yield connection
