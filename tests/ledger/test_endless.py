"""Sites without an end: what they are known by, and what is done with them."""

from __future__ import annotations

import pytest
from ledger_outcomes import HOME, NOW, POST, advert, feed, look, urls_due

from zancrawler.ledger import Kind, Ledger, Outcome, State
from zancrawler.ledger.due import DAY
from zancrawler.ledger.traps import FREE_LOOKS, FREE_URLS


def test_a_calendar_is_trapped_counted_and_named(ledger: Ledger) -> None:
    def month(n: int) -> str:
        return f"{HOME}/events?month={n}"

    at = NOW
    for n in range(FREE_URLS + 500):
        following = advert(month(n + 1), month(n), "link", kind=Kind.OTHER)
        ledger.record([Outcome(month(n), at, State.CAPTURED, adverts=(following,))])
    (calendar,) = ledger.traps()
    assert calendar.name == "zan.example/events?month"
    assert calendar.trap
    assert calendar.example == month(0)
    assert calendar.refused > 0
    assert [url for url in urls_due(ledger, NOW + DAY, 9_999) if "events" in url] == []


def test_repeater_parameters_are_trapped_the_articles_are_not(ledger: Ledger) -> None:
    posts = [f"{HOME}/news/story-{n}" for n in range(FREE_URLS)]
    ledger.record(look(NOW, url=url, text_digest=url) for url in posts)
    repeated = [f"{url}?comp-x_page={page}" for url in posts for page in range(5)]
    ledger.advertise(map(advert, repeated), NOW)
    asked = 0
    while due := [url for url in urls_due(ledger, NOW, 10) if "comp-x" in url]:
        asked += len(due)
        ledger.record(look(NOW, url=url, text_digest=url.partition("?")[0]) for url in due)
    assert FREE_LOOKS <= asked <= FREE_LOOKS + 10
    assert [shape.name for shape in ledger.traps()] == ["zan.example/news/*?comp-x_page"]
    ledger.advertise([advert(f"{HOME}/news/new-one?comp-x_page=7")], NOW)
    assert ledger.get(f"{HOME}/news/new-one?comp-x_page=7") is None
    assert ledger.traps()[0].refused == 1
    assert ledger.get(posts[0]) is not None


def test_articles_that_live_in_a_parameter_are_no_trap(ledger: Ledger) -> None:
    posts = [f"{HOME}/?p={n}" for n in range(3 * FREE_URLS)]
    ledger.advertise(map(advert, posts), NOW)
    ledger.record(look(NOW, url=url, text_digest=url) for url in posts)
    assert ledger.traps() == ()


def test_session_ids_are_trapped_by_their_equal_texts(ledger: Ledger) -> None:
    urls = [f"{HOME}/story?id={n % 3}&sid={n}" for n in range(2 * FREE_URLS)]
    ledger.advertise(map(advert, urls), NOW)
    ledger.record(look(NOW, url=u, text_digest=u.partition("&")[0]) for u in urls)
    assert [shape.name for shape in ledger.traps()] == ["zan.example/story?id&sid"]


def test_redirects_to_another_spelling_are_no_trap(ledger: Ledger) -> None:
    urls = [f"{HOME}/story/slug-{n}" for n in range(FREE_URLS + 100)]
    ledger.record([feed(NOW, *urls)])
    for url in urls:
        ledger.record([look(NOW, State.REDIRECTED, url, target=url)])
        ledger.record([look(NOW, url=url, text_digest=url)])
    assert ledger.traps() == ()


def test_articles_that_moved_are_no_trap(ledger: Ledger) -> None:
    for n in range(FREE_URLS + 100):
        old, new = f"{HOME}/story/old-{n}", f"{HOME}/story/new-{n}"
        ledger.record([feed(NOW, old), led(old, new), look(NOW, url=new, text_digest=new)])
    assert ledger.traps() == ()


@pytest.mark.parametrize("state", [State.REDIRECTED, State.FAILED, State.BLOCKED, State.GONE])
def test_an_outage_is_no_trap(ledger: Ledger, state: State) -> None:
    urls = [f"{HOME}/story/{n}" for n in range(FREE_URLS + 100)]
    ledger.record([feed(NOW, *urls)])
    away = f"{HOME}/suspended.html"
    ledger.record(look(NOW, state, url, target=away) for url in urls)
    ledger.record(look(NOW + DAY, url=url, text_digest=url) for url in urls[:9])
    assert ledger.traps() == ()


def test_articles_that_lead_on_for_ever_are_a_trap(ledger: Ledger) -> None:
    ledger.record([feed(NOW, f"{HOME}/story?sid=0")])
    asked = 0
    while due := [url for url in urls_due(ledger, NOW) if "sid" in url]:
        asked += 1
        ledger.record([led(due[0], f"{HOME}/story?sid={asked}")])
        assert asked < FREE_URLS + 100
    assert [shape.name for shape in ledger.traps()] == ["zan.example/story?sid"]


def test_many_addresses_of_one_held_page_are_a_trap(ledger: Ledger) -> None:
    ledger.record([look(NOW, text_digest="a")])
    urls = [f"{HOME}/story?sid={n}" for n in range(FREE_URLS + 100)]
    ledger.record([feed(NOW, *urls)])
    ledger.record(look(NOW, State.REDIRECTED, url, target=POST) for url in urls)
    assert [shape.name for shape in ledger.traps()] == ["zan.example/story?sid"]


def led(url: str, to: str) -> Outcome:
    """A redirect, as a crawl tells of it."""
    return look(NOW, State.REDIRECTED, url, target=to, adverts=(advert(to, url, "link"),))
