"""Verifying rows: every column of `captures`, `versions` and `articles` against the records.

Each exchange is derived once. Its row of `captures` is compared at once, and of an article in it a
fingerprint is kept, with which the rows of `versions` and then of `articles` are compared. Only
what differs is read again, to say in which columns. So of each capture of an article a few hundred
bytes stay in memory while its outlet is looked at, and all else is streamed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.decisions import Decisions
from zancrawler.extraction.memory import SiteMemory
from zancrawler.outlets import Outlet, OutletError, parse_outlet
from zancrawler.runs.answers import answer_of
from zancrawler.runs.derive import Derived, derive
from zancrawler.runs.finding import Finding
from zancrawler.runs.provenance import crawl_id_of, warcinfo_of
from zancrawler.runs.rows import digest_of, extractor_version
from zancrawler.tables.articles import ARTICLES, REDACTED, VERSIONS, Access, redacted
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks, Row, open_chunk, storable

_BATCH = 500
_ORDER = [("warc_filename", "ascending"), ("exchange_offset", "ascending")]
_DERIVED = tuple(name for name in VERSIONS.names if name != "version")
"""Columns of an article that its page alone gives."""
_ARTICLE = pa.schema([VERSIONS.schema.field(name) for name in _DERIVED])
_RECORDED = (
    *("url", "fetch_time", "fetch_status", "content_digest", "content_truncated", "warc_type"),
    *("warc_record_offset", "warc_record_length", "warc_record_id", "exchange_length"),
)
"""Columns that a record gives without being extracted."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The exchange that an article was seen in."""

    exchange_offset: int
    article: bytes | None
    """Fingerprint of the article; None where it was not read."""


def row_faults(
    archive: Archive,
    name: str,
    outlet: Outlet | None,
    memory: SiteMemory | None,
    decisions: Decisions,
) -> Iterator[Finding]:
    """Every row of an outlet's tables that is not as its record and the tables' rules have it.

    An outlet's file that has changed since is no fault of the rows: what the file gives that the
    WARC keeps is sound as well. What another version of the extractor read is not extracted again,
    and nothing is where `outlet` is None: there records, digests, offsets, URL, status and time are
    compared, and a text with its own digest. What is withdrawn has to be empty. Raises
    SchemaMismatchError and UnreadableTableError.
    """
    tables = {
        table.name: Chunks(archive, table, name, table.max_rows)
        for table in (ARTICLES, VERSIONS, CAPTURES)
    }
    for chunks in tables.values():
        chunks.check()
    readers = _readers(tables["versions"])
    check = _RowCheck(archive, outlet, memory, decisions, extractor_version(memory), readers)
    for path, rows in _batches(tables["captures"], _ORDER):
        yield from check.captures(archive.relative(path), rows)
    for path, rows in _batches(tables["versions"]):
        yield from check.versions(archive.relative(path), rows)
    for path, rows in _batches(tables["articles"]):
        yield from check.articles(archive.relative(path), rows)


def unread_rows(archive: Archive, name: str, memory: SiteMemory | None) -> int:
    """How many rows of `articles` and `versions` another version of the extractor read."""
    ours = extractor_version(memory)
    return sum(
        pc.sum(pc.fill_null(pc.not_equal(rows["extractor_version"], ours), True)).as_py() or 0
        for table in (ARTICLES, VERSIONS)
        for _, rows in Chunks(archive, table, name, table.max_rows).scan(["extractor_version"])
    )


def _readers(versions: Chunks) -> dict[str, set[str]]:
    """The versions of the extractor that read articles from each WARC, as `versions` has it."""
    readers: dict[str, set[str]] = {}
    for _, rows in versions.scan(["warc_filename", "extractor_version"]):
        for row in rows.group_by(rows.column_names).aggregate([]).to_pylist():
            readers.setdefault(row["warc_filename"], set()).add(row["extractor_version"])
    return readers


def _batches(
    chunks: Chunks, order: list[tuple[str, str]] | None = None
) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    for path in chunks.paths():
        if order:
            # WARCs are read from their beginning to their end.
            rows = open_chunk(path).read().sort_by(order)
            yield from ((path, batch.to_pylist()) for batch in rows.to_batches(_BATCH))
        else:
            for batch in open_chunk(path).iter_batches(_BATCH):
                yield path, batch.to_pylist()


