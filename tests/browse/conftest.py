"""The archive, and its pages served."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shown_archive import REPLAY, make

from zancrawler.archive import Archive
from zancrawler.browse.server import serving


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Not to be changed."""
    return make(Archive.open(tmp_path_factory.mktemp("shown")))


@pytest.fixture(scope="session")
def address(made: Archive) -> Iterator[str]:
    """Of the pages of what is not to be changed."""
    with serving(made, None, REPLAY, 0) as address:
        yield address


@pytest.fixture
def archive(made: Archive, tmp_path: Path) -> Archive:
    """A copy of one's own."""
    root = tmp_path / "archive"
    shutil.copytree(made.root, root, ignore=shutil.ignore_patterns("browse", "search"))
    return Archive(root)


@pytest.fixture
def own_address(archive: Archive) -> Iterator[str]:
    with serving(archive, None, REPLAY, 0, max_age=0) as address:
        yield address
