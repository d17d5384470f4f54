"""The newsroom as it was captured, and as it was live."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import Archive


@dataclass(frozen=True)
class Replayable:
    archive: Archive
    package: Path
    live: dict[str, str]
    """The steady text that a browser showed at the articles' URLs while the newsroom was served."""


def steady(text: str) -> str:
    """A page's text without the count of its readers, which goes up with every look."""
    return re.sub(r"^\d+$", "#", text, flags=re.MULTILINE)
