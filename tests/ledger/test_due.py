from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.ledger import Entry, Kind, State
from zancrawler.ledger.due import (
    ALMOST_A_DAY,
    DAY,
    HOUR,
    SOURCE_PACES,
    USUAL_EDITS,
    YEAR,
    backoff,
    modified_since,
    next_due,
    paced,
    revisit_after,
)

BORN = datetime(2026, 3, 1, 9, tzinfo=UTC)
ARTICLE = Entry(
    url="https://zan.example/post/a",
    kind=Kind.ARTICLE,
    state=State.CAPTURED,
    first_advertised=BORN,
    first_captured=BORN,
    last_look=BORN,
    looks=1,
)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


def looks(edit_rate: float = USUAL_EDITS, days: int = 365) -> list[timedelta]:
    """The ages at which an article that never changes is looked at."""
    ages, at, entry = [timedelta(0)], BORN, ARTICLE
    while True:
        due, why = next_due(entry, at, edit_rate)
        assert due is not None
        assert why == "revisit"
        if due - BORN > timedelta(days=days):
            return ages
        at = due
        entry = replace(entry, state=State.UNCHANGED, last_look=at, looks=entry.looks + 1)
        ages.append(at - BORN)


def test_a_young_article_is_looked_at_often_an_old_one_rarely() -> None:
    ages = looks()
    assert ages[:4] == [n * HOUR for n in range(4)]
    gaps = [later - earlier for earlier, later in pairwise(ages)]
    assert gaps == sorted(gaps)
    assert 20 <= len(ages) <= 45


def test_the_look_comes_when_its_gap_is_a_fifth_of_the_age() -> None:
    at = BORN + 40 * DAY
    due, _ = next_due(ARTICLE, at)
    assert due is not None
    assert (due - at) / (due - BORN) == pytest.approx(0.2)


def test_an_outlet_that_edits_much_is_looked_at_more() -> None:
    assert len(looks(edit_rate=0.5)) > 1.5 * len(looks()) > 1.5 * len(looks(edit_rate=0.0))


def test_an_edited_article_is_young_again() -> None:
    at = BORN + 100 * DAY
    edited = replace(ARTICLE, last_changed=at, changes=1, looks=20)
    assert next_due(edited, at)[0] == at + HOUR


@pytest.mark.parametrize(
    ("strikes", "state", "after"),
    [
        (1, State.FAILED, timedelta(hours=20)),
        (2, State.FAILED, timedelta(days=6, hours=20)),
        (3, State.GONE, 30 * DAY),
        (4, State.GONE, YEAR),
        (9, State.GONE, YEAR),
    ],
)
def test_what_is_not_there_is_asked_for_ever_more_rarely(
    strikes: int, state: State, after: timedelta
) -> None:
    entry = replace(ARTICLE, state=state, strikes=strikes)
    assert next_due(entry, BORN)[0] == BORN + after


def test_failures_back_off_to_a_month() -> None:
    waits = [backoff(failures, HOUR) for failures in range(1, 60)]
    assert waits[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert waits[-1] == 30 * DAY
    failed = replace(ARTICLE, state=State.FAILED, failures=2)
    assert next_due(failed, BORN) == (BORN + 2 * HOUR, "retry")
    assert next_due(replace(failed, state=State.BLOCKED), BORN) == (BORN + 12 * HOUR, "blocked")
    # A server error between two 404s says nothing about the article.
    assert next_due(replace(failed, strikes=2), BORN) == (BORN + 2 * HOUR, "retry")


def test_retry_after_is_honoured() -> None:
    busy = replace(ARTICLE, state=State.FAILED, failures=1)
    assert next_due(busy, BORN, wait=3 * HOUR)[0] == BORN + 3 * HOUR
    assert next_due(busy, BORN, wait=timedelta(seconds=5))[0] == BORN + HOUR


@pytest.mark.parametrize("kind", [Kind.NEXT_PAGE, Kind.OTHER])
def test_what_is_looked_at_once_is_tried_until_it_answers(kind: Kind) -> None:
    page = replace(ARTICLE, kind=kind)
    assert next_due(page, BORN) == (None, "seen")
    assert next_due(replace(page, state=State.FAILED, failures=1), BORN)[0] == BORN + HOUR


def test_what_leads_to_itself_is_asked_for_the_next_day() -> None:
    moved = replace(ARTICLE, state=State.REDIRECTED, target="https://zan.example/post/b")
    assert next_due(moved, BORN) == (BORN + YEAR, "redirected")
    assert next_due(replace(moved, target=moved.url), BORN) == (BORN + ALMOST_A_DAY, "redirected")


def test_the_withdrawn_are_never_due() -> None:
    withdrawn = replace(ARTICLE, state=State.WITHDRAWN, strikes=1, failures=3)
    assert next_due(withdrawn, BORN) == (None, "withdrawn")


@pytest.mark.parametrize("kind", list(SOURCE_PACES))
def test_a_source_finds_its_pace(kind: Kind) -> None:
    first, shortest, longest = (pace.total_seconds() for pace in SOURCE_PACES[kind])
    interval = paced(kind, None, fresh=1)
    assert interval == first
    for _ in range(30):
        interval = paced(kind, interval, fresh=0)
    assert interval == longest
    assert paced(kind, interval, fresh=3) == longest // 2
    for _ in range(30):
        interval = paced(kind, interval, fresh=1)
    assert interval == shortest
    assert paced(Kind.ARTICLE, interval, fresh=1) is None


def test_a_dead_feed_is_still_asked_for_each_week() -> None:
    dead = replace(ARTICLE, kind=Kind.FEED, state=State.GONE, strikes=9)
    assert next_due(dead, BORN)[0] == BORN + 7 * DAY
    blocked = replace(dead, state=State.BLOCKED, failures=30)
    assert next_due(blocked, BORN)[0] == BORN + 7 * DAY


@pytest.mark.parametrize(
    ("lastmod", "looked", "known", "modified"),
    [
        (BORN, BORN - HOUR, None, True),
        (BORN, BORN + HOUR, None, False),
        # The server's clock is ahead of ours: known already, so nothing new.
        (BORN, BORN - HOUR, BORN, False),
        # A date means some time in that day.
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC), BORN, True),
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, 1, tzinfo=UTC), BORN, False),
        (None, BORN, None, False),
        (BORN, None, None, False),
    ],
)
def test_modified_since(
    lastmod: datetime | None, looked: datetime | None, known: datetime | None, modified: bool
) -> None:
    entry = replace(ARTICLE, lastmod=lastmod, last_look=looked, looked_lastmod=known)
    assert modified_since(entry) is modified


@given(
    st.builds(
        Entry,
        url=st.just("https://zan.example/x"),
        kind=st.sampled_from(Kind),
        state=st.sampled_from(State),
        first_advertised=MOMENTS,
        published=st.none() | MOMENTS,
        first_lastmod=st.none() | MOMENTS,
        last_changed=st.none() | MOMENTS,
        looks=st.integers(0, 10**6),
        changes=st.integers(0, 10**6),
        failures=st.integers(0, 10**6),
        strikes=st.integers(0, 10**6),
        interval=st.none() | st.integers(0, 10**9),
    ),
    MOMENTS,
    st.floats(0, 1),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_whatever_the_clock_says_the_next_look_is_between_now_and_a_year(
    entry: Entry, at: datetime, edit_rate: float, wait: timedelta
) -> None:
    due, why = next_due(entry, at, edit_rate, wait)
    assert why
    assert due is None or at <= due <= at + YEAR
    assert HOUR <= revisit_after(entry, at, edit_rate) <= YEAR
