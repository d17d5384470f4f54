from __future__ import annotations

from collections.abc import Iterator

import pytest

from zancrawler.newsroom import Newsroom, serve


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve() as served:
        yield served
