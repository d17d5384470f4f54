"""Two years of an outlet's days, again and again: which alarms come that should, and which not.

The truth is drawn from a seed: weekdays, a day off, holidays that the calendar knows (a day off
where the moon decides) and some that it does not, floods of news, growth, months of little. Into it
are put the events that deserve an alarm, each with its days.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hijridate import Gregorian

from zancrawler.runs.alarms import AlarmCode, alarms
from zancrawler.runs.history import (
    ArticleLook,
    History,
    PageLook,
    PageState,
    Run,
    SourceLook,
)
from zancrawler.runs.summary import RunState

FIRST = date(2024, 1, 1)
DAYS = 730
KABUL = ZoneInfo("Asia/Kabul")
LINGER = 15
"""Days after an event's end in which its alarm may still stand: that is no false one."""


@dataclass(frozen=True)
class Profile:
    name: str
    per_day: float
    spread: float
    """Shape of the gamma that each day's rate is multiplied by: less is wilder."""
    growth: float
    """The rate at the end over that at the beginning."""
    no_author: float
    """The usual share of articles without a byline, in runs of agency reports."""


PROFILES = (
    Profile("one-a-day", 1.0, 20, 1.5, 0.02),
    Profile("six-a-day", 6.0, 8, 1.3, 0.3),
    Profile("thirty-a-day", 30.0, 6, 2.0, 0.1),
    Profile("three-a-week", 0.45, 20, 1.0, 0.05),
)


@dataclass(frozen=True)
class Event:
    code: AlarmCode
    first: int
    last: int
    """Day numbers, both inclusive."""
    what: str


def events(random: Random, per_day: float) -> list[Event]:
    """One of each in its own two months, away from the first quarter, at a random day in them.

    What can only be seen in articles lasts for some articles: no model sees the silence of a week
    in an outlet that publishes once a week.
    """
    kinds = [
        (AlarmCode.SILENCE, max(14, int(12 / per_day)), "outage"),
        (AlarmCode.SILENCE, max(21, int(18 / per_day)), "trickle"),
        (AlarmCode.DRIFT, max(20, int(20 / per_day)), "author"),
        (AlarmCode.DRIFT, max(20, int(20 / per_day)), "date"),
        (AlarmCode.DRIFT, max(20, int(20 / per_day)), "short"),
        (AlarmCode.DRIFT, 20, "unread"),
        (AlarmCode.BLOCKING, 3, "wall"),
        (AlarmCode.UNREACHABLE, 2, "down"),
        (AlarmCode.SOURCE, 6, "feed"),
        (AlarmCode.OVERDUE, 6, "off"),
        (AlarmCode.DIED, 1, "killed"),
    ]
    random.shuffle(kinds)
    start, found = 100, []
    for code, length, what in kinds:
        first = start + random.randrange(12)
        found.append(Event(code, first, first + length - 1, what))
        start += 57
    return found


