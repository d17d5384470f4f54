"""Refreshes the index of an archive, a few articles a transaction; made to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.search import Index, indexing

if __name__ == "__main__":
    indexing.BATCH = 5
    print("ready", flush=True)  # noqa: T201
    Index(Archive(Path(sys.argv[1]))).refresh()
