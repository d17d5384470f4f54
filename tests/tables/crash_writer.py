"""A writer that commits a fixed workload in batches of random size, to be killed at any moment.

Run as `crash_writer.py ARCHIVE EXCHANGES`; prints `ready` before the first commit.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from table_rows import EXCHANGE, OUTLET, capture, sighting, url, warc

from zancrawler.archive import Archive
from zancrawler.tables import Tables


def workload(exchanges: int) -> list[tuple[dict, dict | None]]:
    """New articles, edits, texts that come back, looks that find nothing new, and errors."""
    chance = random.Random(1404)
    work: list[tuple[dict, dict | None]] = []
    for number in range(exchanges):
        page = capture(number, url(chance.randrange(exchanges // 3)))
        if chance.random() < 0.1:
            work.append((page | {"fetch_status": 503, "article_id": None}, None))
        else:
            work.append((page, sighting(page, f"متن {chance.randrange(3)}")))
    return work


def commit_all(archive: Archive, exchanges: int, *, most: int) -> None:
    """Commits what is not there yet, as the start of a run does."""
    tables = Tables(archive, OUTLET, max_rows=40)
    work = workload(exchanges)
    by_place = {(page["warc_filename"], page["exchange_offset"]): seen for page, seen in work}
    done = tables.derived(warc()) // EXCHANGE
    chance = random.Random(done)
    while done < exchanges:
        batch = work[done : done + chance.randint(1, most)]
        tables.commit(
            [page for page, _ in batch],
            [article for _, article in batch if article],
            lambda *place: by_place[place],
        )
        done += len(batch)


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    commit_all(Archive(Path(sys.argv[1])), int(sys.argv[2]), most=8)
