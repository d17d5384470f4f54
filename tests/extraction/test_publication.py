from __future__ import annotations

from datetime import UTC, datetime

import pytest
from made_pages import outlet, read, rules, story_html

UNKNOWN = outlet(languages=())
URL = "https://news.example/2025/a-well"


def meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


def linked(day: str) -> str:
    thing = f'{{"@type": "NewsArticle", "headline": "A well", "datePublished": "{day}"}}'
    return f'<script type="application/ld+json">{thing}</script>'


@pytest.mark.parametrize(
    ("head", "above", "day", "source"),
    [
        (meta("article:published_time", "2025-09-18T08:00:00Z"), "", "2025-09-18", "meta"),
        (meta("w-published-date", "2025-09-18"), "", "2025-09-18", "meta"),
        (meta("article:modified_time", "2025-09-18"), "", None, None),
        ("", '<time datetime="2025-09-18T08:00:00Z">yesterday</time>', "2025-09-18", "time"),
        ("", "<p>18 September 2025</p>", "2025-09-18", "text"),
        ("", "<p>پنجشنبه ۲۷ سنبله ۱۴۰۴</p>", "2025-09-18", "text"),
        ("", "<p>By Zarghuna Amini | Sep 18, 2025 | 3 min read</p>", "2025-09-18", "text"),
    ],
)
def test_witnesses(head: str, above: str, day: str | None, source: str | None) -> None:
    article = read(story_html(head=head, above=above), of=UNKNOWN, url=URL)
    shown = article.date_published
    assert (f"{shown:%Y-%m-%d}" if shown else None) == day
    assert article.date_source == source


def test_a_list_of_other_stories_says_nothing() -> None:
    below = "".join(f"<div><h3>Other {n}</h3><p>Mar {n}, 2025</p></div>" for n in (11, 12, 13))
    article = read(story_html(below=below), of=UNKNOWN, url=URL)
    assert article.date_published is None


def test_the_clock_in_the_header_says_nothing() -> None:
    html = story_html().replace("<main>", "<div>Saturday, 20 September 2025</div><main>")
    assert read(html, of=UNKNOWN, url=URL).date_published is None


def test_the_url_speaks_last() -> None:
    article = read(story_html(), of=UNKNOWN)
    assert article.date_published == datetime(2025, 9, 18, tzinfo=UTC)
    assert (article.date_source, article.date_published_raw) == ("url", None)


def test_metadata_that_a_rebuilt_site_restamped() -> None:
    head = meta("article:published_time", "2025-09-15T00:00:00Z")
    article = read(story_html(head=head, above="<p>3 May 2021</p>"), of=UNKNOWN, url=URL)
    assert article.date_published == datetime(2021, 5, 3, tzinfo=UTC)
    assert "date-restated: meta says 2025-09-15" in article.warnings


@pytest.mark.parametrize("above", ["<p>Updated: 3 May 2021</p>", "<p>13 September 2025</p>"])
def test_metadata_stand_where_the_page_does_not_contradict(above: str) -> None:
    head = meta("article:published_time", "2025-09-15T00:00:00Z")
    article = read(story_html(head=head, above=above), of=UNKNOWN, url=URL)
    assert article.date_published == datetime(2025, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("above", "published", "modified", "warned"),
    [
        ("<p>به‌روزرسانی: ۲۸ سنبله ۱۴۰۴ | نشر: ۲۶ سنبله ۱۴۰۴</p>", 17, 19, False),
        ("<p>نشر: ۲۶ سنبله ۱۴۰۴ | به‌روزرسانی: ۲۸ سنبله ۱۴۰۴</p>", 17, 19, False),
        ("<p>Updated Sept 19, 2025, first published Sept 17, 2025</p>", 17, 19, False),
        ("<p>(Last Updated On: September 19, 2025)</p><p>September 17, 2025</p>", 17, 19, False),
        ("<p>(Last Updated On: September 19, 2025)</p>", 19, 19, True),
        (
            "<p>Updated <time datetime='2025-09-19'>Friday</time>, published "
            "<time datetime='2025-09-17'>Wednesday</time></p>",
            *(17, None, False),
        ),
        ("<time class='published updated' datetime='2025-09-17'>Sept 17</time>", 17, None, False),
        ("<time datetime='2025-09-17'><b>Last Updated:</b> Sept 17</time>", 17, 17, True),
    ],
)
def test_the_day_of_a_change_is_not_that_of_publication(
    above: str, published: int, modified: int | None, warned: bool
) -> None:
    article = read(story_html(above=above), of=UNKNOWN, url=URL)
    assert article.date_published == datetime(2025, 9, published, tzinfo=UTC)
    assert article.date_modified == (modified and datetime(2025, 9, modified, tzinfo=UTC))
    assert any(w.startswith("date-updated") for w in article.warnings) == warned


