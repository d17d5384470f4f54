"""Dates as the newsroom's pages print them: Solar Hijri for Dari and Pashto, else Gregorian."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

KABUL = ZoneInfo("Asia/Kabul")

NEW_YEARS = {
    1402: date(2023, 3, 21),
    1403: date(2024, 3, 20),
    1404: date(2025, 3, 21),
    1405: date(2026, 3, 21),
}
"""1 Hamal of the years in which the newsroom publishes."""

DARI_MONTHS = (
    *("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله"),
    *("میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"),
)
PASHTO_MONTHS = (
    *("وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی"),
    *("تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"),
)
# Monday first, as date.weekday() counts.
DARI_WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یک‌شنبه")
PASHTO_WEEKDAYS = ("دوشنبه", "سېشنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def solar_hijri(day: date) -> tuple[int, int, int]:
    """Year, month and day in the Solar Hijri calendar: six months of 31 days, then of 30."""
    year = max(year for year, first in NEW_YEARS.items() if first <= day)
    past = (day - NEW_YEARS[year]).days
    if past < 186:
        return year, past // 31 + 1, past % 31 + 1
    return year, (past - 186) // 30 + 7, (past - 186) % 30 + 1


def persian_digits(value: object) -> str:
    return str(value).translate(PERSIAN_DIGITS)


def full_date(moment: datetime, language: str, zone: tzinfo = KABUL) -> str:
    """The day in that zone: `چهارشنبه، ۱۵ اسد ۱۴۰۴`, or `August 6, 2025`."""
    day = moment.astimezone(zone).date()
    if language == "en":
        return f"{day:%B} {day.day}, {day.year}"
    year, month, number = solar_hijri(day)
    weekdays, months = (
        (PASHTO_WEEKDAYS, PASHTO_MONTHS) if language == "ps" else (DARI_WEEKDAYS, DARI_MONTHS)
    )
    return (
        f"{weekdays[day.weekday()]}، {persian_digits(number)} {months[month - 1]} "
        f"{persian_digits(year)}"
    )


def short_month_date(moment: datetime, *, with_year: bool) -> str:
    """`Mar 13`, or `Mar 13, 2025`."""
    day = moment.astimezone(KABUL).date()
    return f"{day:%b} {day.day}" + (f", {day.year}" if with_year else "")


def iso_utc(moment: datetime) -> str:
    """`2025-08-06T05:40:11.178Z`: Wix's form, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
