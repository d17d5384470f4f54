"""What a search is narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from zancrawler.tables.articles import Status

_ALIASES = {"prs": "fa-AF"}
"""ISO 639-3 has a code for Dari; the tables write it as CLDR does."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is given must hold."""

    outlets: Sequence[str] = ()
    """One of these; any if there are none."""
    language: str | None = None
    """A BCP 47 tag, which stands for all narrower ones too: fa for fa-AF and fa-IR."""
    since: datetime | None = None
    """Published at this time or later."""
    until: datetime | None = None
    """Published before this time."""
    status: Status | None = None

    def conditions(self) -> tuple[str, list[str | int]]:
        """As SQL over `documents` and `chunks`, with its values."""
        parts: list[str] = []
        values: list[str | int] = []
        if self.outlets:
            parts.append(f"chunks.outlet IN ({', '.join('?' * len(self.outlets))})")
            values += self.outlets
        if self.language:
            tag = _ALIASES.get(self.language.lower(), self.language).lower()
            parts.append("lower(documents.language || '-') BETWEEN ? AND ?")
            values += [f"{tag}-", f"{tag}-\uffff"]
        if self.since:
            parts.append("documents.published >= ?")
            values.append(microseconds(self.since))
        if self.until:
            parts.append("documents.published < ?")
            values.append(microseconds(self.until))
        if self.status:
            parts.append("documents.status = ?")
            values.append(self.status.value)
        return "".join(f" AND {part}" for part in parts), values


def microseconds(time: datetime) -> int:
    """Since 1970, as Parquet counts too."""
    return (time - _EPOCH) // timedelta(microseconds=1)
