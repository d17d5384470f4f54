"""The tables that tell of the crawling itself: what their rows say, and making them again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler import __version__
from zancrawler.archive import Archive
from zancrawler.decisions import Decisions
from zancrawler.discovery.kind import PageKind
from zancrawler.ledger import Ledger
from zancrawler.runs.checks import is_crawl
from zancrawler.runs.coverage import coverage_rows
from zancrawler.runs.standing import settle
from zancrawler.runs.summary import started_at
from zancrawler.tables import Tables, read

ONLY_RECORDS = "how it ended is not known: only its records are left"
"""The outcome of a run of which no table told."""
_CAPTURE = (
    *("crawl_id", "url", "fetch_time", "fetch_status", "content_truncated", "page_kind"),
    "warc_filename",
)


def rebuild_accounts(archive: Archive, outlet: str) -> None:
    """`coverage`, and who is gone, from the ledger, where there is one; and from the captures what
    `crawls` counts, and the runs that it lacks. Of a run that caught nothing, nothing is left.

    To be called with the outlet's lock held.
    """
    tables = Tables(archive, outlet)
    if archive.ledger(outlet).exists():
        with Ledger(archive.ledger(outlet)) as ledger:
            settle(tables, ledger, Decisions.read(archive))
            tables.put_coverage(coverage_rows(ledger))
    captures = captures_of_runs(archive, outlet)
    tables.put_crawl(*_lost_runs(captures, outlet, crawls_of(archive, outlet)))
    _recount(archive, outlet, captures)


def recount(archive: Archive, outlet: str) -> None:
    """Makes `crawls` count the captures as they are, after some came late or went."""
    _recount(archive, outlet, captures_of_runs(archive, outlet))


def _recount(archive: Archive, outlet: str, captures: pa.Table) -> None:
    counted = counts(captures)
    changed = [
        row | counted[name]
        for name, row in crawls_of(archive, outlet).items()
        if name in counted and not counted[name].items() <= row.items()
    ]
    Tables(archive, outlet).put_crawl(*changed)


def captures_of_runs(archive: Archive, outlet: str, since: datetime | None = None) -> pa.Table:
    """What `counts` needs of an outlet's captures, or of those since then."""
    tables = read.Reader(read.LocalTables(archive))
    return tables.captures(outlet=outlet, since=since, columns=_CAPTURE)


def counts(captures: pa.Table) -> dict[str, dict[str, int]]:
    """What `crawls` counts of the captures of each run, by its crawl_id."""
    status, kind = captures["fetch_status"], captures["page_kind"]
    is_wall = pc.fill_null(pc.equal(kind, PageKind.BLOCKED.value), False)
    is_cut = pc.is_valid(captures["content_truncated"])
    has_failed = pc.or_(pc.greater_equal(pc.fill_null(status, 500), 500), is_cut)
    flags = {
        "blocked": is_wall,
        "gone": pc.is_in(status, pa.array([404, 410], status.type)),
        "failed": pc.and_not(has_failed, is_wall),
    }
    looks = captures.select(["crawl_id", "url", "fetch_time"])
    for name, flag in flags.items():
        looks = looks.append_column(name, pc.cast(flag, pa.int64()))
    runs = looks.group_by("crawl_id").aggregate([("blocked", "sum"), ("gone", "sum")])
    # What failed at first and then came has not failed.
    urls = looks.sort_by("fetch_time").group_by(["crawl_id", "url"], use_threads=False)
    failed = urls.aggregate([("failed", "last")]).group_by("crawl_id")
    rows = runs.join(failed.aggregate([("failed_last", "sum")]), "crawl_id").to_pylist()
    return {
        row["crawl_id"]: {
            "blocked": row["blocked_sum"],
            "gone": row["gone_sum"],
            "failed": row["failed_last_sum"],
        }
        for row in rows
        if row["crawl_id"]
    }


def crawls_of(archive: Archive, outlet: str) -> dict[str, dict[str, Any]]:
    """The rows of `crawls`, by crawl_id."""
    rows = read.Reader(read.LocalTables(archive)).crawls(outlet=outlet).to_pylist()
    return {row["crawl_id"]: row for row in rows}


def _lost_runs(captures: pa.Table, outlet: str, known: Collection[str]) -> Iterator[dict[str, Any]]:
    grouped = captures.group_by("crawl_id").aggregate(
        [("fetch_time", "min"), ("url", "count"), ("warc_filename", "distinct")]
    )
    for row in grouped.sort_by("crawl_id").to_pylist():
        crawl_id = row["crawl_id"]
        if crawl_id and crawl_id not in known and is_crawl(crawl_id, outlet):
            yield {
                "crawl_id": crawl_id,
                "started": started_at(crawl_id) or row["fetch_time_min"],
                "outcome": ONLY_RECORDS,
                "software": f"zancrawler/{__version__}",
                "requests": row["url_count"],
                "warc_filenames": sorted(row["warc_filename_distinct"]),
                "alarms": [],
                "stats": "{}",
            }
