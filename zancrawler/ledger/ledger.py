"""The ledger: one outlet's URLs, what became of each, and what is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Any

from zancrawler.ledger import history, schema
from zancrawler.ledger.coverage import Coverage, coverage, missing
from zancrawler.ledger.dropped import dropped, last_reading
from zancrawler.ledger.due import DAY, is_full_look
from zancrawler.ledger.habits import Habits
from zancrawler.ledger.model import (
    Advertisement,
    Due,
    Entry,
    Kind,
    Outcome,
    Sighting,
    State,
)
from zancrawler.ledger.shapes import Shapes
from zancrawler.ledger.sightings import Sightings
from zancrawler.ledger.traps import Shape, shape_of

_PASSING = ("link", "hreflang")
"""Ways in which pages point to each other. They are noted only for a URL that nothing else has
shown: every page links to a dozen others."""

_SELECT = f"SELECT {', '.join(schema.COLUMNS)} FROM url"
_FIND = f"SELECT id, {', '.join(schema.COLUMNS)} FROM url WHERE key = ? AND url = ?"
_INSERT = (
    f"INSERT INTO url (key, rank, shape, {', '.join(schema.COLUMNS)}) "
    f"VALUES (?, ?, ?, {', '.join('?' * len(schema.COLUMNS))})"
)
_UPDATE = f"UPDATE url SET rank = ?, {', '.join(f'{c} = ?' for c in schema.COLUMNS)} WHERE id = ?"
_TWIN = (
    "SELECT 1 FROM url WHERE text_digest = ? AND instr(url, '?') AND text_digest IS NOT NULL "
    "AND id <> ? LIMIT 1"
)
_DUE = (
    "SELECT url, kind, etag, last_modified, looks, why FROM url "
    "WHERE rank = ? AND next_due <= ? ORDER BY next_due {}"
)
_MEND = (
    "UPDATE url SET next_due = :now, why = 'clock' WHERE next_due > :now AND "
    # What is due for one of these reasons is due from the moment that it is written down.
    "(last_look > :latest OR first_advertised > :latest "
    "OR why IN ('new', 'lastmod', 'back', 'next page'))"
)


class News(IntEnum):
    """What one advertisement told the ledger."""

    NOTHING = 0
    SIGHTING = 1
    """A known URL, shown by this source for the first time."""
    URL = 2


class Ledger:
    """One writer at a time (the outlet's lock sees to that); readers as many as like.

    The ledger follows from the outcomes and advertisements alone: given again in the order of
    capture they make the same ledger, which is how it is rebuilt from the WARCs. It has no clock:
    every method that needs the time is told it. Methods raise LedgerError where the file fails.
    """

    def __init__(self, path: Path, opened: sqlite3.Connection | None = None) -> None:
        self.path = path
        self._database = opened or schema.open_database(path)
        self._shapes = Shapes(self._database)
        self._habits = Habits(self._database)
        self._sightings = Sightings(self._database, self._read)

    @classmethod
    @contextmanager
    def to_read(cls, path: Path) -> Iterator[Ledger]:
        """For those who change nothing: it is read where it cannot be written, too."""
        with schema.opened_to_read(path) as opened:
            yield cls(path, opened)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    # What is written.

    def advertise(self, adverts: Iterable[Advertisement], at: datetime) -> int:
        """Notes what was advertised outside any page: an outlet's starting points. One transaction.

        Returns how many of the URLs were unknown. Again at any time, it changes nothing twice.
        """
        with self._transaction():
            self._note_time(_utc(at))
            return [self._advertise(advert, _utc(at)) for advert in adverts].count(News.URL)

    def record(self, outcomes: Iterable[Outcome], through: Mapping[str, int] | None = None) -> None:
        """Notes looks, in the order of capture, with what each brought. One transaction.

        `through` says how far (byte offset) each WARC is recorded with this batch; after a crash
        `Ledger.through` tells where to go on, for an outcome given twice is counted twice.
        """
        with self._transaction():
            for outcome in outcomes:
                self._record(outcome)
            for filename, offset in (through or {}).items():
                self._database.execute(
                    "INSERT INTO warc VALUES (?1, ?2) "
                    "ON CONFLICT DO UPDATE SET through = max(through, excluded.through)",
                    (filename, offset),
                )

    def due(self, now: datetime, limit: int, asked: Container[str] = ()) -> list[Due]:
        """At most `limit` URLs to ask for at `now`, the most wanted first; `asked` are left out.

        First the sources; then articles that are not held, the newest first, so that a backfill
        does not hold up the news; then known articles, the longest overdue first; then other
        pages. A URL stays due until its outcome is recorded, so a crash forgets none.
        """
        return self._due(now, limit, asked, enumerate(("ASC", "DESC", "ASC", "ASC")))

    def requisites_due(self, now: datetime, limit: int, asked: Container[str] = ()) -> list[Due]:
        """As `due`, of page requisites, which it leaves out; what was wanted first comes first."""
        return self._due(now, limit, asked, ((schema.REQUISITES, "ASC"),))

    def _due(
        self, now: datetime, limit: int, asked: Container[str], ranks: Iterable[tuple[int, str]]
    ) -> list[Due]:
        now = _utc(now)
        self._mend_clock(now)
        chosen: list[Due] = []
        for rank, order in ranks:
            rows = self._read(_DUE.format(order), (rank, schema.to_seconds(now)))
            for url, kind, etag, last_modified, looks, why in rows:
                if len(chosen) >= limit:
                    return chosen
                if url not in asked:
                    if is_full_look(looks):
                        etag = last_modified = None
                    chosen.append(Due(url, Kind(kind), etag, last_modified, why))
        return chosen

    def withdraw(self, url: str, reason: str) -> None:
        """Lets a URL be asked for no more, and forgets its title. Nothing for an unknown one."""
        with self._transaction():
            if found := self._find(url):
                row, entry = found
                self._update(row, history.withdrawn(entry, reason))

    def restore(self, url: str, at: datetime) -> None:
        """Takes a withdrawal back: the URL is due at once."""
        with self._transaction():
            if (found := self._find(url)) and found[1].state is State.WITHDRAWN:
                row, entry = found
                self._update(row, history.restored(entry, _utc(at)))

    def forget(self) -> None:
        """Makes sure that nothing of what was overwritten is left in the file."""
        try:
            self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise schema.fault(self.path, error) from error

    # What is read.

    def get(self, url: str) -> Entry | None:
        """What is known of a canonical URL."""
        found = self._find(url)
        return found[1] if found else None

    def unknown(self, urls: Iterable[str]) -> tuple[str, ...]:
        """Those of the canonical URLs that were never advertised."""
        return tuple(url for url in urls if self._find(url) is None)

    def sightings(self, url: str) -> tuple[Sighting, ...]:
        """Who advertised a URL, from when to when; the first comes first."""
        found = self._find(url)
        return self._sightings.of(found[0]) if found else ()

    def entries(self, kind: Kind | None = None) -> Iterator[Entry]:
        """Every URL, or every one of a kind, in no order that means anything; streamed."""
        only = " WHERE kind = ?" if kind else ""
        for row in self._read(_SELECT + only, (kind,) if kind else ()):
            yield schema.from_row(row)

    def wanted(self) -> Iterator[tuple[str, str]]:
        """Each requisite with each page, stylesheet or redirect that wanted it; up to twenty."""
        yield from self._sightings.of_requisites()

    def coverage(self) -> Coverage:
        """What was advertised against what is held, by month and by source."""
        return coverage(self._read, self.get, self.traps())

    def missing(self, month: str | None = None) -> Iterator[Entry]:
        """The advertised articles that the archive does not hold, in all or of one `yyyy-mm`."""
        return missing(self.entries(Kind.ARTICLE), self.get, month)

    def traps(self) -> tuple[Shape, ...]:
        """The URL explosions that were stopped, the largest first."""
        return self._shapes.traps()

    def through(self, warc_filename: str) -> int:
        """The byte offset up to which a WARC is recorded; 0 for one that was never seen."""
        rows = self._read("SELECT through FROM warc WHERE filename = ?", (warc_filename,))
        return next((int(offset) for (offset,) in rows), 0)

    def _record(self, outcome: Outcome) -> None:
        outcome = replace(outcome, at=_utc(outcome.at))
        self._note_time(outcome.at)
        row, entry = self._find(outcome.url) or self._insert(
            history.first_advertised(Advertisement(outcome.url, "", "", outcome.kind), outcome.at)
        )
        # The later pages of a listing are no sources of their own: articles move through them.
        source = self._sightings.first_source(row) if entry.kind is Kind.NEXT_PAGE else None
        readings = self._last_readings(outcome) if entry.kind is Kind.SITEMAP else {}
        news = [
            (advert, self._advertise(replace(advert, source=source or advert.source), outcome.at))
            for advert in outcome.adverts
            # Nothing shows itself; but what a page's script asked for, its own record says.
            if advert.url != outcome.url or advert.source != outcome.url
        ]
        self._note_dropped(outcome, readings)
        unknown = sum(told is News.URL for _, told in news)
        after = history.looked(entry, outcome, unknown, self._habits.edit_rate)
        self._habits.looked(entry, after)
        self._update(row, after)
        if self._is_first_answer(entry, after) and after.kind is not Kind.REQUISITE:
            # A calendar always leads to another month: only articles count, and of other shapes.
            articles = any(
                told and advert.kind is Kind.ARTICLE and shape_of(advert.url) != shape_of(after.url)
                for advert, told in news
            )
            new_text = after.kind is Kind.ARTICLE and self._is_new_text(row, after)
            self._shapes.looked(after.url, fruitful=articles or new_text)

    def _advertise(self, advert: Advertisement, at: datetime) -> News:
        found = self._find(advert.url)
        if found is None:
            # Pictures would pass for a trap: thousands of one shape, and not an article among them.
            if advert.kind is not Kind.REQUISITE and self._shapes.refuses(advert.url):
                return News.NOTHING
            row, _ = self._insert(history.first_advertised(advert, at))
            self._sightings.note(row, advert, at)
            return News.URL
        row, entry = found
        after = history.advertised_again(
            entry,
            advert,
            at,
            lastmod_holds=self._habits.lastmod_holds,
            edit_rate=self._habits.edit_rate,
            last_shown=self._sightings.last(row) if entry.strikes else None,
        )
        if after is not entry:
            self._update(row, after)
        if advert.via in _PASSING:
            return News.NOTHING
        # Nor need a page be noted that wants what is no requisite.
        is_plain = entry.kind is not Kind.REQUISITE
        if advert.kind is Kind.REQUISITE and (is_plain or self._sightings.are_enough(row)):
            return News.NOTHING
        return News.SIGHTING if self._sightings.note(row, advert, at) else News.NOTHING

    def _last_readings(self, outcome: Outcome) -> dict[int, int]:
        """When each source that speaks in an outcome spoke before."""
        sources = {(advert.source, advert.via) for advert in outcome.adverts}
        ids = sorted(
            self._sightings.source(url, via) for url, via in sources if via == Kind.SITEMAP
        )
        return {source: last_reading(self._database, source) for source in ids}

    def _note_dropped(self, outcome: Outcome, readings: dict[int, int]) -> None:
        """What this reading of a sitemap no longer shows is looked at soon."""
        at, shown = schema.to_seconds(outcome.at), len(outcome.adverts)
        for source, before in readings.items():
            for row in dropped(self._database, source, before, at, shown):
                (values,) = self._database.execute(f"{_SELECT} WHERE id = ?", (row,))
                entry = schema.from_row(values)
                after = history.no_longer_shown(entry, outcome.at)
                if after is not entry:
                    self._update(row, after)

    def _is_first_answer(self, before: Entry, after: Entry) -> bool:
        """Whether this look was the first that the page itself answered.

        A redirect answers where it leads to what is held already, or goes on from another; one to
        what is still to be asked for is judged by what that answers.
        """
        if after.state is not State.REDIRECTED:
            answered = after.state in (State.CAPTURED, State.UNCHANGED)
            return answered and not before.held
        if after.target in (None, after.url) or before.looks != before.failures:
            return False
        target = self.get(after.target) if after.target else None
        is_held = target is not None and target.held
        return is_held or all(shown.via in _PASSING for shown in self.sightings(after.url))

    def _is_new_text(self, row: int, entry: Entry) -> bool:
        """Whether a captured page is no copy of its own bare URL, or of another with a query."""
        if not entry.held:
            return False
        bare, query, _ = entry.url.partition("?")
        if not query or entry.text_digest is None:
            return True
        twin = self.get(bare)
        if twin is not None and twin.text_digest == entry.text_digest:
            return False
        return not self._database.execute(_TWIN, (entry.text_digest, row)).fetchone()

    def _note_time(self, at: datetime) -> None:
        self._habits.latest = max(self._habits.latest, schema.to_seconds(at))

    def _mend_clock(self, now: datetime) -> None:
        """What lies in the future was written by a wrong clock: what that put off is due now."""
        latest = schema.to_seconds(now + DAY)
        if self._habits.latest <= latest:
            return
        with self._transaction():
            self._database.execute(_MEND, {"now": schema.to_seconds(now), "latest": latest})
            self._habits.latest = schema.to_seconds(now)

    # Rows.

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._shapes.save()
                self._habits.save()
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                self._shapes = Shapes(self._database)
                self._habits = Habits(self._database)
                raise
        except sqlite3.Error as error:
            raise schema.fault(self.path, error) from error

    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._database.execute(statement, values)
        except sqlite3.Error as error:
            raise schema.fault(self.path, error) from error

    def _find(self, url: str) -> tuple[int, Entry] | None:
        """The row's id and the entry of a URL; None where it is unknown."""
        row = next(self._read(_FIND, (schema.url_key(url), url)), None)
        return (row[0], schema.from_row(row[1:])) if row else None

    def _insert(self, entry: Entry) -> tuple[int, Entry]:
        is_requisite = entry.kind is Kind.REQUISITE
        key, shape = (
            schema.url_key(entry.url),
            0 if is_requisite else self._shapes.advertised(entry.url),
        )
        values = (key, schema.rank(entry), shape, *schema.to_row(entry))
        return int(self._database.execute(_INSERT, values).lastrowid or 0), entry

    def _update(self, row: int, entry: Entry) -> None:
        self._database.execute(_UPDATE, (schema.rank(entry), *schema.to_row(entry), row))


def _utc(moment: datetime) -> datetime:
    """In UTC and whole seconds, as it is stored. Raises ValueError for a time without a zone."""
    return schema.from_seconds(schema.to_seconds(moment))
