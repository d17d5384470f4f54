from __future__ import annotations

import pytest
from made_pages import STORY, outlet, read, story_html

UNKNOWN = outlet(languages=())
SECOND = "Four villages carry their water two hours a day"


@pytest.mark.parametrize(
    "element",
    [
        f"<h2>{SECOND}</h2>",
        f'<h2 class="jeg_post_subtitle">{SECOND}</h2>',
        f'<p class="td-post-sub-title">{SECOND}</p>',
        f'<div class="intro m-t-md"><p>{SECOND}</p></div>',
        f'<div class="field field--name-field-standfirst field__item">{SECOND}</div>',
        f'<p>By Zarghuna Amini</p><p class="standfirst">{SECOND}</p>',
    ],
)
def test_a_second_headline(element: str) -> None:
    article = read(story_html(above=element), of=UNKNOWN)
    assert article.subtitle == SECOND


def test_an_excerpt_that_the_page_shows_is_one() -> None:
    """As Ghost has it (`gh-article-excerpt`)."""
    above = f'<p class="gh-article-excerpt">{SECOND}</p>'
    assert read(story_html(above=above), of=UNKNOWN).subtitle == SECOND


def test_structured_data_states_one() -> None:
    head = f"""<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "A well in
    the valley", "alternativeHeadline": "{SECOND}"}}</script>"""
    assert read(story_html(head=head), of=UNKNOWN).subtitle == SECOND
    described = f'{head}<meta name="description" content="{SECOND}">'
    assert read(story_html(head=described), of=UNKNOWN).subtitle is None


def test_a_standfirst_is_one_though_the_head_repeats_it() -> None:
    head = f'<meta name="description" content="{SECOND}">'
    above = f'<p class="standfirst">{SECOND}</p>'
    assert read(story_html(head=head, above=above), of=UNKNOWN).subtitle == SECOND
    assert read(story_html(head=head), of=UNKNOWN).subtitle is None


@pytest.mark.parametrize(
    "element",
    [
        '<h2 class="subtitle">A well in the valley</h2>',
        f'<p class="intro">{STORY[0][:60]}</p>',
        f'<p class="intro">{STORY[0]}</p>',
        '<h2 class="subtitle">Water</h2>',
        f'<h2><a href="/other">{SECOND}</a></h2>',
        f'<div class="intro"><p>{SECOND}</p><p>{STORY[1]}</p></div>',
        "<p>By Zarghuna Amini</p><div><h2>Where the water went, year by year</h2></div>",
    ],
    ids=["title", "teaser", "first paragraph", "label", "link", "all of the text", "heading"],
)
def test_what_is_none(element: str) -> None:
    assert read(story_html(above=element), of=UNKNOWN).subtitle is None
