"""The index: a contentless SQLite FTS5 table of folded terms, derived from the table `articles`.

It holds no text, only terms and what is filtered by; a hit is read from the tables. It may be
deleted at any time. A chunk of `articles` is read again when its file is not the one that was read
last; the note of which file was read is committed after the chunk's documents, so a killed refresh
leaves an index that knows what it lacks.

A contentless table forgets a row only when it is given the row's old text (SQLite before 3.43). So
what was edited or held merely loses its row in `documents`, without which no match counts; when
every fifth entry is such a one, the index is made anew. It is made anew at once when an article is
withdrawn: its words could be read out of the index.
"""

from __future__ import annotations

import errno
import fcntl
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from zancrawler.archive import Archive, put_durably
from zancrawler.decisions import Decisions
from zancrawler.search.filters import Filters
from zancrawler.search.indexing import Indexer, WithdrawnError
from zancrawler.search.query import Query
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.chunks import stamps

FORMAT = 1
"""To be raised with every change of the schema below, of the fold or of what a word is."""
RANKED = 200_000
"""Matches that are ranked, the latest that were indexed: each costs a microsecond, and a word that
more articles share says little about any of them."""
_TITLE_WEIGHT = 10
_PATIENCE = 30.0
"""Seconds to wait for a process that commits to the index at this moment."""
_CACHE = 64_000
"""KiB of pages in memory: a transaction that spilled would lock out whoever searches."""

_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC)

_SCHEMA = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    path TEXT UNIQUE NOT NULL,  -- from the archive's root
    outlet TEXT NOT NULL,
    stamp TEXT                  -- of the file that was read; null until all of it is
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the rowid in words; none is given twice
    chunk INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    language TEXT,
    published INTEGER,          -- microseconds since 1970, UTC
    status TEXT NOT NULL
);
CREATE INDEX documents_by_chunk ON documents (chunk);
CREATE VIRTUAL TABLE words USING fts5(title, text, others, content='', tokenize='ascii');
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
"""
# The tokenizer `ascii` parts at spaces and leaves all else alone: terms come ready from `words.py`.


class Freshness(StrEnum):
    """Whether the index has all that the tables have."""

    CURRENT = "current"
    BEHIND = "behind"
    """Some chunks are still to be read."""
    BUSY = "busy"
    """Another process is reading them."""
    FIXED = "fixed"
    """Some chunks are still to be read, and the archive's disk cannot be written."""


class Match(NamedTuple):
    """An article that the index finds; its row stands in the chunk at `path`."""

    path: str
    article_id: str
    text_digest: str
    score: float
    """The larger, the better. It compares matches of one search only."""


@dataclass(frozen=True, slots=True)
class Index:
    """The index of one archive. Any number of processes may read it while one refreshes it."""

    archive: Archive

    def refresh(self, seconds: float = math.inf) -> Freshness:
        """Brings the index up to the tables, or as far as it comes in so many seconds, about.

        What is left over the next call takes up. A damaged index is made anew. Raises
        UnreadableTableError for a damaged chunk, ArchiveError for decisions that cannot be read.
        """
        deadline = time.monotonic() + seconds
        try:
            while (known := self._known()) != (now := self._stamps()):
                if time.monotonic() > deadline:
                    return Freshness.BEHIND
                with self._locked() as held:
                    if not held:
                        return Freshness.BUSY
                    if known is None:
                        self._begin_anew()
                    self._take_in(now, deadline)
        except sqlite3.OperationalError:
            return Freshness.FIXED
        except OSError as error:
            if error.errno not in _UNWRITABLE:
                raise
            return Freshness.FIXED
        return Freshness.CURRENT

    def forget(self) -> None:
        """Empties the index, for the next refresh to make it anew.

        Where another process is refreshing it, or the disk cannot be written, it stays.
        """
        with suppress(OSError, sqlite3.OperationalError), self._locked() as held:
            if held:
                self._begin_anew()

    def matches(self, query: Query, filters: Filters, limit: int, offset: int = 0) -> list[Match]:
        """What the query finds, the best first; of equal ones the later published first."""
        if query.is_empty or not self.archive.search_index.exists():
            return []
        conditions, values = filters.conditions()
        with self._opened() as database:
            rows = database.execute(
                f"""
                SELECT path, article_id, text_digest, -score
                FROM (
                    SELECT path, article_id, text_digest, published, documents.id AS id,
                        bm25(words, {_TITLE_WEIGHT}, 1, 1) AS score
                    FROM words
                    CROSS JOIN documents ON documents.id = words.rowid
                    CROSS JOIN chunks ON chunks.id = documents.chunk
                    WHERE words MATCH ? {conditions}
                    ORDER BY words.rowid DESC LIMIT {RANKED}
                )
                ORDER BY score, published DESC, id DESC LIMIT ? OFFSET ?
                """,
                (query.match, *values, limit, offset),
            )
            return [Match(*row) for row in rows]

    def _take_in(self, now: dict[str, str], deadline: float) -> None:
        """Reads what is to be read, or makes room for doing so at the next turn."""
        try:
            with self._opened() as database:
                indexer = Indexer(self.archive, database, Decisions.read(self.archive))
                is_crowded = indexer.is_crowded()
                if not is_crowded:
                    known = dict(database.execute("SELECT path, stamp FROM chunks").fetchall())
                    indexer.take_in(now, known, deadline)
        except WithdrawnError:
            is_crowded = True
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            is_crowded = True
        if is_crowded:
            self._begin_anew()

    def _known(self) -> dict[str, str | None] | None:
        """The stamps of the chunks that were read; None without an index that we can use."""
        if not self.archive.search_index.exists():
            return None
        try:
            with self._opened() as database:
                if database.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                    return None
                return dict(database.execute("SELECT path, stamp FROM chunks").fetchall())
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            return None

    def _stamps(self) -> dict[str, str]:
        """Of the chunks of `articles`, the oldest year first."""
        found = stamps(self.archive, ARTICLES)
        return dict(sorted(found.items(), key=lambda pair: pair[0].split("/")[-2:]))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self.archive.search_index.as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE)) as database:
            database.execute(f"PRAGMA cache_size = -{_CACHE}")
            database.execute("PRAGMA synchronous = NORMAL")
            yield database

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Whether we hold the index for writing; the kernel lets go of it if the process dies."""
        path = self.archive.search_index.with_suffix(".lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _begin_anew(self) -> None:
        path = self.archive.search_index
        with put_durably(path) as new:
            with closing(sqlite3.connect(new)) as database:
                database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            # SQLite would play it into the new file.
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite finds the file broken, or none of its own."""
    return (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
