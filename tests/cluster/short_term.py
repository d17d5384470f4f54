"""`zancrawler schedule --engine leases`, with leases of a shorter term than a user needs.

python short_term.py STORE FOLDER CATALOGUE CONTACT TERM OUTLET...
"""

from __future__ import annotations

import sys
from pathlib import Path

from zancrawler.cli.printing import json_line
from zancrawler.cluster.worker import Worker
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.schedule import stop_on_signals

if __name__ == "__main__":
    store, folder, catalogue, contact, term, *names = sys.argv[1:]
    known = Catalogue.open(Path(catalogue))
    worker = Worker(
        store,
        Path(folder),
        [known.get(name) for name in names],
        CrawlOptions(contact=contact, log_level="ERROR"),
        Path(catalogue),
        known=known.all(),
        term=float(term),
    )
    with stop_on_signals() as stop:
        for event in worker.events(stop):
            print(json_line(event.as_json()), flush=True)  # noqa: T201
