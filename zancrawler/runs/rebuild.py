"""Rebuilding: an outlet's tables and ledger again, from its WARCs alone."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from protego import Protego

from zancrawler.archive import Archive, put_durably, sync_folder
from zancrawler.capture.reader import read_exchanges, read_record
from zancrawler.capture.recovery import recover
from zancrawler.decisions import Decisions
from zancrawler.extraction.memory import SiteMemory
from zancrawler.ledger import Kind, Ledger, Outcome, State
from zancrawler.outlets import Outlet
from zancrawler.runs.derive import Derived, derive, is_ours
from zancrawler.runs.memories import memory_of
from zancrawler.runs.outcomes import outcome_of
from zancrawler.runs.provenance import crawl_id_of, warcs_of
from zancrawler.runs.rows import extractor_version
from zancrawler.runs.series import Span, commit_derived, spans_of, with_adverts
from zancrawler.runs.standing import keep_standing, redact_withdrawn
from zancrawler.search import Index
from zancrawler.tables import Tables
from zancrawler.tables.migrate import exchange

TABLES = ("versions", "articles", "captures")
_TASK = 100
"""Exchanges that a worker derives at a time: bounds what is held in memory."""
_LEDGER_BATCH = 1_000
MAX_ROBOTS = 512_000
"""Bytes of a robots.txt that count (RFC 9309 section 2.5 asks for at least 500 KiB)."""
_LEDGER_COLUMNS = (
    "url",
    "fetch_time",
    "fetch_status",
    "fetch_redirect",
    "content_truncated",
    "content_digest",
    "warc_type",
    "warc_filename",
    "exchange_offset",
    "exchange_length",
    "etag",
    "last_modified",
    "page_kind",
    "page_reason",
    "text_digest",
    "article_id",
    "error",
)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How far a rebuild has come."""

    outlet: str
    warc_filename: str
    exchanges: int
    articles: int


def rebuild_tables(
    archive: Archive, outlet: Outlet, workers: int | None = None
) -> Iterator[Rebuilt]:
    """Derives every exchange again, over all cores, and puts the tables in place of the old ones.

    Byte-identical for the same WARCs and code; what is gone, held or withdrawn stays so. Stopped
    half-way, the old tables stand, and the next call goes on. To be called with the outlet's lock
    held.
    """
    recover(archive, outlet.name)
    staging = Archive(archive.tables / ".rebuild" / outlet.name)
    memory = memory_of(archive, outlet.name)
    _begin_anew_unless_same(staging, outlet, memory)
    tables = Tables(staging, outlet.name)
    exchanges = articles = 0
    with ProcessPoolExecutor(workers or os.cpu_count(), get_context("forkserver")) as pool:
        for warc in warcs_of(archive, outlet.name):
            name = archive.relative(warc)
            crawl_id = crawl_id_of(warc)
            tasks = (
                pool.submit(_derive, warc, name, span, outlet, crawl_id, memory)
                for span in spans_of(warc, name, tables.derived(name), _TASK)
            )
            waiting: deque[Future[list[Derived]]] = deque(islice(tasks, 2 * (os.cpu_count() or 1)))
            while waiting:
                derived = waiting.popleft().result()
                waiting.extend(islice(tasks, 1))
                commit_derived(derived, tables, archive, outlet, memory)
                exchanges += len(derived)
                articles += sum(d.article is not None for d in derived)
                yield Rebuilt(outlet.name, name, exchanges, articles)
    keep_standing(archive, outlet.name, tables)
    # Somebody may have withdrawn an article after its rows were derived.
    redact_withdrawn(archive, outlet.name, staging)
    for table in TABLES:
        _put_in_place(staging, archive, table, outlet.name)
    redact_withdrawn(archive, outlet.name, archive)
    shutil.rmtree(staging.root)
    with suppress(OSError):
        # Another outlet may be rebuilt beside us.
        staging.root.parent.rmdir()


def _derive(
    warc: Path, name: str, span: Span, outlet: Outlet, crawl_id: str, memory: SiteMemory | None
) -> list[Derived]:
    """A worker's task."""
    return [
        derive(exchange, warc_filename=name, outlet=outlet, crawl_id=crawl_id, memory=memory)
        for exchange in read_exchanges(warc, span.offset, span.offset + span.length)
        if is_ours(exchange, outlet)
    ]


