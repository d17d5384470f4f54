"""The calendar arithmetic against published facts. Every day: test_dates_calendar_days."""

from __future__ import annotations

from datetime import date

import pytest

from zancrawler.extraction.calendars import Calendar, from_gregorian, to_gregorian

LEAP_YEARS = (1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420)


def test_leap_years_of_the_range() -> None:
    """The years of 1380 to 1420 that have a 30 Hut."""
    for year in range(1380, 1421):
        if year in LEAP_YEARS:
            day = to_gregorian(Calendar.SOLAR_HIJRI, year, 12, 30)
            assert from_gregorian(Calendar.SOLAR_HIJRI, day) == (year, 12, 30)
        else:
            with pytest.raises(ValueError, match="day"):
                to_gregorian(Calendar.SOLAR_HIJRI, year, 12, 30)


@pytest.mark.parametrize(
    ("calendar", "day", "gregorian"),
    [
        (Calendar.SOLAR_HIJRI, (1400, 5, 24), date(2021, 8, 15)),  # Kabul fell
        (Calendar.SOLAR_HIJRI, (1357, 2, 7), date(1978, 4, 27)),  # the Saur coup
        (Calendar.SOLAR_HIJRI, (1298, 5, 28), date(1919, 8, 20)),  # after independence
        (Calendar.SOLAR_HIJRI, (1404, 1, 1), date(2025, 3, 21)),
        (Calendar.SOLAR_HIJRI, (1408, 1, 1), date(2029, 3, 20)),
        (Calendar.HIJRI, (1446, 9, 1), date(2025, 3, 1)),
        (Calendar.HIJRI, (1447, 1, 1), date(2025, 6, 26)),
        (Calendar.GREGORIAN, (2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_known_days(calendar: Calendar, day: tuple[int, int, int], gregorian: date) -> None:
    assert to_gregorian(calendar, *day) == gregorian
    assert from_gregorian(calendar, gregorian) == day


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        (Calendar.SOLAR_HIJRI, (1404, 13, 1)),
        (Calendar.SOLAR_HIJRI, (1404, 7, 31)),
        (Calendar.SOLAR_HIJRI, (1404, 0, 1)),
        (Calendar.SOLAR_HIJRI, (0, 1, 1)),
        (Calendar.HIJRI, (1446, 9, 31)),
        (Calendar.HIJRI, (1200, 1, 1)),
        (Calendar.HIJRI, (1501, 1, 1)),
        (Calendar.GREGORIAN, (2025, 2, 29)),
    ],
)
def test_days_that_are_not(calendar: Calendar, day: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        to_gregorian(calendar, *day)


def test_the_lunar_calendar_ends_where_it_is_published() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_gregorian(Calendar.HIJRI, date(2200, 1, 1))
