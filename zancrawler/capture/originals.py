"""Which response records a revisit may refer to: the outlet's digest index.

Kept in SQLite, one file per outlet, for closed WARCs only, and in memory for the one that grows:
what the index on disk names is durable on disk. It is a view: `Originals.open` brings it up to date
with the WARCs that are there, and begins anew when the file is damaged or gone.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive

from .errors import CaptureError, DamagedWarcError
from .http import MAX_HEAD, Head, head_length, parse_head
from .reader import read_records
from .records import Original
from .warcfile import page_warcs

logger = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS warcs (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payloads (
    digest TEXT, chunked INTEGER, record_id TEXT, uri TEXT, date TEXT, warc TEXT,
    PRIMARY KEY (digest, chunked)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uris (
    uri TEXT PRIMARY KEY, digest TEXT, chunked INTEGER
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A capture of a URL: its payload, and the record that holds it when it is its own."""

    uri: str
    digest: str
    chunked: bool
    original: Original | None
    """None for a revisit."""


class Originals:
    """Finds the record that a new capture repeats. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        self._connection.executescript(_SCHEMA)
        self._payloads: dict[tuple[str, bool], Original] = {}
        self._uris: dict[str, tuple[str, bool]] = {}

    @classmethod
    def open(cls, archive: Archive, outlet: str) -> Originals:
        """The index, holding exactly the closed WARCs that stand in the archive.

        A WARC that is damaged is left out. Raises OSError, and CaptureError when SQLite cannot
        write the index.
        """
        path = _path(archive, outlet)
        try:
            return cls._up_to_date(path, archive, outlet)
        except sqlite3.DatabaseError:
            _remove(path)
        try:
            return cls._up_to_date(path, archive, outlet)
        except sqlite3.DatabaseError as error:
            raise CaptureError(
                f"cannot write {path} ({error}), so that nothing can be captured; all that was "
                "captured before is safe. Free space, then crawl again"
            ) from error

    def repeated(self, digest: str, chunked: bool) -> Original | None:
        """The record that holds this payload, framed the same way.

        pywb serves a revisit's headers with the original's body as it is framed, so that chunk
        sizes would end up in the page if one were chunked and the other not.
        """
        if original := self._payloads.get((digest, chunked)):
            return original
        row = self._row(
            "SELECT record_id, uri, date, digest FROM payloads WHERE digest = ? AND chunked = ?",
            (digest, chunked),
        )
        return None if row is None else Original(*row)

    def latest(self, uri: str) -> Original | None:
        """The record with what the URL last answered: what a 304 speaks of."""
        payload = self._uris.get(uri)
        if payload is None:
            payload = self._row("SELECT digest, chunked FROM uris WHERE uri = ?", (uri,))
        return None if payload is None else self.repeated(payload[0], bool(payload[1]))

    def note(self, sighting: Sighting) -> None:
        """Remembers a capture in a WARC that still grows."""
        key = (sighting.digest, sighting.chunked)
        self._uris[sighting.uri] = key
        if sighting.original is not None:
            self._payloads.setdefault(key, sighting.original)

    def settle(self, warc: str) -> None:
        """What was noted is kept for good: `warc`, which holds it, is closed and durable.

        Where SQLite cannot write it is not, and the next `open` reads it from the WARC.
        """
        noted = (Sighting(uri, *key, self._payloads.get(key)) for uri, key in self._uris.items())
        with suppress(sqlite3.DatabaseError):
            self._keep(warc, noted)
        self._payloads.clear()
        self._uris.clear()

    def forget(self, warc: str) -> None:
        """No new revisit will refer to this WARC, unless the next `open` finds it there."""
        with self._connection as connection:
            connection.execute("DELETE FROM warcs WHERE name = ?", (warc,))
            connection.execute("DELETE FROM payloads WHERE warc = ?", (warc,))

    def close(self) -> None:
        self._connection.close()

    @classmethod
    def _up_to_date(cls, path: Path, archive: Archive, outlet: str) -> Originals:
        originals = cls(path)
        try:
            originals._require_sound()
            originals._catch_up(archive, outlet)
        except BaseException:
            originals.close()
            raise
        return originals

    def _row(self, query: str, values: tuple[str | bool, ...]) -> Any:
        try:
            return self._connection.execute(query, values).fetchone()
        except sqlite3.DatabaseError as error:
            raise CaptureError(
                f"the index of digests cannot be read ({error}); the next run makes it anew"
            ) from error

    def _require_sound(self) -> None:
        if self._connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")

    def _catch_up(self, archive: Archive, outlet: str) -> None:
        standing = {archive.relative(path): path for path in page_warcs(archive, outlet)}
        known = {name for (name,) in self._connection.execute("SELECT name FROM warcs")}
        for name in known - standing.keys():
            self.forget(name)
        for name in sorted(standing.keys() - known):
            try:
                self._keep(name, sightings(standing[name]))
            except DamagedWarcError as error:
                # Nothing refers to it, so that what it has is stored again.
                logger.warning("%s; no revisit will refer to this file", error)

    def _keep(self, warc: str, sightings: Iterable[Sighting]) -> None:
        with self._connection as connection:
            for seen in sightings:
                payload = (seen.digest, seen.chunked)
                connection.execute(
                    "INSERT OR REPLACE INTO uris VALUES (?, ?, ?)", (seen.uri, *payload)
                )
                if (original := seen.original) is not None:
                    connection.execute(
                        "INSERT OR IGNORE INTO payloads VALUES (?, ?, ?, ?, ?, ?)",
                        (*payload, original.record_id, original.uri, original.date, warc),
                    )
            connection.execute("INSERT OR IGNORE INTO warcs VALUES (?)", (warc,))


def forget(archive: Archive, outlet: str, warc: Path) -> None:
    """What the index has of a WARC is read from that anew; for one that is about to be rewritten.

    Nobody may be writing to the outlet. Raises OSError.
    """
    path = _path(archive, outlet)
    if not path.exists():
        return
    try:
        with closing(Originals(path)) as originals:
            originals.forget(archive.relative(warc))
    except sqlite3.DatabaseError:
        _remove(path)


def _path(archive: Archive, outlet: str) -> Path:
    return archive.root / "cdxj" / outlet / "originals.sqlite"


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sightings(path: Path) -> Iterator[Sighting]:
    """Reads from a closed WARC, of ours or adopted, what its writer noted or could have.

    Raises OSError, DamagedWarcError.
    """
    by_get = True
    for record in read_records(path, max_block=MAX_HEAD):
        if record.type == "request":
            by_get = record.block.startswith(b"GET ")
        if not by_get:
            continue
        head = parse_head(record.block[: head_length(record.block)])
        seen = sighting(record.headers, head)
        if seen is not None:
            yield seen


def sighting(fields: Iterable[tuple[str, str]], head: Head) -> Sighting | None:
    """What a `response` or `revisit` record is good for in later revisits; None: nothing.

    A 304 says nothing new, and a part of a page (206) is no page. A record of another writer that
    lacks a name, a date or a digest cannot be referred to.
    """
    named = {name.lower(): value for name, value in fields}
    kind = named.get("warc-type")
    if kind not in ("response", "revisit") or head.status in (None, 206, 304):
        return None
    uri, date = named.get("warc-target-uri"), named.get("warc-date")
    record_id, digest = named.get("warc-record-id"), named.get("warc-payload-digest")
    if not (uri and date and record_id and digest):
        return None
    original = Original(record_id, uri, date, digest)
    return Sighting(uri, digest, head.chunked, original if kind == "response" else None)
