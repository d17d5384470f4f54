from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zancrawler.ledger import Advertisement, Kind, Ledger, Outcome, State
from zancrawler.ledger.due import DAY

NOW = datetime(2026, 3, 15, 9, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 10, tzinfo=UTC)
HOME = "https://zan.example"
FEED, SITEMAP, LISTING = f"{HOME}/feed", f"{HOME}/sitemap.xml", f"{HOME}/blog"


def url(name: str) -> str:
    return f"{HOME}/post/{name}"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Ten articles: four held (one of them gone since), one behind a redirect, five not held."""
    ledger = Ledger(tmp_path / "zan.sqlite")
    ledger.record(
        [
            source(FEED, Kind.FEED, "feed", *"abc"),
            source(SITEMAP, Kind.SITEMAP, "sitemap", *"abcdefghi", lastmod=FEBRUARY),
            source(LISTING, Kind.LISTING, "listing", *"aj"),
            Outcome(f"{HOME}/about", NOW, State.CAPTURED),
            look("a", State.CAPTURED, published=NOW),
            look("b", State.CAPTURED, text_digest="t"),
            look("b", State.CAPTURED, text_digest="t"),
            look("c", State.CAPTURED),
            *(look("c", State.GONE, day=day, reason="http-404") for day in range(3)),
            look("d", State.BLOCKED, reason="cloudflare"),
            look("e", State.DISALLOWED),
            look("f", State.FAILED, reason="timeout"),
            look("g", State.REDIRECTED, target=url("h")),
            look("h", State.CAPTURED),
        ]
    )
    return ledger


def source(at: str, kind: Kind, via: str, *names: str, lastmod: datetime | None = None) -> Outcome:
    adverts = tuple(Advertisement(url(n), at, via, title=n.upper(), lastmod=lastmod) for n in names)
    return Outcome(at, NOW, State.CAPTURED, kind=kind, adverts=adverts)


def look(name: str, state: State, day: int = 0, **known: object) -> Outcome:
    return Outcome(url(name), NOW + day * DAY, state, kind=Kind.ARTICLE, **known)  # type: ignore[arg-type]


def test_each_advertised_article_is_in_one_month_and_one_state(ledger: Ledger) -> None:
    coverage = ledger.coverage()
    february, march = coverage.months
    assert (february.month, february.advertised, february.held) == ("2026-02", 8, 4)
    assert february.states == {
        State.UNCHANGED: 1,
        State.GONE: 1,
        State.BLOCKED: 1,
        State.DISALLOWED: 1,
        State.FAILED: 1,
        State.REDIRECTED: 1,
        State.CAPTURED: 1,
        State.ADVERTISED: 1,
    }
    assert (march.month, march.advertised, march.held) == ("2026-03", 2, 1)
    assert march.states == {State.CAPTURED: 1, State.ADVERTISED: 1}
    assert (coverage.advertised, coverage.held) == (10, 5)
    assert all(sum(month.states.values()) == month.advertised for month in coverage.months)


def test_the_others_by_name_with_the_reason(ledger: Ledger) -> None:
    missed = {entry.title: entry.reason for entry in ledger.missing()}
    assert missed == {"D": "cloudflare", "E": None, "F": "timeout", "I": None, "J": None}
    assert [entry.title for entry in ledger.missing("2026-03")] == ["J"]


def test_feed_against_sitemap_against_listing(ledger: Ledger) -> None:
    coverage = ledger.coverage()
    assert [(s.source, s.via, s.advertised, s.held) for s in coverage.sources] == [
        (SITEMAP, "sitemap", 9, 4),
        (FEED, "feed", 3, 3),
        (LISTING, "listing", 2, 1),
    ]
    assert coverage.together == {
        ("feed", "listing", "sitemap"): (1, 1),
        ("feed", "sitemap"): (2, 2),
        ("sitemap",): (6, 1),
        ("listing",): (1, 0),
    }


def test_the_withdrawn_are_counted_and_not_missed(ledger: Ledger) -> None:
    ledger.record([look("d", State.WITHDRAWN)])
    assert ledger.coverage().months[0].states[State.WITHDRAWN] == 1
    assert "D" not in {entry.title for entry in ledger.missing()}


def test_redirects_in_a_circle_end(ledger: Ledger) -> None:
    ledger.record(
        [
            look("i", State.REDIRECTED, target=url("j")),
            look("j", State.REDIRECTED, target=url("i")),
        ]
    )
    assert {"I", "J"} <= {entry.title for entry in ledger.missing()}
    assert ledger.coverage().held == 5


def test_nothing_advertised_is_no_coverage(tmp_path: Path) -> None:
    coverage = Ledger(tmp_path / "empty.sqlite").coverage()
    assert (coverage.months, coverage.sources, coverage.advertised) == ((), (), 0)
