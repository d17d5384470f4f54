from __future__ import annotations

from datetime import UTC, datetime

import pytest
from made_pages import JOINED, NOW, STORY, URL, outlet, page, read, rules, story_html

from zancrawler.extraction.article import Translation
from zancrawler.extraction.extract import NoArticle, extract
from zancrawler.extraction.page import Page

BODY = outlet(articles=(rules(body=(".story",)),), byline="News of the Valley")


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize(
    "line",
    [
        "A well in the valley",
        "By Zarghuna Amini",
        "- Zarghuna Amini",
        "18 September 2025",
        "Sep 18",
        "Updated: Sep 19, 2025",
        "2 min read",
        "5 دقیقه مطالعه",
        "top of page",
    ],
)
def test_the_head_of_the_page_is_not_the_text(line: str) -> None:
    head = '<meta name="author" content="Zarghuna Amini">'
    article = read(story_html(paragraphs(line, *STORY, "bottom of page"), head=head), of=BODY)
    assert article.text == "\n\n".join(STORY)


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Photo: Wakil Kohsar/AFP", "Wakil Kohsar/AFP"),
        ("Image source: CNN", "CNN"),
        ("عکس: رویترز", "رویترز"),
        ("انځور: د ښځو ټلوېزیون", "د ښځو ټلوېزیون"),
        ("Sent to Zan TV", "Sent to Zan TV"),
        ("Photo: AFP</p><p>Photo: AFP", "AFP"),
        ("Photo: AFP<br>" + STORY[0], "AFP"),
    ],
)
def test_the_credit_is_the_pictures_and_not_the_text(line: str, credit: str) -> None:
    rest = STORY[1:] if STORY[0] in line else STORY
    head = '<meta property="og:image" content="/well.jpg">'
    article = read(story_html(paragraphs(line, *rest), head=head), of=BODY)
    assert article.text == "\n\n".join(STORY)
    assert [(i.url, i.credit) for i in article.images] == [
        ("https://news.example/well.jpg", credit)
    ]


def test_a_sentence_that_begins_like_a_credit_is_text() -> None:
    sentence = "Photo: that is what the men at the gate shouted, and nobody moved. " * 3
    assert read(story_html(paragraphs(sentence, *STORY)), of=BODY).text.startswith("Photo: that")


def test_the_text_ends_where_the_outlet_says() -> None:
    known = outlet(articles=(rules(body=(".story",), ends=("Latest",)),))
    article = read(
        story_html(paragraphs(*STORY, "latest", "Another story, Mar 13, 2025")), of=known
    )
    assert article.text == "\n\n".join(STORY)


def test_metadata_of_a_page_that_declares_all() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A well in the
    valley", "datePublished": "2025-09-18T06:30:00+04:30", "dateModified": "2025-09-19T02:00:00Z",
    "author": [{"name": "Zarghuna Amini"}, {"name": "B. Karimi"}], "articleSection": "Water",
    "keywords": "water, wells", "image": {"url": "/well.jpg"}, "inLanguage": "en"}</script>
    <meta name="description" content="A valley without water.">
    <link rel="alternate" hreflang="fa" href="/fa/well"><link rel="alternate" hreflang="x-default"
    href="/"><link rel="alternate" hreflang="en" href="/2025/09/18/a-well-in-the-valley">"""
    article = read(story_html(head=head))
    assert article.title == "A well in the valley"
    assert article.authors == ("Zarghuna Amini", "B. Karimi")
    assert article.date_published == datetime(2025, 9, 18, 2, tzinfo=UTC)
    assert article.date_modified == datetime(2025, 9, 19, 2, tzinfo=UTC)
    assert article.date_published_raw == "2025-09-18T06:30:00+04:30"
    assert (article.date_source, article.date_calendar) == ("jsonld", "gregorian")
    assert (article.section, article.tags) == ("Water", ("water", "wells"))
    assert article.description == "A valley without water."
    assert (article.language, article.language_declared) == ("en", "en")
    assert article.translations == (Translation("fa", "https://news.example/fa/well"),)
    assert (article.url, article.canonical_url) == (URL, URL)
    assert article.text == "\n\n".join(STORY)


def test_links_of_the_story_and_none_of_the_page() -> None:
    body = paragraphs(STORY[0] + ' <a href="https://un.example/r?a=1">report</a>', *STORY[1:])
    assert read(story_html(body), of=BODY).links == ("https://un.example/r?a=1",)


def test_nobody_named_is_the_outlets_collective() -> None:
    assert read(story_html(), of=BODY).authors == ("News of the Valley",)


def test_no_text_is_no_article() -> None:
    with pytest.raises(NoArticle, match="No text"):
        extract(page("<body><div class=story><p> </p></div></body>"), BODY)


def test_dari_keeps_its_joiners_in_title_text_and_names() -> None:
    title = "زنان می‌گویند: «نمی‌رویم»"
    head = f'<meta property="og:title" content="{title}"><meta name="author" content="نیک‌زاد">'
    html = f"<html><head>{head}</head><body><h1>{title}</h1><div class=story><p>{JOINED}</p></div>"
    article = read(html, of=BODY)
    assert (article.title, article.text, article.authors) == (title, JOINED, ("نیک‌زاد",))
    assert article.language == "fa-AF"


def test_the_same_page_gives_the_same_article() -> None:
    html = story_html(head='<meta name="author" content="A and B and C">')
    assert read(html) == read(html)
    assert page(html).captured_at == NOW


def test_broken_characters_are_counted() -> None:
    spoilt = story_html(paragraphs(JOINED, *STORY)).encode().replace(b"two hours", b"two \x80", 1)
    read_again = extract(Page.parse(spoilt, URL, captured_at=NOW), BODY)
    assert "broken_characters:1" in read_again.warnings
    assert not any(w.startswith("broken") for w in read(story_html(), of=BODY).warnings)


@pytest.mark.parametrize(
    ("stated", "warned"), [("false", True), ('"False"', True), ("true", False)]
)
def test_a_text_that_is_not_free_may_be_cut_short(stated: str, warned: bool) -> None:
    thing = f'{{"@type": "NewsArticle", "headline": "A well", "isAccessibleForFree": {stated}}}'
    head = f'<script type="application/ld+json">{thing}</script>'
    warnings = read(story_html(head=head), of=BODY).warnings
    assert any(warning.startswith("not_free") for warning in warnings) == warned
