"""Articles that wait for a person: taken down by their outlet, or cut by half."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.tables import Access
from zancrawler.tables.read import open as read_tables


@dataclass(frozen=True, slots=True)
class Hold:
    """An article that waits for a person."""

    outlet: str
    article_id: str
    url: str
    title: str | None
    date_published: datetime | None
    why: str
    """gone: the outlet took it down. cut: it lost more than half of its text."""
    sensitivity: tuple[str, ...]


def holds(archive: Archive, outlet: str | None = None) -> list[Hold]:
    """The articles that wait for a decision, the newest first."""
    if not archive.table("articles").is_dir():
        return []
    columns = ["article_id", "outlet", "canonical_url", "title", "date_published", "access"]
    rows = read_tables(archive).articles(
        outlet=outlet, columns=[*columns, "status", "sensitivity", "first_seen"]
    )
    held = rows.filter(pc.equal(rows["access"], Access.HELD)).sort_by(
        [("first_seen", "descending"), ("article_id", "ascending")]
    )
    return [
        Hold(
            outlet=row["outlet"],
            article_id=row["article_id"],
            url=row["canonical_url"],
            title=row["title"],
            date_published=row["date_published"],
            why="gone" if row["status"] == "gone" else "cut",
            sensitivity=tuple(row["sensitivity"] or ()),
        )
        for row in held.to_pylist()
    ]
