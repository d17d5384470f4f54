"""Normalised text: one spelling, nothing lost that carries meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.extraction.normalize import folded, normalized

LETTERS = st.text(
    st.one_of(
        st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
        st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFF, exclude_categories=["Cs"]),
        st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u0640\ufeff\u00a0\n aé\u0301\u0654\u0653"),
        st.sampled_from("\u00ac\u00ad"),
    ),
    max_size=40,
)


@given(st.one_of(LETTERS, st.text(max_size=40)))
def test_a_second_time_changes_nothing(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)
    assert folded(folded(text)) == folded(text)


@given(LETTERS)
def test_fold_of_normalized_is_fold(text: str) -> None:
    assert folded(normalized(text)) == folded(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("می\u200cگويند", "می\u200cگویند"),
        ("مي\u200c\u200cگویند", "می\u200cگویند"),
        ("می\u200bگویند", "می\u200cگویند"),
        ("می\u200dگویند", "می\u200cگویند"),
        ("می\u00adگویند", "می\u200cگویند"),
        ("مي¬گويند", "می\u200cگویند"),
        ("۵ ¬ ۳، re\u00adport", "5 ¬ 3، report"),
        ("کتاب\u200c ها", "کتاب ها"),
        ("\u200cکابل\u200c.", "کابل."),
        ("۱۴۰۴ و ١٤٠٤", "1404 و 1404"),
        ("كابل", "کابل"),
        ("خانهٔ ما", "خانه ما"),
        ("خانۀ ما", "خانه ما"),
        ("ســـلام", "سلام"),
        ("مُحَمَّد", "محمد"),
        ("\u202bکابل\u202c", "کابل"),
        ("آب و ا\u0653ب", "آب و آب"),
        ("ﻛﺎﺑﻞ", "کابل"),
        ("یک\u00a0\tدو", "یک دو"),
        ("یک\n\nدو", "یک\n\nدو"),
        ("cafe\u0301", "café"),
    ],
)
def test_normalized(source: str, expected: str) -> None:
    assert normalized(source) == expected


def test_pashto_letters_stay_apart_until_folded() -> None:
    assert normalized("ښځې او نجونۍ ګډې") == "ښځې او نجونۍ ګډې"
    assert folded("ښځې ګډې") == folded("ښځی گډی")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("می\u200cگویند", "می گویند"),
        ("ميگويند", "میگویند"),
        ("مسئول", "مسیول"),
        ("أفغانستان", "افغانستان"),
        ("Taliban", "TALIBAN"),
        ("Zürich", "zurich"),
    ],
)
def test_folded_finds_both(one: str, other: str) -> None:
    assert folded(one) == folded(other)
