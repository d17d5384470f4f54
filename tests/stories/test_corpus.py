"""What the rules find in the made corpus: nothing that is not so, and all that can be known."""

from __future__ import annotations

import random

import pytest
from story_corpus import pairs, places_of, read_corpus, score

from zancrawler.stories import Evidence, Placed, Relation

CORPUS = read_corpus()
UNKNOWABLE = {"orchard-abridged", "poets-rewritten", "exile-en"}
"""Cut to a third, told in other words, translated with neither link nor picture in common."""


@pytest.fixture(scope="module")
def places() -> dict[str, Placed]:
    return places_of(CORPUS.values())


def test_the_corpus_is_large_enough() -> None:
    assert len({piece.story for piece in CORPUS.values()}) >= 30
    assert {piece.language for piece in CORPUS.values()} == {"fa-AF", "ps", "en"}


def test_pairwise_precision_and_recall(places: dict[str, Placed]) -> None:
    found = pairs({name: place.story_id for name, place in places.items()})
    true = pairs({name: piece.story for name, piece in CORPUS.items()})
    assert found <= true
    assert all(pair & UNKNOWABLE for pair in true - found)
    assert score(found, true).recall >= 0.8


@pytest.mark.parametrize(
    ("name", "relation", "related_to", "evidence"),
    [
        ("bridge-copy", Relation.MIRROR, "bridge", Evidence.SAME_TEXT),
        ("bridge-spaces", Relation.DUPLICATE, "bridge", Evidence.NEAR_TEXT),
        ("orchard-partner", Relation.DUPLICATE, "orchard", Evidence.NEAR_TEXT),
        ("clinic-again", Relation.DUPLICATE, "clinic", Evidence.SAME_TEXT),
        ("school-fa", Relation.TRANSLATION, "school-en", Evidence.HREFLANG),
        ("school-fa-reprint", Relation.DUPLICATE, "school-fa", Evidence.NEAR_TEXT),
        ("well-en", Relation.TRANSLATION, "well-fa", Evidence.HREFLANG),
        ("wolves-en", Relation.TRANSLATION, "wolves-ps", Evidence.PICTURE_AND_NUMBERS),
        ("kiln-en-elsewhere", Relation.TRANSLATION, "kiln-fa", Evidence.PICTURE_AND_NUMBERS),
        ("mirror-fa-copy", Relation.MIRROR, "mirror-fa", Evidence.MIRROR_OF_OUTLET),
        ("mirror-old-copy", Relation.MIRROR, "mirror-old", Evidence.MIRROR_OF_OUTLET),
    ],
)
def test_what_each_is_and_why(
    places: dict[str, Placed], name: str, relation: Relation, related_to: str, evidence: Evidence
) -> None:
    place = places[name]
    assert (place.relation, place.related_to, place.evidence) == (relation, related_to, evidence)
    assert (place.similarity is None) == (evidence not in (Evidence.SAME_TEXT, Evidence.NEAR_TEXT))


def test_every_article_has_its_place(places: dict[str, Placed]) -> None:
    assert places.keys() == CORPUS.keys()
    originals = [p for p in places.values() if p.relation is Relation.ORIGINAL]
    assert len(originals) == len({place.story_id for place in places.values()})
    assert all((p.related_to is None) == (p.relation is Relation.ORIGINAL) for p in places.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_changes_nothing(places: dict[str, Placed], seed: int) -> None:
    pieces = list(CORPUS.values())
    random.Random(seed).shuffle(pieces)
    assert places_of(pieces) == places


@pytest.mark.parametrize(
    "left_out", [*sorted(UNKNOWABLE), "weather-2", "match-3", "dam-monday", "video-1"]
)
def test_an_article_of_another_story_changes_nothing(
    places: dict[str, Placed], left_out: str
) -> None:
    pieces = [piece for piece in CORPUS.values() if piece.id != left_out]
    without = places_of(pieces)
    assert without == {name: place for name, place in places.items() if name != left_out}
