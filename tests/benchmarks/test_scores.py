from __future__ import annotations

import pytest

from benchmarks.extraction.scores import (
    authors_score,
    language_score,
    text_score,
    title_score,
    zwnj_score,
)

TRUTH = "زن‌ها می‌گویند که کتاب‌خانه پیش از زمستان دوباره باز می‌شود"


def test_lost_joiners_count_as_joiners_not_as_text() -> None:
    lost = TRUTH.replace("\u200c", "")

    assert text_score(lost, TRUTH)[0] == 1.0
    assert zwnj_score(lost, TRUTH) == 0.0
    assert zwnj_score(TRUTH, TRUTH) == 1.0


def test_a_joiner_counts_only_within_its_own_word() -> None:
    assert zwnj_score("زن‌ها می گویند", "زن‌ها می‌گویند") == 0.5
    assert zwnj_score("می‌گویند", "می‌گویند می‌گویند") == 0.5
    assert zwnj_score("anything", "nothing to keep") is None


def test_what_stands_beside_the_text_may_be_found_or_not() -> None:
    text = "one two three four five\n\nsix seven eight nine ten"
    caption = "a caption of four words"
    found = text.replace("\n\n", f"\n\n{caption}\n\n")

    assert text_score(text, text, caption)[0] == 1.0
    assert text_score(found, text, caption)[0] == 1.0
    assert text_score(found, text)[0] < 1.0


def test_a_pull_quote_is_cut_once_and_its_sentence_stays() -> None:
    text = "she said that the door was open and left it so"
    quote = "the door was open"

    assert text_score(f"{text}\n\n{quote}", text, quote)[0] == 1.0
    assert text_score(text, text, quote)[0] == 1.0
    assert text_score(f"{text}\n\n{quote}\n\n{quote}", text, quote)[0] < 1.0


@pytest.mark.parametrize(
    ("found", "truth", "score"),
    [("fa-AF", "fa-AF", 1), ("prs", "fa-AF", 1), ("fa", "fa-AF", 0), (None, "ps", 0)],
)
def test_a_language_is_the_whole_tag(found: str | None, truth: str, score: float) -> None:
    assert language_score(found, truth) == score


def test_nobody_named_and_nobody_found_is_right() -> None:
    assert authors_score((), ()) == 1.0
    assert authors_score(("admin",), ()) == 0.0
    assert title_score("A title!", "a title") == 1.0
