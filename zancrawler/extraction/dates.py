"""Dates as Afghan newsrooms print them: text to a moment, or to nothing.

A value that cannot be read is None, never guessed. What is supplied by us and not by the page
(the year of «۱۵ اسد») is marked in the reading. The rules of judgement are in `dates_resolving`.

Zones. A clock time without a zone is taken for the outlet's own time. A day without a clock time
stays that calendar day: it is given as 00:00 UTC of the day, so that a date column reads as the
page prints it, whatever the reader's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from zancrawler.extraction.calendars import Calendar, to_gregorian
from zancrawler.extraction.dates_folding import FoldedLine, fold_line
from zancrawler.extraction.dates_grammar import Stated, compact_day, stated_dates
from zancrawler.extraction.dates_relative import RelativeDate, relative_date
from zancrawler.extraction.dates_resolving import Hints, ImpossibleDateError, resolve_day
from zancrawler.extraction.months import month_names

__all__ = ["DateReading", "DateVerdict", "Hints", "Precision"]
__all__ += ["find_dates", "parse_date", "read_date", "url_date"]

LONGEST_TEXT = 2_000
"""Characters that are read of a text: a date stands in a short line."""

LONGEST_LABEL = 60
"""Letters that may stand around a date in an element made for it: a byline, `Published on`."""

SIGHTING = timedelta(days=2)
"""Between a reckoned lunar day and the day that a page means by it."""

_URL_DATES = (
    re.compile(r"/(1[34]\d\d|19\d\d|20\d\d)[/-]([01]?\d|[a-z]{3})[/-]([0-3]?\d)(?!\d)"),
    re.compile(r"[/-](20\d\d)([01]\d)([0-3]\d)(?=\D|\d{4,6}(?!\d)|$)"),
)


class Precision(StrEnum):
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class DateReading:
    """`moment` is aware and UTC; `raw` is the piece of the text that was read, unchanged."""

    moment: datetime
    precision: Precision
    calendar: Calendar
    raw: str
    year_inferred: bool = False
    """The text names no year: it was resolved from the hints or the capture time."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateVerdict:
    """A reading, or None; `warnings` say what was contradictory, vague or impossible."""

    reading: DateReading | None
    warnings: tuple[str, ...] = ()


def read_date(text: str, *, captured_at: datetime, hints: Hints | None = None) -> DateVerdict:
    """The first possible date of a text that was put there as a date: an element, a meta value.

    `captured_at` is aware. Words that merely may be a date («۳ تیر») count as one, unless the
    text around them is longer than a label.
    """
    hints = hints or Hints()
    line = fold_line(text[:LONGEST_TEXT].strip())
    day = compact_day(line.text)
    found = sorted(stated_dates(line), key=lambda stated: stated.start)
    if day is not None:
        found = [day]
    warnings: list[str] = []
    for stated in found:
        if not stated.certain and _letters_around(line.text, stated) > LONGEST_LABEL:
            continue
        try:
            reading = _reading(line, stated, captured_at, hints)
        except ImpossibleDateError as impossible:
            warnings.append(str(impossible))
            continue
        if reading.calendar is Calendar.HIJRI:
            others = (other for other in found if other is not stated)
            reading = _same_day(line, others, reading, captured_at, hints) or reading
        return DateVerdict(reading, (*warnings, *reading.warnings))
    relative = relative_date(line.text)
    if relative is not None and not warnings:
        return _from_capture(line, relative, captured_at, hints)
    return DateVerdict(None, tuple(warnings))


def parse_date(
    text: str, *, captured_at: datetime, hints: Hints | None = None
) -> DateReading | None:
    """The reading of `read_date`."""
    return read_date(text, captured_at=captured_at, hints=hints).reading


def find_dates(
    text: str, *, captured_at: datetime, hints: Hints | None = None
) -> tuple[DateReading, ...]:
    """The dates inside a line of running text, in order; what may be other words is left out.

    Month names that are everyday words («میزان», «جدی», `may`) need a year, a weekday, brackets
    or the like beside them. Relative words are the story's own and no dates here.
    """
    hints = hints or Hints()
    line = fold_line(text[:LONGEST_TEXT])
    readings = []
    end = 0
    for stated in sorted(stated_dates(line), key=lambda stated: stated.start):
        if not stated.certain or stated.start < end:
            continue
        end = stated.end
        try:
            readings.append(_reading(line, stated, captured_at, hints))
        except ImpossibleDateError:
            continue
    return tuple(readings)


def url_date(url: str) -> date | None:
    """The day in a URL's path, or None: `/2024/03/07/`, `/2024/mar/07/`, `/1404/05/15/`, or an
    eight-digit head of a number (`/202410294262`)."""
    path = urlsplit(url).path.lower()
    for pattern in _URL_DATES:
        match = pattern.search(path)
        if match is None:
            continue
        year, month = int(match[1]), month_names().get(match[2])
        calendar = Calendar.GREGORIAN if year > 1800 else Calendar.SOLAR_HIJRI
        with suppress(ValueError):
            number = month.number if month else int(match[2])
            return to_gregorian(calendar, year, number, int(match[3]))
    return None


def _reading(line: FoldedLine, stated: Stated, captured_at: datetime, hints: Hints) -> DateReading:
    day = resolve_day(stated, captured_at, hints)
    moment, precision = datetime.combine(day.day, time(), UTC), Precision.DAY
    if stated.clock is not None:
        zone = stated.clock.zone or ZoneInfo(hints.timezone)
        moment = datetime.combine(day.day, stated.clock.time, zone).astimezone(UTC)
        precision = Precision.SECOND if stated.clock.has_seconds else Precision.MINUTE
    raw = line.raw(stated.start, stated.end)
    return DateReading(moment, precision, day.calendar, raw, day.year_inferred, day.warnings)


def _same_day(
    line: FoldedLine,
    others: Iterable[Stated],
    lunar: DateReading,
    captured_at: datetime,
    hints: Hints,
) -> DateReading | None:
    """The day of a lunar date as the same line states it in another calendar."""
    for stated in others:
        with suppress(ImpossibleDateError):
            reading = _reading(line, stated, captured_at, hints)
            apart = abs(reading.moment.date() - lunar.moment.date())
            if reading.calendar is not Calendar.HIJRI and apart <= SIGHTING:
                return reading
    return None


def _from_capture(
    line: FoldedLine, relative: RelativeDate, captured_at: datetime, hints: Hints
) -> DateVerdict:
    raw = line.raw(relative.start, relative.end)
    if relative.is_vague:
        return DateVerdict(None, (f"date-vague: {raw} names no day",))
    moment = (captured_at - relative.unit * relative.count).astimezone(UTC)
    precision = Precision.MINUTE
    if relative.is_of_days:
        day = moment.astimezone(ZoneInfo(hints.timezone)).date()
        moment, precision = datetime.combine(day, time(), UTC), Precision.DAY
    moment = moment.replace(second=0, microsecond=0)
    return DateVerdict(DateReading(moment, precision, Calendar.GREGORIAN, raw, year_inferred=True))


def _letters_around(text: str, stated: Stated) -> int:
    return sum(map(str.isalpha, text[: stated.start] + text[stated.end :]))
