"""An outlet's ledger in its store, for the next worker.

A ledger can be made again from WARCs, but from all of them. It is put there after the manifest: one
that is behind the WARCs is brought up to them when a run starts, one that is ahead would take for
captured what no WARC holds.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO, cast

from zancrawler.archive import put_durably
from zancrawler.storage.store import Store

NAME = "ledger.sqlite.gz"
_LEVEL = 1
"""Of compression: a ledger is sent after every run."""


def put_ledger(store: Store, ledger: Path) -> None:
    """Raises StoreError, OSError."""
    with tempfile.TemporaryDirectory(dir=ledger.parent) as folder:
        copy, packed = Path(folder) / "ledger", Path(folder) / "packed"
        with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with copy.open("rb") as whole, gzip.open(packed, "wb", _LEVEL) as small:
            shutil.copyfileobj(whole, small)
        with packed.open("rb") as content:
            store.put(NAME, content)


def fetch_ledger(store: Store, ledger: Path) -> bool:
    """Puts the ledger there; whether the store has one. Raises StoreError, OSError."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=ledger.parent) as packed:
        try:
            store.fetch(NAME, packed)
        except FileNotFoundError:
            return False
        packed.seek(0)
        with gzip.open(packed) as whole:
            lay_ledger(cast(IO[bytes], whole), ledger)
    return True


def lay_ledger(content: IO[bytes], ledger: Path) -> None:
    """Puts a ledger in the place of another. Raises OSError."""
    with put_durably(ledger) as temporary:
        with temporary.open("wb") as file:
            shutil.copyfileobj(content, file)
        # What SQLite left beside the one before belongs to that one.
        for suffix in ("-wal", "-shm"):
            ledger.with_name(ledger.name + suffix).unlink(missing_ok=True)
