"""Silence: whether an outlet publishes less than its own habit allows.

The model in one paragraph. An outlet's usual number of articles on, say, a Tuesday is the mean of
its last ten Tuesdays, the best of them counted as no better than the second best. The last k
whole days, for k from 3 to 60, ought then to have brought the sum of their weekdays' usual numbers.
How far such a sum may stray follows from how far the outlet strayed before: counts are taken as
negative binomial, with the larger of its daily and its weekly variance over mean, and as Poisson
where it strays less than that. Where so few articles had a chance below one in a thousand and were
no more than a third of the usual, in those days and in the last week as well, the outlet is silent.
Public holidays count for nothing, neither as habit nor as silence, and a Friday on which nothing
ever appears says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import fmean

from hijridate import Gregorian

WEEKS = 10
"""Of habit before a window."""
LEAST_WEEKS = 4
"""With a shorter history nothing is said."""
WINDOWS = (3, 4, 5, 6, 7, 8, 10, 12, 14, 21, 28, 42, 60)
"""Whole days. Fewer may be a holiday that no calendar knows; the longest find the silence of an
outlet with one article a week."""
SINGLE = 1e-3
"""The chance below which a window is silent."""
SHARE = 1 / 3
"""A dip to more than this is none of an operator's business, however unlikely."""
_ALMOST_POISSON = 1.01
"""Nearer to 1, the negative binomial's terms lose all their digits."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    since: date
    """The first quiet day."""
    until: date
    """The last whole day that is known."""
    found: int
    expected: float


def silence(published: Mapping[date, int], until: date) -> Silence | None:
    """The most telling quiet window that ends with the day `until`, if any is silent.

    `published` counts articles by day; a day that it does not name had none.
    """
    if not published:
        return None
    first = min(published)
    found: list[tuple[float, Silence]] = []
    for length in WINDOWS:
        begin = until - (length - 1) * _DAY
        habit = _Habit.before(published, begin, first)
        if habit is None:
            continue
        days = [day for day in _days(begin, length) if not is_holiday(day)]
        expected = sum(habit.usual[day.weekday()] for day in days)
        count = sum(published.get(day, 0) for day in days)
        if expected == 0 or count > SHARE * expected or _is_back(published, habit, until):
            continue
        chance = tail(count, expected, habit.dispersion())
        if chance < SINGLE:
            since = next(day for day in days if habit.usual[day.weekday()])
            found.append((chance, Silence(since, until, count, expected)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _is_back(published: Mapping[date, int], habit: _Habit, until: date) -> bool:
    """Whether the last week was no silent one: what is over is no alarm."""
    week = [day for day in _days(until - 6 * _DAY, 7) if not is_holiday(day)]
    expected = sum(habit.usual[day.weekday()] for day in week)
    return sum(published.get(day, 0) for day in week) > SHARE * expected


@dataclass(frozen=True, slots=True)
class _Habit:
    counts: tuple[tuple[date, int], ...]
    """Articles by day, holidays left out."""
    usual: tuple[float, ...]
    """Articles by weekday, Monday first."""

    @classmethod
    def before(cls, published: Mapping[date, int], begin: date, first: date) -> _Habit | None:
        """The habit in the weeks before `begin`; None where they are too few."""
        start = max(begin - WEEKS * 7 * _DAY, first)
        length = (begin - start).days
        if length < LEAST_WEEKS * 7:
            return None
        counts = [(d, published.get(d, 0)) for d in _days(start, length) if not is_holiday(d)]
        by_weekday: list[list[int]] = [[] for _ in range(7)]
        for day, count in counts:
            by_weekday[day.weekday()].append(count)
        return cls(tuple(counts), tuple(map(_usual, by_weekday)))

    def dispersion(self) -> float:
        """Variance over mean, of days or of weeks, whichever is more; at least 1."""
        pairs = [(count, self.usual[day.weekday()]) for day, count in self.counts]
        daily = sum((count - usual) ** 2 for count, usual in pairs) / sum(u for _, u in pairs)
        numbers = [count for _, count in self.counts]
        weekly = [sum(numbers[start : start + 7]) for start in range(0, len(numbers) - 6, 7)]
        # From week to week, so that growth is no straying (von Neumann's estimate of variance).
        steps = [(later - earlier) ** 2 / 2 for earlier, later in pairwise(weekly)]
        return max(1.0, daily, fmean(steps) / fmean(weekly) if any(weekly) else 1.0)


def _days(begin: date, length: int) -> list[date]:
    return [begin + number * _DAY for number in range(length)]


def _usual(counts: Sequence[int]) -> float:
    """The mean. One day may be a flood that says nothing: a whole archive put on line at once."""
    if len(counts) < 2:
        return 0.0
    *others, second, _ = sorted(counts)
    return fmean([*others, second, second])


def tail(count: int, mean: float, dispersion: float) -> float:
    """The chance of `count` or fewer, of a negative binomial; of a Poisson where that is near."""
    if dispersion < _ALMOST_POISSON:
        terms = (n * math.log(mean) - mean - math.lgamma(n + 1) for n in range(count + 1))
    else:
        size, stay = mean / (dispersion - 1), math.log(1 - 1 / dispersion)
        nothing = -size * math.log(dispersion) - math.lgamma(size)
        terms = (
            math.lgamma(n + size) - math.lgamma(n + 1) + nothing + n * stay
            for n in range(count + 1)
        )
    return math.fsum(map(math.exp, terms))


@lru_cache(4096)
def is_holiday(day: date) -> bool:
    """Whether Afghan newsrooms, at home or abroad, may rest: each feast with a day on either side.

    The moon decides when a Muslim feast begins; Umm al-Qura's reckoning may be a day off.
    """
    if (3, 19) <= (day.month, day.day) <= (3, 24) or (day.month, day.day) in _WINTER:
        return True
    try:
        hijri = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        # Reckoned for 1924 to 2077: a clock so wrong has an alarm of its own.
        return False
    return any(
        month == hijri.month and first <= hijri.day <= last for month, first, last in _FEASTS
    )


_FEASTS = (
    (1, 9, 11),  # Ashura
    (3, 11, 13),  # Mawlid
    (9, 29, 30),  # the end of Ramadan
    (10, 1, 4),  # Eid al-Fitr
    (12, 8, 13),  # Arafa and Eid al-Adha
)
_WINTER = ((12, 24), (12, 25), (12, 26), (12, 31), (1, 1))
