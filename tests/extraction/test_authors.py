from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import outlet, read, rules, story_html

from zancrawler.extraction.authors import split_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Zarghuna Amini and B. Karimi", ["Zarghuna Amini", "B. Karimi"]),
        ("Written by: A. Rahimi, S. Noori & Z. Amini", ["A. Rahimi", "S. Noori", "Z. Amini"]),
        ("نویسنده: زهرا کریمی و ثریا نوری", ["زهرا کریمی", "ثریا نوری"]),
        ("لیکوال: ګلالۍ ستانکزۍ", ["ګلالۍ ستانکزۍ"]),
        ("Zahra*", ["Zahra*"]),
        ("مریم (نام مستعار)", ["مریم (نام مستعار)"]),
        ("Maria Karimi", ["Maria Karimi"]),
        ("Dr. A. Rahimi, PhD", ["Dr. A. Rahimi, PhD"]),
        ("A. Rahimi, Senior Editor", ["A. Rahimi, Senior Editor"]),
        ("Zahra Joya @zahrajoya", ["Zahra Joya"]),
        ("By Zahra Joya | Updated 3 May 2024", ["Zahra Joya"]),
        ("By Zahra Joya on Tuesday", ["Zahra Joya"]),
        ("ارسال شده توسط زهرا کریمی در ۲۶ سنبله ۱۴۰۴", ["زهرا کریمی"]),
        ("توسط زهرا کریمی", ["زهرا کریمی"]),
        ("By Zahra K. and Soraya N.", ["Zahra K.", "Soraya N."]),
        ("By Zahra Joya.", ["Zahra Joya"]),
        ("Photo by A. Rahimi", []),
        ("ترجمه: نوری", []),
        ("https://facebook.com/news", []),
        ("2 min read", []),
        ("undefined", []),
        ("June", []),
    ],
)
def test_names_are_parted_and_cleaned(line: str, names: list[str]) -> None:
    assert list(split_names([line])) == names


def test_organisations_are_not_parted() -> None:
    name = "Ministry of Information and Culture"
    assert split_names([name], whole={name}) == (name,)


def test_nobody_is_named_twice() -> None:
    assert split_names(["Zahra Joya", "By ZAHRA JOYA"]) == ("Zahra Joya",)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_names_are_short_and_neat(texts: list[str]) -> None:
    for name in split_names(texts):
        assert 0 < len(name) <= 80
        assert name == name.strip()


UNKNOWN = outlet(languages=())


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline">By Zarghuna Amini</p>',
        '<div><a href="/author/zarghuna">Zarghuna Amini</a></div>',
        '<div><a rel="author" href="/z">Zarghuna Amini</a></div>',
        "<p>By Zarghuna Amini</p>",
        '<span class="post-author-name">Zarghuna Amini</span><p>18 September 2025</p>',
    ],
)
def test_a_byline_that_is_only_shown(byline: str) -> None:
    assert read(story_html(above=byline), of=UNKNOWN).authors == ("Zarghuna Amini",)


def test_a_person_goes_before_the_site_that_signs_for_all() -> None:
    head = '<meta name="author" content="News of the Valley">'
    shown = read(story_html(head=head, above="<p>By Zarghuna Amini</p>"), of=UNKNOWN)
    assert shown.authors == ("Zarghuna Amini",)
    assert read(story_html(head=head), of=UNKNOWN).authors == ("News of the Valley",)


def test_names_in_other_stories_teasers_are_not_authors() -> None:
    below = "".join(
        f'<div class="card"><h3>Other {n}</h3><span class="author">Somebody Else{n}</span></div>'
        for n in "abc"
    )
    assert read(story_html(below=below), of=UNKNOWN).authors == ()


def test_a_byline_that_says_report_names_its_author() -> None:
    above = '<p class="byline">گزارش: زهرا کریمی</p>'
    assert read(story_html(above=above), of=UNKNOWN).authors == ("زهرا کریمی",)


@pytest.mark.parametrize("shown", ["News of the Valley", "خبر دره", "The Valley Desk"])
def test_the_outlets_own_name_is_nobody_where_the_text_names_somebody(shown: str) -> None:
    known = outlet(
        articles=(rules(author=(".who",)),), aliases=("خبر دره",), byline="The Valley Desk"
    )
    html = f'<p class="who">{shown}</p><p>نویسنده: زهرا کریمی</p>'
    assert read(story_html(above=html), of=known).authors == ("زهرا کریمی",)
    assert read(story_html(above=f'<p class="who">{shown}</p>'), of=known).authors == (shown,)


def test_the_outlet_may_sign_beside_somebody() -> None:
    known = outlet(articles=(rules(author=(".who",)),), byline="The Valley Desk")
    shown = '<p class="who">By Zahra Karimi and The Valley Desk</p>'
    assert read(story_html(above=shown), of=known).authors == ("Zahra Karimi", "The Valley Desk")
