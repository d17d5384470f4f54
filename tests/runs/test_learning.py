"""What is learnt of a site, piece by piece: shapes of addresses, the body, the file, the hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_site import PLACES, page, story

from zancrawler.extraction.article import Article
from zancrawler.extraction.page import Page
from zancrawler.outlets import parse_outlet
from zancrawler.outlets.platforms import PRESETS
from zancrawler.runs.checks import is_check
from zancrawler.runs.learning.body import recurring_body
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.furniture import furniture_of
from zancrawler.runs.learning.hosts import same_owner
from zancrawler.runs.learning.languages import languages_of
from zancrawler.runs.learning.learnt import Learnt, LearntRules
from zancrawler.runs.learning.outletfile import outlet_file, outlet_of
from zancrawler.runs.learning.platform import platform_of
from zancrawler.runs.learning.shapes import shapes_of
from zancrawler.runs.learning.site import Answer
from zancrawler.runs.pace import CHECK_EVERY, check_due

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


# Shapes.

PATHS = {
    "dated": (
        ["/2025/03/04/a-school", "/2025/11/07/the-market", "/ps/1404/01/02/ښوونځی"],
        r"^(?:/ps)?/(?:1[34]|19|20)\d\d/\d{1,2}/\d{1,2}/[^/?]+$",
    ),
    "named": (["/news/a%b", "/fa/news/بازار", "/news/x-y-z"], r"^(?:/fa)?/news/[^/?]+$"),
    "numbered": (["/en/12345/a-b", "/en/67890/c", "/en/1/d"], r"^/en/\d+/[^/?]+$"),
    "short": (["/?p=123", "/?p=4567"], r"^/?\?p=\d+$"),
    "sections": (["/sport/a-b-12345", "/world/c-23456"], r"^/(?:sport|world)/[^/?]+-\d{4,}$"),
    "files": (["/ps/news/1.html", "/ps/news/22.html"], r"^/ps/news/\d+\.html$"),
    "daily": (["/weather-2025-09-01", "/weather-2025-09-02"], r"^/weather-\d+-\d+-\d+$"),
    "slugs": (["/a-school-opens", "/the-market-of-women"], r"^/[^/?-]*(?:-[^/?-]*){2,}$"),
}


@pytest.mark.parametrize("case", PATHS)
def test_a_pattern_is_what_its_examples_share(case: str) -> None:
    examples, pattern = PATHS[case]
    (shape,) = shapes_of(examples, ["/", "/about", "/contact-us", "/tag/x"])
    assert shape.pattern == pattern
    assert (shape.matched, shape.wanted) == (len(examples), len(examples))
    assert (shape.mistaken, shape.unwanted) == (0, 4)


def test_unwanted_pages_make_a_pattern_narrower() -> None:
    examples = ["/x/a-school-of-girls", "/x/the-market-of-women"]
    (wide,) = shapes_of(examples, [])
    (narrow,) = shapes_of(examples, ["/x/about-us", "/x/team"])
    assert re.search(wide.pattern, "/x/about-us")
    assert not re.search(narrow.pattern, "/x/about-us")
    assert narrow.mistaken == 0
    (none,) = shapes_of(["/x/a", "/x/b"], ["/x/c", "/x/d", "/x/e"])
    assert not none.sound


steps = st.text("abcآز0123456789-_.%()[]*+?\\^$|'\"", min_size=1, max_size=12).filter(
    lambda step: "?" not in step and step not in (".", "..")
)
paths = st.lists(st.lists(steps, min_size=1, max_size=4).map(lambda s: "/" + "/".join(s)))


@given(paths, paths)
def test_every_shape_is_a_pattern_that_matches_its_examples(
    wanted: list[str], unwanted: list[str]
) -> None:
    for shape in shapes_of(wanted, unwanted):
        assert shape.matched >= 0.9 * len(shape.examples)
        assert all(path in wanted for path in shape.examples)
        assert shape.mistaken <= shape.unwanted
        assert "'" not in shape.pattern or parse_outlet("x", FILE(shape.pattern), where="x")


def FILE(pattern: str) -> str:  # noqa: N802 - a template
    return outlet_file(replace(LEARNT, rules=(LearntRules(shape(pattern), "here"),)))


def shape(pattern: str) -> object:
    (found,) = shapes_of(["/x/a-b", "/x/c-d"], [])
    return replace(found, pattern=pattern)


# The body element.


def pages() -> Iterator[Page]:
    for number, place in enumerate(PLACES[:4], 1):
        yield Page.parse(story(place, number).encode(), f"https://x/{number}", captured_at=NOW)


def test_the_body_is_what_recurs_and_holds_the_text() -> None:
    found = recurring_body(list(pages()))
    assert found is not None
    assert found.selector == "div.words"
    assert found.agreement > 0.95
    assert recurring_body(list(pages())[:1]) is None
    assert recurring_body([]) is None


def test_furniture_is_learnt_and_no_text_of_the_article_is_any() -> None:
    assert furniture_of(list(pages()), "#story") == ("p.path",)
    assert furniture_of(list(pages()), "div.words") == ()
    assert furniture_of(list(pages()), "#none") == ()


# Platform, languages, hosts.


def answer(html: str = "", **headers: str) -> Answer:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("https://x/", "https://x/", NOW, 200, fields, html.encode())


def test_a_platform_is_told_with_its_evidence() -> None:
    generator = '<meta name="generator" content="WordPress 6.8.2">'
    found = platform_of([answer(page("x", "x", generator))])
    assert found == Fact("wordpress", "the generator WordPress 6.8.2 in /")
    assert platform_of([answer(), answer('<script id="__NEXT_DATA__">')]).value == "nextjs"
    by_header = platform_of([answer(x_generator="Drupal 10 (https://www.drupal.org)")])
    assert by_header.value == "drupal"
    assert "x-generator" in by_header.where
    assert platform_of([answer()]).value == "plain"
    assert set(PRESETS) == {"wix", "pangea", "nextjs", "drupal", "wordpress", "plain"}


DARI = "پوهنتون کابل امروز برای دانشجویان باز شد و رئیس شفاخانه گفت که دالر ارزان شده است. " * 4
PERSIAN = "او گفت که آن‌ها به خانه رفتند و در باغ نشستند و چای خوردند و شب را با هم گذراندند. " * 4
PASHTO = "د کابل پوهنتون نن د زده کوونکو پر مخ پرانستل شو او ښوونکو وویل چې دوی خوښ دي. " * 4
ENGLISH = "The university of the city opened its doors to students again on Monday morning. " * 4


def articles(*texts: str, declared: str | None = None) -> list[Article]:
    return [Article("u", "u", "t", text, language_declared=declared) for text in texts]


def test_languages_are_those_of_the_texts_the_home_pages_first() -> None:
    assert languages_of(articles(ENGLISH, DARI, DARI), "en").value == ("en", "fa-AF")
    assert languages_of(articles(ENGLISH, DARI, DARI), None).value == ("fa-AF", "en")
    assert languages_of(articles(PASHTO, PERSIAN), "ps").value == ("ps", "fa-AF")
    assert languages_of(articles(PERSIAN), "fa").value == ("fa",)
    assert languages_of(articles(PERSIAN, declared="prs"), "prs").value == ("fa-AF",)
    assert languages_of(articles("short"), "en") is None


def test_hosts_of_one_owner() -> None:
    assert same_owner("https://www.example.com.af/", "https://example.com.af/x")
    assert not same_owner("https://a.com.af/", "https://b.com.af/")
    assert not same_owner("http://127.0.0.1:1/", "http://127.0.0.1:2/")


# The file.

LEARNT = Learnt(
    name="x",
    home="https://example.org/",
    day=date(2026, 3, 29),
    platform=Fact("wordpress", "its mark"),
    title=Fact("Example", "og:site_name"),
    domains=Fact(("example.org",), ""),
    languages=Fact(("en",), "texts"),
)

hostile = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ['"\n[politeness]\nignore_robots = "yes', "''' \\", "\u202e#x", '"""', "\x7f\x00\x85"]
)


