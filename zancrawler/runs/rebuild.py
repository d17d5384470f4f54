"""An outlet's ledger again, from its tables and WARCs, and the search index from the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any

import pyarrow.dataset as ds

from zancrawler.archive import Archive, put_durably
from zancrawler.capture.reader import read_exchanges, read_record
from zancrawler.decisions import Decisions
from zancrawler.discovery.kind import PageKind
from zancrawler.discovery.robots import robots_rules
from zancrawler.ledger import Kind, Ledger, Outcome, State
from zancrawler.outlets import Outlet, host_of
from zancrawler.runs.derive import BY_SCRIPT
from zancrawler.runs.outcomes import SourceReader, outcome_of
from zancrawler.runs.spans import Span
from zancrawler.runs.standing import withhold
from zancrawler.search import Index

_LEDGER_BATCH = 1_000
_LEDGER_COLUMNS = (
    "url",
    "fetch_time",
    "fetch_status",
    "fetch_redirect",
    "content_truncated",
    "content_digest",
    "content_mime_type",
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
            withhold(ledger, Decisions.read(archive), outlet.name)
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
    published, sources = _published(archive, outlet), SourceReader(outlet)
    for batch in captures.to_batches(max_chunksize=_LEDGER_BATCH):
        for row in batch.to_pylist():
            span = Span(row["warc_filename"], row["exchange_offset"], row["exchange_length"])
            date = published.get(row["article_id"]) if row["text_digest"] else None
            outcome = outcome_of(row, outlet, published=date)
            if _shows_urls(row):
                exchange = next(
                    read_exchanges(
                        archive.root / span.warc_filename, span.offset, span.offset + span.length
                    )
                )
                outcome = sources.read(outcome, exchange)
            yield outcome, span


def _shows_urls(row: Mapping[str, Any]) -> bool:
    """Whether its record may show URLs: of articles, or of what a page or a stylesheet needs."""
    if row["page_kind"] == PageKind.REQUISITE:
        is_stylesheet = row["content_mime_type"] == "text/css" and row["warc_type"] == "response"
        is_scripted = (row["page_reason"] or "").endswith(BY_SCRIPT)
        return is_stylesheet or is_scripted or row["fetch_redirect"] is not None
    is_page = row["page_kind"] not in (None, PageKind.BLOCKED, PageKind.ERROR)
    return row["fetch_status"] == 200 and is_page


def _forbidden(archive: Archive, outlet: Outlet, ledger: Ledger) -> list[Outcome]:
    """What the last robots.txt forbids: it was never asked for, so no WARC tells of it."""
    folder = archive.table("captures") / f"site={outlet.name}"
    if not folder.exists() or outlet.politeness.ignore_robots is not None:
        return []
    is_robots = (ds.field("url_path") == "/robots.txt") & (ds.field("fetch_status") == 200)
    found = ds.dataset(folder).to_table(
        columns=["url", "fetch_time", "warc_filename", "warc_record_offset"],
        filter=is_robots & (ds.field("warc_type") == "response"),
    )
    # Not those of the hosts that its pictures come from.
    rows = [row for row in found.to_pylist() if host_of(row["url"]) in outlet.domains]
    if not rows:
        return []
    last = max(rows, key=itemgetter("fetch_time"))
    http = read_record(archive.root / last["warc_filename"], last["warc_record_offset"]).http
    robots = robots_rules(http.body)
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
