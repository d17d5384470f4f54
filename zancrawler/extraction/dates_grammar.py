"""What a line states of dates: days, months, clocks, as written, before any of it is judged.

Two shapes are read: a month's name with a day beside it («۱۸ سنبله ۱۴۰۴», `Aug 14`), and three
numbers (`2025-08-06`, «۱۴۰۱/۱/۱۸»). The text is first folded by `dates_folding`, and the patterns
are spelled as it leaves it: one ye, ک for گ, ASCII digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, time
from functools import cache

from zancrawler.extraction.calendars import Calendar
from zancrawler.extraction.dates_clock import CLOCK, Clock, read_clock
from zancrawler.extraction.dates_folding import FoldedLine
from zancrawler.extraction.dates_words import day_words
from zancrawler.extraction.months import EVERYDAY_WORDS, Month, month_names, weekday_names

ZWNJ = "\u200c"


@dataclass(frozen=True, slots=True)
class Stated:
    """One date as a line states it: `start` to `end` is its span in the folded text."""

    start: int
    end: int
    calendar: Calendar | None
    """None: three numbers, whose year tells the calendar."""
    year: int | None
    month: int
    day: int
    either_order: bool = False
    """Day and month may have to change places: `04/05/2024`."""
    slashed: bool = False
    """In the American way, with slashes and ASCII digits."""
    weekday: int | None = None
    clock: Clock | None = None
    certain: bool = True
    """False: in running text this may be words that only look like a date («۳ تیر خورد»)."""


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_COUNTED = "تن|نفر|کس|کسان|افغانی|دالر|people|women|men|children"
_YEAR = rf"(?P<year>(?:1[2-4]|19|20)\d\d)(?!\d|\s(?:{_COUNTED})(?!\w))"
"""A number of four digits, unless it counts something: «در ۱۵ اسد ۱۴۰۰ تن»."""
_SUFFIX = r"(?:\s?(?:st|nd|rd|th|مه|ام|م)(?!\w))?"
_ANY_ERA = r"(?:هجری\s)?(?:شمسی|خورشیدی|لمریز|قمری)|میلادی|عیسوی|زیږدیز"
_ERAS = {
    Calendar.SOLAR_HIJRI: r"(?:هجری\s)?(?:شمسی|خورشیدی|لمریز)|ه[.\s]?\s?ش\b|ل\b(?:\sکال\b)?",
    Calendar.HIJRI: r"(?:هجری\s)?(?:قمری|سپوږمیز)|ه[.\s]?\s?ق\b|AH\b",
    Calendar.GREGORIAN: r"میلادی|عیسوی|زیږدیز|[مز]\b|AD\b|CE\b",
}


@dataclass(frozen=True, slots=True)
class _Patterns:
    word: re.Pattern[str]
    month: re.Pattern[str]
    first_words: frozenset[str]
    day_before: re.Pattern[str]
    day_after: re.Pattern[str]
    year_before: re.Pattern[str]
    year_after: re.Pattern[str]
    numbers: re.Pattern[str]
    weekday_before: re.Pattern[str]
    weekday_after: re.Pattern[str]
    clock_before: re.Pattern[str]
    clock_after: re.Pattern[str]
    late_year: re.Pattern[str]
    last_year: re.Pattern[str]
    date_word: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    def pattern(text: str) -> re.Pattern[str]:
        return re.compile(text, re.IGNORECASE)

    day = rf"(?P<day>(?<![\d.:/])[0-3]?\d(?![\d:])|(?<!\w)(?:{_any_of(day_words())})(?!\w))"
    weekday = rf"(?<!\w)(?:د\s)?(?P<weekday>{_any_of(weekday_names())})(?!\w)"
    return _Patterns(
        word=pattern(r"[^\W\d_]+"),
        month=pattern(rf"(?:{_any_of(month_names())})(?![^\W_])"),
        first_words=frozenset(re.split(r"[ ']", name)[0] for name in month_names()),
        day_before=pattern(
            rf"{day}{_SUFFIX}(?:\s?[,.\-/]?\s?(?:of\s|day\sof\s|ماه\s|برج\s|د\s(?:میاشت\w+\s)?)?)$"
        ),
        day_after=pattern(
            rf"(?:\.?[\s,\-/]{{1,2}}(?:(?:ماه|میاشت\w*|په|پر|د|the)\s){{0,3}}){day}{_SUFFIX}"
            rf"(?:[\s,.\-/]{{1,3}}(?:سال\s|کال\s|د\s)?{_YEAR})?"
        ),
        year_before=pattern(
            rf"(?<!\d){_YEAR}\s?(?:[,\-/.]|ه\.?ش|کال|ز|م|ل|لیږدیز|{_ANY_ERA})?"
            r"(?:\sکال)?[\s\-/,]{0,2}(?:د\s)?$"
        ),
        year_after=pattern(
            rf"(?:\s?ماه)?(?:\s\(\d\d?\s[^\W\d]+\))?(?:[\s,.\-/']{{0,3}}(?:(?:سال|کال|د|of)\s){{0,3}}{_YEAR}"
            r"|(?:[-/]|,?\s')(?P<short>\d\d)(?![\d:/.\-]))"
        ),
        numbers=pattern(
            r"(?<![\d.:/\-])(?:(?P<y>1[2-4]\d\d|19\d\d|20\d\d)\s?(?P<sep>[-/.])\s?(?P<m>[01]?\d)"
            r"\s?(?P=sep)\s?(?P<d>[0-3]?\d)"
            r"|(?P<first>[0-3]?\d)\s?(?P<sep2>[-/.])\s?(?P<second>[0-3]?\d)\s?(?P=sep2)\s?"
            r"(?P<last>1[2-4]\d\d|19\d\d|20\d\d|\d\d))(?![\d])(?!\.\d|/\d|-\d)"
        ),
        weekday_before=pattern(rf"{weekday}[\s,.:(\-|]{{0,4}}(?:مورخ\s|روز\s|په\s|the\s)?$"),
        weekday_after=pattern(rf"[\s,.(\-|]{{1,3}}(?:روز\s)?{weekday}"),
        clock_before=pattern(rf"(?<![\d:]){CLOCK}[\s,|·•\-@()/]{{0,8}}(?:on\s|په\s)?$"),
        clock_after=pattern(
            rf"(?:[\s,|·•\-@();:/]|T(?=\d)|(?:at|on|ساعت|کابل|په|پر)(?!\w)){{0,12}}{CLOCK}"
        ),
        late_year=pattern(rf"\s{_YEAR}"),
        last_year=pattern(r"\s?,?\s?(?:of\s)?(?:last year|سال کذشته|پارسال|سال پیش|تیر کال)"),
        date_word=pattern(
            r"(?<!\w)(?:تاریخ|تاریخی|مورخ|مورخه|نیټه|نیټی"
            r"|امروز|دیروز|فردا|روز|شام|صبح|شب)[\s:(]{1,3}$"
        ),
    )


@cache
def _eras() -> tuple[tuple[Calendar, re.Pattern[str]], ...]:
    return tuple(
        (calendar, re.compile(rf"[\s,]{{0,2}}(?:{era})")) for calendar, era in _ERAS.items()
    )


def stated_dates(line: FoldedLine) -> Iterator[Stated]:
    """Every date in a folded line, in no particular order."""
    for stated in (*_named(line), *_numbers(line)):
        yield _with_clock(line.text, _with_weekday(line.text, stated))


def _named(line: FoldedLine) -> Iterator[Stated]:
    patterns = _patterns()
    text = line.text
    for word in patterns.word.finditer(text):
        if word.group().lower() not in patterns.first_words:
            continue
        match = patterns.month.match(text, word.start())
        if word.group() == "مه" and text[: word.start()][-1:].isdigit():
            continue  # «۱۴مه» is the fourteenth, and no day in May
        if match is None or _is_prefix(line, match.end()):
            continue
        stated = _beside(text, match, month_names()[match.group().lower()])
        if stated is not None and not _of_last_year(text, stated.end):
            yield stated


def _of_last_year(text: str, end: int) -> bool:
    """«۱۵ اسد سال گذشته», `October 13 last year`: the story's past, whose year is not printed."""
    return _patterns().last_year.match(text, end) is not None


