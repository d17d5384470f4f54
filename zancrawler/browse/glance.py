"""The archive at a glance: figures for the first page and for the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.export import Export
from zancrawler.ledger import Ledger, State
from zancrawler.outlets import Catalogue, OutletError
from zancrawler.runs.alarms import Alarm
from zancrawler.runs.coverage import Gap
from zancrawler.runs.history import Run
from zancrawler.runs.provenance import outlet_of, outlets_in
from zancrawler.runs.status import archive_alarms, outlet_status

WEEKS = 52
"""Weeks that the plots show."""
MONTHS = 18
"""Months that the coverage map shows."""
GAPS = 200
"""Gaps that an outlet's page names."""


@dataclass(frozen=True, slots=True)
class Week:
    """Articles published in one week."""

    monday: date
    languages: Mapping[str, int]
    """By BCP 47 tag; `und` where we cannot tell."""

    @property
    def articles(self) -> int:
        return sum(self.languages.values())


@dataclass(frozen=True, slots=True)
class OutletCount:
    outlet: str
    languages: Mapping[str, int]
    """Articles by language, the largest number first."""
    weeks: tuple[Week, ...]
    undated: int

    @property
    def articles(self) -> int:
        return sum(self.languages.values())


@dataclass(frozen=True, slots=True)
class Counts:
    """What the archive holds and may show, from the export alone."""

    outlets: tuple[OutletCount, ...]
    newest: datetime | None
    """When an article was last looked at; None in an archive without any."""

    @property
    def articles(self) -> int:
        return sum(outlet.articles for outlet in self.outlets)

    @property
    def undated(self) -> int:
        return sum(outlet.undated for outlet in self.outlets)

    @property
    def languages(self) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for outlet in self.outlets:
            total.update(outlet.languages)
        return dict(total.most_common())

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Of all outlets together."""
        return tuple(
            Week(same[0].monday, _sum(week.languages for week in same))
            for same in zip(*(outlet.weeks for outlet in self.outlets), strict=True)
        )


@dataclass(frozen=True, slots=True)
class MonthShare:
    month: str
    """`yyyy-mm`"""
    advertised: int
    held: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 means that nothing is missing."""
        return 100 * self.held // self.advertised if self.advertised else 0


@dataclass(frozen=True, slots=True)
class OutletStanding:
    """What the ledger and the runs say of an outlet."""

    outlet: str
    title: str
    advertised: int
    held: int
    months: Mapping[str, MonthShare]
    missing: Mapping[str, int]
    """Advertised articles that are not held, by reason, the largest number first."""
    gaps: tuple[Gap, ...]
    """Some of them by name, without titles, and without what the outlet took down."""
    last: Run | None
    alarms: tuple[Alarm, ...]

    @property
    def total(self) -> MonthShare:
        return MonthShare("", self.advertised, self.held)


@dataclass(frozen=True, slots=True)
class Standing:
    """All outlets' standing at one moment."""

    at: datetime
    outlets: tuple[OutletStanding, ...]
    archive_alarms: tuple[Alarm, ...]

    def of(self, outlet: str) -> OutletStanding | None:
        return next((one for one in self.outlets if one.outlet == outlet), None)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return (*self.archive_alarms, *(alarm for one in self.outlets for alarm in one.alarms))

    @property
    def total(self) -> MonthShare:
        return MonthShare(
            "",
            sum(one.advertised for one in self.outlets),
            sum(one.held for one in self.outlets),
        )

    @property
    def months(self) -> tuple[str, ...]:
        """The latest of which any outlet advertised something, oldest first, none left out."""
        known = sorted({month for one in self.outlets for month in one.months})
        return tuple(_months_to(known[-1], known[0])) if known else ()


