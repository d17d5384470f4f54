"""A small archive with its store on another disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from stored_archive import Kept, copy_of, keep


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("made"))


@pytest.fixture
def kept(made: Kept, tmp_path: Path) -> Kept:
    return copy_of(made, tmp_path)
