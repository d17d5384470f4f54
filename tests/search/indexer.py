"""Refreshes the index of an archive, a few articles a transaction; made to be killed.

It says when it begins, and when each few are in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive
from zancrawler.search import Index, indexing

if __name__ == "__main__":
    indexing.BATCH = 5
    add = indexing.Indexer._add

    def telling(*arguments: Any) -> None:
        add(*arguments)
        print("some", flush=True)  # noqa: T201

    indexing.Indexer._add = telling  # type: ignore[method-assign]
    print("ready", flush=True)  # noqa: T201
    Index(Archive(Path(sys.argv[1]))).refresh()
