from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.discovery import UnreadableSource, Via, read_api
from zancrawler.discovery.apis import MAX_API_BYTES, MAX_API_POSTS

API = "https://zan.example/wp-json/wp/v2/posts?per_page=100"


def post(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "date": "2024-05-03T14:30:00",
        "date_gmt": "2024-05-03T10:00:00",
        "modified_gmt": "2024-05-04T10:00:00",
        "link": "https://zan.example/2024/05/03/زنان/",
        "title": {"rendered": "زنان &#8211; می&zwnj;شود"},
        **fields,
    }


def test_posts() -> None:
    (advert,) = read_api(json.dumps([post()]).encode(), API).adverts
    assert advert.url == "https://zan.example/2024/05/03/%D8%B2%D9%86%D8%A7%D9%86/"
    assert advert.title == "زنان \u2013 می\u200cشود"
    assert advert.lastmod == datetime(2024, 5, 4, 10, tzinfo=UTC)
    assert (advert.source, advert.via) == (API, Via.API)


@pytest.mark.parametrize(
    ("url", "total", "following"),
    [
        (API, 3, [API + "&page=2"]),
        (API + "&page=2", 3, [API + "&page=3"]),
        (API + "&page=3", 3, []),
        (API, None, []),
        (API, 1, []),
    ],
)
def test_the_next_page_by_the_header(url: str, total: int | None, following: list[str]) -> None:
    assert [advert.url for advert in read_api(b"[]", url, total).follow] == following


def test_odd_posts_are_left_out_and_counted() -> None:
    body = json.dumps([post(), 7, None, {"link": 5}, {"link": "ftp://x"}, post(title="Plain")])
    found = read_api(body.encode(), API)
    assert len(found.adverts) == 1
    assert found.problems == ("5 posts without a usable link, or twice",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not JSON"),
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[" + b"9" * 5_000 + b"]", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"code": "rest_no_route", "message": "No route"}', "rest_no_route"),
        (b"7", "no list of posts"),
        (b" " * (MAX_API_BYTES + 1), "20,000,000"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read_api(body, API)


def test_posts_are_bounded() -> None:
    body = json.dumps([post(link=f"https://zan.example/{n}") for n in range(MAX_API_POSTS + 5)])
    assert len(read_api(body.encode(), API).adverts) == MAX_API_POSTS


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["link", "title", "rendered", "modified_gmt", "date_gmt"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_nothing_else_is_raised(answer: list[Any]) -> None:
    found = read_api(json.dumps(answer).encode(), API)
    assert all(advert.url.startswith("http") for advert in found.adverts)
