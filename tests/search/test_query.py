"""Queries: what they ask for, and that no string is wrong."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.extraction.normalize import folded
from zancrawler.search import Query, Search
from zancrawler.search.query import MAX_CHARACTERS
from zancrawler.search.words import terms

HOSTILE = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\"«»“”*-OR ANDNOTNEAR(){}^+:\u200c\u0640ی۱,\x00'\\")
    )
)


@settings(deadline=None)
@given(HOSTILE)
def test_any_string_is_a_query(newsroom: Search, text: str) -> None:
    newsroom.find(text, limit=1)


@pytest.mark.parametrize(
    "text",
    [
        "a " * MAX_CHARACTERS,
        '"' + "a " * MAX_CHARACTERS,
        "می‌" * MAX_CHARACTERS,
        "می " * MAX_CHARACTERS,
        "OR " * MAX_CHARACTERS,
        "-" * MAX_CHARACTERS,
        "ا" * 10**6,
        "title:goat NEAR(a b) col^2 {x}",
        "\ud800 a*",
    ],
)
def test_long_and_odd_queries_are_bounded(newsroom: Search, text: str) -> None:
    newsroom.find(text, limit=1)


@settings(deadline=None)
@given(st.text())
def test_the_fold_of_a_query_is_its_own_fold(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert terms(" ".join(terms(text))) == terms(text)


@settings(deadline=None)
@given(st.text())
def test_terms_are_what_the_tokenizer_makes_of_them(text: str) -> None:
    """SQLite must find in the index the very terms that we put there."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='ascii')")
    database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
    database.execute("INSERT INTO t VALUES (?)", (" ".join(terms(text)),))
    rows = database.execute("SELECT term FROM v ORDER BY offset").fetchall()
    assert [term for (term,) in rows] == terms(text)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("goat court", '(("goat")) AND (("court"))'),
        ('"white goat"', '(("white goat"))'),
        ("«white goat» Court", '(("white goat")) AND (("court"))'),
        ('"never closed', '(("never closed"))'),
        ("goat OR sheep court", '(("goat") OR ("sheep")) AND (("court"))'),
        ("goat AND court", '(("goat")) AND (("court"))'),
        ("goat -court", '((("goat"))) NOT (("court"))'),
        ('goat -"lower court"', '((("goat"))) NOT (("lower court"))'),
        ("embroid*", '(("embroid" *))'),
        ("e*", '(("e"))'),
        ("OR goat OR", '(("goat"))'),
        ("goat - !!! court", '(("goat")) AND (("court"))'),
        ("Women’s", '(("women s"))'),
        ("۱٬۶۴۰", '(("1640"))'),
        ("1,640", '(("1640"))'),
        ("Café", '(("cafe"))'),
    ],
)
def test_the_language_of_queries(text: str, matches: str) -> None:
    assert Query.parse(text).match == matches


@pytest.mark.parametrize(
    "text", ["", " ", "!?", "-goat", '""', "«»", "OR", "*", "\u0640", "\u200c"]
)
def test_a_query_without_a_word_asks_for_nothing(newsroom: Search, text: str) -> None:
    assert Query.parse(text).is_empty
    assert newsroom.find(text) == []


WAYS = [
    ("میروند", "می روند", "می‌روند", "مي\u200cروند", "مِی‌روند", "می¬روند", "می\u00adروند"),
    ("نمیروند", "نمی روند", "نمی‌روند"),
    ("کتابها", "کتاب ها", "کتاب‌ها", "كتاب‌ها"),
    ("کتابهای", "کتاب های", "کتاب‌های"),
    ("کتابهایشان", "کتاب هایشان", "کتاب‌هایشان"),
    ("بزرگتر", "بزرگ تر", "بزرگ‌تر"),
]


@pytest.mark.parametrize("ways", WAYS)
def test_together_apart_and_joined_are_one(ways: tuple[str, ...]) -> None:
    """Each way of writing a word asks for each other way that an index can hold."""
    for asked in ways:
        ((sought,),) = Query.parse(asked).wanted
        for written in ways:
            as_indexed = {tuple(terms(written)), ("".join(terms(written)),)}
            assert as_indexed & set(sought.spellings), (asked, written)


@pytest.mark.parametrize("asked", ["خانهٔ ما", "خانۀ ما", "خانه‌ی ما"])
@pytest.mark.parametrize("written", ["خانهٔ ما", "خانه‌ی ما"])
def test_a_phrase_with_either_ezafe_asks_for_the_other(asked: str, written: str) -> None:
    ((sought,),) = Query.parse(f'"{asked}"').wanted
    assert tuple(terms(written)) in sought.spellings
