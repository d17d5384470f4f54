"""Coverage: rows of the table `coverage`, from the ledger."""

from __future__ import annotations

from typing import Any

from zancrawler.ledger import Entry, Kind, Ledger
from zancrawler.runs.rows import article_id


def coverage_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """One row per article URL that was ever advertised, and what became of it."""
    return [_row(ledger, entry) for entry in ledger.entries(Kind.ARTICLE)]


def _row(ledger: Ledger, entry: Entry) -> dict[str, Any]:
    sightings = ledger.sightings(entry.url)
    return {
        "url": entry.url,
        "article_id": article_id(entry.url) if entry.text_digest else None,
        "title": entry.title,
        "via": sorted({sighting.via for sighting in sightings}),
        "sources": [sighting.source for sighting in sightings],
        "first_advertised": entry.first_advertised,
        "last_advertised": max((s.last for s in sightings), default=None),
        "lastmod": entry.lastmod,
        "state": entry.state.value,
        "reason": entry.reason,
        "state_time": entry.last_look,
        "tries": entry.looks,
        "next_due": entry.next_due,
    }