@given(hostile, hostile, hostile)
def test_no_word_of_a_site_writes_a_line_of_its_file(title: str, where: str, note: str) -> None:
    learnt = replace(
        LEARNT,
        title=Fact(title, where),
        byline=Fact(title, where),
        known_articles=note,
        unknown=(note,),
        feeds=Fact(("https://example.org/feed/?a='\"%23",), where),
    )
    outlet = outlet_of(learnt)
    assert outlet.politeness.ignore_robots is None
    assert outlet.home == "https://example.org/"
    assert outlet.sources.feeds == ("https://example.org/feed/?a='\"%23",)
    plain = outlet_file(replace(LEARNT, byline=Fact("x", ""), feeds=learnt.feeds))
    assert effective(outlet_file(learnt)) == effective(plain)


def effective(text: str) -> int:
    return sum(1 for line in text.splitlines() if line and not line.startswith("#"))


# When.


@given(
    st.text("abcdefghij-", min_size=1, max_size=12),
    st.datetimes(datetime(2020, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)),
)
def test_each_outlet_has_one_hour_a_week(outlet: str, start: datetime) -> None:
    hours = [start + timedelta(hours=n) for n in range(int(CHECK_EVERY / timedelta(hours=1)))]
    pairs = zip([start - timedelta(hours=1), *hours], hours, strict=False)
    due = [hour for before, hour in pairs if check_due(outlet, before, hour)]
    assert len(due) == 1
    assert not check_due(outlet, due[0], due[0])
    assert check_due(outlet, due[0], due[0] + CHECK_EVERY)


def test_outlets_are_spread_over_the_week() -> None:
    names = [f"outlet-{n}" for n in range(45)]
    hours = [NOW + timedelta(hours=n) for n in range(168)]
    at_once = [
        sum(check_due(name, hour, hour + timedelta(hours=1)) for name in names) for hour in hours
    ]
    assert sum(at_once) == len(names)
    assert max(at_once) <= 4


def test_a_check_is_told_by_its_name() -> None:
    assert is_check("zannews-check-20261124120000", "zannews")
    assert not is_check("zannews-20261124120000", "zannews")
    assert not is_check("zannews-check-20261124120000", "zannews-check")