@dataclass(slots=True)
class _RowCheck:
    archive: Archive
    outlet: Outlet | None
    memory: SiteMemory | None
    decisions: Decisions
    ours: str
    """The version of the extractor that is installed."""
    readers: dict[str, set[str]]
    all_readers: set[str] = field(init=False)
    places: dict[tuple[str, int], _Place] = field(default_factory=dict)
    """By WARC and offset of the response."""
    sound: dict[tuple[str, int], bytes | None] = field(default_factory=dict)
    """Fingerprints of rows of `versions`, by the same; None for one that has a fault."""
    crawl_ids: dict[str, str] = field(default_factory=dict)
    older: dict[str, Outlet | None] = field(default_factory=dict)
    """The outlet as each WARC keeps it, where its file has changed since."""

    def __post_init__(self) -> None:
        self.all_readers = set().union(*self.readers.values())

    def captures(self, file: str, rows: list[dict[str, Any]]) -> Iterator[Finding]:
        read: list[tuple[dict[str, Any], Exchange, Derived | None]] = []
        for row in rows:
            try:
                exchange = self._exchange(row["warc_filename"], row["exchange_offset"])
            except (OSError, DamagedWarcError) as error:
                yield Finding(file, None, "record", f"{_where(row)} cannot be read: {error}")
                continue
            is_read = self.outlet is not None and self._is_ours(row["warc_filename"])
            derived = self._derive(row, exchange, self.outlet) if is_read else None
            read.append((row, exchange, derived))
        expected = storable(
            [derived.capture if derived else _recorded(ex) for _, ex, derived in read],
            CAPTURES.schema,
        ).to_pylist()
        marks = self._fingerprints([derived.article if derived else None for *_, derived in read])
        for (row, exchange, derived), capture, mark in zip(read, expected, marks, strict=True):
            names = CAPTURES.names if derived else _RECORDED
            found = list(_differences(file, row, capture, names, "capture"))
            if found and derived and (older := self._older(row["warc_filename"])):
                then = self._derive(row, exchange, older)
                (capture,) = storable([then.capture], CAPTURES.schema).to_pylist()
                if not list(_differences(file, row, capture, names, "capture")):
                    found, mark = [], self._fingerprints([then.article])[0]
            yield from found
            if mark or row["text_digest"]:
                key = row["warc_filename"], row["warc_record_offset"]
                self.places[key] = _Place(row["exchange_offset"], mark)

    def versions(self, file: str, rows: list[dict[str, Any]]) -> Iterator[Finding]:
        for row in rows:
            found = list(self._article(file, row))
            key = row["warc_filename"], row["warc_record_offset"]
            self.sound[key] = None if found else _fingerprint(row, VERSIONS.names)
            yield from found

    def articles(self, file: str, rows: list[dict[str, Any]]) -> Iterator[Finding]:
        for row in rows:
            is_withdrawn = self.decisions.is_withdrawn(row["article_id"])
            if is_withdrawn != (row["access"] == Access.WITHDRAWN):
                said = "is" if is_withdrawn else "is not"
                message = f"{_where(row)} {said} withdrawn, and access is {row['access']}"
                yield Finding(file, None, "withdrawn", message)
            key = row["warc_filename"], row["warc_record_offset"]
            same = self.sound.get(key)
            if same == _fingerprint(row, VERSIONS.names):
                continue
            found = list(self._article(file, row))
            if not found and (same or key not in self.sound):
                message = f"{_where(row)} is not as `versions` has it"
                found = [Finding(file, None, "article", message)]
            yield from found

    def _article(self, file: str, row: dict[str, Any]) -> Iterator[Finding]:
        """A row of `versions` or `articles` against its record."""
        is_withdrawn = self.decisions.is_withdrawn(row["article_id"])
        if is_withdrawn and (full := [name for name in REDACTED if row.get(name)]):
            message = f"{_where(row)} is withdrawn and still has {', '.join(full)}"
            yield Finding(file, None, "withdrawn", message)
            return
        place = self.places.get((row["warc_filename"], row["warc_record_offset"]))
        if place is None:
            message = f"{_where(row)} is named by no row of `captures` that shows an article"
            yield Finding(file, None, "article", message)
            return
        is_read = self.outlet is not None and row["extractor_version"] == self.ours
        if is_read and place.article == _fingerprint(row, _DERIVED):
            return
        try:
            exchange = self._exchange(row["warc_filename"], place.exchange_offset)
        except (OSError, DamagedWarcError) as error:
            yield Finding(file, None, "record", f"{_where(row)} cannot be read: {error}")
            return
        if not is_read:
            names = tuple(name for name in _RECORDED if name in row)
            yield from _differences(file, row, _recorded(exchange), names, "record")
            if not is_withdrawn and digest_of(row["title"], row["text"]) != row["text_digest"]:
                message = f"{_where(row)}: title and text are not those of text_digest"
                yield Finding(file, None, "digest", message)
            return
        found = self._reading(file, row, exchange, self.outlet)
        if found and (older := self._older(row["warc_filename"])):
            found = self._reading(file, row, exchange, older) and found
        yield from found

    def _reading(
        self, file: str, row: Row, exchange: Exchange, outlet: Outlet | None
    ) -> list[Finding]:
        article = self._derive(row, exchange, outlet).article
        if article is None:
            return [Finding(file, None, "article", f"{_where(row)} gives no article now")]
        (again,) = storable([self._shown(article)], _ARTICLE).to_pylist()
        return list(_differences(file, row, again, _DERIVED, "article"))

    def _is_ours(self, warc_filename: str) -> bool:
        """Whether the captures of a WARC were derived by the extractor that is installed. Their
        rows do not say so; those of `versions` that were read from it do, or all others."""
        readers = self.readers.get(warc_filename) or self.all_readers
        return readers <= {self.ours}

    def _exchange(self, warc_filename: str, offset: int) -> Exchange:
        """Raises OSError, DamagedWarcError."""
        warc = self.archive.root / warc_filename
        for exchange in read_exchanges(warc, offset):
            return exchange
        raise DamagedWarcError(warc.name, offset, "the file has no exchange here")

    def _older(self, warc_filename: str) -> Outlet | None:
        """The outlet as it was when a WARC was written, where that is another than today's: rows
        that were derived then are sound, and follow the new file with the next rebuild."""
        if warc_filename not in self.older:
            kept = warcinfo_of(self.archive.root / warc_filename).get("outletToml")
            then = None
            if kept and self.outlet and kept != self.outlet.source:
                with suppress(OutletError):
                    then = parse_outlet(self.outlet.name, kept, where=warc_filename)
            self.older[warc_filename] = then
        return self.older[warc_filename]

    def _derive(self, row: Row, exchange: Exchange, outlet: Outlet | None) -> Derived:
        assert outlet is not None
        name = row["warc_filename"]
        if name not in self.crawl_ids:
            self.crawl_ids[name] = crawl_id_of(self.archive.root / name)
        return derive(
            exchange,
            warc_filename=name,
            outlet=outlet,
            crawl_id=self.crawl_ids[name],
            memory=self.memory,
        )

    def _shown(self, article: dict[str, Any]) -> dict[str, Any]:
        """As the tables may have it: nothing of what is withdrawn."""
        is_withdrawn = self.decisions.is_withdrawn(article["article_id"])
        return redacted(article) if is_withdrawn else article

    def _fingerprints(self, articles: Sequence[dict[str, Any] | None]) -> list[bytes | None]:
        shown = [self._shown(article) for article in articles if article]
        rows = iter(storable(shown, _ARTICLE).to_pylist())
        return [_fingerprint(next(rows), _DERIVED) if article else None for article in articles]


def _recorded(exchange: Exchange) -> dict[str, Any]:
    record, answer = exchange.response, answer_of(exchange)
    return {
        "url": exchange.url,
        "fetch_time": exchange.records[0].date,
        "fetch_status": answer.status if answer else None,
        "content_digest": record.payload_digest if record else None,
        "content_truncated": record.truncated if record else None,
        "warc_type": record.type if record else None,
        "warc_record_offset": record.offset if record else None,
        "warc_record_length": record.length if record else None,
        "warc_record_id": record.record_id if record else None,
        "exchange_length": exchange.length,
    }


def _differences(
    file: str, row: Row, expected: Row, names: Sequence[str], code: str
) -> Iterator[Finding]:
    if others := [name for name in names if row[name] != expected[name]]:
        yield Finding(file, None, code, f"{_where(row)} gives another {', '.join(others)} now")


def _where(row: Row) -> str:
    return f"{row['url']}: {row['warc_filename']} at {row['warc_record_offset']}"


def _fingerprint(row: Row, names: Sequence[str]) -> bytes:
    content = repr([row[name] for name in names]).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).digest()