def _is_prefix(line: FoldedLine, end: int) -> bool:
    """«می‌گویند», «حمل و نقل»: the name is the beginning of another word or phrase."""
    joined = end + 1 < len(line.text) and line.source[line.offsets[end]] == ZWNJ
    if joined and line.text[end + 1].isalpha():
        return True
    return line.text.startswith(" و نقل", end) or line.text.startswith(" و قزح", end)


def _beside(text: str, match: re.Match[str], month: Month) -> Stated | None:
    """The day, and the year if any, that stand beside a month's name."""
    patterns = _patterns()
    window = max(0, match.start() - 40)
    head = text[window : match.start()]
    before = patterns.day_before.search(head)
    after = patterns.day_after.match(text, match.end())
    if before is not None and (after is None or after["year"] is None):
        year = patterns.year_after.match(text, match.end())
        start, end = window + before.start(), year.end() if year else match.end()
        if year is None and (year := patterns.year_before.search(head[: before.start()])):
            start = window + year.start()
        day, beside = _day(before["day"]), before.group()
    elif after is not None:
        year = after if after["year"] else patterns.year_before.search(head)
        leads = year is not None and year is not after
        start = window + year.start() if leads and year else match.start()
        end, day, beside = after.end(), _day(after["day"]), after.group()
    else:
        return None
    if year is not None and (era := _era_after(text, end, month.calendar)):
        end = era.end()
    return Stated(
        start,
        end,
        month.calendar,
        _year(year, month.calendar) if year else None,
        month.number,
        day,
        certain=year is not None or _is_certain(text, match, start, end, beside),
    )


