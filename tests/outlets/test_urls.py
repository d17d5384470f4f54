"""Canonical form and kind of URLs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.outlets import Catalogue, Outlet, UrlKind, canonical_url, parse_outlet, url_kind

TEXT = """
title = "Example"
home = "https://www.example.org/"
domains = ["www.example.org", "example.org", "127.0.0.1:8080"]
mirrors = ["mirror.example.net"]
languages = ["fa-AF"]
platform = "{platform}"
[urls]
drop_prefixes = ["/index.php", "/amp"]
story_id = '^/(\\d+)'
"""


def outlet(platform: str = "wix") -> Outlet:
    return parse_outlet("example", TEXT.replace("{platform}", platform), where="test")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://example.org/post/a/", "https://www.example.org/post/a"),
        ("https://WWW.Example.org:443/post/a#top", "https://www.example.org/post/a"),
        ("http://127.0.0.1:8080/post/a", "https://www.example.org/post/a"),
        ("https://mirror.example.net/post/a", "https://www.example.org/post/a"),
        ("https://example.org/post/a?utm_source=x&fbclid=1", "https://www.example.org/post/a"),
        ("https://example.org/news/a?comp-lx8gigng_page=13", "https://www.example.org/news/a"),
        ("https://example.org/post/a?lang=fa", "https://www.example.org/post/a?lang=fa"),
        ("https://example.org/index.php/amp/post/a", "https://www.example.org/post/a"),
        ("https://example.org/ampere", "https://www.example.org/ampere"),
        (
            "https://example.org/post/زنان",
            "https://www.example.org/post/%D8%B2%D9%86%D8%A7%D9%86",
        ),
        ("https://other.org/index.php/a/?utm_medium=b", "https://other.org/index.php/a/"),
        ("https://www.example.org", "https://www.example.org/"),
        ("https://example.org/news/a%3ab%e2%80%99", "https://www.example.org/news/a%3Ab%E2%80%99"),
        ("https://example.org/a/../%70ost/./b", "https://www.example.org/post/b"),
        # windows-1256, as old sites have it; and a number without a name.
        ("https://example.org/a?t=%ce%c8%d1&b=x", "https://www.example.org/a?b=x&t=%CE%C8%D1"),
        ("https://example.org/a?t=%d3%e1%c7", "https://www.example.org/a?t=%D3%E1%C7"),
        ("https://example.org/a?123", "https://www.example.org/a?123"),
        ("https://example.org/a?123=&amp&&b=c d", "https://www.example.org/a?123=&b=c+d"),
        ("https://example.org/a?t=زن/+", "https://www.example.org/a?t=%D8%B2%D9%86%2F+"),
        ("https://example.org/search?type=blogs&page=2", None),
    ],
)
def test_canonical_form(url: str, canonical: str | None) -> None:
    found = canonical_url(url, outlet())
    assert found == (canonical or "https://www.example.org/search?page=2&type=blogs")
    assert canonical_url(found, outlet()) == found


PATHS = st.lists(
    st.sampled_from(["index.php", "amp", "post", "زنان", "a b", "%D8%B2", "%7e", "..", "", "x~y"])
).map("/".join)
QUERIES = st.dictionaries(
    st.sampled_from(["utm_source", "page", "lang", "comp-a1_page", "p", "نام"]),
    st.text("abc ۱۲&=%+", max_size=4),
).map(lambda pairs: "&".join(f"{k}={v}" for k, v in pairs.items()))


def test_final_slash_is_the_sites_own() -> None:
    story = "https://example.org/2025/01/01/a"
    assert canonical_url(story, outlet("wordpress")) == "https://www.example.org/2025/01/01/a/"
    assert canonical_url(story + ".html", outlet("wordpress")).endswith("/a.html")
    assert canonical_url(story + "/", outlet("wix")).endswith("/a")
    assert canonical_url(story + "/", outlet("plain")).endswith("/a/")


@given(PATHS, QUERIES, st.sampled_from(["example.org", "other.org", "127.0.0.1:8080"]))
def test_canonical_form_is_idempotent(path: str, query: str, host: str) -> None:
    once = canonical_url(f"http://{host}/{path}?{query}", outlet())
    assert canonical_url(once, outlet()) == once
    assert once.isascii()


@pytest.mark.parametrize(
    ("platform", "path", "kind"),
    [
        ("wix", "/post/a-b", UrlKind.ARTICLE),
        ("wix", "/post/زنان-افغان", UrlKind.ARTICLE),
        ("wix", "/fa/post/a", UrlKind.ARTICLE),
        ("wix", "/blog/page/3", UrlKind.LISTING),
        ("wix", "/blog/categories/news", UrlKind.LISTING),
        ("wix", "/search?page=2&type=blogs", UrlKind.LISTING),
        ("wix", "/profile/reporter/profile", UrlKind.SKIP),
        ("wix", "/post/${s", UrlKind.SKIP),
        ("wix", "/page/C,location", UrlKind.SKIP),
        ("wix", "/post/sitemap", UrlKind.SKIP),
        ("wix", "/about", UrlKind.OTHER),
        ("wix", "/media/a.jpg", UrlKind.MEDIA),
        ("wix", "/post/" + "a" * 3000, UrlKind.SKIP),
        ("wordpress", "/2025/11/07/a-story/", UrlKind.ARTICLE),
        ("wordpress", "/ps/2025/11/07/a-story/", UrlKind.ARTICLE),
        ("wordpress", "/2025/11/", UrlKind.LISTING),
        ("wordpress", "/ps/category/news/page/2/", UrlKind.LISTING),
        ("wordpress", "/page/2/", UrlKind.LISTING),
        ("wordpress", "/wp-login.php", UrlKind.SKIP),
        ("wordpress", "/2025/11/07/a-story/feed/", UrlKind.SKIP),
        ("plain", "/anything", UrlKind.ARTICLE),
    ],
)
def test_kind(platform: str, path: str, kind: UrlKind) -> None:
    assert url_kind("https://example.org" + path, outlet(platform)) is kind


def test_other_hosts_and_schemes_are_foreign() -> None:
    for url in ("https://other.org/post/a", "mailto:a@example.org", "https://mirror.x/post/a"):
        assert url_kind(url, outlet()) is UrlKind.FOREIGN


@given(st.text(max_size=80))
def test_kind_never_raises(url: str) -> None:
    assert url_kind(url, outlet()) in UrlKind
    assert url_kind("https://example.org/" + url, outlet()) in UrlKind


def test_both_article_systems_of_zan_news() -> None:
    zannews = Catalogue.open().get("zannews")
    urls: Sequence[str] = (
        "https://zantvnetwork.com/post/women-activists-from-now-on",
        "https://www.zantvnetwork.com/news/taliban%3A-a-story?comp-lx8gigng_page=13",
    )
    assert [url_kind(url, zannews) for url in urls] == [UrlKind.ARTICLE, UrlKind.ARTICLE]
