"""From chunks of `articles` to entries of the index."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from zancrawler.archive import Archive
from zancrawler.decisions import Decisions
from zancrawler.search.filters import microseconds
from zancrawler.search.words import indexed
from zancrawler.tables.articles import Access
from zancrawler.tables.chunks import open_chunk

BATCH = 500
"""Articles a transaction."""
ROOMY = 1_000
"""Entries of no document that do not matter, however small the index is."""


class Document(NamedTuple):
    """What the index knows of an article besides its terms."""

    article_id: str
    text_digest: str
    language: str | None
    published: int | None
    """Microseconds since 1970, UTC."""
    status: str


class WithdrawnError(Exception):
    """The index holds the words of an article that was withdrawn; it must be made anew."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """Takes chunks in. Only for the holder of the index's lock."""

    archive: Archive
    database: sqlite3.Connection
    decisions: Decisions

    def take_in(
        self, stamps: Mapping[str, str], known: Mapping[str, str | None], deadline: float
    ) -> bool:
        """Reads the chunks whose stamp is not the known one; False if the deadline came first.

        `deadline` is a time of `time.monotonic()`. Raises WithdrawnError.
        """
        for path in known.keys() - stamps.keys():
            with self.database:
                self._compare(self._chunk(path), {})
                self.database.execute("DELETE FROM chunks WHERE path = ?", (path,))
        for path, stamp in stamps.items():
            if known.get(path) != stamp and not self._read(path, stamp, deadline):
                return False
        return True

    def is_crowded(self) -> bool:
        """Whether every fifth of the entries in `words` is of no document any more."""
        (live,) = self.database.execute("SELECT count(*) FROM documents").fetchone()
        (entries,) = self.database.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()
        return bool((entries or 0) - live > max(ROOMY, live // 4))

    def _read(self, path: str, stamp: str, deadline: float) -> bool:
        try:
            file = open_chunk(self.archive.root / path)
        except FileNotFoundError:
            # A rebuild has put other files here since we looked.
            return True
        with file:
            documents = _documents(
                file.read(
                    columns=[
                        *("article_id", "text_digest", "language"),
                        *("date_published", "status", "access"),
                    ]
                )
            )
            with self.database:
                chunk = self._chunk(path)
                old = self._compare(chunk, documents)
            new = [place for place, each in documents.items() if each.article_id not in old]
            if new:
                text = file.read(columns=["title", "text"]).take(pa.array(new))
                for start in range(0, len(new), BATCH):
                    # One batch at least in each call: however slow the disk, calls come to an end.
                    if start and time.monotonic() > deadline:
                        return False
                    batch = [documents[place] for place in new[start : start + BATCH]]
                    self._add(chunk, batch, text.slice(start, BATCH))
        with self.database:
            self.database.execute("UPDATE chunks SET stamp = ? WHERE id = ?", (stamp, chunk))
        return True

    def _chunk(self, path: str) -> int:
        outlet = path.partition("/site=")[2].partition("/")[0]
        self.database.execute(
            "INSERT INTO chunks (path, outlet) VALUES (?, ?) "
            "ON CONFLICT (path) DO UPDATE SET stamp = NULL",
            (path, outlet),
        )
        found = self.database.execute("SELECT id FROM chunks WHERE path = ?", (path,))
        return int(found.fetchone()[0])

    def _compare(self, chunk: int, documents: Mapping[int, Document]) -> set[str]:
        """Drops what is no more or has another text; returns what stays, by article_id."""
        now = {document.article_id: document for document in documents.values()}
        stays: set[str] = set()
        rows = self.database.execute(
            "SELECT id, article_id, text_digest, language, published, status "
            "FROM documents WHERE chunk = ?",
            (chunk,),
        ).fetchall()
        for number, *fields in rows:
            before = Document(*fields)
            after = now.get(before.article_id)
            if after is None or after.text_digest != before.text_digest:
                if self.decisions.is_withdrawn(before.article_id):
                    raise WithdrawnError(before.article_id)
                self.database.execute("DELETE FROM documents WHERE id = ?", (number,))
                continue
            stays.add(before.article_id)
            if after != before:
                self.database.execute(
                    "UPDATE documents SET language = ?, published = ?, status = ? WHERE id = ?",
                    (*after[2:], number),
                )
        return stays

    def _add(self, chunk: int, documents: Sequence[Document], text: pa.Table) -> None:
        with self.database:
            for document, title, body in zip(
                documents, *(text[name].to_pylist() for name in ("title", "text")), strict=True
            ):
                entry = self.database.execute(
                    "INSERT INTO documents "
                    "(chunk, article_id, text_digest, language, published, status) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (chunk, *document),
                )
                self.database.execute(
                    "INSERT INTO words (rowid, title, text, others) VALUES (?, ?, ?, ?)",
                    (entry.lastrowid, *_entry(title or "", body or "")),
                )


def _documents(rows: pa.Table) -> dict[int, Document]:
    """The articles of a chunk that may be shown, by their place in it."""
    columns = (column.to_pylist() for column in rows.columns)
    return {
        place: Document(
            article_id, digest, language, None if date is None else microseconds(date), status
        )
        for place, (article_id, digest, language, date, status, access) in enumerate(
            zip(*columns, strict=True)
        )
        if access == Access.OPEN
    }


def _entry(title: str, text: str) -> tuple[str, str, str]:
    """The columns of `words`. `others`: words as others than the author write them."""
    (title_terms, title_others), (text_terms, text_others) = indexed(title), indexed(text)
    others = sorted(title_others | text_others)
    return " ".join(title_terms), " ".join(text_terms), " ".join(others)