def _era_after(text: str, end: int, calendar: Calendar) -> re.Match[str] | None:
    return next((era.match(text, end) for c, era in _eras() if c is calendar), None)


def _year(match: re.Match[str], calendar: Calendar) -> int:
    short = match.groupdict().get("short")
    if short is None:
        return int(match["year"])
    if calendar is Calendar.GREGORIAN:
        return 2000 + int(short)
    return (1300 if int(short) >= 60 else 1400) + int(short)


def _is_certain(text: str, match: re.Match[str], start: int, end: int, beside: str) -> bool:
    """Is a day and month without a year a date, even inside a sentence?"""
    name = match.group()
    ordinal = beside.strip(" ,")
    if ordinal.isascii() and ordinal.isalpha():
        return False  # in December, first of all
    if name.lower() not in EVERYDAY_WORDS:
        return True
    if name in ("May", "March", "Mar") or "مه" in beside or " of" in beside or "ماه" in beside:
        return True
    before, after = text[:start].rstrip(), text[end:].lstrip()
    bracketed = before[-1:] in ("(", "[", "-") and after[:1] in (")", "]", "-")
    alone = not before and not after
    return (
        bracketed
        or alone
        or _patterns().date_word.search(text, max(0, start - 20), start) is not None
    )


def _day(text: str) -> int:
    return int(text) if text.isdecimal() else day_words()[text.lower()]


def _numbers(line: FoldedLine) -> Iterator[Stated]:
    text = line.text
    for match in _patterns().numbers.finditer(text):
        if match["last"] and len(match["last"]) == 2 and not line.raw(*match.span()).isascii():
            continue
        eras = ((c, pattern.match(text, match.end())) for c, pattern in _eras())
        calendar, era = next((pair for pair in eras if pair[1]), (None, None))
        span = (match.start(), era.end() if era else match.end())
        if match["y"]:
            yield Stated(*span, calendar, int(match["y"]), int(match["m"]), int(match["d"]))
        else:
            yield Stated(
                *span,
                calendar,
                int(match["last"]) if len(match["last"]) == 4 else 2000 + int(match["last"]),
                int(match["second"]),
                int(match["first"]),
                either_order=match["first"] != match["second"],
                slashed=match["sep2"] == "/" and line.raw(*span).isascii(),
                certain=len(match["last"]) == 4,
            )


def _with_weekday(text: str, stated: Stated) -> Stated:
    patterns = _patterns()
    window = max(0, stated.start - 30)
    before = patterns.weekday_before.search(text[window : stated.start])
    if before is not None:
        weekday = weekday_names()[before["weekday"].lower()]
        opened = "(" in before.group() and text.startswith(")", stated.end)
        start, end = window + before.start(), stated.end + opened
        return replace(stated, start=start, end=end, weekday=weekday, certain=True)
    after = patterns.weekday_after.match(text, stated.end)
    if after is not None:
        weekday = weekday_names()[after["weekday"].lower()]
        return replace(stated, end=after.end(), weekday=weekday, certain=True)
    return stated


def _with_clock(text: str, stated: Stated) -> Stated:
    patterns = _patterns()
    after = patterns.clock_after.match(text, stated.end)
    if after is not None:
        year = patterns.late_year.match(text, after.end()) if stated.year is None else None
        return replace(
            stated,
            end=year.end() if year else after.end(),
            year=int(year["year"]) if year else stated.year,
            clock=read_clock(after),
        )
    window = max(0, stated.start - 40)
    before = patterns.clock_before.search(text[window : stated.start])
    if before is not None:
        return replace(stated, start=window + before.start(), clock=read_clock(before))
    return stated


def compact_day(text: str) -> Stated | None:
    """`20250806`, `20250806103000` or `20250806T103000Z`, when that is all the text."""
    match = re.fullmatch(r"(20\d\d)(\d\d)(\d\d)(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(Z?))?", text)
    if match is None:
        return None
    clock = None
    if match[4]:
        moment = time(int(match[4]), int(match[5]), int(match[6] or 0))
        clock = Clock(moment, match[6] is not None, UTC if match[7] else None)
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    return Stated(0, len(text), Calendar.GREGORIAN, year, month, day, clock=clock)
