"""An outlet's WARC series: reading its exchanges, and bringing the tables up to it."""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.capture.warcfile import standing
from zancrawler.decisions import Decisions
from zancrawler.extraction.memory import SiteMemory
from zancrawler.ledger import Kind, Ledger, Outcome
from zancrawler.outlets import Outlet
from zancrawler.runs.checks import is_check
from zancrawler.runs.derive import Derived, derive, is_ours
from zancrawler.runs.memories import memory_of
from zancrawler.runs.outcomes import SourceReader
from zancrawler.runs.provenance import crawl_id_of, warcs_of
from zancrawler.runs.spans import Span
from zancrawler.storage.pruned import size_of
from zancrawler.tables import Access, Recall, Tables
from zancrawler.tables.articles import redacted
from zancrawler.tables.chunks import Row

BATCH = 500
"""Exchanges a commit. A commit rewrites a chunk of up to 20,000 rows, so not too often."""


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


def commit_spans(
    spans: Iterable[Span],
    archive: Archive,
    tables: Tables,
    outlet: Outlet,
    crawl_id: str,
    memory: SiteMemory | None,
) -> Committed:
    """Derives exchanges, makes their WARCs durable, then commits their rows."""
    # Two connections may end in another order than they were written in.
    spans = sorted(spans, key=lambda span: (span.warc_filename, span.offset))
    derived = [
        derive(
            exchange,
            warc_filename=span.warc_filename,
            outlet=outlet,
            crawl_id=crawl_id,
            memory=memory,
        )
        for span in spans
        for exchange in read_exchanges(
            archive.root / span.warc_filename, span.offset, span.offset + span.length
        )
    ]
    for name in {span.warc_filename for span in spans}:
        _sync(archive.root / name)
    return commit_derived(derived, tables, archive, outlet, memory)


def catch_up(
    archive: Archive, tables: Tables, outlet: Outlet, ledger: Ledger
) -> Iterator[Committed]:
    """Brings tables and ledger up to what the WARCs hold, oldest first, and says what it did.

    After a clean run there is nothing to do. Where only the ledger lags, the tables stay.
    """
    memory = memory_of(archive, outlet.name)
    behind = [
        _Behind(name, start, warc, crawl_id_of(warc))
        for warc in warcs_of(archive, outlet.name)
        for name in (archive.relative(warc),)
        for start in (min(tables.derived(name), ledger.through(name)),)
        if start < size_of(standing(warc))
    ]
    # An attempt that failed is in another file than the one that came after it and did not.
    exchanges = heapq.merge(
        *(_exchanges(one, outlet) for one in behind),
        key=lambda pair: pair[1].records[0].date,
    )
    pages = ((page.url, ledger.sightings(page.url)) for page in ledger.entries(Kind.NEXT_PAGE))
    sources = SourceReader(outlet, {url: shown[0].source for url, shown in pages if shown})
    while chunk := list(islice(exchanges, BATCH)):
        derived = [
            derive(
                exchange,
                warc_filename=one.name,
                outlet=outlet,
                crawl_id=one.crawl_id,
                memory=memory,
            )
            for one, exchange in chunk
        ]
        committed = commit_derived(derived, tables, archive, outlet, memory)
        outcomes = [
            sources.read(d.outcome, exchange)
            for d, (one, exchange) in zip(derived, chunk, strict=True)
            if exchange.offset >= ledger.through(one.name)
            and not is_check(one.crawl_id, outlet.name)
        ]
        yield replace(committed, outcomes=tuple(outcomes))


def _exchanges(behind: _Behind, outlet: Outlet) -> Iterator[tuple[_Behind, Exchange]]:
    for exchange in read_exchanges(behind.warc, behind.start):
        if is_ours(exchange, outlet):
            yield behind, exchange


@dataclass(frozen=True, slots=True)
class _Behind:
    """A WARC that holds more than the tables and the ledger know."""

    name: str
    start: int
    warc: Path
    crawl_id: str


def recall_from(archive: Archive, outlet: Outlet, memory: SiteMemory | None) -> Recall:
    """Reads a sighting from its WARC again, for the tables: a text may count long after it."""

    def read(warc_filename: str, exchange_offset: int) -> dict[str, Any] | None:
        warc = archive.root / warc_filename
        exchange = next(read_exchanges(warc, exchange_offset))
        return derive(
            exchange,
            warc_filename=warc_filename,
            outlet=outlet,
            crawl_id=crawl_id_of(warc),
            memory=memory,
        ).article

    return read


def commit_derived(
    derived: list[Derived],
    tables: Tables,
    archive: Archive,
    outlet: Outlet,
    memory: SiteMemory | None,
) -> Committed:
    """Commits what was derived, and says what it means to the ledger."""
    articles = commit_rows(
        [d.capture for d in derived],
        [d.article for d in derived if d.article],
        tables,
        archive,
        outlet,
        memory,
    )
    through: dict[str, int] = {}
    for d in derived:
        end = d.capture["exchange_offset"] + d.capture["exchange_length"]
        name = d.capture["warc_filename"]
        through[name] = max(through.get(name, 0), end)
    return Committed(
        outcomes=tuple(sorted((d.outcome for d in derived), key=lambda outcome: outcome.at)),
        through=through,
        kinds=Counter(d.capture["page_kind"] or d.outcome.state.value for d in derived),
        articles=articles,
    )


def commit_rows(
    captures: Sequence[Row],
    articles: Sequence[Row],
    tables: Tables,
    archive: Archive,
    outlet: Outlet,
    memory: SiteMemory | None,
) -> Counter[str]:
    """Commits rows; returns how many sightings of articles were new, changed or unchanged.

    Of an article that a person has withdrawn, no word goes into the tables.
    """
    decisions = Decisions.read(archive)
    recall = recall_from(archive, outlet, memory)
    found = tables.commit(
        captures=captures,
        articles=[_permitted(article, decisions) for article in articles],
        recall=lambda *place: _permitted(seen, decisions) if (seen := recall(*place)) else None,
        house=outlet.byline,
    )
    return Counter(seen.value for seen in found)


def _permitted(article: Row, decisions: Decisions) -> Row:
    if not decisions.is_withdrawn(article["article_id"]):
        return article
    return redacted(article) | {"access": Access.WITHDRAWN}


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
