"""zancrawler: keeps what Afghan newsrooms publish, byte for byte, and makes tables of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zancrawler.tables.read import Reader

__version__ = "0.1.0"


def open(archive: Path | str) -> Reader:
    """The tables of an archive, for notebooks: `zancrawler.open("archive").articles()` is Arrow.

    Raises ArchiveError where there is no archive.
    """
    from zancrawler.tables import read

    return read.open(archive)
