"""The ledger's SQLite file: its tables, how it is opened, and entries as rows."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zancrawler.ledger.model import Entry, Kind, LedgerError, State

VERSION = 2
"""`PRAGMA user_version`. A ledger is a view of the WARCs: an old one is rebuilt, not migrated."""

MIN_SQLITE = (3, 37)
"""The first with STRICT tables; November 2021."""

CACHE_KIB = 65_536

TABLES = """
CREATE TABLE url (
    id INTEGER PRIMARY KEY,        -- what is advertised together lies together
    key INTEGER NOT NULL,          -- url_key(url)
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    first_advertised INTEGER NOT NULL,  -- times: seconds since 1970, UTC
    reason TEXT, title TEXT, target TEXT,
    etag TEXT, last_modified TEXT, content_digest TEXT, text_digest TEXT,
    published INTEGER, lastmod INTEGER, first_lastmod INTEGER, looked_lastmod INTEGER,
    first_captured INTEGER, last_changed INTEGER, last_look INTEGER,
    looks INTEGER NOT NULL, changes INTEGER NOT NULL, failures INTEGER NOT NULL,
    strikes INTEGER NOT NULL, last_strike INTEGER, interval INTEGER,
    next_due INTEGER, why TEXT NOT NULL,
    rank INTEGER NOT NULL,         -- 0 sources, 1 articles not held, 2 held, 3 others, 4 requisites
    shape INTEGER NOT NULL
) STRICT;
-- An index of the URLs themselves would be five times as large.
CREATE INDEX key ON url (key);
CREATE INDEX due ON url (rank, next_due) WHERE next_due IS NOT NULL;
-- Only URLs with a query can be the same page again and again.
CREATE INDEX twins ON url (text_digest) WHERE instr(url, '?') AND text_digest IS NOT NULL;

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    via TEXT NOT NULL,
    UNIQUE (url, via)
) STRICT;

CREATE TABLE sighting (
    url INTEGER NOT NULL,          -- url.id
    source INTEGER NOT NULL,       -- source.id
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (url, source)
) STRICT, WITHOUT ROWID;
-- Without `last`, which moves at every reading.
CREATE INDEX shown ON sighting (source);

CREATE TABLE shape (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    urls INTEGER NOT NULL, looks INTEGER NOT NULL, fruits INTEGER NOT NULL,
    refused INTEGER NOT NULL, trap TEXT, example TEXT NOT NULL
) STRICT;

CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE warc (filename TEXT PRIMARY KEY, through INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""

COLUMNS = tuple(field.name for field in fields(Entry))

_TIMES = (
    "first_advertised",
    "published",
    "lastmod",
    "first_lastmod",
    "looked_lastmod",
    "first_captured",
    "last_changed",
    "last_look",
    "last_strike",
    "next_due",
)
_TIME_INDEXES = tuple(COLUMNS.index(name) for name in _TIMES)
_KIND = COLUMNS.index("kind")
_STATE = COLUMNS.index("state")
_values = attrgetter(*COLUMNS)


class UnwritableLedgerError(LedgerError):
    """The disk does not let us write; of the ledger itself that says nothing."""


@contextmanager
def opened_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """The database at `path`, also where nothing can be written beside it. Raises LedgerError."""
    try:
        database = open_database(path)
    except UnwritableLedgerError:
        with _opened_as_it_stands(path) as database:
            yield database
        return
    with closing(database):
        yield database


@contextmanager
def _opened_as_it_stands(path: Path) -> Iterator[sqlite3.Connection]:
    """Without a lock and the files that SQLite needs for one: nobody can be writing there."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # What a crash left in it belongs to the ledger, and is read by whoever can write.
        with TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            try:
                shutil.copyfile(path, copy)
                shutil.copyfile(log, copy.with_name(log.name))
            except OSError as error:
                raise UnwritableLedgerError(
                    f"the ledger {path} cannot be read where it is, nor copied to {folder} "
                    f"({error.strerror}); free some room there"
                ) from error
            with closing(open_database(copy)) as database:
                yield database
        return
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(uri, uri=True, isolation_level=None)
        (version,) = database.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise fault(path, error) from error
    with closing(database):
        _require_version(path, version)
        yield database


def open_database(path: Path) -> sqlite3.Connection:
    """The database at `path`, made where there is none. Raises LedgerError."""
    if sqlite3.sqlite_version_info < MIN_SQLITE:
        raise LedgerError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and the ledger needs 3.37 or newer; "
            "use a newer Python, such as the one that `uv python install` brings"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=30)
        database.execute("PRAGMA journal_mode = WAL")
        # Survives kill -9 whole. A power cut may lose the last commits, never the order of them:
        # what is missing is derived again from the WARCs (`Ledger.through`).
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # 64 MB of log before it is folded in: random keys would otherwise write each page often.
        database.execute("PRAGMA wal_autocheckpoint = 16384")
        database.execute("PRAGMA journal_size_limit = 67108864")
        database.execute("BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except sqlite3.Error as error:
        raise fault(path, error) from error
    if version:
        try:
            _require_version(path, version)
        except LedgerError:
            database.close()
            raise
    return database


def _require_version(path: Path, version: int) -> None:
    if version != VERSION:
        raise LedgerError(
            f"the ledger {path} is of version {version} and this zancrawler keeps {VERSION}; "
            "make it anew with `zancrawler rebuild --ledger`"
        )


def fault(path: Path, error: sqlite3.Error) -> LedgerError:
    """The sentence for whatever SQLite has to say."""
    code = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if code.startswith("SQLITE_FULL"):
        return UnwritableLedgerError(
            f"no room on the disk for the ledger {path}; free some and run again"
        )
    if code.startswith("SQLITE_BUSY"):
        return LedgerError(f"the ledger {path} is in use by another run; wait until it ends")
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return UnwritableLedgerError(
            f"the ledger {path} cannot be written; check who owns it, and whether its disk may be "
            "written"
        )
    if code.startswith(("SQLITE_IOERR", "SQLITE_NOMEM")):
        return UnwritableLedgerError(
            f"the disk or the memory gave out over the ledger {path} ({error}); free some room, or "
            "look after the disk, and run again: the ledger itself may well be whole"
        )
    return LedgerError(
        f"the ledger {path} is damaged ({error}); "
        "remove it and make it anew with `zancrawler rebuild --ledger`"
    )


def url_key(url: str) -> int:
    """A signed 64-bit hash, by which a URL is found; URLs that share one are told apart in full."""
    digest = hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


REQUISITES = 4
"""The rank of requisites: after all else."""


def rank(entry: Entry) -> int:
    """Sources bring the news; then what is not held, then what is, then what is no article."""
    if entry.kind is Kind.REQUISITE:
        return REQUISITES
    if entry.kind is Kind.ARTICLE:
        return 2 if entry.held else 1
    return 3 if entry.kind is Kind.OTHER else 0


def to_row(entry: Entry) -> list[Any]:
    """The entry's columns, in COLUMNS' order."""
    row = list(_values(entry))
    for index in _TIME_INDEXES:
        if row[index] is not None:
            row[index] = to_seconds(row[index])
    return row


def from_row(row: Sequence[Any]) -> Entry:
    values = list(row)
    for index in _TIME_INDEXES:
        if values[index] is not None:
            values[index] = from_seconds(values[index])
    values[_KIND] = Kind(values[_KIND])
    values[_STATE] = State(values[_STATE])
    return Entry(*values)


def to_seconds(moment: datetime) -> int:
    """Raises ValueError for a time without a zone: it would mean another moment elsewhere."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return int(moment.timestamp() // 1)


def from_seconds(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
