"""The archive at a glance: what the demo and `status` show of it, read from the tables alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow.parquet as pq

from zancrawler.archive import Archive
from zancrawler.runs.coverage import OutletCoverage, coverage_of
from zancrawler.storage.pruned import closed_warcs, size_of


@dataclass(frozen=True, slots=True)
class OutletOverview:
    outlet: str
    exchanges: int
    articles: int
    languages: dict[str, int]
    advertised: int
    """Articles that feeds, sitemaps, listings or APIs advertised."""
    captured: int
    """Those of them that are in the archive."""
    missing: dict[str, int]
    """The others, by what became of them."""
    warcs: int
    warc_bytes: int


@dataclass(frozen=True, slots=True)
class Overview:
    outlets: tuple[OutletOverview, ...]
    rows: tuple[dict[str, Any], ...]
    """The first rows of `articles`, a few columns of them."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def overview(archive: Archive, first: int = 8) -> Overview:
    """Reads `articles`, `captures` and the ledger of every outlet in the archive."""
    articles = _column_rows(archive, "articles", ["outlet", "language", "date_published", "title"])
    captures = _column_rows(archive, "captures", ["outlet"])
    coverage = {found.outlet: found for found in coverage_of(archive)}
    names = sorted({row["outlet"] for row in captures})
    return Overview(
        outlets=tuple(_outlet(archive, name, articles, captures, coverage[name]) for name in names),
        rows=tuple(_spread(articles, first)),
    )


def _outlet(
    archive: Archive,
    name: str,
    articles: list[dict[str, Any]],
    captures: list[dict[str, Any]],
    coverage: OutletCoverage,
) -> OutletOverview:
    warcs = closed_warcs(archive.warcs(name))
    mine = [row for row in articles if row["outlet"] == name]
    return OutletOverview(
        outlet=name,
        exchanges=sum(row["outlet"] == name for row in captures),
        articles=len(mine),
        languages=dict(Counter(row["language"] or "unknown" for row in mine).most_common()),
        advertised=coverage.advertised,
        captured=coverage.held,
        missing=dict(Counter(gap.reason or gap.state for gap in coverage.missing).most_common()),
        warcs=len(warcs),
        warc_bytes=sum(size_of(path) for path in warcs),
    )


def _spread(articles: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Rows from every language in turn: the newest of each, so that each script is seen."""
    by_language: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(articles, key=lambda r: str(r["date_published"]), reverse=True):
        by_language.setdefault(row["language"] or "", []).append(row)
    turns = [row for turn in zip(*by_language.values(), strict=False) for row in turn]
    return turns[:count]


def _column_rows(archive: Archive, table: str, columns: list[str]) -> list[dict[str, Any]]:
    folder = archive.table(table)
    if not folder.exists():
        return []
    rows: list[dict[str, Any]] = pq.read_table(folder, columns=columns).to_pylist()
    return rows
