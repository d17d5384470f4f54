"""From what a line states to a day: which calendar, which order, which year, and is it possible.

The rules, in the order in which they apply:

- Calendar. A month's name tells it, or an era beside three numbers («ش», «قمری», «میلادی»). Else
  a year of 1800 and later is Gregorian; an earlier one is Solar Hijri, or Hijri-Qamari where that
  Solar Hijri year is more than ten years ahead. A day in the future is a slip of the pen, and no
  lunar day of decades ago. Where a line has the day in two calendars, that of the moon is the less
  exact one.
- Order of day and month. Impossible and future days fall out, then the weekday, the URL's date
  and the sitemap's choose. Where both orders remain, `04/05/2024` in ASCII digits and slashes
  is month first on English pages, all else day first, and a warning says so. Afghan calendars
  know no American order.
- Missing year. The day nearest the URL's date; else the latest day that falls on the named
  weekday, is not after the sitemap's lastmod and not after the capture.
- Weekday. One that contradicts a printed year is reported, and the printed day stands: outlets
  print wrong weekdays more often than wrong days. A Hijri-Qamari day moves by one to its
  weekday, since its months begin with a sighting.
- Nothing was published after it was captured: such a day is no date. One day is allowed for
  zones. Before 1800, and 1970-01-01 (an empty field of a database), likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from zancrawler.extraction.calendars import Calendar, from_gregorian, to_gregorian
from zancrawler.extraction.dates_grammar import Stated

_EARLIEST = date(1800, 1, 1)
_EMPTY = date(1970, 1, 1)
_ONE_DAY = timedelta(days=1)
_SLIP = 10
"""Years ahead that somebody may have typed: one digit is wrong."""
_YEARS_BACK = 12
"""A weekday falls on the same date again after 5, 6 or 11 years."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ImpossibleDateError(ValueError):
    """What reads like a date cannot be one; the message says why."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What else is known of the page whose date is read."""

    timezone: str = "Asia/Kabul"
    """IANA name: the outlet's own time."""
    languages: tuple[str, ...] = ()
    """BCP 47, the page's first."""
    url_date: date | None = None
    """The day that stands in the page's URL."""
    lastmod: datetime | None = None
    """The sitemap's: aware. The article is no younger."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    calendar: Calendar
    year_inferred: bool = False
    warnings: tuple[str, ...] = ()


def resolve_day(stated: Stated, captured_at: datetime, hints: Hints) -> Day:
    """The day that is meant. Raises ImpossibleDateError."""
    latest = captured_at.astimezone(ZoneInfo(hints.timezone)).date() + _ONE_DAY
    if stated.year is None:
        return _without_year(stated, latest, hints)
    days = _possible(stated, stated.year, latest)
    if len(days) == 1:
        return _against_weekday(days[0], stated.weekday, ())
    chosen, warnings = _choose_order(days, stated, hints)
    return _against_weekday(chosen, stated.weekday, warnings)


def _possible(stated: Stated, year: int, latest: date) -> list[Day]:
    """The readings that exist and are not in the future, day first ahead of month first."""
    orders = [(stated.month, stated.day)]
    if stated.either_order:
        orders.append((stated.day, stated.month))
    written = f"{year}-{stated.month}-{stated.day}"
    future: date | None = None
    days = []
    calendar = stated.calendar or _calendar(year, latest)
    for month, day_of_month in orders:
        try:
            day = to_gregorian(calendar, year, month, day_of_month)
        except ValueError:
            continue
        if day > latest:
            future = day
        elif day >= _EARLIEST and day != _EMPTY:
            days.append(Day(day, calendar))
    if days:
        return days
    if future is not None:
        raise ImpossibleDateError(f"date-future: {written} would be {future}, after the capture")
    raise ImpossibleDateError(f"date-impossible: there is no day {written}")


def _calendar(year: int, latest: date) -> Calendar:
    if year >= _EARLIEST.year:
        return Calendar.GREGORIAN
    this_year, _, _ = from_gregorian(Calendar.SOLAR_HIJRI, latest)
    return Calendar.HIJRI if year > this_year + _SLIP else Calendar.SOLAR_HIJRI


def _choose_order(days: list[Day], stated: Stated, hints: Hints) -> tuple[Day, tuple[str, ...]]:
    known = [hints.url_date, hints.lastmod.date() if hints.lastmod else None]
    for day in days:
        if day.day in known or day.day.weekday() == stated.weekday:
            return day, ()
    day_first, month_first = days
    if day_first.calendar is not Calendar.GREGORIAN:
        return day_first, ()
    english = all(language.split("-")[0] == "en" for language in hints.languages[:1])
    american = stated.slashed and english and "en-GB" not in hints.languages[:1]
    chosen = month_first if american else day_first
    order = "month first" if american else "day first"
    return chosen, (f"date-order: day and month could change places; read {order}",)


def _against_weekday(day: Day, weekday: int | None, warnings: tuple[str, ...]) -> Day:
    if weekday is not None and day.day.weekday() != weekday:
        if day.calendar is Calendar.HIJRI:
            for beside in (day.day - _ONE_DAY, day.day + _ONE_DAY):
                if beside.weekday() == weekday:
                    return Day(beside, day.calendar, day.year_inferred, warnings)
        said, is_on = _WEEKDAYS[weekday], _WEEKDAYS[day.day.weekday()]
        warnings = (*warnings, f"date-weekday: {said} is named, but {day.day} is a {is_on}")
    return Day(day.day, day.calendar, day.year_inferred, warnings)


def _without_year(stated: Stated, latest: date, hints: Hints) -> Day:
    calendar = stated.calendar or Calendar.GREGORIAN
    if hints.lastmod is not None:
        latest = min(latest, hints.lastmod.date() + _ONE_DAY)
    candidates = _past_days(calendar, stated.month, stated.day, latest)
    if not candidates:
        raise ImpossibleDateError(f"date-impossible: no year has a day {stated.month}-{stated.day}")
    if hints.url_date is not None:
        near = hints.url_date
        chosen = min(candidates, key=lambda day: abs(day - near))
    else:
        on_weekday = (day for day in candidates if _may_fall_on(day, stated.weekday, calendar))
        chosen = next(on_weekday, candidates[0])
    return _against_weekday(Day(chosen, calendar, year_inferred=True), stated.weekday, ())


def _may_fall_on(day: date, weekday: int | None, calendar: Calendar) -> bool:
    if weekday is None:
        return True
    apart = (day.weekday() - weekday) % 7
    return apart == 0 or (calendar is Calendar.HIJRI and apart in (1, 6))


def _past_days(calendar: Calendar, month: int, day: int, latest: date) -> list[date]:
    """That day in the years up to `latest`, the latest first."""
    year, _, _ = from_gregorian(calendar, latest)
    days = []
    for candidate in range(year, year - _YEARS_BACK, -1):
        try:
            found = to_gregorian(calendar, candidate, month, day)
        except ValueError:
            continue
        if found <= latest:
            days.append(found)
    return days
