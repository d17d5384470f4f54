"""From a row to its capture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from zancrawler.replay.links import replay_link


def test_a_persian_url_with_a_query_comes_through_whole() -> None:
    url = "https://news.example/post/%D8%AE%D8%A8%D8%B1?a=1&b=%20#top"
    link = replay_link(url, datetime(2026, 1, 31, 12, 0, 5, 999_999, tzinfo=UTC), "http://h/")
    parts = urlsplit(link)
    assert (parts.path, parts.query) == ("/", "")
    assert parse_qs(parts.fragment) == {"url": [url], "ts": ["20260131120005"]}


def test_the_moment_is_in_utc() -> None:
    kabul = timezone(timedelta(hours=4, minutes=30))
    link = replay_link("http://news.example/", datetime(2026, 1, 1, 2, tzinfo=kabul))
    assert link.endswith("ts=20251231213000")
