"""What tests of several rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party pages; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no third-party pages at {SHARED}")
    return SHARED
