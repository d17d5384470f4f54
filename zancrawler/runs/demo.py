"""The demo: the bundled newsroom, crawled over real HTTP into a fresh archive."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zancrawler.archive import Archive, UsageError
from zancrawler.newsroom import Newsroom, serve
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.summary import RunSummary

_MARK = ".made-by-zancrawler-demo"


def fresh_archive(root: Path) -> Archive:
    """An empty archive at `root`; one that an earlier demo made is removed.

    Raises UsageError when something else is there.
    """
    if root.exists() and any(root.iterdir()):
        if not (root / _MARK).exists():
            raise UsageError(f"{root} holds something else; name another folder with --archive")
        shutil.rmtree(root)
    archive = Archive.open(root)
    (archive.root / _MARK).touch()
    return archive


@contextmanager
def crawled_newsroom(archive: Archive) -> Iterator[tuple[Newsroom, Iterator[RunSummary]]]:
    """The newsroom, served on loopback, and its crawl's summaries as they come."""
    with serve() as newsroom:
        yield (
            newsroom,
            crawl(
                archive,
                list(newsroom.homes),
                CrawlOptions(log_level="ERROR"),
                outlets=newsroom.catalogue,
            ),
        )
