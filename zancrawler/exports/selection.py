"""Which records go into a package: those of the asked-for captures, and what they need to replay.

An exchange goes whole or not at all, and a revisit only with the record that it refers to. A WARC
of which something is left out is copied in ranges, each byte as it was.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, compress
from pathlib import Path

from zancrawler.archive import Archive, UsageError
from zancrawler.capture.reader import Exchange, read_exchanges, read_records
from zancrawler.capture.views import read_views
from zancrawler.capture.warcfile import Span, open_warc, page_warcs
from zancrawler.ledger import Ledger
from zancrawler.storage.pruned import size_of

from .hidden import Hidden
from .profile import Profile
from .scratch import scratch

_CERTIFICATES = b"tlsCertificate:"
# What needed a requisite and was kept; and requisites that were not asked for by their time.
_PAGES = "pages (url TEXT PRIMARY KEY)"
_REQUISITES = "requisites (warc INTEGER, number INTEGER, url TEXT, PRIMARY KEY (warc, number))"
_WANTED = "wanted (url TEXT, by_url TEXT, PRIMARY KEY (by_url, url))"
# Twenty pages that needed it are noted (`Ledger.wanted`); after that it may be anybody's.
_NEEDED = """
WITH RECURSIVE needed(url) AS (
    SELECT wanted.url FROM wanted JOIN pages ON wanted.by_url = pages.url
    UNION SELECT url FROM (SELECT url FROM wanted GROUP BY url HAVING count(*) >= 20)
    UNION SELECT wanted.url FROM wanted JOIN needed ON wanted.by_url = needed.url
)
SELECT warc, number FROM requisites JOIN needed ON requisites.url = needed.url
"""
# The numbers of WARC and exchange: of all responses that may be shown, asked for or not, and of the
# revisits that are kept, by the id of the record that each refers to.
_RESPONSES = "responses (id TEXT PRIMARY KEY, warc INTEGER, number INTEGER)"
_REVISITS = "revisits (warc INTEGER, number INTEGER, original TEXT, PRIMARY KEY (warc, number))"
_ORIGINALS = """
SELECT revisits.warc, revisits.number, responses.warc, responses.number
FROM revisits LEFT JOIN responses ON responses.id = revisits.original
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a package shall hold."""

    outlets: tuple[str, ...] = ()
    """All of the archive's where none is named."""
    since: datetime | None = None
    """The first moment whose captures are in, with its zone."""
    until: datetime | None = None
    """The first moment whose captures are not."""
    profile: Profile = Profile.PRIVATE
    """`metadata` is none that records can have."""

    @property
    def is_everything(self) -> bool:
        return self.since is None and self.until is None

    def covers(self, moment: datetime) -> bool:
        after = self.since is None or moment >= self.since
        return after and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Copied:
    """A range of a WARC, and where it stands in the package's."""

    span: Span
    target: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of one WARC goes into the package."""

    warc: Path
    row_name: str
    """As rows name the WARC."""
    ranges: tuple[Copied, ...]
    """In order."""

    @property
    def name(self) -> str:
        """Of the file in the package: another one where it is not the same file."""
        if self.ranges[0].span == Span(0, size_of(self.warc)):
            return self.warc.name
        return f"{self.warc.name.removesuffix('.warc.gz')}-part.warc.gz"

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(copied.span.length for copied in self.ranges)

    def place(self, offset: int) -> int | None:
        """Where a record of the WARC stands in the package's file; None when it was left out."""
        index = bisect_right(self.ranges, offset, key=lambda copied: copied.span.offset) - 1
        if index < 0:
            return None
        copied = self.ranges[index]
        distance = offset - copied.span.offset
        return copied.target + distance if distance < copied.span.length else None

    def pieces(self, size: int) -> Iterator[bytes]:
        """Its bytes. Raises OSError."""
        with open_warc(self.warc) as file:
            for copied in self.ranges:
                file.seek(copied.span.offset)
                left = copied.span.length
                while left and (piece := file.read(min(size, left))):
                    left -= len(piece)
                    yield piece


def select(archive: Archive, asked: Asked) -> list[Part]:
    """The parts of closed WARCs that hold what was asked for and may be shown, by name.

    Failed attempts are not among them: players hang on these. Raises UsageError for an outlet that
    the archive holds nothing of, OSError.
    """
    known = sorted(path.name for path in (archive.root / "warc").glob("*") if path.is_dir())
    if strangers := sorted(set(asked.outlets) - set(known)):
        raise UsageError(
            f"the archive holds nothing of {', '.join(strangers)}; it has {', '.join(known)}"
        )
    hidden = Hidden.of(archive, asked.profile)
    parts: list[Part] = []
    for outlet in sorted(set(asked.outlets)) or known:
        warcs = page_warcs(archive, outlet)
        if asked.is_everything and hidden.is_nothing:
            chosen = [(warc, _joined([Span(0, size_of(warc))])) for warc in warcs]
        else:
            with scratch(_RESPONSES, _REVISITS, _PAGES, _REQUISITES, _WANTED) as seen:
                chosen = list(_Sieve(asked, hidden, seen).choose(warcs, archive.ledger(outlet)))
        parts += [Part(warc, archive.relative(warc), ranges) for warc, ranges in chosen]
    return parts