def _begin_anew_unless_same(staging: Archive, outlet: Outlet, memory: SiteMemory | None) -> None:
    """What an earlier rebuild left half-way is of use only if it read as this one does."""
    stamp = staging.root / "stamp"
    now = hashlib.sha256(f"{outlet.source}\n{extractor_version(memory)}".encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != now:
        shutil.rmtree(staging.root, ignore_errors=True)
        staging.root.mkdir(parents=True)
        stamp.write_text(now)


def _put_in_place(staging: Archive, archive: Archive, table: str, outlet: str) -> None:
    """The outlet's new folder for its old one, in one stroke: a reader sees one or the other."""
    source, target = (a.table(table) / f"site={outlet}" for a in (staging, archive))
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        exchange(source, target)
    else:
        source.rename(target)
    sync_folder(target.parent)


def rebuild_ledger(archive: Archive, outlet: Outlet) -> int:
    """Makes the ledger again from `captures` and the sources in the WARCs; returns its looks.

    To be called with the outlet's lock held, and after `rebuild_tables` where the tables are in
    doubt.
    """
    path = archive.ledger(outlet.name)
    looks = 0
    with put_durably(path) as temporary:
        with Ledger(temporary) as ledger:
            outcomes = _outcomes(archive, outlet)
            while batch := list(islice(outcomes, _LEDGER_BATCH)):
                ledger.record(
                    [outcome for outcome, _ in batch],
                    {span.warc_filename: span.offset + span.length for _, span in batch},
                )
                looks += len(batch)
            ledger.record(_forbidden(archive, outlet, ledger))
            for decision in Decisions.read(archive).withdrawn(outlet.name):
                ledger.withdraw(decision.url, decision.reason)
        for database in (temporary, path):
            # SQLite would play an old log into the new file.
            for left in path.parent.glob(f"{database.name}-*"):
                left.unlink()
    return looks


def rebuild_index(archive: Archive) -> None:
    """Makes the search index again, from the tables of all outlets."""
    index = Index(archive)
    index.forget()
    index.refresh()


def _outcomes(archive: Archive, outlet: Outlet) -> Iterator[tuple[Outcome, Span]]:
    """Every look at a URL in the order of capture, with what it brought."""
    folder = archive.table("captures") / f"site={outlet.name}"
    if not folder.exists():
        return
    captures = ds.dataset(folder).to_table(columns=list(_LEDGER_COLUMNS)).sort_by("fetch_time")
    published = _published(archive, outlet)
    for batch in captures.to_batches(max_chunksize=_LEDGER_BATCH):
        for row in batch.to_pylist():
            span = Span(row["warc_filename"], row["exchange_offset"], row["exchange_length"])
            date = published.get(row["article_id"]) if row["text_digest"] else None
            outcome = outcome_of(row, outlet, published=date)
            if row["fetch_status"] == 200 and row["page_kind"] in ("listing", "other"):
                exchange = next(
                    read_exchanges(
                        archive.root / span.warc_filename, span.offset, span.offset + span.length
                    )
                )
                outcome = with_adverts(outcome, exchange, outlet)
            yield outcome, span


def _forbidden(archive: Archive, outlet: Outlet, ledger: Ledger) -> list[Outcome]:
    """What the last robots.txt forbids: it was never asked for, so no WARC tells of it."""
    folder = archive.table("captures") / f"site={outlet.name}"
    if not folder.exists() or outlet.politeness.ignore_robots is not None:
        return []
    is_robots = (ds.field("url_path") == "/robots.txt") & (ds.field("fetch_status") == 200)
    found = ds.dataset(folder).to_table(
        columns=["fetch_time", "warc_filename", "warc_record_offset"],
        filter=is_robots & (ds.field("warc_type") == "response"),
    )
    if not found.num_rows:
        return []
    last = found.sort_by("fetch_time").to_pylist()[-1]
    http = read_record(archive.root / last["warc_filename"], last["warc_record_offset"]).http
    robots = Protego.parse(http.body[:MAX_ROBOTS].decode("utf-8", "replace"))
    return [
        Outcome(entry.url, last["fetch_time"], State.DISALLOWED, "robots.txt")
        for entry in ledger.entries(Kind.ARTICLE)
        if entry.state is State.ADVERTISED and not robots.can_fetch(entry.url, "zancrawler")
    ]


def _published(archive: Archive, outlet: Outlet) -> dict[str, Any]:
    folder = archive.table("articles") / f"site={outlet.name}"
    if not folder.exists():
        return {}
    table = ds.dataset(folder).to_table(columns=["article_id", "date_published"])
    ids, dates = (column.to_pylist() for column in table.columns)
    return dict(zip(ids, dates, strict=True))
