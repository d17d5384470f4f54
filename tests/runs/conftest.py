"""One crawl of the newsroom, through the command line, that many tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.newsroom import serve


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    root = tmp_path_factory.mktemp("archive")
    with serve() as newsroom:
        output = zancrawler(
            "crawl", *newsroom.homes, "--archive", root, "--outlets", newsroom.catalogue
        )
        yield Crawled(newsroom, Archive(root), output)
