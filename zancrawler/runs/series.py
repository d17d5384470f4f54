"""An outlet's WARC series: reading its exchanges, and bringing the tables up to it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.capture.reader import read_exchanges, read_records
from zancrawler.capture.warcfile import standing
from zancrawler.ledger import Ledger, Outcome
from zancrawler.outlets import Outlet
from zancrawler.runs.derive import Derived, derive, source_adverts
from zancrawler.tables import Tables

BATCH = 500
"""Exchanges a commit. A commit rewrites a chunk of up to 20,000 rows, so not too often."""


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
    through: dict[str, int]
    """How far each WARC has come with it: byte offsets."""
    kinds: Counter[str]
    """Answers by what they were."""
    articles: Counter[str]
    """Sightings of articles by what they were to the tables: new, changed, unchanged."""


def warcs_of(archive: Archive, outlet: str) -> list[Path]:
    """The outlet's WARCs by their final names, oldest first."""
    folder = archive.warcs(outlet)
    found = {p.with_name(p.name.removesuffix(".open")) for p in folder.glob("*/*.warc.gz*")}
    return sorted(p for p in found if p.name.endswith(".warc.gz"))


def crawl_id_of(warc: Path) -> str:
    """The run that wrote a WARC, as its warcinfo says; the file's own name where it does not."""
    for record in islice(read_records(warc), 1):
        for line in record.block.decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name == "isPartOf" and value.strip():
                return value.strip()
    return warc.name.removesuffix(".warc.gz")


def commit_spans(
    spans: Iterable[Span], archive: Archive, tables: Tables, outlet: Outlet, crawl_id: str
) -> Committed:
    """Derives exchanges, makes their WARCs durable, then commits their rows."""
    # Two connections may end in another order than they were written in.
    spans = sorted(spans, key=lambda span: (span.warc_filename, span.offset))
    derived = [
        derive(exchange, warc_filename=span.warc_filename, outlet=outlet, crawl_id=crawl_id)
        for span in spans
        for exchange in read_exchanges(
            archive.root / span.warc_filename, span.offset, span.offset + span.length
        )
    ]
    for name in {span.warc_filename for span in spans}:
        _sync(archive.root / name)
    return _commit(derived, tables)


def catch_up(
    archive: Archive, tables: Tables, outlet: Outlet, ledger: Ledger
) -> Iterator[Committed]:
    """Brings tables and ledger up to what the WARCs hold, oldest first, and says what it did.

    After a clean run there is nothing to do. Where only the ledger lags, the tables stay.
    """
    for warc in warcs_of(archive, outlet.name):
        name = archive.relative(warc)
        start = min(tables.derived(name), ledger.through(name))
        if start >= standing(warc).stat().st_size:
            continue
        crawl_id = crawl_id_of(warc)
        exchanges = read_exchanges(warc, start)
        while chunk := list(islice(exchanges, BATCH)):
            derived = [
                derive(exchange, warc_filename=name, outlet=outlet, crawl_id=crawl_id)
                for exchange in chunk
            ]
            adverts = [tuple(source_adverts(exchange, outlet)) for exchange in chunk]
            committed = _commit(derived, tables)
            known = ledger.through(name)
            outcomes = [
                replace(d.outcome, adverts=a)
                for d, a in zip(derived, adverts, strict=True)
                if d.capture["exchange_offset"] >= known
            ]
            yield replace(committed, outcomes=tuple(outcomes))


def _commit(derived: list[Derived], tables: Tables) -> Committed:
    articles = tables.commit(
        captures=[d.capture for d in derived],
        articles=[d.article for d in derived if d.article],
    )
    through: dict[str, int] = {}
    for d in derived:
        end = d.capture["exchange_offset"] + d.capture["exchange_length"]
        name = d.capture["warc_filename"]
        through[name] = max(through.get(name, 0), end)
    return Committed(
        outcomes=tuple(d.outcome for d in derived),
        through=through,
        kinds=Counter(d.capture["page_kind"] or d.outcome.state.value for d in derived),
        articles=Counter(seen.value for seen in articles),
    )


def _sync(warc: Path) -> None:
    """fdatasync through our own descriptor: it is the file that becomes durable, whoever wrote."""
    try:
        descriptor = os.open(standing(warc), os.O_RDONLY)
    except FileNotFoundError:
        # It was closed, and so renamed and synced, between the look and the opening.
        descriptor = os.open(warc, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
