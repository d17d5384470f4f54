"""Every day of 1380 to 1420, in every spelling and digit set, there and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.extraction.calendars import Calendar, from_gregorian, to_gregorian
from zancrawler.extraction.dates import Precision, find_dates, parse_date, read_date
from zancrawler.extraction.dates_folding import fold_line
from zancrawler.extraction.dates_grammar import _patterns
from zancrawler.extraction.dates_words import day_words
from zancrawler.extraction.digits import ARABIC, PERSIAN
from zancrawler.extraction.months import GREGORIAN, HIJRI, SOLAR_HIJRI

CAPTURED = datetime(2060, 1, 1, tzinfo=UTC)
FIRST = date(2001, 3, 21)
DAYS = [FIRST + timedelta(days=n) for n in range(14_975)]
DIGITS = {"ascii": "0123456789", "persian": PERSIAN, "arabic": ARABIC}
NAMES = {
    Calendar.SOLAR_HIJRI: SOLAR_HIJRI,
    Calendar.HIJRI: HIJRI,
    Calendar.GREGORIAN: GREGORIAN,
}


def in_digits(number: int | str, digits: str) -> str:
    return str(number).translate(str.maketrans("0123456789", digits))


def day_of(text: str, calendar: Calendar) -> date | None:
    reading = parse_date(text, captured_at=CAPTURED)
    if reading is None:
        return None
    assert reading.calendar is calendar, text
    assert reading.raw == text
    assert reading.precision is Precision.DAY
    assert reading.moment.timetz() == time(tzinfo=UTC)
    return reading.moment.date()


def test_the_range_is_1380_to_1420() -> None:
    assert from_gregorian(Calendar.SOLAR_HIJRI, DAYS[0]) == (1380, 1, 1)
    assert from_gregorian(Calendar.SOLAR_HIJRI, DAYS[-1]) == (1420, 12, 30)


def test_every_day_agrees_with_another_library() -> None:
    for day in DAYS:
        other = jdatetime.date.fromgregorian(date=day)
        assert from_gregorian(Calendar.SOLAR_HIJRI, day) == (other.year, other.month, other.day)


@pytest.mark.parametrize("calendar", Calendar)
def test_every_day_there_and_back(calendar: Calendar) -> None:
    for day in DAYS:
        assert to_gregorian(calendar, *from_gregorian(calendar, day)) == day


@pytest.mark.parametrize("digits", DIGITS)
def test_every_day_is_read_from_numbers_and_from_dari_words(digits: str) -> None:
    dari = [names.split("|")[0] for names in SOLAR_HIJRI]
    for day in DAYS:
        year, month, number = (
            in_digits(n, DIGITS[digits]) for n in from_gregorian(Calendar.SOLAR_HIJRI, day)
        )
        name = dari[from_gregorian(Calendar.SOLAR_HIJRI, day)[1] - 1]
        assert day_of(f"{year}/{month}/{number}", Calendar.SOLAR_HIJRI) == day
        assert day_of(f"{number} {name} {year}", Calendar.SOLAR_HIJRI) == day


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize(
    ("calendar", "month", "name"),
    [
        (calendar, month, name)
        for calendar, months in NAMES.items()
        for month, names in enumerate(months, start=1)
        for name in names.split("|")
    ],
)
def test_every_spelling_in_every_order(
    calendar: Calendar, month: int, name: str, digits: str
) -> None:
    """All days of one month of each spelling; the year differs by spelling, to vary weekdays."""
    year = {Calendar.SOLAR_HIJRI: 1404, Calendar.HIJRI: 1446, Calendar.GREGORIAN: 2025}[calendar]
    written = in_digits(year, DIGITS[digits])
    for number in range(1, 29):
        day = to_gregorian(calendar, year, month, number)
        n = in_digits(number, DIGITS[digits])
        assert day_of(f"{n} {name} {written}", calendar) == day
        assert day_of(f"{name} {n}, {written}", calendar) == day
        assert day_of(f"{n}-{name}-{written}", calendar) == day
        assert day_of(f"{written} کال د {name} په {n}مه", calendar) == day
        assert day_of(f"{n} {name} سال {written}", calendar) == day


@pytest.mark.parametrize("word", day_words())
def test_every_day_in_words(word: str) -> None:
    day = to_gregorian(Calendar.SOLAR_HIJRI, 1404, 4, day_words()[word])
    assert day_of(f"{word} سرطان ۱۴۰۴", Calendar.SOLAR_HIJRI) == day


@given(
    day=st.sampled_from(DAYS),
    digits=st.lists(st.sampled_from(list(DIGITS.values())), min_size=3, max_size=3),
    mark=st.sampled_from(["", "\u200e", "\u200f", "\u202b", "\u2067"]),
    comma=st.sampled_from([" ", "، ", ", ", "\u00a0", "\u200c ", " - "]),
    name=st.sampled_from([1, 2, 3]),
)
def test_mixed_digits_marks_and_separators(
    day: date, digits: list[str], mark: str, comma: str, name: int
) -> None:
    year, month, number = from_gregorian(Calendar.SOLAR_HIJRI, day)
    spelling = SOLAR_HIJRI[month - 1].split("|")[name - 1]
    text = (
        f"{mark}{in_digits(number, digits[0])} {spelling}{comma}{mark}{in_digits(year, digits[1])}"
    )
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is not None
    assert reading.moment.date() == day
    assert not reading.year_inferred


@given(day=st.sampled_from(DAYS), calendar=st.sampled_from(list(Calendar)))
def test_a_year_that_is_left_out_is_the_last_one(day: date, calendar: Calendar) -> None:
    """Captured within the year after it was printed, the day is found without its year."""
    _, month, number = from_gregorian(calendar, day)
    captured = datetime.combine(day, time(12), UTC) + timedelta(days=200)
    name = NAMES[calendar][month - 1].split("|")[0]
    reading = parse_date(f"{number} {name}", captured_at=captured)
    assert reading is not None
    assert reading.moment.date() == day
    assert reading.year_inferred


@given(st.text(max_size=60))
def test_anything_at_all_is_read_or_not_but_never_breaks(text: str) -> None:
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is None or reading.raw in text
    assert all(found.raw in text for found in find_dates(text, captured_at=CAPTURED))


FRAGMENTS = [
    *("اسد", "مه", "سال", "1404", "۱۵", "2025", "May", "/", "-", ":", " ", "24", "pm", "(", ")"),
    *("T", "+04:30", "شنبه", "Monday", "ago", "days", "روز", "پیش", "\u200c", "\u200f", "قمری"),
    *("ساعت ", "کابل ", "د ", "په ", "میاشت ", "a ", "of "),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
def test_pieces_of_dates_in_any_order_never_break(text: str) -> None:
    reading = parse_date(text, captured_at=CAPTURED)
    assert reading is None or reading.moment <= CAPTURED + timedelta(days=2)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_repetition_takes_long(fragment: str) -> None:
    """The patterns hold no loop in a loop: the longest line is read in a fraction of a second."""
    for text in (f"15 اسد {fragment * 2_000}", f"{fragment * 180} 15 اسد", f"اسد {fragment}" * 400):
        start = process_time()
        read_date(text, captured_at=CAPTURED)
        find_dates(text, captured_at=CAPTURED)
        assert process_time() - start < 0.5


def test_patterns_are_spelled_in_folded_letters() -> None:
    """A pattern with a گ or an Arabic ye could never match."""
    patterns = _patterns()
    for name in patterns.__slots__:
        source = getattr(getattr(patterns, name), "pattern", "")
        letters = "".join(c for c in source if c.isalpha())
        assert fold_line(letters).text == letters, name
