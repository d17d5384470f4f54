"""Whatever is advertised and looked at, in whatever order and by whatever clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.ledger import Advertisement, Kind, Ledger, Outcome, State
from zancrawler.ledger.due import YEAR

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOME = "https://zan.example"
SOURCES = {f"{HOME}/feed": Kind.FEED, f"{HOME}/blog": Kind.LISTING}
POSTS = [f"{HOME}/post/{letter}" for letter in "abcdef"]

# Mostly minutes apart, now and then a leap of years either way.
MOMENTS = st.one_of(
    st.integers(0, 60 * 24 * 90).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from([NOW - 10 * YEAR, NOW + 10 * YEAR, datetime(1970, 1, 2, tzinfo=UTC)]),
)
ADVERTS = st.builds(
    Advertisement,
    url=st.sampled_from(POSTS),
    source=st.sampled_from([*SOURCES, *POSTS]),
    via=st.sampled_from(["feed", "listing", "link"]),
    title=st.none() | st.text(max_size=5).filter(str.isprintable),
    lastmod=st.none() | MOMENTS,
)
PAGES = st.builds(
    Outcome,
    url=st.sampled_from(POSTS),
    at=MOMENTS,
    state=st.sampled_from([state for state in State if state is not State.ADVERTISED]),
    kind=st.just(Kind.ARTICLE),
    reason=st.none() | st.just("http-404"),
    text_digest=st.none() | st.sampled_from(["sha256:a", "sha256:b"]),
    published=st.none() | MOMENTS,
    target=st.none() | st.sampled_from(POSTS),
    wait=st.none() | st.integers(-(10**12), 10**12),
    adverts=st.lists(ADVERTS, max_size=2).map(tuple),
)
READINGS = st.builds(
    lambda url, at, adverts: Outcome(
        url, at, State.CAPTURED, kind=SOURCES[url], adverts=tuple(adverts)
    ),
    st.sampled_from(list(SOURCES)),
    MOMENTS,
    st.lists(ADVERTS, max_size=4),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(PAGES, READINGS), max_size=25))
def test_every_url_is_accounted_for_and_will_be_looked_at_again(
    tmp_path_factory: pytest.TempPathFactory, outcomes: list[Outcome]
) -> None:
    path: Path = tmp_path_factory.mktemp("ledger") / "zan.sqlite"
    met = {outcome.url for outcome in outcomes}
    met |= {advert.url for outcome in outcomes for advert in outcome.adverts}
    with Ledger(path) as ledger:
        for outcome in outcomes:
            ledger.record([outcome])
            entry = ledger.get(outcome.url)
            assert entry is not None
            if entry.state is not State.WITHDRAWN:
                assert entry.last_look == outcome.at
                assert entry.next_due is not None
                assert outcome.at <= entry.next_due <= outcome.at + YEAR
        entries = {entry.url: entry for entry in ledger.entries()}
        assert entries.keys() == met
        coverage = ledger.coverage()
        articles = [entry for entry in entries.values() if entry.kind is Kind.ARTICLE]
        assert coverage.advertised == len(articles)
        assert sum(sum(month.states.values()) for month in coverage.months) == len(articles)
        withdrawn = [e for e in articles if e.state is State.WITHDRAWN and not e.held]
        assert coverage.held + len(list(ledger.missing())) + len(withdrawn) == len(articles)
        # A year after the last word, by a clock that is right, all are due but the withdrawn.
        due = {due.url for due in ledger.due(NOW + 2 * YEAR, 1_000)}
        assert due == {e.url for e in entries.values() if e.state is not State.WITHDRAWN}
