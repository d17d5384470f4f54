"""The newsroom in time: the same day is always the same newsroom, and the truth follows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from newsroom_client import get

from zancrawler.newsroom import Newsroom, NewsroomError, TruthArticle, serve
from zancrawler.newsroom.edition import FIRST_DAY, LAST_DAY, Annals, Edit, Presence, Spell
from zancrawler.newsroom.service import Newsroom as Service

WP, WIX = "newsroom-wp", "newsroom-wix"


def on(newsroom: Service, day: int, article: str) -> TruthArticle:
    (found,) = [each for each in newsroom.published(day) if each.id == article]
    return found


def test_every_day_is_possible_and_every_event_has_its_effect() -> None:
    annals = Annals.read()
    editions = [annals.edition(day) for day in range(LAST_DAY + 1)]
    known = {article.id for article in annals.articles}
    events = [*annals.edits, *annals.removals]
    assert {event.article for event in events} <= known
    for event in events:
        before = {s.article.id: s for s in editions[max(0, event.day - 1)].standings}
        after = {s.article.id: s for s in editions[event.day].standings}
        if event.day == 0:
            assert after[event.article].presence is not Presence.LIVE
            continue
        assert before[event.article] != after[event.article], event
        if isinstance(event, Edit) and event.silent:
            assert before[event.article].article.modified == after[event.article].article.modified


def test_articles_appear_day_by_day_but_not_on_fridays() -> None:
    annals = Annals.read()
    count = [len(annals.edition(day).standings) for day in range(LAST_DAY + 1)]
    assert count[LAST_DAY] > count[0] + 150
    for day in range(12, LAST_DAY + 1):
        new = count[day] - count[day - 1]
        friday = (FIRST_DAY.toordinal() + day) % 7 == 5
        silent = any(w.spell is Spell.SILENCE for w in annals.edition(day).weather)
        assert new == (0 if friday else 2 if silent else 4), day


def test_there_is_no_day_beyond(newsroom: Newsroom) -> None:
    for day in (-1, LAST_DAY + 1):
        with pytest.raises(NewsroomError, match="knows the days 0 to 60"):
            newsroom.set_day(day)
    assert newsroom.day == 0


def test_the_same_day_is_the_same_newsroom() -> None:
    with serve(17) as first, serve(0) as second:
        second.set_day(40)
        second.set_day(17)
        ours = [(a.id, a.title, a.text, a.presence, a.n_versions) for a in first.published()]
        theirs = [(a.id, a.title, a.text, a.presence, a.n_versions) for a in second.published()]
        assert ours == theirs
        pages = []
        for newsroom in (first, second):
            got = get(newsroom.homes[WP] + "/feed/").body.decode()
            pages.append(re.sub(r"127\.0\.0\.1:\d+", "HOST", got))
        assert pages[0] == pages[1]


def test_versions_follow_the_edits(newsroom: Newsroom) -> None:
    def versions(article: str, days: range) -> list[int]:
        return [on(newsroom, day, article).n_versions for day in days]

    assert versions("wix-en-quake-tents", range(14)) == [1] + [2] * 11 + [3] * 2
    # Saved again without a change: no version, a new time.
    assert versions("wix-en-midwives", range(6, 9)) == [1, 1, 1]
    assert (
        on(newsroom, 6, "wix-en-midwives").date_modified
        != on(newsroom, 7, "wix-en-midwives").date_modified
    )
    # Five cuts on one day are one version, and more than half of the text is gone.
    assert versions("wix-fa-nurses", range(15, 18)) == [1, 2, 2]
    whole, rest = (on(newsroom, day, "wix-fa-nurses").text for day in (15, 16))
    assert len(rest) < len(whole) / 2
    # There and back again is two versions, not three.
    assert versions("wp-ps-radio", range(17, 24)) == [1, 2, 2, 2, 2, 2, 2]
    assert on(newsroom, 17, "wp-ps-radio").text == on(newsroom, 22, "wp-ps-radio").text


@pytest.mark.parametrize(
    ("article", "day", "status", "location"),
    [
        ("wix-en-clock-tower", 6, 404, None),
        ("wix-fa-kite", 11, 410, None),
        ("wp-en-goat", 17, 302, "/en/"),
        ("wix-ps-polio-team", 33, 302, "/"),
        ("wp-ps-embroidery", 24, 404, None),
    ],
)
def test_removed(
    newsroom: Newsroom, article: str, day: int, status: int, location: str | None
) -> None:
    known = on(newsroom, day, article)
    home = newsroom.homes[known.outlet]
    try:
        newsroom.set_day(day - 1)
        assert get(known.url).status == 200
        newsroom.set_day(day)
        got = get(known.url)
        assert got.status == status
        assert got.headers["Location"] == (home + location if location else None)
        assert article not in {each.id for each in newsroom.truth()}
        assert known.presence is not Presence.LIVE
        listing = get(home + ("/wp-sitemap-posts-post-1.xml" if known.outlet == WP else "/blog"))
        assert known.url.encode() not in listing.body
    finally:
        newsroom.set_day(0)


def test_back_again(newsroom: Newsroom) -> None:
    days = [on(newsroom, day, "wp-fa-radio-drama").presence for day in range(8, 15)]
    assert days == ["live"] + ["not_found"] * 5 + ["live"]


def test_outage_wall_and_silence(newsroom: Newsroom) -> None:
    wix_article = on(newsroom, 0, "wix-en-poem-contest").url
    try:
        newsroom.set_day(20)
        assert {get(newsroom.homes[WP] + path).status for path in ("/", "/robots.txt")} == {503}
        assert get(newsroom.homes[WIX] + "/").status == 200
        newsroom.set_day(27)
        assert get(wix_article).status == 403
        assert get(newsroom.homes[WIX] + "/blog-feed.xml").status == 200
        newsroom.set_day(28)
        assert get(wix_article).status == 200
    finally:
        newsroom.set_day(0)
    deserving = [day for day in range(61) if any(w.alarm for w in newsroom.weather(day))]
    assert deserving == [20, 27, *range(44, 51)]


def test_redesign_changes_the_template_and_no_article(newsroom: Newsroom) -> None:
    url = on(newsroom, 0, "wp-fa-court-goat").url
    try:
        newsroom.set_day(39)
        before = get(url)
        newsroom.set_day(40)
        after = get(url)
    finally:
        newsroom.set_day(0)
    assert before.html.cssselect(".content-inner")
    assert not after.html.cssselect(".content-inner")
    assert after.html.xpath("//time/@datetime") == ["2025-08-14T12:52:47+04:30"]
    texts = {on(newsroom, day, "wp-fa-court-goat").text for day in (39, 40)}
    assert len(texts) == 1


def test_noise_changes_and_the_article_does_not(newsroom: Newsroom) -> None:
    known = on(newsroom, 0, "wp-fa-court-goat")
    first, second = get(known.url), get(known.url)
    assert first.body != second.body, "counters move on at every request"
    try:
        newsroom.set_day(1)
        third = get(known.url)
    finally:
        newsroom.set_day(0)
    for noise in (".jeg_top_date", ".jnews_related_post_container"):
        texts = {page.html.cssselect(noise)[0].text_content() for page in (first, third)}
        assert len(texts) == 2, noise
    assert first.headers["ETag"] != third.headers["ETag"]
    assert on(newsroom, 1, known.id).n_versions == 1


def test_catalogue_names_the_ports(newsroom: Newsroom) -> None:
    files = sorted(Path(newsroom.catalogue).glob("*.toml"))
    assert [file.stem for file in files] == [WIX, WP]
    for file in files:
        assert f'home = "{newsroom.homes[file.stem]}/"' in file.read_text(encoding="utf-8")


def test_a_taken_port_is_told(newsroom: Newsroom) -> None:
    port = int(newsroom.homes[WIX].rsplit(":", 1)[1])
    with pytest.raises(NewsroomError, match="did not start"), serve(port=port):
        pass
