"""Spans: an outlet's WARC cut into ranges of whole exchanges, each of them a piece of work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import Capture
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.runs.provenance import warcs_of
from zancrawler.storage.pruned import size_of

EXCHANGES = 100
"""In a span: what is read again when a worker dies over it, and what its rows take in memory."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where exchanges stand: a WARC, by its final name, and a range of bytes in it."""

    warc_filename: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        return self.offset + self.length


def spans_of(archive: Archive, outlet: str) -> Iterator[Span]:
    """All that the outlet's WARCs hold, in order. The same for the same files, whoever asks.

    A WARC with an index is cut where the index says that captures stand, and next to nothing of it
    is read; one without is read through. Raises DamagedWarcError for a WARC that is none.
    """
    for warc in warcs_of(archive, outlet):
        name = archive.relative(warc)
        index = archive.cdxj(warc)
        start = 0
        for end in _cuts_by_index(warc, index) if index.exists() else _cuts(warc):
            yield Span(name, start, end - start)
            start = end


def _cuts(warc: Path, start: int = 0) -> Iterator[int]:
    """Where spans end: after each EXCHANGES exchanges, and after the last."""
    end, number = start, 0
    for number, exchange in enumerate(read_exchanges(warc, start), 1):
        end = exchange.offset + exchange.length
        if number % EXCHANGES == 0:
            yield end
    if number % EXCHANGES:
        yield end


def _cuts_by_index(warc: Path, index: Path) -> Iterator[int]:
    """The same, about, without reading what lies between. An index that is wrong costs a cut."""
    size = size_of(warc)
    last = 0
    for offset in _offsets(index)[EXCHANGES - 1 :: EXCHANGES]:
        try:
            pair = list(islice(read_exchanges(warc, offset), 2))
        except DamagedWarcError:
            continue
        if len(pair) < 2:
            continue
        if not _tells_what_belongs(*pair):
            yield from _cuts(warc, last)
            return
        end = pair[1].offset
        if last < end < size:
            yield end
            last = end
    if last < size:
        yield size


def _offsets(index: Path) -> list[int]:
    """Where the index says that captures stand; nothing of a line that cannot be read."""
    found = []
    with index.open("rb") as lines:
        for line in lines:
            try:
                found.append(Capture.parse(line).offset)
            except ValueError:
                continue
    return sorted(found)


def _tells_what_belongs(first: Exchange, second: Exchange) -> bool:
    """Whether records say so themselves (WARC-Concurrent-To). Where only their order does, as with
    old writers, nobody who begins in the middle of an exchange can tell where it ends."""
    return any(record.concurrent_to for record in (*first.records, second.records[0]))
