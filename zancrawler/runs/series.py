"""An outlet's WARC series: reading its exchanges, and bringing tables and ledger up to it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from zancrawler.archive import Archive
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.ledger import Outcome
from zancrawler.outlets import Outlet
from zancrawler.runs.derive import Derived, derive
from zancrawler.tables import Tables

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Span:
    """Where one exchange stands: a WARC, by its final name, and a range of bytes in it."""

    warc_filename: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Committed:
    """A batch that is in the tables for good."""

    outcomes: tuple[Outcome, ...]
    kinds: Counter[str]


def warcs_of(archive: Archive, outlet: str) -> list[Path]:
    """The outlet's WARCs by their final names, oldest first."""
    folder = archive.warcs(outlet)
    found = {p.with_name(p.name.removesuffix(".open")) for p in folder.glob("*/*.warc.gz*")}
    return sorted(p for p in found if p.name.endswith(".warc.gz"))


def commit_spans(
    spans: Iterable[Span], archive: Archive, tables: Tables, outlet: Outlet, crawl_id: str
) -> Committed:
    """Derives the exchanges, makes their WARCs durable, then commits their rows."""
    spans = list(spans)
    derived = [
        derive(exchange, warc_filename=span.warc_filename, outlet=outlet, crawl_id=crawl_id)
        for span in spans
        for exchange in _read(archive, span)
    ]
    for name in {span.warc_filename for span in spans}:
        _at_current_name(archive.root / name, _sync)
    return commit_derived(derived, tables)


def commit_derived(derived: list[Derived], tables: Tables) -> Committed:
    tables.commit(
        captures=[d.capture for d in derived],
        articles=[d.article for d in derived if d.article],
    )
    return Committed(
        tuple(d.outcome for d in derived),
        Counter(d.capture["page_kind"] or d.outcome.state.value for d in derived),
    )


def underived(
    archive: Archive, tables: Tables, outlet: Outlet, batch: int = 500
) -> Iterator[list[Derived]]:
    """What the WARCs hold and the tables do not yet, in batches, oldest first."""
    for path in warcs_of(archive, outlet.name):
        name = archive.relative(path)
        exchanges = read_exchanges(path, start=tables.derived(name))
        crawl_id = crawl_id_of(path)
        while chunk := list(islice(exchanges, batch)):
            yield [
                derive(exchange, warc_filename=name, outlet=outlet, crawl_id=crawl_id)
                for exchange in chunk
            ]


def _read(archive: Archive, span: Span) -> list[Exchange]:
    return _at_current_name(
        archive.root / span.warc_filename,
        lambda path: list(read_exchanges(path, span.offset, span.offset + span.length)),
    )


def _sync(warc: Path) -> None:
    """fdatasync through our own descriptor: it is the file that becomes durable, whoever wrote."""
    descriptor = os.open(warc, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _at_current_name(warc: Path, use: Callable[[Path], _T]) -> _T:
    """Uses the file while it grows, or under its final name if it was closed in between."""
    try:
        return use(warc.with_name(warc.name + ".open"))
    except FileNotFoundError:
        return use(warc)
