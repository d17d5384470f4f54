from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from zancrawler.discovery import page_links
from zancrawler.discovery.advert import MAX_TITLE_LENGTH, absolute_url, plain_title
from zancrawler.outlets.urls import MAX_URL_LENGTH

PAGE = "https://zan.example/fa/blog/"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/post/a", "https://zan.example/post/a"),
        ("a", "https://zan.example/fa/blog/a"),
        ("../a?b=1&c=2#d", "https://zan.example/fa/a?b=1&c=2"),
        ("//www.zan.example/a", "https://www.zan.example/a"),
        (" \n/post/a\t", "https://zan.example/post/a"),
        (
            "/post/زنان\u200cکابل",
            "https://zan.example/post/%D8%B2%D9%86%D8%A7%D9%86%E2%80%8C%DA%A9%D8%A7%D8%A8%D9%84",
        ),
        ("/post/%D8%B2", "https://zan.example/post/%D8%B2"),
        ("/post/women%3A-it%E2%80%99s", "https://zan.example/post/women%3A-it%E2%80%99s"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("", None),
        ("mailto:a@b.example", None),
        ("javascript:void(0)", None),
        ("data:text/html,x", None),
        ("ftp://zan.example/a", None),
        ("http://[", None),
        ("/post/\ud83d", None),
        ("http://zan.example:port/", None),
        ("http:///a", None),
        ("HTTP://\x08?", None),
        ("http://zan\x00.example/a", None),
        ("http://zan .example/a", None),
        ("http://zan%08.example/a", None),
        ("http://reader@\x7f/a", None),
        (";\x08", None),
        ("http:///\\Zan", None),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("/post/${slug}", None),
        ("/post/{{ slug }}", None),
        ("/post/<b>", None),
        ("/" + "a" * MAX_URL_LENGTH, None),
        ("/" + "ز" * (MAX_URL_LENGTH // 6), None),
    ],
)
def test_absolute_urls(href: str, url: str | None) -> None:
    assert absolute_url(href, PAGE) == url


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,9}[/?#]?.{0,20}"))
@example("HTTP://\x08?")
@example(";\x08")
def test_an_absolute_url_is_whole_or_none_and_stays_as_it_is(href: str) -> None:
    url = absolute_url(href, PAGE)
    if url is not None:
        assert url.isascii()
        assert url.startswith(("http://", "https://"))
        assert "#" not in url
        assert absolute_url(url, PAGE) == url


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("A <b>bold</b>\n one", "A bold one"),
        ("AT&amp;T", "AT&T"),
        ("می&zwnj;شود", "می\u200cشود"),
        ("می&amp;zwnj;شود", "می\u200cشود"),
        ("x < y and I <3 you", "x < y and I <3 you"),
        ("  ", None),
        ("", None),
        (None, None),
        ("a" * 5_000, "a" * MAX_TITLE_LENGTH),
        ("a \ud83d b", "a ? b"),
    ],
)
def test_titles(markup: str | None, title: str | None) -> None:
    assert plain_title(markup) == title


@given(st.text(alphabet="<>/=\"' ahreflbscriptnxc#&;:[]\u200c\x0b", max_size=200))
def test_the_links_of_any_page_are_whole(body: str) -> None:
    tree = html.document_fromstring(f"<html><body>x{body}</body></html>")
    found = page_links(tree, PAGE)
    urls = [link.url for link in found.links] + list(found.feeds)
    urls += [url for _, url in found.alternates] + [found.canonical or PAGE]
    assert all(url.startswith(("http://", "https://")) and url.isascii() for url in urls)
