"""`zancrawler schedule --engine leases`, with leases of a shorter term than a user needs.

What failed is due again at once, where a user's outlet is left in peace for a quarter of an hour.

python short_term.py STORE FOLDER CATALOGUE CONTACT TERM OUTLET...
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zancrawler.cli.printing import json_line
from zancrawler.cluster import turn, worker
from zancrawler.cluster.worker import Worker
from zancrawler.ledger import Entry
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.history import Run
from zancrawler.runs.pace import next_run
from zancrawler.runs.schedule import stop_on_signals

SOON = timedelta(seconds=2)


def soon(last: Run | None, sources: Sequence[Entry], *, failures: int = 0) -> datetime | None:
    return datetime.now(UTC) + SOON if failures else next_run(last, sources)


# Here, and not below: a run's own process begins with this module too.
turn.next_run = soon
worker.SHORTEST = timedelta(0)

if __name__ == "__main__":
    store, folder, catalogue, contact, term, *names = sys.argv[1:]
    known = Catalogue.open(Path(catalogue))
    one = Worker(
        store,
        Path(folder),
        [known.get(name) for name in names],
        CrawlOptions(contact=contact, log_level="ERROR"),
        Path(catalogue),
        known=known.all(),
        term=float(term),
    )
    with stop_on_signals() as stop:
        for event in one.events(stop):
            print(json_line(event.as_json()), flush=True)  # noqa: T201
