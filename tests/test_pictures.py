"""Which URLs show the same picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.pictures import picture_key

WIX = "https://static.wixstatic.com/media/c4a1e0_05531b19bb846b18c09f979eeb429ad3~mv2.png"
UPLOAD = "https://example.org/wp-content/uploads/2026/03/goat"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WIX, f"{WIX}/v1/fill/w_740,h_416/photo.png"),
        (WIX, "https://mirror.example/media/c4a1e0_05531b19bb846b18c09f979eeb429ad3~mv2.png"),
        (f"{UPLOAD}.jpg", f"{UPLOAD}-1024x768.jpg"),
        (f"{UPLOAD}.jpg", f"{UPLOAD}-scaled.jpg?ssl=1"),
        (
            "https://gdb.rferl.org/01000000-0aff-0242-b3c1-08dc5c3f9f1a_w408_r1_s.jpg",
            "https://gdb.voanews.com/01000000-0AFF-0242-B3C1-08DC5C3F9F1A_w1023_r1.jpg",
        ),
    ],
)
def test_the_same_picture(one: str, other: str) -> None:
    assert picture_key(one) == picture_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{UPLOAD}.jpg", f"{UPLOAD}-2.jpg"),
        ("https://a.example/kabul.jpg", "https://b.example/kabul.jpg"),
        ("https://a.example/2026/03/kabul.jpg", "https://a.example/2026/04/kabul.jpg"),
    ],
)
def test_another_picture(one: str, other: str) -> None:
    assert picture_key(one) != picture_key(other)


@pytest.mark.parametrize(
    "url", ["", "no url", "http://[", "data:image/png;base64,AAAA", "x" * 5000]
)
def test_no_picture(url: str) -> None:
    assert picture_key(url) is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert picture_key(text) is None or isinstance(picture_key(text), str)
