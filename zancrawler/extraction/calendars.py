"""The three calendars of Afghan pages, there and back to the Gregorian day.

The arithmetic is persiantools' (Solar Hijri) and hijridate's (Hijri-Qamari, Umm al-Qura).

Afghan and Iranian Solar Hijri years have the same months but different names. Whether they also
share their leap years is nowhere laid down: both begin on the day whose noon follows the vernal
equinox, and noon comes an hour earlier in Kabul than in Tehran. Reckoned for Kabul, the years
1380 to 1420 would differ in 1408 only (first day 21 March 2029 instead of 20 March). No Afghan
calendar that does so is known, so Tehran's rule holds for both.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from hijridate import Gregorian, Hijri
from persiantools.jdatetime import JalaliDate


class Calendar(StrEnum):
    GREGORIAN = "gregorian"
    SOLAR_HIJRI = "solar-hijri"
    HIJRI = "hijri"
    """Hijri-Qamari, the lunar calendar of official and religious pages.

    Months begin with a sighting, so a printed day may be one off the reckoned one.
    """


def to_gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    """The Gregorian day. ValueError when there is no such day, or (Hijri-Qamari) when its year is
    outside 1343 to 1500, for which Umm al-Qura is published."""
    if calendar is Calendar.SOLAR_HIJRI:
        return JalaliDate(year, month, day).to_gregorian()
    if calendar is Calendar.HIJRI:
        try:
            lunar = Hijri(year, month, day).to_gregorian()
        except OverflowError as error:
            raise ValueError(str(error)) from error
        return date(lunar.year, lunar.month, lunar.day)
    return date(year, month, day)


def from_gregorian(calendar: Calendar, day: date) -> tuple[int, int, int]:
    """(year, month, day) of a Gregorian day. ValueError outside the calendar's range."""
    if calendar is Calendar.SOLAR_HIJRI:
        jalali = JalaliDate(day)
        return jalali.year, jalali.month, jalali.day
    if calendar is Calendar.HIJRI:
        try:
            lunar = Gregorian.fromdate(day).to_hijri()
        except OverflowError as error:
            raise ValueError(str(error)) from error
        return lunar.year, lunar.month, lunar.day
    return day.year, day.month, day.day
