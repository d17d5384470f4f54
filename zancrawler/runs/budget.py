"""The daily budget: what an outlet was asked today already."""

from __future__ import annotations

from datetime import datetime

import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive


def requests_today(archive: Archive, outlet: str, now: datetime) -> int:
    """Exchanges since midnight UTC, robots.txt and failures included."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    count = 0
    # File by file, the newest first: a chunk without any of today's ends the search. A dataset
    # would be shorter, and costs a second at the start of every run.
    folder = archive.table("captures") / f"site={outlet}"
    for path in sorted(folder.glob("year=*/*.parquet"), reverse=True):
        times = pq.ParquetFile(path).read(columns=["fetch_time"])["fetch_time"]
        today = pc.sum(pc.greater_equal(times, midnight)).as_py() or 0
        if not today:
            break
        count += today
    return count
