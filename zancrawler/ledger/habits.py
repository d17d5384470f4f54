"""What the looks so far have taught of an outlet: how much it edits, what its lastmod is worth."""

from __future__ import annotations

import sqlite3

from zancrawler.ledger.due import USUAL_EDITS, modified_since
from zancrawler.ledger.model import Entry, Kind

LASTMOD_TRIALS = 20
LASTMOD_SHARE = 0.2
"""An outlet's lastmod is believed until, in so many trials, fewer than this share came true: Wix
moves the lastmod of every page when the site is published again."""


class Habits:
    """Running counts of one ledger, in memory, saved by the ledger's own transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._counts: dict[str, int] = dict(database.execute("SELECT * FROM tally"))

    def looked(self, before: Entry, after: Entry) -> None:
        """Counts a look at a known article that was answered."""
        if before.kind is Kind.ARTICLE and before.held and after.failures == after.strikes == 0:
            announced = modified_since(before)
            self._add("announced looks" if announced else "looks", 1)
            changed = after.changes - before.changes
            self._add("announced changes" if announced else "changes", changed)

    @property
    def edit_rate(self) -> float:
        """The share of looks at known articles that find a change which no lastmod announced.

        USUAL_EDITS to begin with.
        """
        looks, changes = self._counts.get("looks", 0), self._counts.get("changes", 0)
        return (changes + 10 * USUAL_EDITS) / (looks + 10)

    @property
    def lastmod_holds(self) -> bool:
        """Whether a lastmod later than the last look is worth a look."""
        looks = self._counts.get("announced looks", 0)
        changes = self._counts.get("announced changes", 0)
        return looks < LASTMOD_TRIALS or changes >= looks * LASTMOD_SHARE

    @property
    def latest(self) -> int:
        """The latest time that the ledger was told of, in seconds since 1970."""
        return self._counts.get("latest", 0)

    @latest.setter
    def latest(self, seconds: int) -> None:
        self._counts["latest"] = seconds

    def save(self) -> None:
        self._database.executemany(
            "INSERT INTO tally VALUES (?1, ?2) ON CONFLICT DO UPDATE SET count = ?2",
            self._counts.items(),
        )

    def _add(self, name: str, more: int) -> None:
        self._counts[name] = self._counts.get(name, 0) + more