@dataclass(slots=True)
class _Sifted:
    """A WARC that was looked through."""

    warc: Path
    offsets: array[int] = field(default_factory=lambda: array("q"))
    """Of its exchanges, in the order of the file."""
    lengths: array[int] = field(default_factory=lambda: array("q"))
    kept: bytearray = field(default_factory=bytearray)
    """1 for each exchange that goes into the package, else 0."""

    def spans(self) -> Iterator[Span]:
        for offset, length in compress(zip(self.offsets, self.lengths, strict=True), self.kept):
            yield Span(offset, length)

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Where other records than those of exchanges stand: from one offset to another."""
        start = 0
        ends = [(size_of(self.warc), 0)]
        for offset, length in chain(zip(self.offsets, self.lengths, strict=True), ends):
            if start < offset:
                yield start, offset
            start = offset + length


class _Sieve:
    """Looks through the WARCs of one outlet for what may go."""

    def __init__(self, asked: Asked, hidden: Hidden, seen: sqlite3.Connection) -> None:
        self._asked = asked
        self._hidden = hidden
        self._seen = seen

    def choose(
        self, warcs: Iterable[Path], ledger: Path
    ) -> Iterator[tuple[Path, tuple[Copied, ...]]]:
        sifted = [self._sift(number, warc) for number, warc in enumerate(warcs)]
        self._join_requisites(sifted, ledger)
        self._join_originals(sifted)
        for found in sifted:
            if any(found.kept):
                yield found.warc, _joined(chain(found.spans(), self._between(found)))

    def _sift(self, warc_number: int, warc: Path) -> _Sifted:
        found = _Sifted(warc)
        for number, exchange in enumerate(read_exchanges(warc)):
            is_hidden = any(map(self._hidden.covers, exchange.records))
            is_asked = not is_hidden and self._asked.covers(exchange.records[0].date)
            found.offsets.append(exchange.offset)
            found.lengths.append(self._length(exchange))
            found.kept.append(is_asked)
            is_requisite = exchange.is_requisite and not is_hidden
            if is_asked:
                page = (exchange.url,)
                self._seen.execute("INSERT OR IGNORE INTO pages VALUES (?)", page)
            elif is_requisite:
                place = (warc_number, number, exchange.url)
                self._seen.execute("INSERT INTO requisites VALUES (?, ?, ?)", place)
            response = exchange.response
            if response is None or is_hidden:
                continue
            if response.type == "response":
                self._seen.execute(
                    "INSERT OR IGNORE INTO responses VALUES (?, ?, ?)",
                    (response.record_id, warc_number, number),
                )
            elif (is_asked or is_requisite) and (original := response.header("WARC-Refers-To")):
                self._seen.execute(
                    "INSERT INTO revisits VALUES (?, ?, ?)", (warc_number, number, original)
                )
        return found

    def _length(self, exchange: Exchange) -> int:
        """Of what of it may go: who needed a stylesheet first may be hidden, which others need."""
        last = exchange.records[-1]
        is_told = last is exchange.metadata and self._hidden.tells(last)
        return last.offset - exchange.offset if is_told else exchange.length

    def _join_requisites(self, sifted: Sequence[_Sifted], ledger: Path) -> None:
        """Keeps what the kept pages need, whenever it was captured; all of it where no ledger tells
        which that is."""
        if self._asked.is_everything:
            return
        if ledger.exists():
            with Ledger.to_read(ledger) as known:
                self._seen.executemany("INSERT OR IGNORE INTO wanted VALUES (?, ?)", known.wanted())
            places = self._seen.execute(_NEEDED)
        else:
            places = self._seen.execute("SELECT warc, number FROM requisites")
        for warc, number in places:
            sifted[warc].kept[number] = True

    def _join_originals(self, sifted: Sequence[_Sifted]) -> None:
        """Keeps what kept revisits refer to; a revisit whose original may not go stays as well."""
        for warc, number, original_warc, original in self._seen.execute(_ORIGINALS):
            if not sifted[warc].kept[number]:
                continue
            if original is None:
                sifted[warc].kept[number] = False
            else:
                sifted[original_warc].kept[original] = True

    def _between(self, found: _Sifted) -> Iterator[Span]:
        """The records that speak of the file and its hosts, and others that were asked for."""
        for start, end in found.gaps():
            hidden = self._hidden_views(found.warc, start, end)
            for record in read_records(found.warc, start, end):
                is_context = record.type == "warcinfo" or record.block.startswith(_CERTIFICATES)
                is_hidden = record.offset in hidden or self._hidden.covers(record)
                is_hidden = is_hidden or self._hidden.tells(record)
                if is_context or (self._asked.covers(record.date) and not is_hidden):
                    yield Span(record.offset, record.length)

    def _hidden_views(self, warc: Path, start: int, end: int) -> set[int]:
        return {
            record.offset
            for view in read_views(warc, start, end)
            if self._hidden.covers_view(view)
            for record in view.records
        }


def _joined(spans: Iterable[Span]) -> tuple[Copied, ...]:
    """In the order of the file; neighbours become one range."""
    joined: list[Copied] = []
    target = 0
    for span in sorted(spans, key=lambda span: span.offset):
        last = joined[-1] if joined else None
        if last and last.span.offset + last.span.length == span.offset:
            longer = Span(last.span.offset, last.span.length + span.length)
            joined[-1] = Copied(longer, last.target)
        else:
            joined.append(Copied(span, target))
        target += span.length
    return tuple(joined)
