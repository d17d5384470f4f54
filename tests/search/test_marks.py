"""Highlights: in the original text, to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.search import Query
from zancrawler.search.marks import SNIPPET, marked, snippet


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("میروند", "آنان به خارج می‌روند.", "آنان به خارج **می‌روند**."),
        ("می‌روند", "آنان به خارج ميروند.", "آنان به خارج **ميروند**."),
        ("می روند", "آنان به خارج می روند.", "آنان به خارج **می روند**."),
        ("خانه ما", "خانه‌ی ما و خانهٔ ما", "**خانه**‌ی **ما** و **خانهٔ** **ما**"),
        ("41", "۴۱ خانه", "**۴۱** خانه"),
        ("1640", "It costs 1,640 afghanis", "It costs **1,640** afghanis"),
        ("نه", "باشندگان نُه روستا", "باشندگان **نُه** روستا"),
        ("ښوونځی", "د ښوونځي لاره", "د **ښوونځي** لاره"),
        ('"white goat"', "A white goat, a White Goat.", "A **white goat**, a **White Goat**."),
        ("embroid*", "They embroider; embroidery", "They **embroider**; **embroidery**"),
        ("چاهکن", "چاه‌کن‌های دشت", "**چاه‌کن**‌های دشت"),
        ("cafe", "Le CAFE\u0301!", "Le **CAFE\u0301**!"),
        ("goat -court", "goat court", "**goat** court"),
        ("none", "nothing here", "nothing here"),
        ("goat", "goat\x1b[2J\x9b", "**goat** [2J "),
    ],
)
def test_matches_are_marked_as_they_are_written(query: str, text: str, shown: str) -> None:
    assert str(marked(text, Query.parse(query))) == shown


def test_a_snippet_shows_where_most_of_the_query_is() -> None:
    text = "goat\n" + "grass " * 100 + "the judge asked the goat in court. " + "grass " * 100
    shown = snippet(text, Query.parse("goat court judge"))
    assert "**judge** asked the **goat** in **court**." in str(shown)
    assert str(shown).startswith("… ")
    assert str(shown).endswith(" …")
    assert len(shown.text) <= SNIPPET


def test_a_snippet_begins_with_the_text_where_nothing_matches() -> None:
    shown = snippet("First words. " * 40, Query.parse("goat"))
    assert shown.text.startswith("First words.")
    assert shown.starts
    assert not shown.ends


WORDS = st.lists(st.sampled_from(["می‌روند", "goat", "۱٬۶۴۰", "خانهٔ", "\n\n", "x" * 300, "ك"]))


@settings(deadline=None)
@given(WORDS.map(" ".join), st.sampled_from(["میروند", "goat", "1640 خانه", "ک x*"]))
def test_a_snippet_is_the_original_but_for_line_ends(text: str, query: str) -> None:
    shown = snippet(text, Query.parse(query))
    assert shown.text in text.replace("\n", " ")
    ends = [0, *(place for mark in shown.marks for place in mark), len(shown.text)]
    assert ends == sorted(ends)
    assert "".join(piece for piece, _ in shown.pieces()).strip("… ") == shown.text.strip("… ")
