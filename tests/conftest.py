"""What tests of several rooms share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawled_newsroom import Crawled, zancrawler
from hypothesis import settings

from zancrawler.archive import Archive
from zancrawler.newsroom import serve

SHARED = Path(__file__).parents[2] / "shared"

# The same examples in every run, and no limit of time: a busy machine fails no test.
settings.load_profile("ci")


@pytest.fixture(scope="session", autouse=True)
def no_pandas_in_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests start is like an installation, which has no pandas; where there is one, Arrow
    loads it into each of some hundred processes, and most of them end after a second.
    """
    folder = tmp_path_factory.mktemp("modules")
    (folder / "pandas.py").write_text("raise ImportError\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session", autouse=True)
def heeding_interrupts() -> None:
    """What tests start is interrupted as from a terminal, also where they themselves were started
    behind `&` and the signal is ignored, which every process would inherit.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party pages; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no third-party pages at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl of the newsroom, through the command line, that many tests look at."""
    root = tmp_path_factory.mktemp("archive")
    with serve() as newsroom:
        output = zancrawler(
            "crawl", *newsroom.homes, "--archive", root, "--outlets", newsroom.catalogue
        )
        asked = tuple(request.path for request in newsroom.requests())
        yield Crawled(newsroom, Archive(root), output, asked)
