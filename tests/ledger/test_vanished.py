"""What an outlet ceases to show is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from ledger_outcomes import HOME, NOW, POST, advert, entry, feed, look, urls_due

from zancrawler.ledger import SAME_PAYLOAD, Kind, Ledger, Outcome, State
from zancrawler.ledger.due import DAY, HOUR


def test_what_vanished_and_is_shown_again_is_due(ledger: Ledger) -> None:
    ledger.record([feed(NOW, POST), look(NOW)])
    missing = [NOW + n * DAY for n in (2, 3, 10)]
    ledger.record([look(day, State.GONE) for day in missing])
    assert entry(ledger).state is State.GONE
    shown = missing[-1] + 5 * DAY
    assert POST not in urls_due(ledger, shown)
    ledger.record([feed(shown, POST)])
    assert POST in urls_due(ledger, shown)
    assert entry(ledger).why == "back"


def test_what_is_gone_and_never_ceased_to_be_advertised_is_left_alone(ledger: Ledger) -> None:
    ledger.record([look(NOW)])
    for day in range(40):
        at = NOW + day * DAY
        ledger.record([feed(at, POST)])
        if POST in urls_due(ledger, at + HOUR):
            ledger.record([look(at + HOUR, State.GONE)])
    assert entry(ledger).looks == 5, "the first, three strikes, and one after a month"


SITEMAP = f"{HOME}/sitemap.xml"
POSTS = tuple(f"{HOME}/post/{n}" for n in range(30))


def sitemap(at: datetime, *urls: str, url: str = SITEMAP) -> Outcome:
    adverts = tuple(advert(u, url, "sitemap") for u in urls)
    return Outcome(url, at, State.CAPTURED, kind=Kind.SITEMAP, adverts=adverts)


def known_for_long(ledger: Ledger) -> datetime:
    """Thirty articles, old enough that no look at them is due for weeks; returns the day after."""
    born = NOW - 400 * DAY
    ledger.record([sitemap(NOW, *POSTS)])
    ledger.record([look(NOW, url=post, published=born) for post in POSTS])
    return NOW + DAY


def test_what_a_sitemap_ceases_to_show_is_looked_at(ledger: Ledger) -> None:
    at = known_for_long(ledger)
    ledger.record([sitemap(at, *POSTS[1:])])
    assert not set(POSTS) & set(urls_due(ledger, at)), "another source may yet show it"
    assert set(POSTS) & set(urls_due(ledger, at + HOUR)) == {POSTS[0]}
    ledger.record([look(at + HOUR, State.UNCHANGED, url=POSTS[0])])
    ledger.record([sitemap(at + n * DAY, *POSTS[1:]) for n in (1, 2, 3)])
    assert not set(POSTS) & set(urls_due(ledger, at + 4 * DAY)), "once is enough"


@pytest.mark.parametrize("first", [True, False])
def test_what_moves_to_another_sitemap_is_not(ledger: Ledger, first: bool) -> None:
    at, soon = known_for_long(ledger), timedelta(seconds=9)
    other = sitemap(at if first else at + 2 * soon, POSTS[0], url=f"{HOME}/sitemap-2.xml")
    readings = [sitemap(at + soon, *POSTS[1:]), other]
    ledger.record(sorted(readings, key=lambda reading: reading.at))
    assert not set(POSTS) & set(urls_due(ledger, at + DAY))
    assert entry(ledger, POSTS[0]).why == "revisit"


def test_a_sitemap_that_is_cut_short_sets_nobody_running(ledger: Ledger) -> None:
    at = known_for_long(ledger)
    ledger.record([sitemap(at, *POSTS[:5])])
    assert not set(POSTS) & set(urls_due(ledger, at + DAY))


def test_an_index_of_sitemaps_is_always_asked_for_in_full(ledger: Ledger) -> None:
    child = advert(f"{HOME}/posts.xml", SITEMAP, "sitemap", kind=Kind.SITEMAP)
    answer = Outcome(SITEMAP, NOW, State.CAPTURED, kind=Kind.SITEMAP, etag='"a"', adverts=(child,))
    ledger.record([answer])
    assert entry(ledger, SITEMAP).etag is None
    # From its WARC alone, where the same bytes are a revisit record without a body.
    again = replace(answer, state=State.UNCHANGED, reason=SAME_PAYLOAD, adverts=())
    ledger.record([replace(again, at=NOW + DAY)])
    assert entry(ledger, SITEMAP).etag is None
    ledger.record([replace(again, url=f"{HOME}/posts.xml", reason=None)])
    assert entry(ledger, f"{HOME}/posts.xml").etag == '"a"'
