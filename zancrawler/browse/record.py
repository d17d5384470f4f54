"""One article as its page shows it: the row, its versions, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.browse.export import Export
from zancrawler.decisions import Decisions
from zancrawler.runs.versions import IncomparableError, Piece, Version, paragraphs, word_diff
from zancrawler.tables.articles import MAX_ROWS, VERSIONS, Access
from zancrawler.tables.chunks import Chunks, open_chunk

MAX_TEXT = 200_000
"""Characters of a text that a page shows."""
MAX_VERSIONS = 200
"""Versions of an article that are listed: the latest."""
_COLUMNS = (
    *("article_id", "version", "n_versions", "first_seen", "last_seen", "story_id", "url"),
    *("canonical_url", "outlet", "title", "subtitle", "authors", "date_published"),
    *("date_published_raw", "date_modified", "language", "section", "tags", "text", "word_count"),
    *("images", "status", "access", "fetch_time", "fetch_status", "warc_filename"),
    *("warc_record_offset", "warc_record_length", "warc_record_id", "content_digest", "rights"),
    *("text_digest", "warnings"),
)
_VERSION = ("version", "fetch_time", "title", "text")


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that may be shown: its row of `articles`."""

    row: dict[str, Any]

    @property
    def text(self) -> str:
        return (self.row["text"] or "")[:MAX_TEXT]

    @property
    def is_cut(self) -> bool:
        return len(self.row["text"] or "") > MAX_TEXT

    @property
    def paragraphs(self) -> Sequence[str]:
        return [part for part in self.text.split("\n\n") if part.strip()]


@dataclass(frozen=True, slots=True)
class Seen:
    """A version, when it was first captured."""

    version: int
    captured: datetime


def find(archive: Archive, export: Export, article_id: str) -> Shown | None:
    """The article as it is now; None if there is none, or it may not be shown."""
    path = export.chunk_of(article_id)
    if path is None or Decisions.read(archive).is_withdrawn(article_id):
        return None
    for row in _rows(path, article_id, _COLUMNS):
        if row["access"] == Access.OPEN.value:
            return Shown(row)
    return None


def versions(archive: Archive, shown: Shown) -> list[Seen]:
    """Its latest versions, oldest first."""
    seen = {
        row["version"]: row["fetch_time"]
        for path in _version_chunks(archive, shown)
        for row in _rows(path, shown.row["article_id"], ("version", "fetch_time"))
    }
    return [Seen(number, seen[number]) for number in sorted(seen)][-MAX_VERSIONS:]


def texts(archive: Archive, shown: Shown, numbers: Sequence[int]) -> dict[int, Version]:
    """The versions with these numbers."""
    return {
        row["version"]: Version(
            row["version"], row["fetch_time"], row["title"] or "", row["text"] or ""
        )
        for path in _version_chunks(archive, shown)
        for row in _rows(path, shown.row["article_id"], _VERSION)
        if row["version"] in numbers
    }


def changes(old: Version, new: Version) -> list[list[Piece]] | None:
    """What changed, in paragraphs; None where comparing would take too long."""
    try:
        return list(paragraphs(word_diff(old, new)))
    except IncomparableError:
        return None


def _version_chunks(archive: Archive, shown: Shown) -> list[Path]:
    """None of a year before the article was first seen can hold a version of it."""
    chunks = Chunks(archive, VERSIONS, shown.row["outlet"], MAX_ROWS)
    first, last = (shown.row[name].year for name in ("first_seen", "last_seen"))
    return [
        path for path in chunks.paths() if first <= int(path.parent.name[len("year=") :]) <= last
    ]


def _rows(path: Path, article_id: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The ids are read first: most chunks of versions hold none that is looked for."""
    try:
        with open_chunk(path) as file:
            ids = file.read(columns=["article_id"])["article_id"]
            places = pc.indices_nonzero(pc.equal(ids, article_id))
            if not len(places):
                return []
            rows: list[dict[str, Any]] = file.read(columns=list(columns)).take(places).to_pylist()
            return rows
    except FileNotFoundError:
        # Rebuilt meanwhile; the next request finds it where it is then.
        return []