def counts(export: Export) -> Counts:
    """Reads the weeks' sums, not the articles: as quick for a million."""
    with export.opened() as database:
        rows = database.execute(
            "SELECT outlet, coalesce(language, 'und'), week, sum(articles) "
            "FROM weeks JOIN chunks ON chunks.id = weeks.chunk GROUP BY 1, 2, 3"
        ).fetchall()
        (newest,) = database.execute("SELECT max(newest) FROM chunks").fetchone()
    seen = datetime.fromisoformat(newest) if newest else None
    mondays = _mondays({row[2] for row in rows if row[2]}, seen)
    names = sorted({row[0] for row in rows})
    return Counts(tuple(_count(name, mondays, rows) for name in names), seen)


def _count(
    name: str, mondays: Sequence[str], rows: Sequence[tuple[str, str, str | None, int]]
) -> OutletCount:
    languages: Counter[str] = Counter()
    weeks: dict[str, Counter[str]] = {monday: Counter() for monday in mondays}
    undated = 0
    for outlet, language, week, articles in rows:
        if outlet != name:
            continue
        languages[language] += articles
        if week is None:
            undated += articles
        elif week in weeks:
            weeks[week][language] += articles
    return OutletCount(
        outlet=name,
        languages=dict(languages.most_common()),
        weeks=tuple(Week(date.fromisoformat(monday), dict(n)) for monday, n in weeks.items()),
        undated=undated,
    )


def _mondays(found: set[str], seen: datetime | None) -> list[str]:
    """The weeks to show: to the last that has an article, if that was seen by then.

    Pages date articles into the future; nothing is to be seen there.
    """
    latest = max((week for week in found if seen is None or week <= f"{seen:%Y-%m-%d}"), default="")
    if not latest:
        return []
    last = date.fromisoformat(latest)
    return [(last - timedelta(weeks=back)).isoformat() for back in reversed(range(WEEKS))]


def standing(archive: Archive, catalogue: Catalogue, now: datetime) -> Standing:
    """Reads every ledger and the latest captures: some seconds in a large archive."""
    return Standing(
        at=now,
        outlets=tuple(_standing(archive, catalogue, name, now) for name in outlets_in(archive)),
        archive_alarms=archive_alarms(archive, now),
    )


def _standing(archive: Archive, catalogue: Catalogue, name: str, now: datetime) -> OutletStanding:
    try:
        title = outlet_of(archive, name, catalogue).title
        found = outlet_status(archive, catalogue, name, now)
        last, alarms = found.last, found.alarms
    except OutletError:
        title, last, alarms = name, None, ()
    months: dict[str, MonthShare] = {}
    missing: Counter[str] = Counter()
    gaps: list[Gap] = []
    if archive.ledger(name).exists():
        with Ledger.to_read(archive.ledger(name)) as ledger:
            months = {
                month.month: MonthShare(month.month, month.advertised, month.held)
                for month in ledger.coverage().months
            }
            for entry in ledger.missing():
                missing[entry.reason or entry.state.value] += 1
                # What is gone already may have been taken down to protect somebody.
                if len(gaps) < GAPS and entry.state is not State.GONE:
                    gaps.append(Gap(entry.url, entry.state.value, entry.reason, None))
    return OutletStanding(
        outlet=name,
        title=title,
        advertised=sum(month.advertised for month in months.values()),
        held=sum(month.held for month in months.values()),
        months=months,
        missing=dict(missing.most_common()),
        gaps=tuple(gaps),
        last=last,
        alarms=alarms,
    )


def last_moment(archive: Archive, export: Export) -> datetime:
    """When the archive last changed, by its own word: the report is dated so.

    Raises ArchiveError for an archive that never captured an article.
    """
    newest = counts(export).newest
    if newest is None:
        raise ArchiveError(f"{archive.root} holds no article yet; crawl first")
    return newest.astimezone(UTC)


def _months_to(last: str, first: str) -> list[str]:
    def back() -> Iterator[str]:
        year, month = map(int, last.split("-"))
        while (named := f"{year:04d}-{month:02d}") >= first:
            yield named
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)

    return list(islice(back(), MONTHS))[::-1]


def _sum(parts: Iterator[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)
