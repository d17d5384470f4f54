"""The tables that tell of the crawling itself, made again: `coverage` and `crawls`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from zancrawler import __version__
from zancrawler.archive import Archive
from zancrawler.discovery.kind import PageKind
from zancrawler.ledger import Ledger
from zancrawler.runs.checks import is_crawl
from zancrawler.runs.coverage import coverage_rows
from zancrawler.runs.summary import started_at
from zancrawler.tables import Tables, read

ONLY_RECORDS = "how it ended is not known: only its records are left"
"""The outcome of a run of which no table told."""
_CAPTURE = ("crawl_id", "fetch_time", "fetch_status", "page_kind", "warc_filename")


def rebuild_accounts(archive: Archive, outlet: str) -> None:
    """`coverage` from the ledger, where there is one, and the runs that `crawls` lacks from their
    captures: of a run that caught nothing, nothing is left.

    To be called with the outlet's lock held.
    """
    tables = Tables(archive, outlet)
    if archive.ledger(outlet).exists():
        with Ledger(archive.ledger(outlet)) as ledger:
            tables.put_coverage(coverage_rows(ledger))
    for row in _lost_runs(archive, outlet):
        tables.put_crawl(row)


def _lost_runs(archive: Archive, outlet: str) -> Iterator[dict[str, Any]]:
    tables = read.Reader(read.LocalTables(archive))
    known = set(tables.crawls(outlet=outlet)["crawl_id"].to_pylist())
    captures = tables.captures(outlet=outlet, columns=_CAPTURE)
    rows = captures.sort_by([("crawl_id", "ascending"), ("fetch_time", "ascending")]).to_pylist()
    for crawl_id, found in groupby(rows, key=itemgetter("crawl_id")):
        if not crawl_id or crawl_id in known or not is_crawl(crawl_id, outlet):
            continue
        looks = list(found)
        yield {
            "crawl_id": crawl_id,
            "started": started_at(crawl_id) or looks[0]["fetch_time"],
            "outcome": ONLY_RECORDS,
            "software": f"zancrawler/{__version__}",
            "requests": len(looks),
            "blocked": sum(look["page_kind"] == PageKind.BLOCKED for look in looks),
            "gone": sum(look["fetch_status"] in (404, 410) for look in looks),
            "warc_filenames": sorted({look["warc_filename"] for look in looks}),
            "alarms": [],
            "stats": "{}",
        }
