"""Each alarm by itself, at the edges of when it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.runs.alarms import AlarmCode, alarms, disk_low, rose
from zancrawler.runs.history import ArticleLook, History, PageLook, PageState, Run, SourceLook
from zancrawler.runs.silence import is_holiday, silence, tail
from zancrawler.runs.summary import RunState

NOW = datetime(2025, 11, 24, 16, tzinfo=UTC)
KABUL = ZoneInfo("Asia/Kabul")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def run(started: datetime, **changed: object) -> Run:
    state = RunState.FINISHED
    whole = Run(f"x-{started:%Y%m%d%H%M%S}", started, started + HOUR / 6, state, state, 20, 3)
    return replace(whole, **changed)  # type: ignore[arg-type]


def history(**changed: object) -> History:
    """A month of daily runs and of good articles, with nothing wrong in it."""
    runs = tuple(run(NOW - number * DAY) for number in range(30, -1, -1))
    articles = tuple(
        ArticleLook(NOW - number * DAY / 4, 500 + number % 17) for number in range(120, 0, -1)
    )
    pages = tuple(PageLook(look.at, PageState.ARTICLE) for look in articles)
    whole = History("x", KABUL, runs=runs, articles=articles, pages=pages)
    return replace(whole, **changed)  # type: ignore[arg-type]


def codes(told: History, now: datetime = NOW + HOUR) -> list[AlarmCode]:
    found = alarms(told, now)
    for alarm in found:
        assert alarm.outlet == "x"
        assert alarm.since <= now
        assert "\n" not in alarm.message
        assert ";" in alarm.message or ":" in alarm.message  # what is wrong; what to do
    return [alarm.code for alarm in found]


def weekdays(until: date, weeks: int, per_day: int = 2) -> dict[date, int]:
    """As many articles each day, none on Fridays."""
    days = (until - DAY * number for number in range(7 * weeks))
    return {day: per_day for day in days if day.weekday() != 4}


def test_nothing_is_wrong_with_an_ordinary_month_or_with_no_history() -> None:
    assert codes(history()) == []
    assert codes(History("x", KABUL)) == []


# Silence.


def test_silence_of_two_articles_a_day_is_told_after_five_days() -> None:
    last = date(2025, 10, 14)  # a Tuesday
    published = weekdays(last, 12)
    quiet = [n for n in range(1, 15) if silence(published, last + n * DAY)]
    assert quiet[0] == 5  # the fourth working day; the third day is a Friday
    assert quiet == list(range(5, 15))
    found = silence(published, last + 5 * DAY)
    assert found is not None
    assert (found.since, found.found) == (last + DAY, 0)


def test_silence_ends_when_the_outlet_is_back() -> None:
    last = date(2025, 10, 14)
    published = weekdays(last, 12) | {last + n * DAY: 2 for n in range(9, 14)}
    assert silence(published, last + 8 * DAY)
    assert not silence(published, last + 13 * DAY)


def test_fridays_feasts_and_short_histories_are_not_silent() -> None:
    assert not silence(weekdays(date(2025, 10, 16), 12), date(2025, 10, 17))
    # Eid al-Fitr of 2025 was on 30 March, Nowruz ten days before.
    eid = {day: n for day, n in weekdays(date(2025, 4, 20), 16, 8).items() if not is_holiday(day)}
    for number in range(40):
        assert not silence(eid, date(2025, 3, 12) + number * DAY)
    assert not silence(weekdays(date(2025, 10, 14), 3), date(2025, 10, 24))
    assert not silence({}, date(2025, 10, 24))


def test_one_flood_makes_no_habit() -> None:
    last = date(2025, 10, 14)
    published = weekdays(last, 12, 1) | {last - 30 * DAY: 900}
    assert not silence(published, last)
    assert not silence(published, last + 2 * DAY)


def test_silence_is_not_told_of_days_that_no_run_could_see() -> None:
    published = MappingProxyType(weekdays(date(2025, 11, 1), 16))
    runs = tuple(run(datetime(2025, 11, 2, 16, tzinfo=UTC) - n * DAY) for n in range(9, -1, -1))
    assert codes(history(published=published, runs=runs)) == [AlarmCode.OVERDUE]
    assert AlarmCode.SILENCE in codes(history(published=published))
    walled = tuple(replace(r, answered=False) if r.started > NOW - 20 * DAY else r for r in runs)
    assert AlarmCode.SILENCE not in codes(history(published=published, runs=walled))


@given(st.integers(0, 60), st.floats(0.1, 200), st.floats(1, 30))
def test_the_tail_is_a_distribution(count: int, mean: float, dispersion: float) -> None:
    here, next_one = tail(count, mean, dispersion), tail(count + 1, mean, dispersion)
    assert 0 <= here <= next_one <= 1 + 1e-9
    assert tail(int(mean + 60 * (dispersion * mean) ** 0.5 + 200), mean, dispersion) > 0.999


def test_the_tail_against_known_values() -> None:
    assert tail(0, 6.908, 1.0) == pytest.approx(0.001, rel=1e-3)
    assert tail(2, 2.0, 1.0) == pytest.approx(0.6767, rel=1e-3)
    # scipy.stats.nbinom.cdf(3, 5, 0.5): mean 5, variance 10.
    assert tail(3, 5.0, 2.0) == pytest.approx(0.36328, rel=1e-4)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_any_day_is_a_holiday_or_not(day: date) -> None:
    assert is_holiday(day) in (True, False)


# Drift.


@pytest.mark.parametrize("field", ["title", "author", "date"])
def test_an_emptied_field_is_drift_until_it_is_filled_again(field: str) -> None:
    good = history().articles
    empty = [ArticleLook(NOW + n * HOUR, 500, frozenset([field])) for n in range(12)]
    at = [n for n in range(13) if codes(history(articles=(*good, *empty[:n])))]
    assert at == [8, 9, 10, 11, 12]
    mended = [ArticleLook(NOW + DAY, 500) for _ in range(3)]
    assert codes(history(articles=(*good, *empty, *mended))) == []


def test_a_field_that_was_often_empty_may_be_so_again() -> None:
    mixed = tuple(
        replace(look, lacks=frozenset(["author"] if n % 20 < 10 else []))
        for n, look in enumerate(history().articles)
    )
    assert codes(history(articles=mixed)) == []


def test_an_outlet_that_prints_no_time_of_day_warns_of_nothing() -> None:
    row = {"title": "A well", "authors": ["Z."], "date_published": NOW, "fetch_time": NOW}
    look = [
        ArticleLook.of({**row, "word_count": 500, "warnings": warnings})
        for warnings in (["date-day"], None, ["date-day", "end_cut:90"])
    ]
    assert [each.warned for each in look] == [False, False, True]


def test_short_texts_warnings_and_unread_pages_are_drift() -> None:
    good = history()
    short = tuple(ArticleLook(NOW + n * HOUR, 60) for n in range(15))
    warned = tuple(ArticleLook(NOW + n * HOUR, 550, warned=True) for n in range(15))
    unread = tuple(PageLook(NOW + n * HOUR, PageState.NO_ARTICLE, "no-body") for n in range(15))
    for changed, field in (
        (replace(good, articles=(*good.articles, *short)), "length"),
        (replace(good, articles=(*good.articles, *warned)), "warnings"),
        (replace(good, pages=(*good.pages, *unread)), "text"),
    ):
        (alarm,) = alarms(changed, NOW + DAY)
        assert (alarm.code, alarm.detail) == (AlarmCode.DRIFT, field)


@given(st.lists(st.booleans(), max_size=40), st.lists(st.booleans(), max_size=90))
def test_a_share_never_rises_over_itself(marks: list[bool], before: list[bool]) -> None:
    assert not rose(marks, before + marks) or not marks
    if rose(marks, before):
        assert sum(marks) >= 0.4 * len(marks)


# The rest.


def test_a_wall() -> None:
    good = history()
    last = run(NOW + HOUR, state=RunState.BLOCKED, walled=True)
    assert codes(replace(good, runs=(*good.runs, last)), NOW + 2 * HOUR) == [AlarmCode.BLOCKING]
    walls = tuple(PageLook(NOW + n * HOUR / 60, PageState.BLOCKED, "cloudflare") for n in range(4))
    (alarm,) = alarms(replace(good, pages=(*good.pages, *walls)), NOW + HOUR)
    assert alarm.code is AlarmCode.BLOCKING
    assert "cloudflare" in alarm.message
    assert codes(replace(good, pages=(*good.pages, *walls[:2]))) == []
    later = tuple(PageLook(NOW + 2 * DAY, PageState.ARTICLE) for _ in range(3))
    over = replace(good, pages=(*good.pages, *walls, *later), runs=(*good.runs, run(NOW + 2 * DAY)))
    assert codes(over, NOW + 2 * DAY + HOUR) == []


def test_no_answer_at_all() -> None:
    good = history()
    silent = tuple(run(NOW + n * HOUR, answered=False) for n in range(1, 3))
    (alarm,) = alarms(replace(good, runs=(*good.runs, *silent)), NOW + 3 * HOUR)
    assert (alarm.code, alarm.since) == (AlarmCode.UNREACHABLE, NOW + HOUR)


@pytest.mark.parametrize(
    ("failing", "hours", "expected"), [(2, 48, 0), (3, 48, 1), (9, 10, 0), (30, 30, 1)]
)
def test_a_dead_feed(failing: int, hours: int, expected: int) -> None:
    source = SourceLook("https://x/feed", failing, NOW - hours * HOUR, "http-404")
    assert codes(history(sources=(source,)), NOW + HOUR / 2) == [AlarmCode.SOURCE] * expected


@pytest.mark.parametrize(
    ("gap", "after", "expected"),
    [
        (HOUR, 5 * HOUR, 0),
        (HOUR, 7 * HOUR, 1),
        (DAY, 2.9 * DAY, 0),
        (DAY, 3.1 * DAY, 1),
        (7 * DAY, 3.1 * DAY, 1),
    ],
)
def test_no_run_for_too_long(gap: timedelta, after: timedelta, expected: int) -> None:
    runs = tuple(run(NOW - number * gap) for number in range(9, -1, -1))
    now = runs[-1].finished + after
    assert codes(history(runs=runs), now) == [AlarmCode.OVERDUE] * expected
    assert codes(history(runs=runs, running=True), now) == []


def test_runs_that_died() -> None:
    assert codes(history(died=(NOW + HOUR,)), NOW + 2 * HOUR) == [AlarmCode.DIED]
    assert codes(history(died=(NOW - 3 * HOUR,))) == []
    assert codes(history(died=(NOW - 3 * DAY, NOW - 2 * DAY))) == [AlarmCode.DIED]
    assert codes(history(died=(NOW - 30 * DAY, NOW - 29 * DAY))) == []


def test_a_clock_that_is_behind_and_a_full_disk() -> None:
    assert codes(history(), NOW - HOUR / 20) == []
    # What lies ahead is no history: a clock set back by a month tells of the clock alone.
    found = alarms(history(), NOW - 2 * HOUR)
    assert AlarmCode.CLOCK in [alarm.code for alarm in found]
    assert [alarm.code for alarm in disk_low(1_900_000_000, NOW)] == [AlarmCode.DISK]
    assert not list(disk_low(2_000_000_000, NOW))
