"""The ledger of one outlet, new."""

from __future__ import annotations

from pathlib import Path

import pytest

from zancrawler.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger" / "zan.sqlite")
