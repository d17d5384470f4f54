"""The clock time beside a date, with its zone: `10:30 pm EST`, «۸:۳۰ شب», `T10:00:00+04:30`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_ZONES = "z 0, utc 0, gmt 0, aft 4.5, irst 3.5, pkt 5, bst 1, cet 1, cest 2, est -5, edt -4, et -5"
_ZONES += ", cst -6, cdt -5, mst -7, mdt -6, pst -8, pdt -7"
_ZONE_HOURS = {name: float(hours) for name, hours in (zone.split() for zone in _ZONES.split(", "))}

_ZONE = (
    r"(?P<zone>(?:UTC|GMT)\s?[+-]\d\d?(?::?\d\d)?(?!\d)|[+-]\d\d(?::?\d\d)?(?!\d)"
    rf"|(?:{'|'.join(_ZONE_HOURS)})(?!\w)"
    r"|(?:[+-]\d\d?\s)?(?:به وقت )?کرینویچ|به وقت (?:کابل|افغانستان)|د (?:کابل|افغانستان) په وخت"
    r"|(?:kabul|afghanistan) time)"
)
_HALVES = (
    r"(?:(?:ق\s?\.?\s?ظ|ب\s?\.?\s?ظ|غ\.?\s?[مو]"
    r"|(?:قبل|پیش|بعد|پس)\s?از\s?(?:ظهر|چاشت)|ظهر|چاشت|صبح|بامداد|عصر|شام|(?:نیمه\s?)?شب"
    r"|(?:له\s)?غرمی\s(?:وروسته|مخکی|وړاندی)"
    r"|(?:د\s)?(?:سهار|غرمی|ماسپښین|مازدیکر|ماښام|شپی))(?!\w))"
)
_HALF = rf"(?P<half>[ap]\.?\s?m\b\.?|{_HALVES})"
_OF = re.compile(r"^(?:د|له)\s*")
_AFTERNOON = re.compile("p|ب(?!امداد)|پس|عصر|شام|غ.*و|ماسپښین|مازدیکر|ماښام")
_NOON = re.compile("(?:ظهر|چاشت|غرمی)$")
"""From eleven to four."""
_NIGHT = re.compile("شب|نیمه|شپی")
"""From five to eleven before midnight, else after it."""

_OCLOCK = r"(?:\s?بج[هیو](?!\w))?"
CLOCK = (
    rf"(?:(?P<half_before>{_HALVES})\s)?"
    r"(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    rf"{_OCLOCK}(?:\s?{_HALF})?|\s?(?P<half_only>[ap]\.?m\b\.?))(?!\d)(?:\s?\(?{_ZONE}\)?)?{_OCLOCK}"
)
"""A pattern for folded text, case ignored; `read_clock` reads its match."""

_WIDEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as a line states it."""

    time: time
    has_seconds: bool
    zone: tzinfo | None
    """None: the text names no zone."""


def read_clock(match: re.Match[str]) -> Clock:
    """The clock that a match of `CLOCK` states; halves of the day are in any of its languages."""
    hour = int(match["hour"])
    half = (match["half"] or match["half_only"] or match["half_before"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if _is_late(_OF.sub("", half), hour) else 0)
    clock = time(hour, int(match["minute"] or 0), int(match["second"] or 0))
    return Clock(clock, match["second"] is not None, _zone(match["zone"]))


def _is_late(half: str, hour: int) -> bool:
    """Whether an hour of one to twelve is one after noon."""
    if _NIGHT.match(half):
        return 4 < hour < 12
    if _NOON.match(half):
        return hour == 12 or hour <= 4
    return _AFTERNOON.match(half) is not None


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if "کابل" in name or "افغانستان" in name or name.lower().endswith("time"):
        return ZoneInfo("Asia/Kabul")
    offset = re.search(r"([+-])(\d\d?)(?::?(\d\d))?(?!\d)", name)
    if offset is None and name.endswith("کرینویچ"):
        return UTC
    if offset is None:
        return timezone(timedelta(hours=_ZONE_HOURS[name.lower()]))
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if ahead > _WIDEST_ZONE:
        return None
    return timezone(-ahead if offset[1] == "-" else ahead)
