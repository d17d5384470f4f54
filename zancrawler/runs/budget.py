"""The daily budget: what an outlet was asked today already."""

from __future__ import annotations

from datetime import datetime

import pyarrow.dataset as ds

from zancrawler.archive import Archive


def requests_today(archive: Archive, outlet: str, now: datetime) -> int:
    """Exchanges since midnight UTC, robots.txt and failures included."""
    folder = archive.table("captures") / f"site={outlet}"
    if not folder.exists():
        return 0
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return int(ds.dataset(folder).count_rows(filter=ds.field("fetch_time") >= midnight))
