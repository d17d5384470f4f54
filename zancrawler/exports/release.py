"""What a release holds, as its descriptions tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zancrawler.exports.profile import Profile
from zancrawler.outlets import Rights
from zancrawler.tables.columns import Column

STATES = ("blocked", "disallowed", "gone", "failed")
"""Why an advertised URL is not held; every other reason is counted as never tried."""


@dataclass(frozen=True, slots=True)
class OutletPart:
    """One outlet's share."""

    name: str
    title: str
    home: str | None
    rights: Rights | None
    languages: Mapping[str, int]
    """Articles by BCP 47 tag; `und` where it is not known."""
    earliest: datetime
    """Of its captures."""
    latest: datetime

    @property
    def articles(self) -> int:
        return sum(self.languages.values())


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file of the release."""

    path: str
    """From the release's folder."""
    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class CoverageMonth:
    """Advertised URLs of one outlet and month, by what became of them."""

    outlet: str
    month: str
    states: Mapping[str, int]

    @property
    def advertised(self) -> int:
        return sum(self.states.values())

    @property
    def held(self) -> int:
        return self.states.get("held", 0)

    @property
    def missing(self) -> tuple[int, ...]:
        """Blocked, disallowed, gone, failed, and never tried or of another state."""
        named = tuple(self.states.get(state, 0) for state in STATES)
        return (*named, self.advertised - self.held - sum(named))


@dataclass(frozen=True, slots=True)
class Release:
    profile: Profile
    software: str
    latest: datetime
    """The latest capture: the release is of this day, whenever it was made."""
    outlets: tuple[OutletPart, ...]
    files: tuple[DataFile, ...]
    coverage: tuple[CoverageMonth, ...]
    columns: Mapping[str, tuple[Column, ...]]
    """By table."""
    until: datetime | None

    @property
    def version(self) -> str:
        return f"{self.latest:%Y.%m.%d}"

    @property
    def name(self) -> str:
        return f"zancrawler-{self.profile.value}-{self.latest:%Y%m%d}"

    @property
    def title(self) -> str:
        return f"Articles of Afghan newsrooms, archived until {self.latest:%d %B %Y}"

    @property
    def articles(self) -> int:
        return sum(part.articles for part in self.outlets)

    @property
    def languages(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for part in self.outlets:
            for language, count in part.languages.items():
                counts[language] = counts.get(language, 0) + count
        return dict(sorted(counts.items()))

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(file.table for file in self.files))

    def rows(self, table: str) -> int:
        return sum(file.rows for file in self.files if file.table == table)
