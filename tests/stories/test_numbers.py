"""Numbers: digits of three sets, thousands, and small numbers in words of three languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.extraction.normalize import normalized
from zancrawler.stories.numbers import MAX_NUMBERS, number_digests, numbers_in


def numbers(text: str) -> list[str]:
    plain = normalized(text).casefold()
    return list(numbers_in(plain, re.findall(r"\w+", plain)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("41 of its 66 houses", ["41", "66"]),
        ("۴۱ خانه از ٦٦ خانه", ["41", "66"]),
        ("1,640 afghanis and ۱٬۶۴۰ افغانی", ["1640", "1640"]),
        ("66.4 and ۶۶٫۴", ["66.4", "66.4"]),
        ("Four hearings, and at the third a goat", ["4", "3"]),
        ("پس از چهار جلسه، در جلسهٔ سوم", ["4", "3"]),
        ("له څلورو غونډو وروسته، په درېیمه غونډه کې", ["4", "3"]),
        ("روز چهارشنبه و چهار شنبه", []),
        ("در ۱۵ اسد ۱۴۰۴ و ۲۷ سنبله ۱۳۷۹", ["15", "27"]),
        ("6 August 2025 and 31 December 1999", ["6", "31"]),
        ("1,404 and 1404.5 and 14040", ["1404", "1404.5", "14040"]),
        ("one of them, یک نفر، یوه ښځه، نه", []),
        ("", []),
    ],
)
def test_numbers_of_a_text(text: str, expected: list[str]) -> None:
    assert numbers(text) == expected


@given(st.text(max_size=300))
def test_any_text_has_few_small_digests(text: str) -> None:
    digests = number_digests(text, text.split())
    assert len(digests) <= MAX_NUMBERS
    assert all(0 <= digest < 2**16 for digest in digests)


def test_a_table_of_figures_is_cut() -> None:
    text = " ".join(map(str, range(1_000, 9_000)))
    assert len(number_digests(text, text.split())) == MAX_NUMBERS
