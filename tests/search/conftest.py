"""The newsroom's articles, committed and indexed once."""

from __future__ import annotations

import pytest
from corpus import commit, published

from zancrawler.archive import Archive
from zancrawler.search import Freshness, Search


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Search:
    archive = Archive.open(tmp_path_factory.mktemp("newsroom"))
    commit(archive, published())
    search = Search(archive)
    assert search.refresh() is Freshness.CURRENT
    return search
