"""A text is known again on any page that repeats fifteen of its words, and told by nothing else."""

from __future__ import annotations

import json

import pytest

from zancrawler.fingerprints import ENOUGH, Fingerprints

PAGE = (
    "The weavers of the upper valley met on Thursday to speak of wool and of the price of dye, "
    "and agreed that nobody would sell below what a winter costs."
)
PERSIAN = "زنان بافنده در نشست روز پنج‌شنبه گفتند که بهای پشم و رنگ را همگی با هم تعیین می‌کنند."


@pytest.mark.parametrize(
    "page",
    [
        f"<p>Before. {PAGE} After.</p>",
        f"<p>{PAGE.replace('upper', '<b>upper</b>')}</p>",
        f'<meta content="{PAGE}">',
        f"<description><![CDATA[Photo: A. W.{PAGE}]]></description>",
        f"<!-- {PAGE} -->",
        json.dumps({"html": f"<p>{PAGE}</p>"}),
        "&lt;p&gt;" + PAGE.replace(" ", "&nbsp;") + "&lt;/p&gt;",
        PAGE.upper().replace("VALLEY", "VAL\u200cLEY"),
        *(" ".join(PAGE.split()[start : start + ENOUGH]) for start in range(4)),
    ],
)
def test_words_are_known_again_in_any_dress(page: str) -> None:
    marks = Fingerprints.of(PAGE)
    assert marks.found_in(page)
    assert Fingerprints.parse(marks.text()) == marks


@pytest.mark.parametrize("page", ["", "<p>wool</p>", " ".join(PAGE.split()[1:15]), "x " * 10_000])
def test_few_words_in_common_are_not_it(page: str) -> None:
    assert not Fingerprints.of(PAGE).found_in(page)


@pytest.mark.parametrize(
    "body",
    [
        PERSIAN.encode(),
        PERSIAN.replace("ی", "ي").replace("ک", "ك").encode("windows-1256", "replace"),
        PERSIAN.encode("utf-16"),
        PERSIAN.replace("ه", "ﻪ").encode(),
        b"\xff " + PERSIAN.encode(),
    ],
)
def test_words_are_known_again_in_any_coding(body: bytes) -> None:
    assert Fingerprints.of(PERSIAN).found_in_bytes(body)


def test_no_run_of_words_tells_the_next_one() -> None:
    """Whoever knows all but one word of a run must not be able to try for that word."""
    marks = Fingerprints.of(PAGE)
    words = PAGE.split()
    runs = [" ".join(words[start : start + 8]) for start in range(len(words) - 7)]
    found = [start for start, run in enumerate(runs) if marks.found_in(run)]
    assert found == [0, 8, 16]


@pytest.mark.parametrize("piece", ["\\", "<", "=", "= ", '="', "&"])
def test_a_hostile_page_is_looked_through_in_time(piece: str) -> None:
    assert not Fingerprints.of(PAGE).found_in(piece * 500_000)
