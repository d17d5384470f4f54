from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from zancrawler.discovery import Discovered, Link, Via, Walk, page_links, read_listing
from zancrawler.discovery.links import MAX_LINKS
from zancrawler.discovery.listings import MAX_LISTING_PAGES, page_number
from zancrawler.outlets import ArticleRules, Outlet

HOME = "https://zan.example/"
OUTLET = Outlet(
    name="zan",
    title="Zan",
    home=HOME,
    domains=("zan.example", "www.zan.example"),
    languages=("fa-AF",),
    platform="plain",
    articles=(ArticleRules(url=re.compile(r"^/post/[^/?]+")),),
)
WIX = Path(__file__).parents[3] / "shared" / "pages" / "wix"


def listing(body: str, url: str = HOME + "blog", head: str = "") -> Discovered:
    tree = html.document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    return read_listing(tree, url, OUTLET)


def followed(body: str, url: str = HOME + "blog", head: str = "") -> list[str]:
    return [advert.url for advert in listing(body, url, head).follow]


def test_articles_by_the_outlets_rules_each_once_with_the_headline() -> None:
    found = listing(
        """<a href="/post/a"><img src="a.jpg"></a> <a href="/post/a">زنان‌کابل</a>
        <a href="https://www.zan.example/post/a?utm_source=x">again</a>
        <a href="post/b#comments"> Two
        lines </a> <a href="/about">About</a> <a href="https://other.example/post/c">C</a>
        <a href="mailto:a@b.c">m</a> <a href="javascript:void(0)">j</a> <a>no</a>
        <a href="/post/${slug}">template</a> <script>var u = "/post/from-script"</script>"""
    )
    assert [(advert.url, advert.title) for advert in found.adverts] == [
        (HOME + "post/a", "زنان‌کابل"),
        (HOME + "post/b", "Two lines"),
    ]
    assert {advert.via for advert in found.adverts} == {Via.LISTING}


def test_base_href_is_obeyed() -> None:
    found = listing('<a href="post/a">A</a>', HOME + "x/y", '<base href="/">')
    assert [advert.url for advert in found.adverts] == [HOME + "post/a"]


@pytest.mark.parametrize(
    ("url", "body", "following"),
    [
        ("blog", '<a href="/blog/page/2">2</a><a href="/blog/page/45">45</a>', "blog/page/2"),
        ("blog/page/8", '<a href="/blog">1</a><a href="/blog/page/9/">9</a>', "blog/page/9/"),
        (
            "search?type=blogs",
            '<a href="/search?page=45&type=blogs">45</a><a href="/search?page=2&type=blogs">2</a>',
            "search?page=2&type=blogs",
        ),
        (
            "news",
            '<a href="?page=0">1</a><a href="?page=1">2</a><a href="?page=2">3</a>',
            "news?page=1",
        ),
        ("news", '<a href="?page=1">1</a><a href="?page=2">2</a>', "news?page=2"),
        (
            "list?start=20",
            '<a href="list?start=0">1</a><a href="list?start=40">3</a>',
            "list?start=40",
        ),
        ("news", '<a rel="next" href="/news?after=abc">older</a>', "news?after=abc"),
        ("?paged=2", '<a href="/?paged=3">3</a>', "?paged=3"),
    ],
)
def test_the_next_page_is_one_step_on(url: str, body: str, following: str) -> None:
    assert followed(body, HOME + url) == [HOME + following]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("blog/page/8", '<a href="/blog/page/7">7</a><a href="/blog/page/8">8</a>'),
        ("blog", '<a href="/other/page/2">2</a>'),
        ("blog", '<a rel="next" href="/post/next-story">next story</a>'),
        ("blog", '<a rel="next" href="https://other.example/blog/page/2">2</a>'),
        ("blog?tag=a", '<a href="/blog/page/2">2</a>'),
        ("fa/blog", '<a href="/blog/page/2">2</a>'),
    ],
)
def test_no_other_listing_is_followed(url: str, body: str) -> None:
    assert followed(body, HOME + url) == []


def test_link_rel_next_comes_first() -> None:
    head = '<link rel="next" href="/blog/page/2"><link rel="prev" href="/blog">'
    assert followed('<a href="/blog/page/3">3</a>', head=head) == [HOME + "blog/page/2"]