@pytest.mark.parametrize(
    ("stated", "url", "day_only"),
    [
        ("2025-09-15", URL, True),
        ("۲۴ سنبله ۱۴۰۴", URL, True),
        ("2025-09-15T00:00:00Z", URL, False),
        ("۲۴ سنبله ۱۴۰۴ ساعت ۰۰:۰۰", URL, False),
        ("", "https://news.example/2025/09/15/a-well", True),
        ("", URL, False),
    ],
)
def test_a_day_is_told_from_a_midnight(stated: str, url: str, day_only: bool) -> None:
    head = meta("article:published_time", stated)
    article = read(story_html(head=head), of=UNKNOWN, url=url)
    assert ("date-day" in article.warnings) == day_only


def test_a_change_before_the_publication_is_told() -> None:
    head = meta("article:published_time", "2025-09-15") + meta(
        "article:modified_time", "2025-09-01"
    )
    article = read(story_html(head=head), of=UNKNOWN, url=URL)
    assert article.date_modified == datetime(2025, 9, 1, tzinfo=UTC)
    assert "date-modified: 2025-09-01 would be before the publication" in article.warnings


def test_a_date_after_the_capture_is_none() -> None:
    article = read(
        story_html(head=meta("article:published_time", "2031-01-01")), of=UNKNOWN, url=URL
    )
    assert article.date_published is None
    assert article.warnings


def test_a_date_far_from_the_urls_is_told() -> None:
    article = read(story_html(head=meta("article:published_time", "2025-01-01T00:00:00Z")))
    assert any(w.startswith("date-differs") for w in article.warnings)


def test_the_outlets_element() -> None:
    known = outlet(articles=(rules(date=(".when",)),))
    article = read(story_html(above='<p class="when">پنجشنبه ۲۷ سنبله ۱۴۰۴</p>'), of=known)
    assert article.date_published == datetime(2025, 9, 18, tzinfo=UTC)
    assert (article.date_source, article.date_calendar) == ("outlet", "solar-hijri")


@pytest.mark.parametrize(
    ("head", "above", "raw"),
    [
        ("", "<time>۳۲ اسد ۱۴۰۴</time>", "۳۲ اسد ۱۴۰۴"),
        ("", "<p>۳۰ حوت ۱۴۰۲</p>", "۳۰ حوت ۱۴۰۲"),
        (meta("article:published_time", "32 Asad 1404"), "", "32 Asad 1404"),
        (meta("article:published_time", "not known"), "", "not known"),
        (
            meta("article:published_time", "2025-02-30T10:00:00Z"),
            "<p>32 Asad 1404</p>",
            "2025-02-30T10:00:00Z",
        ),
        ("", '<time datetime="2025-02-30T10:00Z">30 February 2025</time>', "2025-02-30T10:00Z"),
        (linked("2025-13-45"), "", "2025-13-45"),
        (linked("2031-01-01"), "", "2031-01-01"),
        (linked("yesterday or so"), "", "yesterday or so"),
        (meta("publication", "News of the Valley"), "<p>Photo 3 of 14</p>", None),
        ("", "<p>" + "32 Asad 1404, as it was told. " * 5 + "</p>", None),
        (meta("article:published_time", "x" * 5_000), "", None),
    ],
)
def test_a_date_that_cannot_be_read_is_kept_as_written(
    head: str, above: str, raw: str | None
) -> None:
    article = read(story_html(head=head, above=above), of=UNKNOWN, url=URL)
    assert article.date_published is None
    assert article.date_published_raw == raw
    assert (article.date_source, article.date_calendar) == (None, None)


def test_a_day_in_words_without_its_year() -> None:
    article = read(story_html(above="<p>پانزدهم اسد</p>"), of=UNKNOWN, url=URL)
    assert article.date_published == datetime(2025, 8, 6, tzinfo=UTC)
    assert article.date_published_raw == "پانزدهم اسد"
