"""Searching an archive from Python: `Search(archive).find("...")`."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Decisions
from zancrawler.search.filters import Filters
from zancrawler.search.index import Freshness, Index, Match, is_damage
from zancrawler.search.marks import Marked, marked, snippet
from zancrawler.search.query import Query
from zancrawler.tables.articles import Access, Status
from zancrawler.tables.chunks import open_chunk
from zancrawler.tables.read import moment

_SHOWN = (
    *("article_id", "version", "url", "outlet", "language", "date_published", "status"),
    *("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id"),
)
_COLUMNS = (*_SHOWN, "title", "text_digest", "access")
_STEP = 256
"""Texts that are decoded at a time: where the wanted ones stand, the rest of a chunk is left."""


class NoIndexError(ArchiveError):
    """There is no index, and none can be made where the archive is."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(
            f"{archive.root} has no search index and cannot be written; copy the archive to a disk "
            "that can, or let `zancrawler search` make the index where it came from"
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches, as its row in `articles` says."""

    article_id: str
    version: int
    url: str
    outlet: str
    language: str | None
    date_published: datetime | None
    status: str
    warc_filename: str
    warc_record_offset: int
    warc_record_length: int | None
    warc_record_id: str | None
    title: Marked
    snippet: Marked
    """The stretch of the original text that matches most of the query."""
    score: float
    """The larger, the better. It compares hits of one search only."""

    def as_json(self) -> dict[str, Any]:
        """Marks are [start, end] in code points of the text that they belong to."""
        return {
            "url": self.url,
            "title": self.title.text,
            "title_marks": self.title.marks,
            "outlet": self.outlet,
            "language": self.language,
            "date_published": self.date_published,
            "article_id": self.article_id,
            "version": self.version,
            "status": self.status,
            "snippet": self.snippet.text,
            "snippet_marks": self.snippet.marks,
            "score": round(self.score, 4),
            "warc_filename": self.warc_filename,
            "warc_record_offset": self.warc_record_offset,
            "warc_record_length": self.warc_record_length,
            "warc_record_id": self.warc_record_id,
        }


class Search:
    """Full text over the articles of one archive. May be used while a crawl writes to it."""

    def __init__(self, archive: Archive | Path | str) -> None:
        """Raises ArchiveError where there is no archive."""
        if not isinstance(archive, Archive):
            archive = Archive.existing(Path(archive))
        self.archive = archive
        self._index = Index(archive)

    def refresh(self, seconds: float = math.inf) -> Freshness:
        """Brings the index up to the tables, or as far as it comes in so many seconds."""
        return self._index.refresh(seconds)

    def find(
        self,
        query: str,
        *,
        outlet: str | Sequence[str] | None = None,
        language: str | None = None,
        since: datetime | date | str | None = None,
        until: datetime | date | str | None = None,
        status: Status | str | None = None,
        limit: int = 10,
        offset: int = 0,
    ) -> list[Hit]:
        """The articles that match, the best first.

        All words of the query must occur; see `Query` for what else it may say. Where nothing has
        them, words that begin so are looked for. `language` is a BCP 47 tag (`fa` for all of
        Persian, `prs` for Dari); `since` (inclusive) and `until` (exclusive) ask for
        `date_published`. What is held or withdrawn is never among the hits.

        Looks first whether the index lacks anything, and takes that in; where another process is
        at it, or the disk cannot be written, the latest changes may be missing. Raises
        NoIndexError, and ArchiveError for a date or a status that is none.
        """
        filters = Filters(
            outlets=(outlet,) if isinstance(outlet, str) else tuple(outlet or ()),
            language=language,
            since=None if since is None else moment(since),
            until=None if until is None else moment(until),
            status=_status(status),
        )
        if self.refresh() is Freshness.FIXED and not self.archive.search_index.exists():
            raise NoIndexError(self.archive)
        asked = Query.parse(query)
        matches = self._matches(asked, filters, limit, offset)
        if not matches and not (offset and self._matches(asked, filters, 1, 0)):
            asked = asked.widened()
            matches = self._matches(asked, filters, limit, offset)
        rows = self._rows(matches)
        return [
            _hit(rows[match.article_id], match.score, asked)
            for match in matches
            if match.article_id in rows
        ]

    def _matches(self, query: Query, filters: Filters, limit: int, offset: int) -> list[Match]:
        try:
            return self._index.matches(query, filters, limit, offset)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        self._index.forget()
        if self.refresh() is not Freshness.CURRENT:
            raise ArchiveError(
                f"the search index is damaged; delete {self.archive.search_index} and search again"
            )
        return self._index.matches(query, filters, limit, offset)

    def _rows(self, matches: Iterable[Match]) -> dict[str, dict[str, Any]]:
        """The rows of the matches, but for what has been edited, held or withdrawn meanwhile."""
        decisions = Decisions.read(self.archive)
        by_path: dict[str, dict[str, str]] = {}
        for match in matches:
            by_path.setdefault(match.path, {})[match.article_id] = match.text_digest
        found: dict[str, dict[str, Any]] = {}
        for path, digests in by_path.items():
            try:
                file = open_chunk(self.archive.root / path)
            except FileNotFoundError:
                continue
            with file:
                for row in _read(file, digests):
                    is_same = row["text_digest"] == digests[row["article_id"]]
                    is_open = row["access"] == Access.OPEN
                    if is_same and is_open and not decisions.is_withdrawn(row["article_id"]):
                        found[row["article_id"]] = row
        return found


def _read(file: pq.ParquetFile, article_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The rows of some articles. Half of the time of a search goes into decoding texts."""
    rows = file.read(columns=list(_COLUMNS))
    wanted = pc.is_in(rows["article_id"], pa.array(list(article_ids)))
    places = pc.indices_nonzero(wanted).to_pylist()
    if not places:
        return
    batches: list[pa.RecordBatch] = []
    decoded = 0
    for batch in file.iter_batches(_STEP, columns=["text"], use_threads=False):
        batches.append(batch)
        decoded += len(batch)
        if decoded > places[-1]:
            break
    texts = pa.Table.from_batches(batches)["text"]
    for place in places:
        (row,) = rows.slice(place, 1).to_pylist()
        yield row | {"text": texts[place].as_py()}


def _hit(row: dict[str, Any], score: float, query: Query) -> Hit:
    return Hit(
        **{name: row[name] for name in _SHOWN},
        title=marked(row["title"] or "", query),
        snippet=snippet(row["text"] or "", query),
        score=score,
    )


def _status(status: str | None) -> Status | None:
    try:
        return Status(status) if status else None
    except ValueError:
        raise ArchiveError(f"'{status}' is no status; it is live or gone") from None
