"""The commit: what was read from captures becomes rows, all of them once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.tables.articles import ARTICLES, VERSIONS, Access, Status
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks, Row, check_columns
from zancrawler.tables.columns import TIME
from zancrawler.tables.coverage import COVERAGE, CRAWLS
from zancrawler.tables.schemas import TABLES
from zancrawler.tables.state import Known, State
from zancrawler.tables.versions import is_new_version


class Outcome(StrEnum):
    """What a sighting of an article was to the tables."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    COMMITTED = "committed"
    """Its capture was in the tables already."""


@dataclass(slots=True)
class _Changes:
    """What a commit will write."""

    versions: list[Row] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Whole rows of `articles`, by article_id."""
    touched: set[str] = field(default_factory=set)
    """Articles of which only last_seen, status or access moves."""


class Tables:
    """The tables of one outlet, for its one writer: whoever holds `archive.lock(outlet)`.

    The captures of one WARC come in the order of their offsets, so that `captures`, which is
    written last, marks what is done: after a crash, commit again whatever lies behind `derived()`,
    in batches of any size, and the tables are as if nothing had happened.

    Raises SchemaMismatchError when the files are of another version of zancrawler.
    """

    def __init__(self, archive: Archive, outlet: str, *, max_rows: int | None = None) -> None:
        """`max_rows` is the size of a chunk; by default what suits each table."""
        self._outlet = outlet
        chunks = {
            table: Chunks(archive, table, outlet, max_rows or table.max_rows) for table in TABLES
        }
        for each in chunks.values():
            each.clean()
            each.check()
        self._articles, self._versions = chunks[ARTICLES], chunks[VERSIONS]
        self._captures = chunks[CAPTURES]
        self._coverage, self._crawls = chunks[COVERAGE], chunks[CRAWLS]
        self._state: State | None = None

    @contextmanager
    def _known(self) -> Iterator[State]:
        """The state, to read and to change. Where that fails it is read afresh from disk."""
        state = self._state or State.load(self._articles, self._versions, self._captures)
        self._state = None
        yield state
        self._state = state

    def derived(self, warc_filename: str) -> int:
        """Offset in bytes up to which the exchanges of this WARC are in `captures`; 0 for none."""
        with self._known() as state:
            return state.derived.get(warc_filename, 0)

    def commit(
        self, captures: Sequence[Row] = (), articles: Sequence[Row] = ()
    ) -> tuple[Outcome, ...]:
        """Writes rows of `captures`, and the articles that were seen in them, in their order.

        `articles` holds rows of the table `articles` as one capture showed them, each with its
        capture among `captures`, and without version, n_versions, first_seen, last_seen and
        status, which follow from what was seen before. A capture that shows no article but has an
        `article_id` and status 200 or 304 says that the article still stands, so a revisit moves
        last_seen too. Returns what each of `articles` was.

        Raises ValueError for an unknown column or an article without its capture, before anything
        is written; on any other error the tables are whole and the commit can be repeated.
        """
        check_columns(CAPTURES, captures)
        check_columns(ARTICLES, articles)
        sightings = {_record(row): row for row in articles}
        if lost := sightings.keys() - {_record(row) for row in captures}:
            raise ValueError(f"no capture of the article at {', '.join(sorted(map(str, lost)))}")
        changes = _Changes()
        outcomes = dict.fromkeys(sightings, Outcome.COMMITTED)
        with self._known() as state:
            new_captures = self._not_committed(state, captures)
            for row in new_captures:
                sighting = sightings.get(_record(row))
                if sighting:
                    outcomes[_record(row)] = self._see(state, changes, sighting)
                else:
                    self._confirm(state, changes, row)
            _append(self._versions, changes.versions)
            self._write_articles(state, changes)
            _append(self._captures, new_captures)
            for row in new_captures:
                end = row["exchange_offset"] + row["exchange_length"]
                name = row["warc_filename"]
                state.derived[name] = max(state.derived.get(name, 0), end)
        return tuple(outcomes.values())

    def mark(
        self,
        article_ids: Iterable[str],
        *,
        status: Status | None = None,
        access: Access | None = None,
    ) -> int:
        """Sets the standing of articles; returns how many there were. Their text stays."""
        changes = _Changes()
        with self._known() as state:
            for article_id in article_ids:
                known = state.articles.get(article_id)
                if known is None or known.chunk is None:
                    continue
                changes.touched.add(article_id)
                known.status = status or known.status
                known.access = access or known.access
            self._write_articles(state, changes)
        return len(changes.touched)

    def put_coverage(self, rows: Sequence[Row]) -> None:
        """Adds rows to `coverage`, in place of those of the same URL."""
        _upsert(self._coverage, [{**row, "outlet": self._outlet} for row in rows])

    def put_crawl(self, row: Row) -> None:
        """Adds a run to `crawls`, in place of what was said of it before."""
        _upsert(self._crawls, [{**row, "outlet": self._outlet}])

    def _not_committed(self, state: State, captures: Sequence[Row]) -> list[Row]:
        """The captures that the table does not have; those that it could have are looked up."""
        places = [(row["warc_filename"], row["exchange_offset"]) for row in captures]
        warcs = {name for name, offset in places if state.is_derived(name, offset)}
        found: set[tuple[str, int]] = set()
        if warcs:
            for _, rows in self._captures.scan(["warc_filename", "exchange_offset"]):
                rows = rows.filter(pc.is_in(rows["warc_filename"], pa.array(warcs)))
                found.update(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        return [
            {**row, "outlet": self._outlet}
            for place, row in zip(places, captures, strict=True)
            if place not in found
        ]

    def _see(self, state: State, changes: _Changes, sighting: Row) -> Outcome:
        article_id, digest = sighting["article_id"], sighting["text_digest"]
        known = state.articles.setdefault(article_id, Known())
        before = known.version
        written = state.ahead.pop(_record(sighting), None)
        if written:
            known.version, known.text_digest = written
        elif is_new_version(known, digest):
            known.n_versions += 1
            known.version, known.text_digest = known.n_versions, digest
            row = {name: sighting.get(name) for name in VERSIONS.names}
            changes.versions.append(row | {"version": known.version, "outlet": self._outlet})
        self._touch(changes, article_id, known, sighting)
        if known.version > known.shown:
            known.shown = known.version
            changes.rows[article_id] = {**sighting, "outlet": self._outlet}
        if not before:
            return Outcome.NEW
        return Outcome.UNCHANGED if known.version == before else Outcome.CHANGED

    def _confirm(self, state: State, changes: _Changes, capture: Row) -> None:
        known = state.articles.get(capture.get("article_id") or "")
        status = capture.get("fetch_status")
        if known and known.version and status in (200, 304):
            self._touch(changes, capture["article_id"], known, capture)

    @staticmethod
    def _touch(changes: _Changes, article_id: str, known: Known, seen: Row) -> None:
        time = seen["fetch_time"]
        known.first_seen = known.first_seen or time
        known.last_seen = max(known.last_seen or time, time)
        known.status = Status.LIVE
        known.access = known.access or seen.get("access") or Access.OPEN
        changes.touched.add(article_id)

    def _write_articles(self, state: State, changes: _Changes) -> None:
        for article_id, row in changes.rows.items():
            known = state.articles[article_id]
            row |= {
                "version": known.shown,
                "n_versions": known.n_versions,
                "first_seen": known.first_seen,
                "last_seen": known.last_seen,
                "status": known.status,
                "access": known.access,
            }
        new = {name: row for name, row in changes.rows.items() if not state.articles[name].chunk}
        for article_id, path in zip(new, self._articles.place(new.values()), strict=True):
            state.articles[article_id].chunk = path
        rows: dict[Path, list[Row]] = {}
        for article_id in sorted(changes.touched):
            chunk = state.articles[article_id].chunk
            if chunk:
                whole = changes.rows.get(article_id)
                rows.setdefault(chunk, []).extend([whole] if whole else [])
        for path in sorted(rows):
            self._articles.rewrite(path, rows[path], lambda kept: _patched(kept, state, changes))


def _record(row: Row) -> tuple[str, int | None]:
    """The record that a capture or an article points to."""
    return row["warc_filename"], row.get("warc_record_offset")


def _patched(rows: pa.Table, state: State, changes: _Changes) -> pa.Table:
    """The rows of a chunk with the standing that their articles now have."""
    ids = rows["article_id"].to_pylist()
    if changes.touched.isdisjoint(ids):
        return rows
    for name, kind in (("last_seen", TIME), ("status", pa.string()), ("access", pa.string())):
        values = [
            getattr(state.articles[article_id], name) if article_id in changes.touched else old
            for article_id, old in zip(ids, rows[name].to_pylist(), strict=True)
        ]
        index = rows.schema.get_field_index(name)
        rows = rows.set_column(index, rows.schema.field(index), pa.array(values, kind))
    return rows


def _append(chunks: Chunks, rows: Sequence[Row]) -> None:
    """Writes new rows in their order, so that what a crash leaves is the first of them."""
    placed = zip(chunks.place(rows), rows, strict=True)
    for path, group in groupby(placed, key=lambda pair: pair[0]):
        chunks.rewrite(path, [row for _, row in group])


def _upsert(chunks: Chunks, rows: Sequence[Row]) -> None:
    """Writes rows over those of the same key, and new ones into the newest chunk."""
    (key,) = chunks.table.key
    latest = {row[key]: row for row in rows}
    places = {
        value: path
        for path, table in chunks.scan([key])
        for value in table[key].to_pylist()
        if value in latest
    }
    new = [row for value, row in latest.items() if value not in places]
    places |= {row[key]: path for row, path in zip(new, chunks.place(new), strict=True)}
    by_path: dict[Path, list[Row]] = {}
    for value, row in latest.items():
        by_path.setdefault(places[value], []).append(row)
    for path, group in by_path.items():
        chunks.rewrite(path, group)
