"""Who advertises what, and since when: the tables `source` and `sighting` of one ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from zancrawler.ledger import schema
from zancrawler.ledger.model import Advertisement, Sighting

ENOUGH = 20
"""Pages noted for each requisite: by then it is plain that it is no single story's."""

_NOTE = (
    "INSERT INTO sighting VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE "
    "SET first = min(first, excluded.first), last = max(last, excluded.last) RETURNING first"
)
_OF = (
    "SELECT source.url, via, first, last FROM sighting JOIN source ON source = source.id "
    "WHERE sighting.url = ? ORDER BY first, source.id"
)
_OF_REQUISITES = (
    "SELECT url.url, source.url FROM url JOIN sighting ON sighting.url = url.id "
    "JOIN source ON source = source.id WHERE kind = 'requisite'"
)

Read = Callable[[str, tuple[Any, ...]], Iterator[tuple[Any, ...]]]


class Sightings:
    """A URL is named by its row in `url`. `read` is the ledger's own, and raises what that does."""

    def __init__(self, database: sqlite3.Connection, read: Read) -> None:
        self._database = database
        self._read = read

    def note(self, row: int, advert: Advertisement, at: datetime) -> bool:
        """Notes that the source shows the URL; whether it had not done so before."""
        source, seconds = self.source(advert.source, advert.via), schema.to_seconds(at)
        ((first,),) = self._database.execute(_NOTE, (row, source, seconds))
        return bool(first == seconds)

    def of(self, row: int) -> tuple[Sighting, ...]:
        """The first comes first."""
        return tuple(
            Sighting(source, via, schema.from_seconds(first), schema.from_seconds(last))
            for source, via, first, last in self._read(_OF, (row,))
        )

    def of_requisites(self) -> Iterator[tuple[str, str]]:
        """Each requisite with each page, stylesheet or redirect that wanted it."""
        yield from self._read(_OF_REQUISITES, ())

    def first_source(self, row: int) -> str | None:
        return next((sighting.source for sighting in self.of(row)), None)

    def last(self, row: int) -> datetime | None:
        """When any source showed the URL last."""
        found = self._database.execute("SELECT max(last) FROM sighting WHERE url = ?", (row,))
        ((last,),) = found.fetchall()
        return None if last is None else schema.from_seconds(last)

    def are_enough(self, row: int) -> bool:
        """Whether one more page that wants the requisite need not be noted."""
        found = self._database.execute("SELECT count(*) FROM sighting WHERE url = ?", (row,))
        return bool(found.fetchone()[0] >= ENOUGH)

    def source(self, url: str, via: str) -> int:
        """The source's id, which it gets where it has none."""
        found = self._database.execute(
            "SELECT id FROM source WHERE url = ? AND via = ?", (url, via)
        ).fetchone()
        if found:
            return int(found[0])
        made = self._database.execute("INSERT INTO source (url, via) VALUES (?, ?)", (url, via))
        return int(made.lastrowid or 0)
