from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.headers import retry_after

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 10:00:00 GMT", 3_600),
        ("Sunday, 01-Mar-26 10:00:00 GMT", 3_600),
        ("Sun Mar  1 10:00:00 2026", 3_600),
        ("Sun, 01 Mar 2026 08:00:00 GMT", 0),
        ("9" * 5_000, None),
        ("۱۲۰", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_to_stay_away(value: str, seconds: int | None) -> None:
    assert retry_after((("retry-after", value),), NOW) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d+ (Jan|Mar) \d+ \d+:\d+:\d+ (GMT|[+-]\d+)"))
def test_no_value_is_too_strange(value: str) -> None:
    seconds = retry_after((("Retry-After", value),), NOW)
    assert seconds is None or seconds >= 0