@dataclass
class World:
    """Draws each day and tells the history as it stands at its end."""

    profile: Profile
    random: Random
    events: list[Event]
    published: Counter[date] = field(default_factory=Counter)
    articles: list[ArticleLook] = field(default_factory=list)
    pages: list[PageLook] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    died: list[datetime] = field(default_factory=list)
    feed_failing: int = 0
    feed_since: datetime | None = None
    waiting: list[date] = field(default_factory=list)
    agency: bool = False

    def histories(self) -> Iterator[tuple[int, datetime, History]]:
        unknown_holidays = set(self.random.sample(range(DAYS), 8))
        floods = {d + n for d in self.random.sample(range(DAYS), 6) for n in range(3)}
        lean = [self.random.gammavariate(30, 1 / 30) for _ in range(DAYS // 7 + 1)]
        for number in range(DAYS):
            day = FIRST + timedelta(number)
            happening = {e.what for e in self.events if e.first <= number <= e.last}
            rate = self.profile.per_day * self.profile.growth ** (number / DAYS) * lean[number // 7]
            rate *= (1.15, 1.1, 1.0, 0.8, 0.03, 0.7, 1.1)[day.weekday()]
            rate *= self.random.gammavariate(self.profile.spread, 1 / self.profile.spread)
            rate *= 3 if number in floods else 1
            rate *= 0.1 if rests(day, self.random) or number in unknown_holidays else 1
            rate *= 0 if "outage" in happening else 0.15 if "trickle" in happening else 1
            self.waiting += [day] * poisson(rate, self.random)
            # Some minutes after 20:00 in Kabul, within half an hour.
            now = datetime.combine(day, time(15, 30), UTC) + timedelta(
                minutes=self.random.randrange(30)
            )
            self._run(day, now, happening)
            yield number, now + timedelta(minutes=20), self._history()

    def _run(self, day: date, now: datetime, happening: set[str]) -> None:
        if "off" in happening:
            return
        if "killed" in happening:
            self.died.append(now)
            return
        if "feed" in happening:
            self.feed_failing += 1
            self.feed_since = self.feed_since or now
        else:
            self.feed_failing, self.feed_since = 0, None
        walled, answered, new = False, True, 0
        if "down" in happening:
            answered = False
        elif "wall" in happening:
            for _ in range(min(len(self.waiting) + 3, 5)):
                self.pages.append(PageLook(now, PageState.BLOCKED, "cloudflare"))
            walled = len(self.waiting) + 3 >= 5
        else:
            new = self._capture(now, happening)
        state = RunState.BLOCKED if walled else RunState.FINISHED
        crawl_id = f"x-{day:%Y%m%d}153000"
        self.runs.append(Run(crawl_id, now, now, state, state, 20, new, answered, walled))

    def _capture(self, now: datetime, happening: set[str]) -> int:
        for _ in range(3):
            self._page(now, unread="unread" in happening)
        new = 0
        for published in self.waiting:
            if self._page(now, unread="unread" in happening):
                self.published[published] += 1
                self.articles.append(self._article(now, happening))
                new += 1
        self.waiting = []
        return new

    def _page(self, now: datetime, *, unread: bool) -> bool:
        """Now and then one is a wall, or gives no article, without that meaning anything."""
        chance = self.random.random()
        if chance < 0.004:
            self.pages.append(PageLook(now, PageState.BLOCKED, "http-403"))
            return False
        if chance < 0.02 or (unread and self.random.random() < 0.95):
            self.pages.append(PageLook(now, PageState.NO_ARTICLE, "no-body-element"))
            return False
        self.pages.append(PageLook(now, PageState.ARTICLE))
        return True

    def _article(self, now: datetime, happening: set[str]) -> ArticleLook:
        rare = self.profile.no_author
        if self.random.random() < 0.3:  # agency reports come three or so in a row
            self.agency = self.random.random() < rare
        lacks = {"author"} if self.agency or "author" in happening else set()
        if self.random.random() < 0.01 or "date" in happening:
            lacks.add("date")
        words = self.random.lognormvariate(math.log(500), 0.7)
        words *= 0.12 if "short" in happening else 1
        return ArticleLook(now, int(words), frozenset(lacks), self.random.random() < 0.1)

    def _history(self) -> History:
        source = SourceLook("https://x/feed", self.feed_failing, self.feed_since, "http-404")
        return History(
            outlet="x",
            timezone=KABUL,
            runs=tuple(self.runs[-30:]),
            died=tuple(self.died[-5:]),
            published=MappingProxyType(self.published),
            articles=tuple(self.articles[-1000:]),
            pages=tuple(self.pages[-1000:]),
            sources=(source, SourceLook("https://x/sitemap.xml")),
        )


def rests(day: date, random: Random) -> bool:
    """Nowruz, Eid al-Fitr, Eid al-Adha and Ashura, each now and then a day later than reckoned."""
    shift = 1 if random.random() < 0.3 else 0
    hijri = Gregorian.fromdate(day - timedelta(shift)).to_hijri()
    feasts = {(10, 1), (10, 2), (10, 3), (12, 9), (12, 10), (12, 11), (12, 12), (1, 10), (3, 12)}
    return (hijri.month, hijri.day) in feasts or (day.month, day.day) in ((3, 20), (3, 21), (3, 22))


def poisson(rate: float, random: Random) -> int:
    """Knuth's method."""
    limit, count, product = math.exp(-rate), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


@dataclass
class Score:
    events: int = 0
    found: int = 0
    delays: list[int] = field(default_factory=list)
    raised: int = 0
    """Alarms, each counted once for as long as it stands (three quiet days end it)."""
    right: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.events if self.events else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.raised if self.raised else 1.0


def score(profile: Profile, seed: int, scores: dict[AlarmCode, Score]) -> None:
    random = Random(f"{profile.name}-{seed}")
    planned = events(random, profile.per_day)
    days: dict[tuple[AlarmCode, str | None], list[int]] = defaultdict(list)
    for number, now, history in World(profile, random, planned).histories():
        for alarm in alarms(history, now):
            days[alarm.code, alarm.detail].append(number)
    for event in planned:
        own = scores[event.code]
        own.events += 1
        hits = [
            n
            for (code, _), numbers in days.items()
            if code is event.code
            for n in numbers
            if event.first <= n <= event.last + 2
        ]
        if hits:
            own.found += 1
            own.delays.append(min(hits) - event.first)
    for (code, detail), numbers in days.items():
        starts = [n for n, before in zip(numbers, [-9, *numbers], strict=False) if n - before > 3]
        for start in starts:
            scores[code].raised += 1
            deserved = any(
                e.first <= start <= e.last + LINGER and _may_raise(e, code, detail) for e in planned
            )
            scores[code].right += deserved
            if not deserved:
                print(f"false: {profile.name} {seed} day {start}: {code} {detail}")  # noqa: T201


def _may_raise(event: Event, code: AlarmCode, detail: str | None) -> bool:
    """Pages that give no article are no news either: silence is then as true as drift."""
    if event.what == "unread":
        return code in (AlarmCode.DRIFT, AlarmCode.SILENCE)
    return event.code is code


def table(scores: dict[AlarmCode, Score]) -> str:
    lines = [f"{'kind':12} {'events':>6} {'recall':>7} {'alarms':>6} {'precision':>9} {'delay':>6}"]
    for code, s in sorted(scores.items()):
        delay = sorted(s.delays)[len(s.delays) // 2] if s.delays else "-"
        lines.append(
            f"{code:12} {s.events:6} {s.recall:7.3f} {s.raised:6} {s.precision:9.3f} {delay:>6}"
        )
    return "\n".join(lines)


# Recall and precision. Measured over eighty outlet-years: 0.85 and 0.91 for silence, 0.93 and 0.93
# for drift, 1 and 1 for the rest. What is missed is in the outlets with few articles; what is false
# is a lean month on top of an unknown holiday, or a long series of agency reports without bylines.
FLOORS = defaultdict(
    lambda: (1.0, 1.0), {AlarmCode.SILENCE: (0.75, 0.85), AlarmCode.DRIFT: (0.85, 0.85)}
)
FALSE_A_YEAR = 0.5
"""False alarms, of all kinds together, in a year of one outlet."""


def measured(seeds: range) -> dict[AlarmCode, Score]:
    scores: dict[AlarmCode, Score] = defaultdict(Score)
    for profile in PROFILES:
        for seed in seeds:
            score(profile, seed, scores)
    print("\n" + table(scores))  # noqa: T201
    return scores


def check(seeds: range) -> None:
    scores = measured(seeds)
    for code, found in scores.items():
        recall, precision = FLOORS[code]
        assert found.recall >= recall, code
        assert found.precision >= precision, code
    years = len(PROFILES) * len(seeds) * DAYS / 365
    assert sum(s.raised - s.right for s in scores.values()) <= FALSE_A_YEAR * years


def test_two_years_of_four_outlets() -> None:
    check(range(1))


@pytest.mark.long
def test_eighty_years_of_outlets() -> None:
    check(range(1, 11))
