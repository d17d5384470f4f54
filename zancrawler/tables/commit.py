"""The commit: what was read from captures becomes rows, all of them once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive, ArchiveError
from zancrawler.tables.articles import ARTICLES, VERSIONS, Access, Status
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks, Row, check_columns
from zancrawler.tables.columns import TIME
from zancrawler.tables.coverage import COVERAGE, CRAWLS
from zancrawler.tables.schemas import TABLES
from zancrawler.tables.state import Credits, Known, Look, Place, Seen, State
from zancrawler.tables.versions import counts, lost_much


class Outcome(StrEnum):
    """What a sighting of an article was to the tables."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PENDING = "pending"
    """Another text, which does not count before it was seen once more."""
    COMMITTED = "committed"
    """Its capture was in the tables already."""


Recall = Callable[[str, int], Row | None]
"""Reads the article in the exchange of a WARC at an offset once more; None where none is found."""


def _recall_nothing(warc_filename: str, exchange_offset: int) -> None:
    return None


@dataclass(slots=True)
class _Changes:
    """What a commit will write."""

    recall: Recall = _recall_nothing
    house: str | None = None
    sightings: dict[Place, Row] = field(default_factory=dict)
    """Those of this commit, by the exchange that they were seen in."""
    versions: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """New rows, by article_id and version."""
    shown: dict[str, None] = field(default_factory=dict)
    """Articles whose row shows another version than before."""
    touched: set[str] = field(default_factory=set)
    """Articles of which last_seen, status or access moves."""

    def recalled(self, look: Look) -> Row | None:
        """The article as that look found it."""
        seen = self.sightings.get(look.place) or self.recall(*look.place)
        return seen if seen and seen["text_digest"] == look.text_digest else None


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
        self,
        captures: Sequence[Row] = (),
        articles: Sequence[Row] = (),
        recall: Recall = _recall_nothing,
        *,
        house: str | None = None,
    ) -> tuple[Outcome, ...]:
        """Writes rows of `captures`, and the articles that were seen in them, in their order.

        `articles` holds rows of the table `articles` as one capture showed them, each with its
        capture among `captures`, and without version, n_versions, first_seen, last_seen and
        status, which follow from what was seen before. A capture that shows no article but has an
        `article_id` and status 200 or 304 says that the article still stands, so a revisit moves
        last_seen too. Which text makes a version, `zancrawler.tables.versions` says; where it is
        one that an earlier commit has seen, `recall` brings that sighting back. An article that
        loses a name or a picture while its text stays is held; `house`, the byline that the
        outlet's file gives to articles without one, is no name. Returns what each of `articles`
        was.

        Raises ValueError for an unknown column or an article without its capture, before anything
        is written; on any other error the tables are whole and the commit can be repeated.
        """
        check_columns(CAPTURES, captures)
        check_columns(ARTICLES, articles)
        sightings = {_record(row): row for row in articles}
        if lost := sightings.keys() - {_record(row) for row in captures}:
            raise ValueError(f"no capture of the article at {', '.join(sorted(map(str, lost)))}")
        changes = _Changes(recall, house)
        outcomes = dict.fromkeys(sightings, Outcome.COMMITTED)
        with self._known() as state:
            state.know((row.get("article_id") for row in (*captures, *articles)), house)
            new_captures = self._not_committed(state, captures)
            for row in new_captures:
                sighting = sightings.get(_record(row))
                if sighting:
                    place = Place(row["warc_filename"], row["exchange_offset"])
                    outcomes[_record(row)] = self._see(state, changes, sighting, place)
                else:
                    self._confirm(state, changes, row)
            self._write_versions(state, changes)
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
        ids = tuple(article_ids)
        with self._known() as state:
            state.know(ids)
            for article_id in ids:
                known = state.articles[article_id]
                if known.chunk is None:
                    continue
                changes.touched.add(article_id)
                known.status = status or known.status
                known.access = access or known.access
            self._write_articles(state, changes)
        return len(changes.touched)

    def mark_gone(self, article_ids: Iterable[str]) -> int:
        """Notes articles that the outlet has ceased to show, and holds them; returns how many.

        Only what was live before: on what was gone already a person may have decided. What is
        withdrawn stays so.
        """
        changes = _Changes()
        ids = tuple(article_ids)
        with self._known() as state:
            state.know(ids)
            for article_id in ids:
                known = state.articles[article_id]
                if known.chunk is None or known.status == Status.GONE:
                    continue
                changes.touched.add(article_id)
                known.status = Status.GONE
                if known.access == Access.OPEN:
                    known.access = Access.HELD
            self._write_articles(state, changes)
        return len(changes.touched)

    def put_coverage(self, rows: Sequence[Row]) -> None:
        """Makes `coverage` what the rows say: a URL of which they tell nothing leaves it."""
        _upsert(self._coverage, [{**row, "outlet": self._outlet} for row in rows])
        _keep_only(self._coverage, {(row["url"],) for row in rows})

    def put_crawl(self, *rows: Row) -> None:
        """Adds runs to `crawls`, in place of what was said of them before."""
        _upsert(self._crawls, [{**row, "outlet": self._outlet} for row in rows])

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

    def _see(self, state: State, changes: _Changes, sighting: Row, place: Place) -> Outcome:
        article_id, text = sighting["article_id"], sighting["text_digest"]
        known = state.articles[article_id]
        changes.sightings[place] = sighting
        outcome = Outcome.UNCHANGED if known.sighted else Outcome.NEW
        before, pending, latest = known.shown, known.pending, known.latest
        known.latest = Look(text, sighting.get("content_digest"), place)
        self._touch(changes, article_id, known, sighting)
        born = sighting.get("date_published") or known.first_seen
        if counts(
            text,
            {version.text_digest for version in known.versions.values()},
            pending.text_digest if pending else None,
            sighting["fetch_time"] - born,
        ):
            number = known.number_of(text)
            if number is None:
                awaited = pending is not None and pending.text_digest == text
                first = changes.recalled(pending) if pending and awaited else None
                number = self._add(changes, known, first or sighting)
            self._show(changes, article_id, known, number)
            known.content = sighting.get("content_digest")
            if known.access == Access.OPEN and self._is_stripped(changes, known, sighting, latest):
                known.access = Access.HELD
        else:
            known.pending = known.latest
            outcome = Outcome.PENDING
        if before and known.shown != before:
            outcome = Outcome.CHANGED
        known.sighted = True
        return outcome

    @staticmethod
    def _is_stripped(changes: _Changes, known: Known, sighting: Row, latest: Look | None) -> bool:
        """Whether this look, and not the one before it already, lacks a name or a picture that the
        row of its version shows."""
        now = Credits.of(sighting, changes.house)
        if not now.lack(known.versions[known.shown].credits):
            return False
        if latest is None or latest.text_digest != sighting["text_digest"]:
            return True
        try:
            before = changes.recalled(latest)
        except (OSError, ArchiveError):
            # Without its WARC nobody can tell; a person may.
            before = None
        return before is None or now.lack(Credits.of(before, changes.house))

    def _confirm(self, state: State, changes: _Changes, capture: Row) -> None:
        """A look that brought no body: the answer was 304, or bytes that are in the archive."""
        known = state.articles.get(capture.get("article_id") or "")
        status, content = capture.get("fetch_status"), capture.get("content_digest")
        if not known or not known.sighted or status not in (200, 304):
            return
        number: int | None = known.shown
        if known.pending and (status == 304 or content == known.pending.content_digest):
            number = known.number_of(known.pending.text_digest)
            if number is None and (first := changes.recalled(known.pending)):
                number = self._add(changes, known, first)
        elif status == 200 and content != known.content:
            same = (n for n, seen in known.versions.items() if seen.content_digest == content)
            number = next(same, None)
            if number is None:
                # Bytes that were no sighting of the article: a wall, say, twice the same.
                return
        self._touch(changes, capture["article_id"], known, capture)
        if number:
            self._show(changes, capture["article_id"], known, number)
            known.content = content if status == 200 else known.content

    def _add(self, changes: _Changes, known: Known, sighting: Row) -> int:
        """A new version, as the first look at it found it."""
        number = len(known.versions) + 1
        known.versions[number] = Seen(
            sighting["text_digest"],
            sighting.get("content_digest"),
            sighting.get("word_count") or 0,
            Credits.of(sighting, changes.house),
        )
        row = {name: sighting.get(name) for name in VERSIONS.names}
        changes.versions[sighting["article_id"], number] = row | {
            "version": number,
            "outlet": self._outlet,
        }
        return number

    @staticmethod
    def _show(changes: _Changes, article_id: str, known: Known, number: int) -> None:
        known.pending = None
        if number == known.shown:
            return
        known.shown = number
        changes.shown[article_id] = None
        before = known.versions.get(number - 1)
        is_cut = before is not None and lost_much(known.versions[number].words, before.words)
        if is_cut and known.access == Access.OPEN:
            known.access = Access.HELD

    @staticmethod
    def _touch(changes: _Changes, article_id: str, known: Known, seen: Row) -> None:
        time = seen["fetch_time"]
        known.first_seen = known.first_seen or time
        known.last_seen = max(known.last_seen or time, time)
        known.status = Status.LIVE
        known.access = known.access or seen.get("access") or Access.OPEN
        changes.touched.add(article_id)

    def _write_versions(self, state: State, changes: _Changes) -> None:
        for (article_id, number), path in zip(
            changes.versions, _append(self._versions, list(changes.versions.values())), strict=True
        ):
            versions = state.articles[article_id].versions
            versions[number] = versions[number]._replace(chunk=path)

    def _write_articles(self, state: State, changes: _Changes) -> None:
        whole = self._whole_rows(state, changes)
        new = {name: row for name, row in whole.items() if not state.articles[name].chunk}
        for article_id, path in zip(new, self._articles.place(new.values()), strict=True):
            state.articles[article_id].chunk = path
        rows: dict[Path, list[Row]] = {}
        for article_id in sorted(changes.touched):
            chunk = state.articles[article_id].chunk
            if chunk:
                row = whole.get(article_id)
                rows.setdefault(chunk, []).extend([row] if row else [])
        for path in sorted(rows):
            self._articles.rewrite(path, rows[path], lambda kept: _patched(kept, state, changes))

    def _whole_rows(self, state: State, changes: _Changes) -> dict[str, dict[str, Any]]:
        """Rows of `articles`, by article_id, for those that show another version than before."""
        rows: dict[str, dict[str, Any]] = {}
        stored: dict[Path, set[tuple[str, int]]] = {}
        for article_id in changes.shown:
            number = state.articles[article_id].shown
            if row := changes.versions.get((article_id, number)):
                rows[article_id] = dict(row)
            elif path := state.articles[article_id].versions[number].chunk:
                stored.setdefault(path, set()).add((article_id, number))
        for path, wanted in stored.items():
            rows.update({row["article_id"]: row for row in self._versions.find(path, wanted)})
        for article_id, row in rows.items():
            known = state.articles[article_id]
            row |= {
                "n_versions": len(known.versions),
                "first_seen": known.first_seen,
                "last_seen": known.last_seen,
                "status": known.status,
                "access": known.access,
                "story_id": known.story_id or article_id,
            }
        return {article_id: rows[article_id] for article_id in changes.shown}


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


def _append(chunks: Chunks, rows: Sequence[Row]) -> list[Path]:
    """Writes new rows in their order, so that what a crash leaves is the first of them.

    Returns where each of them stands.
    """
    places = list(chunks.place(rows))
    for path, group in groupby(zip(places, rows, strict=True), key=lambda pair: pair[0]):
        chunks.rewrite(path, [row for _, row in group])
    return places


def _keep_only(chunks: Chunks, keys: Collection[tuple[str]]) -> None:
    """Takes out the rows of all other keys."""
    for path, rows in list(chunks.scan(chunks.table.key)):
        found = set(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        if lost := found.difference(keys):
            chunks.remove(path, lost)


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
