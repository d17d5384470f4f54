"""Articles that wait for a person: taken down by their outlet, cut, or stripped of a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.tables import Access, Status
from zancrawler.tables.read import Reader
from zancrawler.tables.read import open as read_tables
from zancrawler.tables.versions import lost_much


@dataclass(frozen=True, slots=True)
class Hold:
    """An article that waits for a person."""

    outlet: str
    article_id: str
    url: str
    title: str | None
    date_published: datetime | None
    why: str
    """gone: the outlet took it down. cut: it lost more than half of its text. stripped: a name or a
    picture was taken out of it."""
    sensitivity: tuple[str, ...]


def holds(archive: Archive, outlet: str | None = None) -> list[Hold]:
    """The articles that wait for a decision, the newest first."""
    if not archive.table("articles").is_dir():
        return []
    columns = ["article_id", "outlet", "canonical_url", "title", "date_published", "access"]
    reader = read_tables(archive)
    rows = reader.articles(outlet=outlet, columns=[*columns, "status", "sensitivity", "first_seen"])
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
            why=_why(reader, row),
            sensitivity=tuple(row["sensitivity"] or ()),
        )
        for row in held.to_pylist()
    ]


def _why(reader: Reader, row: dict[str, Any]) -> str:
    """The tables keep no reason; what `versions` does not explain stood beside the text."""
    if row["status"] == Status.GONE:
        return "gone"
    versions = reader.versions(row["article_id"], outlet=row["outlet"])
    words = (count or 0 for count in versions["word_count"].to_pylist())
    return (
        "cut" if any(lost_much(after, before) for before, after in pairwise(words)) else "stripped"
    )
