"""What a sitemap has ceased to show: the first sign of a takedown, long before a look is due."""

from __future__ import annotations

import sqlite3

FEW = 10
SHARE = 0.1
"""A sitemap that drops more than FEW and more than this share of what it shows has itself changed:
cut short, or made for another purpose. That says nothing of the articles."""


def last_reading(database: sqlite3.Connection, source: int) -> int:
    """When the source last showed anything; 0 for never."""
    ((latest,),) = database.execute(
        "SELECT max(last) FROM sighting WHERE source = ?", (source,)
    ).fetchall()
    return latest or 0


def dropped(
    database: sqlite3.Connection, source: int, before: int, at: int, shown: int
) -> list[int]:
    """Rows of `url` that the source's reading `before` showed and its reading `at` does not.

    Not those that another source has shown since half-way between the two: articles move from one
    part of a sitemap to the next. `shown` is how many URLs the source shows now.
    """
    missing = database.execute(
        "SELECT url FROM sighting WHERE source = ? AND last = ?", (source, before)
    ).fetchall()
    if before >= at or len(missing) > max(FEW, shown * SHARE):
        return []
    return [url for (url,) in missing if not _shown_since(database, url, (before + at) // 2)]


def _shown_since(database: sqlite3.Connection, url: int, moment: int) -> bool:
    found = database.execute("SELECT max(last) > ? FROM sighting WHERE url = ?", (moment, url))
    ((since,),) = found.fetchall()
    return bool(since)
