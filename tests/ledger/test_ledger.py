"""What the ledger knows of each URL, and when it says that it is due."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from ledger_outcomes import FEED, HOME, NOW, POST, advert, entry, feed, look, urls_due

from zancrawler.ledger import SAME_PAYLOAD, Entry, Kind, Ledger, Outcome, State, schema
from zancrawler.ledger.due import DAY, HOUR


def test_the_tables_columns_are_the_entrys_fields(ledger: Ledger, tmp_path: Path) -> None:
    rows = sqlite3.connect(ledger.path).execute("SELECT name FROM pragma_table_info('url')")
    assert [name for (name,) in rows if name not in ("id", "key", "rank", "shape")] == [
        field.name for field in fields(Entry)
    ]


def test_an_advertised_url_is_due_and_says_who_advertised_it(ledger: Ledger) -> None:
    assert ledger.advertise([advert(title="زنان‌کابل")], NOW) == 1
    assert ledger.due(NOW - HOUR, 10) == []
    assert ledger.advertise([advert(title="Other")], NOW + HOUR) == 0
    assert ledger.advertise([advert(source=f"{HOME}/sitemap.xml", via="sitemap")], NOW + DAY) == 0
    found = entry(ledger)
    assert (found.state, found.kind, found.title) == (State.ADVERTISED, Kind.ARTICLE, "زنان‌کابل")
    assert (found.first_advertised, found.next_due, found.looks) == (NOW, NOW, 0)
    assert [(s.source, s.via, s.first, s.last) for s in ledger.sightings(POST)] == [
        (FEED, "feed", NOW, NOW + HOUR),
        (f"{HOME}/sitemap.xml", "sitemap", NOW + DAY, NOW + DAY),
    ]
    (due,) = ledger.due(NOW, 10)
    assert (due.url, due.kind, due.etag, due.why) == (POST, Kind.ARTICLE, None, "new")
    assert ledger.unknown([POST, f"{HOME}/post/b"]) == (f"{HOME}/post/b",)


def test_what_is_captured_comes_back_with_its_validators(ledger: Ledger) -> None:
    ledger.record(
        [
            look(
                NOW,
                etag='W/"x"',
                last_modified="Sun, 01 Mar 2026 08:00:00 GMT",
                text_digest="sha256:a",
                content_digest="sha256:A",
                published=NOW - DAY,
            )
        ]
    )
    found = entry(ledger)
    assert (found.state, found.held, found.first_captured, found.looks) == (
        State.CAPTURED,
        True,
        NOW,
        1,
    )
    assert found.born == NOW - DAY
    assert found.next_due is not None
    (due,) = ledger.due(found.next_due, 1)
    assert (due.etag, due.last_modified) == ('W/"x"', "Sun, 01 Mar 2026 08:00:00 GMT")
    assert due.why == "revisit"


def test_304_and_the_same_text_are_unchanged_another_text_is_a_change(ledger: Ledger) -> None:
    ledger.record([look(NOW, text_digest="sha256:a", etag='"1"')])
    ledger.record([look(NOW + HOUR, State.UNCHANGED)])
    assert (entry(ledger).state, entry(ledger).etag) == (State.UNCHANGED, '"1"')
    ledger.record([look(NOW + 2 * HOUR, text_digest="sha256:a", etag='"2"')])
    assert (entry(ledger).state, entry(ledger).etag) == (State.UNCHANGED, '"2"')
    ledger.record([look(NOW + 3 * HOUR, text_digest="sha256:b")])
    found = entry(ledger)
    assert (found.state, found.changes, found.last_changed, found.looks, found.etag) == (
        State.CAPTURED,
        1,
        NOW + 3 * HOUR,
        4,
        None,
    )


def test_every_tenth_look_asks_for_the_whole_page(ledger: Ledger) -> None:
    asked = []
    at = NOW
    for _ in range(20):
        ledger.record([look(at, text_digest="sha256:a", etag='"1"')])
        due_at = entry(ledger).next_due
        assert due_at is not None
        at = due_at
        asked.append(ledger.due(at, 1)[0].etag)
    assert [n for n, etag in enumerate(asked, 1) if etag is None] == [9, 19]


def test_strikes_on_three_separate_days_make_it_gone_and_it_may_come_back(ledger: Ledger) -> None:
    ledger.record([look(NOW, text_digest="sha256:a")])
    states = []
    for after in (0 * DAY, 3 * HOUR, DAY, DAY + HOUR, 2 * DAY):
        ledger.record([look(NOW + 10 * DAY + after, State.GONE, reason="http-404")])
        states.append((entry(ledger).state, entry(ledger).strikes))
    assert states == [
        (State.FAILED, 1),
        (State.FAILED, 1),
        (State.FAILED, 2),
        (State.FAILED, 2),
        (State.GONE, 3),
    ]
    assert entry(ledger).reason == "http-404"
    assert entry(ledger).held
    ledger.record([look(NOW + 60 * DAY, text_digest="sha256:a")])
    back = entry(ledger)
    assert (back.state, back.strikes, back.reason) == (State.UNCHANGED, 0, None)


def test_a_server_error_is_no_strike_and_no_amnesty(ledger: Ledger) -> None:
    for day, state in enumerate((State.GONE, State.FAILED, State.GONE, State.BLOCKED, State.GONE)):
        ledger.record([look(NOW + day * DAY, state)])
    assert (entry(ledger).state, entry(ledger).strikes) == (State.GONE, 3)


def test_failures_back_off_and_are_forgotten_at_the_first_answer(ledger: Ledger) -> None:
    ledger.advertise([advert()], NOW)
    ledger.record([look(NOW, State.FAILED, reason="timeout")])
    ledger.record([look(NOW + HOUR, State.FAILED, reason="http-503", wait=7_200)])
    found = entry(ledger)
    assert (found.state, found.reason, found.failures, found.held) == (
        State.FAILED,
        "http-503",
        2,
        False,
    )
    assert found.next_due == NOW + 3 * HOUR
    ledger.record([look(NOW + 3 * HOUR)])
    assert (entry(ledger).failures, entry(ledger).reason) == (0, None)


def test_a_look_that_fails_at_each_try_has_failed_once(ledger: Ledger) -> None:
    tries = [look(NOW + n * HOUR / 60, State.FAILED, reason="http-503") for n in range(3)]
    ledger.record(tries)
    found = entry(ledger)
    assert (found.failures, found.looks, found.next_due) == (1, 1, NOW + HOUR)
    assert found.last_look == tries[-1].at
    ledger.record([replace(tries[0], at=NOW + HOUR / 2, wait=3_600)])
    assert (entry(ledger).failures, entry(ledger).next_due) == (1, NOW + 3 * HOUR / 2)
    ledger.record([replace(tries[0], at=NOW + 2 * HOUR)])
    assert (entry(ledger).failures, entry(ledger).looks) == (2, 2)


def test_a_source_is_never_gone_and_one_that_shows_nothing_has_failed(ledger: Ledger) -> None:
    ledger.record([feed(NOW, POST), Outcome(FEED, NOW + DAY, State.GONE, "http-404")])
    assert (entry(ledger, FEED).state, entry(ledger, FEED).strikes) == (State.FAILED, 0)
    ledger.record([Outcome(FEED, NOW + 2 * DAY, State.CAPTURED, "other", etag="x")])
    found = entry(ledger, FEED)
    assert (found.state, found.reason, found.etag) == (State.FAILED, "unreadable", None)


def test_the_same_wall_again_is_still_that_wall(ledger: Ledger) -> None:
    wall = look(NOW, State.BLOCKED, reason="cloudflare-challenge", content_digest="sha256:wall")
    ledger.record([feed(NOW, POST), wall])
    ledger.record([replace(wall, at=NOW + DAY, state=State.UNCHANGED, reason=SAME_PAYLOAD)])
    found = entry(ledger)
    assert (found.state, found.failures) == (State.BLOCKED, 2)
    assert found.reason == "cloudflare-challenge"


SOFT = {"reason": "error", "content_digest": "sha256:soft"}
AS_BEFORE = {"reason": SAME_PAYLOAD, "content_digest": "sha256:soft"}


def test_a_failed_page_is_no_article_for_being_the_same_after_a_redirect(ledger: Ledger) -> None:
    ledger.record([look(NOW, State.FAILED, **SOFT), look(NOW, State.REDIRECTED, target=POST)])
    ledger.record([look(NOW + DAY, State.UNCHANGED, **AS_BEFORE)])
    found = entry(ledger)
    assert (found.state, found.failures, found.held) == (State.FAILED, 1, False)


def test_a_held_article_that_is_as_it_was_before_a_wall_is_back(ledger: Ledger) -> None:
    ledger.record([look(NOW, text_digest="a", content_digest="sha256:a")])
    ledger.record([look(NOW + DAY, State.FAILED, **SOFT)])
    ledger.record([look(NOW + 2 * DAY, State.UNCHANGED, **AS_BEFORE)])
    assert (entry(ledger).state, entry(ledger).failures) == (State.FAILED, 2)
    back = {**AS_BEFORE, "content_digest": "sha256:a"}
    ledger.record([look(NOW + 3 * DAY, State.UNCHANGED, **back)])
    assert (entry(ledger).state, entry(ledger).failures) == (State.UNCHANGED, 0)


def test_a_source_that_was_cut_short_at_first_is_a_source(ledger: Ledger) -> None:
    ledger.record([Outcome(FEED, NOW, State.FAILED, "ConnectionLost"), feed(NOW + HOUR, POST)])
    assert (entry(ledger, FEED).kind, entry(ledger, FEED).why) == (Kind.FEED, "source")


def test_the_same_page_not_found_is_another_strike(ledger: Ledger) -> None:
    ledger.record([look(NOW, State.GONE, **SOFT)])
    for day in (1, 2):
        ledger.record([look(NOW + day * DAY, State.UNCHANGED, **AS_BEFORE)])
    found = entry(ledger)
    assert (found.state, found.strikes, found.held) == (State.GONE, 3, False)


def test_a_304_that_nobody_asked_for_makes_no_article_held(ledger: Ledger) -> None:
    ledger.record([feed(NOW, POST), look(NOW, State.UNCHANGED, reason="http-304")])
    found = entry(ledger)
    assert (found.state, found.reason, found.held) == (State.FAILED, "http-304", False)
    assert found.next_due == NOW + HOUR


def test_a_hostile_retry_after_is_bounded(ledger: Ledger) -> None:
    ledger.record([look(NOW, State.FAILED, wait=10**12), look(NOW, url=f"{HOME}/b", wait=-5)])
    assert entry(ledger).next_due == NOW + 30 * DAY


def test_what_is_disallowed_or_redirected_or_withdrawn(ledger: Ledger) -> None:
    ledger.record(
        [
            look(NOW, State.DISALLOWED, f"{HOME}/post/d"),
            look(NOW, State.REDIRECTED, f"{HOME}/post/r", target=POST),
            look(NOW, State.WITHDRAWN, f"{HOME}/post/w"),
        ]
    )
    assert entry(ledger, f"{HOME}/post/d").next_due == NOW + 30 * DAY
    assert entry(ledger, f"{HOME}/post/r").target == POST
    ledger.advertise([advert(f"{HOME}/post/w", lastmod=NOW + DAY)], NOW + DAY)
    ledger.record([look(NOW + DAY, State.CAPTURED, f"{HOME}/post/w")])
    withdrawn = entry(ledger, f"{HOME}/post/w")
    assert (withdrawn.state, withdrawn.next_due) == (State.WITHDRAWN, None)


def test_sources_first_then_the_newest_unheld_then_the_longest_overdue(ledger: Ledger) -> None:
    ledger.record(
        [
            look(NOW - 40 * DAY, url=f"{HOME}/post/old", published=NOW - 80 * DAY),
            look(NOW - 9 * DAY, url=f"{HOME}/post/recent", published=NOW - 10 * DAY),
        ]
    )
    ledger.advertise(
        [
            advert(f"{HOME}/about", kind=Kind.OTHER),
            advert(f"{HOME}/post/2019", lastmod=datetime(2019, 1, 1, tzinfo=UTC)),
            advert(f"{HOME}/post/today"),
            advert(f"{HOME}/post/2020", lastmod=datetime(2020, 1, 1, tzinfo=UTC)),
            advert(FEED, "outlet", "outlet", kind=Kind.FEED),
        ],
        NOW,
    )
    order = [
        FEED,
        f"{HOME}/post/today",
        f"{HOME}/post/2020",
        f"{HOME}/post/2019",
        f"{HOME}/post/old",
        f"{HOME}/post/recent",
        f"{HOME}/about",
    ]
    late = NOW + 30 * DAY
    assert set(urls_due(ledger, late)) == set(order)
    assert urls_due(ledger, late)[:4] == order[:4]
    assert urls_due(ledger, late)[-1] == f"{HOME}/about"
    assert urls_due(ledger, late, limit=2) == order[:2]
    assert [due.url for due in ledger.due(late, 2, asked={FEED, order[1]})] == order[2:4]


def test_a_url_stays_due_until_its_outcome_is_recorded(ledger: Ledger) -> None:
    ledger.advertise([advert()], NOW)
    assert urls_due(ledger, NOW) == urls_due(ledger, NOW) == [POST]
    ledger.record([look(NOW)])
    assert urls_due(ledger, NOW) == []


def test_a_feed_that_brings_news_is_read_more_often(ledger: Ledger) -> None:
    intervals = []
    for hour, urls in enumerate([(POST,), (POST,), (POST,), (f"{HOME}/post/b",)]):
        ledger.record([feed(NOW + hour * HOUR, *urls)])
        intervals.append(entry(ledger, FEED).interval)
    assert intervals == [900, 1350, 2025, 1012]
    ledger.record([Outcome(FEED, NOW + DAY, State.UNCHANGED, wait=3_600)])
    assert entry(ledger, FEED).next_due == NOW + DAY + HOUR


def test_lastmod_makes_a_known_article_due(ledger: Ledger) -> None:
    ledger.record([look(NOW, published=NOW - 100 * DAY)])
    before = entry(ledger).next_due
    ledger.record([feed(NOW + HOUR, POST, lastmod=NOW - DAY)])
    assert entry(ledger).next_due == before
    ledger.record([feed(NOW + 2 * DAY, POST, lastmod=NOW + DAY)])
    assert (entry(ledger).next_due, entry(ledger).why) == (NOW + 2 * DAY, "lastmod")
    ledger.record([look(NOW + 2 * DAY, State.UNCHANGED)])
    ledger.record([feed(NOW + 3 * DAY, POST, lastmod=NOW + DAY)])
    due = entry(ledger).next_due
    assert due is not None
    assert due > NOW + 3 * DAY


def test_an_idle_lastmod_is_no_longer_heeded(ledger: Ledger) -> None:
    posts = [f"{HOME}/post/{n}" for n in range(40)]
    ledger.record(look(NOW, url=url, text_digest=url, published=NOW - 300 * DAY) for url in posts)
    # The site is published again: every lastmod moves, no text does.
    ledger.record([feed(NOW + 2 * DAY, *posts, lastmod=NOW + DAY)])
    assert len(urls_due(ledger, NOW + 2 * DAY)) == 40
    ledger.record(look(NOW + 2 * DAY, url=url, text_digest=url) for url in posts)
    ledger.record([feed(NOW + 5 * DAY, *posts, lastmod=NOW + 4 * DAY)])
    assert urls_due(ledger, NOW + 5 * DAY) == []


def test_a_lastmod_from_the_future_is_no_lastmod(ledger: Ledger) -> None:
    ledger.advertise([advert(lastmod=datetime(2099, 1, 1, tzinfo=UTC))], NOW)
    assert entry(ledger).lastmod is None
    ledger.advertise([advert(lastmod=NOW - DAY)], NOW)
    assert entry(ledger).lastmod == NOW - DAY


def test_a_next_page_is_due_whenever_it_is_advertised_and_is_no_source(ledger: Ledger) -> None:
    listing, second = f"{HOME}/blog", f"{HOME}/blog/page/2"
    third = advert(f"{HOME}/blog/page/3", second, "listing", kind=Kind.NEXT_PAGE)
    walk = Outcome(
        listing,
        NOW,
        State.CAPTURED,
        kind=Kind.LISTING,
        adverts=(advert(second, listing, "listing", kind=Kind.NEXT_PAGE),),
    )
    page = Outcome(
        second,
        NOW,
        State.CAPTURED,
        adverts=(advert(POST, second, "listing"), third),
    )
    ledger.record([walk])
    assert urls_due(ledger, NOW) == [second]
    ledger.record([page])
    assert urls_due(ledger, NOW) == [third.url, POST]
    assert entry(ledger, second).next_due is None
    assert [sighting.source for sighting in ledger.sightings(POST)] == [listing]
    assert [sighting.source for sighting in ledger.sightings(third.url)] == [listing]
    ledger.record([walk])
    assert (entry(ledger, second).next_due, entry(ledger, second).why) == (NOW, "next page")


def test_links_between_pages_are_noted_only_where_nothing_better_is_known(ledger: Ledger) -> None:
    found_by_link = advert(f"{HOME}/post/b", POST, "link")
    ledger.record([look(NOW), feed(NOW, POST)])
    ledger.advertise([found_by_link], NOW)
    ledger.advertise([advert(POST, f"{HOME}/post/b", "link")], NOW)
    ledger.advertise([advert(f"{HOME}/post/b", f"{HOME}/post/c", "link")], NOW)
    assert [sighting.via for sighting in ledger.sightings(POST)] == ["feed"]
    assert [sighting.source for sighting in ledger.sightings(f"{HOME}/post/b")] == [POST]


def test_a_urls_standing_only_rises(ledger: Ledger) -> None:
    blog = f"{HOME}/blog"
    kinds = []
    for kind in (Kind.OTHER, Kind.LISTING, Kind.ARTICLE, Kind.OTHER):
        ledger.advertise([advert(blog, kind=kind)], NOW)
        kinds.append(entry(ledger, blog).kind)
    assert kinds == [Kind.OTHER, Kind.LISTING, Kind.LISTING, Kind.LISTING]


def test_a_hash_collision_keeps_both_urls(ledger: Ledger) -> None:
    ledger.advertise([advert(f"{HOME}/squatter")], NOW)
    with sqlite3.connect(ledger.path) as other:
        other.execute("UPDATE url SET key = ?", (schema.url_key(POST),))
    ledger.advertise([advert()], NOW)
    ledger.record([look(NOW)])
    with sqlite3.connect(ledger.path) as other:
        rows = dict(other.execute("SELECT url, key FROM url").fetchall())
    assert rows == dict.fromkeys((f"{HOME}/squatter", POST), schema.url_key(POST))
    assert entry(ledger).state is State.CAPTURED