def test_page_number_parts_series_and_number() -> None:
    assert page_number(HOME + "blog/page/3")[1] == 3
    assert page_number(HOME + "blog/page/3/")[0] == page_number(HOME + "blog")[0]
    assert page_number(HOME + "s?b=1&page=3&a=2")[0] == page_number(HOME + "s?a=2&b=1")[0]
    assert page_number(HOME + "s?page=" + "9" * 30)[1] is None


@given(st.text(max_size=60))
def test_page_number_never_raises_on_what_absolute_url_lets_through(text: str) -> None:
    tree = html.document_fromstring("<html><body><a>x</a></body></html>")
    tree.find(".//a").set("href", re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", text))
    found = read_listing(tree, HOME + "blog", OUTLET)
    assert all(advert.url.startswith("http") for advert in (*found.adverts, *found.follow))


def test_what_a_page_says_of_itself() -> None:
    tree = html.document_fromstring(
        """<html><head><link rel="canonical" href="/post/a"><link rel="canonical" href="/post/z">
        <link rel="alternate" hreflang="FA-af" href="/fa/post/b">
        <link rel="alternate" hreflang="x-default" href="/">
        <link rel="alternate" type="application/rss+xml" href="/blog-feed.xml">
        <link rel="alternate stylesheet" href="/x.css"><link rel="icon" href="/i.png">
        </head><body><a href="/x">X</a></body></html>"""
    )
    found = page_links(tree, HOME + "post/a?x=1")
    assert found.canonical == HOME + "post/a"
    assert found.alternates == (("fa-af", HOME + "fa/post/b"), ("x-default", HOME))
    assert found.feeds == (HOME + "blog-feed.xml",)
    assert found.links == (Link(HOME + "x", "X"),)


def test_links_are_bounded() -> None:
    many = "".join(f'<a href="/post/{n}">{n}</a>' for n in range(MAX_LINKS + 10))
    assert len(listing(many).adverts) == MAX_LINKS


def test_a_walk_ends_where_nothing_is_new() -> None:
    walk = Walk().after(frozenset("abc"), unknown=3)
    assert walk == Walk(1, frozenset("abc"))
    assert walk.after(frozenset("cd"), unknown=1) == Walk(2, frozenset("abcd"))
    assert walk.after(frozenset("cd"), unknown=0) is None


def test_a_backfill_goes_through_known_articles_but_not_in_circles() -> None:
    walk = Walk().after(frozenset("abc"), unknown=0, backfill=True)
    assert walk is not None
    assert walk.after(frozenset("def"), unknown=0, backfill=True) is not None
    assert walk.after(frozenset("abc"), unknown=3, backfill=True) is None
    assert walk.after(frozenset(), unknown=0, backfill=True) is None


def test_a_walk_is_bounded() -> None:
    walk: Walk | None = Walk(MAX_LISTING_PAGES - 1)
    assert walk is not None
    assert walk.after(frozenset("a"), unknown=1, backfill=True) is None


@pytest.mark.skipif(not WIX.is_dir(), reason="no ../shared/pages/wix beside this checkout")
def test_a_real_wix_listing() -> None:
    body = gzip.decompress((WIX / "listing_page2_en_2026_girlplus.html.gz").read_bytes())
    # The mirror that it was kept in put `.html` behind every path.
    tree = html.document_fromstring(body.replace(b".html", b""))
    found = read_listing(tree, HOME + "hot-topics/page/2", OUTLET)
    assert len(found.adverts) == 10
    assert all(advert.title for advert in found.adverts)
    assert [advert.url for advert in found.follow] == [HOME + "hot-topics/page/3"]


def test_a_walk_goes_on_where_another_source_was_before_it() -> None:
    """A feed of ten items has told of the listing's first page, and of nothing on its second."""
    shown = frozenset(f"/post/{n}" for n in range(10))
    assert Walk().after(shown, 0, fresh=10)
    assert Walk().after(shown, 0, fresh=6)
    assert Walk().after(shown, 0, fresh=5) is None
    assert Walk(seen=shown).after(shown, 0, fresh=10) is None
