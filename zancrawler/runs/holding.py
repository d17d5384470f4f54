"""Articles that wait for a person: taken down by their outlet, cut, or stripped of a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.decisions import Why
from zancrawler.ledger.history import STRIKES_TO_BE_GONE
from zancrawler.tables import Access, Status
from zancrawler.tables.read import Reader
from zancrawler.tables.read import open as read_tables
from zancrawler.tables.versions import lost_much

_LOOK = ("url", "fetch_time", "fetch_status", "content_digest", "text_digest")


@dataclass(frozen=True, slots=True)
class Hold:
    """An article that waits for a person."""

    outlet: str
    article_id: str
    url: str
    title: str | None
    date_published: datetime | None
    why: Why
    sensitivity: tuple[str, ...]


def holds(archive: Archive, outlet: str | None = None, why: Why | None = None) -> list[Hold]:
    """The articles that wait for a decision, of one outlet or held for one reason; the newest
    first."""
    if not archive.table("articles").is_dir():
        return []
    columns = ["article_id", "outlet", "canonical_url", "title", "date_published", "access"]
    reader = read_tables(archive)
    known = reader.articles(
        outlet=outlet, columns=[*columns, "status", "sensitivity", "first_seen"]
    )
    held = known.filter(pc.equal(known["access"], Access.HELD)).sort_by(
        [("first_seen", "descending"), ("article_id", "ascending")]
    )
    rows = held.to_pylist()
    back = _back(reader, [row for row in rows if row["status"] != Status.GONE])
    found = [
        Hold(
            outlet=row["outlet"],
            article_id=row["article_id"],
            url=row["canonical_url"],
            title=row["title"],
            date_published=row["date_published"],
            why=_why(reader, row, back),
            sensitivity=tuple(row["sensitivity"] or ()),
        )
        for row in rows
    ]
    return [hold for hold in found if why in (None, hold.why)]


def _why(reader: Reader, row: dict[str, Any], back: Collection[str]) -> Why:
    """The tables keep no reason; what nothing in them explains stood beside the text."""
    if row["status"] == Status.GONE:
        return Why.GONE
    versions = reader.versions(row["article_id"], outlet=row["outlet"])
    words = (count or 0 for count in versions["word_count"].to_pylist())
    if any(lost_much(after, before) for before, after in pairwise(words)):
        return Why.CUT
    return Why.BACK if row["canonical_url"] in back else Why.STRIPPED


def _back(reader: Reader, articles: Collection[dict[str, Any]]) -> set[str]:
    """The URLs that answered without their article on as many days as make one gone."""
    if not articles:
        return set()
    urls, outlets = ({row[name] for row in articles} for name in ("canonical_url", "outlet"))
    captures = reader.captures(outlet=sorted(outlets), columns=_LOOK)
    is_theirs = pc.is_in(captures["url"], pa.array(sorted(urls)))
    looks = captures.filter(is_theirs).to_pylist()
    # A record that keeps no body has the digest of what it repeats.
    shown = {(look["url"], look["content_digest"]) for look in looks if look["text_digest"]}
    days: dict[str, set[date]] = {}
    for look in looks:
        url, status = look["url"], look["fetch_status"] or 500
        if status < 500 and status != 304 and (url, look["content_digest"]) not in shown:
            days.setdefault(url, set()).add(look["fetch_time"].date())
    return {url for url, missed in days.items() if len(missed) >= STRIKES_TO_BE_GONE}
