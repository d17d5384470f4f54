"""A text is known again on any page that repeats ten of its words."""

from __future__ import annotations

import json

import pytest

from zancrawler.fingerprints import Fingerprints

PAGE = "The weavers of the upper valley met on Thursday to speak of wool and of the price of dye."


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
        " ".join(PAGE.split()[3:13]),
    ],
)
def test_words_are_known_again_in_any_dress(page: str) -> None:
    marks = Fingerprints.of(PAGE)
    assert marks.found_in(page)
    assert Fingerprints.parse(marks.text()) == marks


@pytest.mark.parametrize("page", ["", "<p>wool</p>", " ".join(PAGE.split()[3:12]), "x " * 10_000])
def test_few_words_in_common_are_not_it(page: str) -> None:
    assert not Fingerprints.of(PAGE).found_in(page)
