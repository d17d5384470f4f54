"""Places on disk while a package is made: for what would not fit in memory, and for what is not
whole yet.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape
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


@contextmanager
def holding(unfinished: Path) -> Iterator[None]:
    """Marks a file or folder as ours until it is whole; the kernel takes that off if we die."""
    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove_abandoned(archive: Path, out: Path) -> None:
    """Removes what exports left that were killed, in a folder of the archive's own or of the same
    name beside `out`: it tells all that a package does, and nobody looks for it.
    """
    for left in (*archive.glob(".*.tmp"), *out.parent.glob(f".{escape(out.name)}.*.tmp")):
        # Held by an export that goes on, or removed by another.
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            finally:
                os.close(descriptor)
