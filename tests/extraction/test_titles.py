from __future__ import annotations

import pytest
from made_pages import STORY, outlet, read, rules, story_html

from zancrawler.extraction.titles import without_site

SITE = frozenset({"zannews"})


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("A well | Zan News", "A well"),
        ("A well - Zan News", "A well"),
        ("Zan News: A well", "Zan News: A well"),
        ("Zan News | A well", "A well"),
        ("آب دره « Zan News", "آب دره"),
        ("وزیر: «آب نیست» - Zan News", "وزیر: «آب نیست»"),
        ("وزیر: « آب نیست » - Zan News", "وزیر: « آب نیست »"),
        ("A well|Zan News", "A well"),
        ("A well | Water | Zan News", "A well | Water"),
        ("Herat - the road west", "Herat - the road west"),
        ("Zan News", "Zan News"),
    ],
)
def test_the_sites_name_is_taken_off(title: str, bare: str) -> None:
    assert without_site(title, SITE) == bare


@pytest.mark.parametrize("parted", ["آب دره:<br>گزارش", "<span>آب دره:</span><div>گزارش</div>"])
def test_words_that_the_page_parts_are_not_joined(parted: str) -> None:
    shown = f'<h2 class="head">{parted}</h2>'
    known = outlet(articles=(rules(title=(".head",)),))
    assert read(story_html(above=shown), of=known).title == "آب دره: گزارش"


@pytest.mark.parametrize("window", ["آب دره - آژانس خبر", "آژانس خبر | آب دره"])
def test_a_lower_heading_is_the_headline_where_no_higher_one_is(window: str) -> None:
    html = f"""<html><head><title>{window}</title></head><body><h2>خبر</h2><h2>آب دره</h2>
    {"".join(f"<p>{p}</p>" for p in STORY)}<h3>Elsewhere</h3></body></html>"""
    assert read(html, of=outlet(languages=())).title == "آب دره"


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def test_the_headline_shown_goes_before_the_one_for_search_engines() -> None:
    head = og("Well, valley: all you need to know about wells")
    assert read(story_html(head=head)).title == "A well in the valley"


def test_an_h1_that_shares_no_word_with_what_is_stated_is_the_sites_name() -> None:
    html = story_html(head=og("Four villages walk for water")).replace(
        "<title>A well in the valley | News of the Valley\n</title>", ""
    )
    assert read(html).title == "Four villages walk for water"


def test_a_headline_that_was_cut_short_is_completed() -> None:
    long = "A well in the valley has been dry since spring and nobody says when it fills again"
    html = story_html(head=og(long[:60] + "...")).replace(
        "<h1>A well in the valley</h1>", f"<h1>{long}</h1>"
    )
    assert read(html).title == long


def test_the_outlets_selector_goes_first() -> None:
    known = outlet(articles=(rules(title=(".kicker",)),))
    assert (
        read(story_html(above='<p class="kicker">The true one</p>'), of=known).title
        == "The true one"
    )


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<h1>Four ways with mulberries</h1>", "Four ways with mulberries"),
        ("<h1>Kitchen</h1>", "Kolcha Notes"),
        ("<h1>Four ways with mulberries</h1><h1>A second one beside it</h1>", "Kolcha Notes"),
        ("<font size=5><b>Four ways with mulberries</b></font>", "Four ways with mulberries"),
        ("<font size=5>Kolcha Notes</font><font size=+2>Four ways of it</font>", "Four ways of it"),
        ("<font size=2>Four ways with mulberries</font>", "Kolcha Notes"),
        ("<h1>One</h1><font size=6>Four ways with mulberries</font>", "Kolcha Notes"),
    ],
)
def test_a_window_that_names_the_site_only(heading: str, title: str) -> None:
    body = f"{heading}<p>{STORY[0]}</p><p>{STORY[1]}</p>"
    html = f"<html><head><title>Kolcha Notes</title></head><body>{body}</body></html>"
    assert read(html, of=outlet(languages=())).title == title
