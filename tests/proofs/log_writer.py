"""A process that adds entries to an archive's log until it has added so many, or is killed.

Each entry is told on standard output when it is durable.
"""

from __future__ import annotations

import sys
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.proofs.entry import Cause, FileDigest, FilesWritten, now
from zancrawler.proofs.log import appending


def main(root: str, name: str, count: str) -> None:
    for number in range(int(count)):
        path = f"tables/articles/site={name}/year=2026/{number}.parquet"
        digest = FileDigest(path, number, f"{number:064x}")
        with appending(Archive(Path(root))) as log:
            log.add(FilesWritten(name, now(), Cause.CRAWL, (digest,)))
        print(path, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
