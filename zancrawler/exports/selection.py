"""Which records go into a package: those of the asked-for captures, and what they need to replay.

An exchange goes whole or not at all, and a revisit only with the record that it refers to. A WARC
of which something is left out is copied in ranges, each byte as it was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.reader import read_exchanges, read_records
from zancrawler.capture.warcfile import Span, page_warcs

from .hidden import Hidden

_CERTIFICATES = b"tlsCertificate:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a package shall hold."""

    outlets: tuple[str, ...] = ()
    """All of the archive's where none is named."""
    since: datetime | None = None
    """The first moment whose captures are in, with its zone."""
    until: datetime | None = None
    """The first moment whose captures are not."""

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
        if self.ranges[0].span == Span(0, self.warc.stat().st_size):
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
        with self.warc.open("rb") as file:
            for copied in self.ranges:
                file.seek(copied.span.offset)
                left = copied.span.length
                while left and (piece := file.read(min(size, left))):
                    left -= len(piece)
                    yield piece


def select(archive: Archive, asked: Asked) -> list[Part]:
    """The parts of closed WARCs that hold what was asked for and may be shown, by name.

    Failed attempts are not among them: players hang on these. Raises ArchiveError, OSError.
    """
    known = sorted(path.name for path in (archive.root / "warc").glob("*") if path.is_dir())
    if strangers := sorted(set(asked.outlets) - set(known)):
        raise ArchiveError(
            f"the archive holds nothing of {', '.join(strangers)}; it has {', '.join(known)}"
        )
    hidden = Hidden.of(archive)
    parts: list[Part] = []
    for outlet in sorted(set(asked.outlets)) or known:
        warcs = page_warcs(archive, outlet)
        if asked.is_everything and hidden.is_nothing:
            chosen = [(warc, [Span(0, warc.stat().st_size)]) for warc in warcs]
        else:
            chosen = list(_Sieve(asked, hidden).choose(warcs))
        parts += [Part(warc, archive.relative(warc), _joined(spans)) for warc, spans in chosen]
    return parts


@dataclass(slots=True)
class _Sifted:
    """A WARC that was looked through."""

    warc: Path
    exchanges: dict[int, int] = field(default_factory=dict)
    """Where they stand: offset and length."""
    kept: set[int] = field(default_factory=set)
    """Offsets of those that go into the package."""

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Where other records than those of exchanges stand: from one offset to another."""
        start = 0
        for offset, length in [*sorted(self.exchanges.items()), (self.warc.stat().st_size, 0)]:
            if start < offset:
                yield start, offset
            start = offset + length


class _Sieve:
    """Looks through the WARCs of one outlet for what may go."""

    def __init__(self, asked: Asked, hidden: Hidden) -> None:
        self._asked = asked
        self._hidden = hidden
        self._responses: dict[str, tuple[_Sifted, int]] = {}
        """The exchanges of all that may be shown, asked for or not, by record id."""
        self._revisits: dict[str, list[tuple[_Sifted, int]]] = {}
        """Those that are kept, by the id of the record that each refers to."""

    def choose(self, warcs: Iterable[Path]) -> Iterator[tuple[Path, list[Span]]]:
        sifted = [self._sift(warc) for warc in warcs]
        self._join_originals()
        for found in sifted:
            if found.kept:
                spans = [Span(offset, found.exchanges[offset]) for offset in found.kept]
                yield found.warc, [*spans, *self._between(found)]

    def _sift(self, warc: Path) -> _Sifted:
        found = _Sifted(warc)
        for exchange in read_exchanges(warc):
            offset, response = exchange.offset, exchange.response
            found.exchanges[offset] = exchange.length
            if any(map(self._hidden.covers, exchange.records)):
                continue
            is_asked = self._asked.covers(exchange.records[0].date)
            if is_asked:
                found.kept.add(offset)
            if response is None:
                continue
            if response.type == "response":
                self._responses[response.record_id] = (found, offset)
            elif is_asked and (original := response.header("WARC-Refers-To")):
                self._revisits.setdefault(original, []).append((found, offset))
        return found

    def _join_originals(self) -> None:
        """Keeps what kept revisits refer to; a revisit whose original may not go stays as well."""
        for original, revisits in self._revisits.items():
            if place := self._responses.get(original):
                found, offset = place
                found.kept.add(offset)
            else:
                for found, offset in revisits:
                    found.kept.discard(offset)

    def _between(self, found: _Sifted) -> Iterator[Span]:
        """The records that speak of the file and its hosts, and others that were asked for."""
        for start, end in found.gaps():
            for record in read_records(found.warc, start, end):
                is_context = record.type == "warcinfo" or record.block.startswith(_CERTIFICATES)
                is_asked = self._asked.covers(record.date) and not self._hidden.covers(record)
                if is_context or is_asked:
                    yield Span(record.offset, record.length)


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
