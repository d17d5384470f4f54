"""A fault of an archive, as `zancrawler verify` names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, in which file, and where in it."""

    file: str
    offset: int | None
    """Bytes; of the record, or of the index line. None for a table's file."""
    code: str
    message: str
