"""When a URL is due again, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from zancrawler.ledger.model import Entry, Kind, State

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALMOST_A_DAY = timedelta(hours=20)
"""So that a run at the same hour each day, give or take, finds due what it saw the day before."""
YEAR = timedelta(days=365)

LOOK_RATIO = 0.2
"""An article is due when the time since the last look reaches this share of its age.

So looks are spaced by a quarter of the age at the look before, and by more where nothing ever
changes: an article that stays as it is has some 20 looks in its first year, half of them on its
first day. News is edited early or hardly ever (Cho and Garcia-Molina, "Effective page refresh
policies for web crawlers", TODS 2003, derive the same from a change rate that falls with age).
"""
USUAL_EDITS = 0.1
"""The share of looks at known articles that find a change, in an outlet that edits as most do."""

STRIKE_WAITS = (ALMOST_A_DAY, 7 * DAY - 4 * HOUR, 30 * DAY, YEAR)
"""After the first, second, third and each later day on which it was not there: takedowns are news
here, so what is gone is looked at again once a year."""

FULL_LOOK_EVERY = 10
"""Every so many looks no validator is sent: some servers answer 304 to a page that has changed."""

REQUISITE_TRIES = 3
"""Failures in a row after which a requisite is given up."""
REQUISITE_AGE = 90 * DAY
"""A requisite is looked at again only when a page asks for it that long after the last look."""

SOURCE_PACES = {
    Kind.FEED: (HOUR / 4, HOUR / 12, DAY),
    Kind.API: (HOUR, HOUR / 4, DAY),
    Kind.LISTING: (ALMOST_A_DAY / 4, HOUR / 2, 7 * DAY),
    Kind.SITEMAP: (ALMOST_A_DAY, HOUR, 7 * DAY),
}
"""First, shortest and longest time between looks at a source."""


def next_due(
    entry: Entry, at: datetime, edit_rate: float = USUAL_EDITS, wait: timedelta = timedelta(0)
) -> tuple[datetime | None, str]:
    """When to look again at what was looked at `at`, and why; None: never.

    `entry` knows of that look already. `edit_rate` is the share of looks at the outlet's known
    articles that found a change; `wait` is how long the server asks us to stay away. The time is
    never before `at`, nor more than a year after it.
    """
    after: timedelta | None
    if entry.state is State.WITHDRAWN:
        after, why = None, "withdrawn"
    elif entry.kind is Kind.REQUISITE:
        is_over = not entry.failures or entry.failures >= REQUISITE_TRIES
        after = None if is_over else backoff(entry.failures, ALMOST_A_DAY)
        why = "given up" if entry.failures and is_over else "retry" if entry.failures else "seen"
    elif entry.state is State.BLOCKED:
        after, why = backoff(entry.failures, 6 * HOUR), "blocked"
    elif entry.failures:
        after, why = backoff(entry.failures, HOUR), "retry"
    elif entry.strikes:
        after = STRIKE_WAITS[min(entry.strikes, len(STRIKE_WAITS)) - 1]
        why = "gone" if entry.state is State.GONE else "strike"
    elif entry.state is State.DISALLOWED:
        after, why = 30 * DAY, "disallowed"
    elif entry.kind.scheduled:
        after, why = timedelta(seconds=entry.interval or 0), "source"
    elif entry.kind is not Kind.ARTICLE:
        after, why = None, "seen"
    elif entry.state is State.REDIRECTED:
        # What leads to itself was cut short, or wants a cookie: it may answer another day.
        after, why = ALMOST_A_DAY if entry.target == entry.url else YEAR, "redirected"
    else:
        after, why = revisit_after(entry, at, edit_rate), "revisit"
    if after is None:
        return None, why
    if entry.kind.scheduled:
        after = min(after, 7 * DAY)
    return at + min(max(after, wait), YEAR), why


def revisit_after(entry: Entry, at: datetime, edit_rate: float) -> timedelta:
    """How long a known article is left alone: LOOK_RATIO, at least an hour, at most a year.

    Age counts from the last edit, for edits come in bunches. Where this article, or failing that
    its outlet, changes more than is usual the ratio shrinks to a quarter at most; where they never
    change it doubles at most.
    """
    age = max(at - max(entry.born, entry.last_changed or entry.born), timedelta(0))
    # Ten looks' worth of the outlet's habit, then more and more the article's own.
    rate = (entry.changes + 10 * edit_rate) / (max(entry.looks - 1, 0) + 10)
    ratio = LOOK_RATIO * min(max(USUAL_EDITS / max(rate, 0.001), 0.25), 2)
    return min(max(age * (ratio / (1 - ratio)), HOUR), YEAR)


def backoff(failures: int, first: timedelta) -> timedelta:
    """Doubles with each failure in a row, to a month at most."""
    doublings = min(max(failures - 1, 0), 20)
    return min(first * (1 << doublings), 30 * DAY)


def paced(kind: Kind, interval: int | None, fresh: int) -> int | None:
    """The seconds between looks at a source after one that brought `fresh` unknown URLs.

    Half where it brought some, half as much again where it did not. None for what is no source.
    """
    if not kind.scheduled:
        return None
    first, shortest, longest = (int(pace.total_seconds()) for pace in SOURCE_PACES[kind])
    if interval is None:
        return first
    return min(max(interval // 2 if fresh else interval * 3 // 2, shortest), longest)


def is_full_look(looks: int) -> bool:
    """Whether what was looked at so often is asked for without a validator the next time."""
    return looks % FULL_LOOK_EVERY == FULL_LOOK_EVERY - 1


def modified_since(entry: Entry) -> bool:
    """Whether a source says that the page was changed since the last look.

    A lastmod at midnight is a date, and means some time in that day. One that was known at the
    last look says nothing new.
    """
    if entry.lastmod is None or entry.last_look is None:
        return False
    is_date = entry.lastmod.timestamp() % DAY.total_seconds() == 0
    until = entry.lastmod + DAY if is_date else entry.lastmod
    known = entry.looked_lastmod
    return until > entry.last_look and (known is None or entry.lastmod > known)
