"""Sets of articles that nobody should have to expect: they cost memory and time in proportion."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from zancrawler.stories import Evidence, Member, Relation
from zancrawler.stories.links import MAX_SHOWN, links
from zancrawler.stories.places import placed
from zancrawler.stories.sketch import sketches_of

START = datetime(2026, 1, 1, tzinfo=UTC)


def member(number: int, **more: object) -> Member:
    values: dict[str, object] = {
        "article_id": f"a{number:07}",
        "outlet": "one",
        "language": ("en", "ps", "fa-AF")[number % 3],
        "published": START + timedelta(seconds=number),
        "first_seen": START + timedelta(seconds=number),
        "text_digest": f"text {number}",
        "words": 100,
    }
    return Member(**values | more)  # type: ignore[arg-type]


def stories_of(members: list[Member], signatures: dict[str, bytes]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for place in placed(members, links(members, signatures)):
        sizes[place.story_id] = sizes.get(place.story_id, 0) + 1
    return sizes


@pytest.mark.long
def test_a_million_times_the_same_text() -> None:
    (sketch,) = sketches_of(["the same words again and again " * 20])
    members = [member(n, text_digest="same") for n in range(1_000_000)]
    started = time.process_time()
    assert stories_of(members, {"same": sketch.signature}) == {"a0000000": 1_000_000}
    assert time.process_time() - started < 60


def test_empty_texts_are_no_copies() -> None:
    (sketch,) = sketches_of([""])
    members = [member(n, text_digest="empty", words=0) for n in range(1_000)]
    assert set(stories_of(members, {"empty": sketch.signature}).values()) == {1}


def test_a_stock_picture_joins_nothing() -> None:
    numbers = frozenset({1, 2, 3})
    members = [member(n, pictures=("stock.jpg",), numbers=numbers) for n in range(MAX_SHOWN * 100)]
    assert set(stories_of(members, {}).values()) == {1}
    few = [member(n, pictures=("stock.jpg",), numbers=numbers) for n in range(3)]
    assert set(stories_of(few, {}).values()) == {3}


def test_a_template_that_names_everyone_joins_only_what_both_say() -> None:
    names = tuple(f"a{number:07}" for number in range(300))
    target = member(0, translations=("a0000001",))
    members = [target, *(member(n, translations=names[:1]) for n in range(1, 300))]
    found = [link for link in links(members, {}) if link.evidence is Evidence.HREFLANG]
    assert {frozenset((link.one, link.other)) for link in found} == {
        frozenset(("a0000000", "a0000001"))
    }


def test_who_names_himself_or_nobody_is_alone() -> None:
    members = [member(1, translations=("a0000001", "unknown")), member(2, mirror_of="a0000002")]
    places = list(placed(members, links(members, {})))
    assert {place.relation for place in places} == {Relation.ORIGINAL}
