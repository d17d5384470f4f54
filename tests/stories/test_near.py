"""Near copies: MinHash against exact shares, and the bounds under hostile sets of texts."""

from __future__ import annotations

import random
import time

import pytest

from zancrawler.stories.near import BANDS, NEAR, NEIGHBOURS, near_pairs, signatures_of
from zancrawler.stories.sketch import BYTES, MAX_WORDS, SHINGLE, sketches_of

WORDS = [f"w{n}" for n in range(5_000)]


def text(chance: random.Random, words: int = 200) -> list[str]:
    return chance.choices(WORDS, k=words)


def edited(chance: random.Random, words: list[str], share: float) -> list[str]:
    return [chance.choice(WORDS) if chance.random() < share else word for word in words]


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def found(texts: list[list[str]]) -> dict[tuple[int, int], float]:
    sketches = sketches_of([" ".join(words) for words in texts])
    pairs = near_pairs(signatures_of([sketch.signature for sketch in sketches]))
    return {(one, other): share for one, other, share in pairs}


def test_estimates_against_exact_shares() -> None:
    chance = random.Random(7)
    texts: list[list[str]] = []
    for _ in range(200):
        source = text(chance)
        texts += [source, edited(chance, source, chance.uniform(0.01, 0.3))]
    near = found(texts)
    exact = {}
    for index in range(0, len(texts), 2):
        one, other = runs(texts[index]), runs(texts[index + 1])
        exact[index, index + 1] = len(one & other) / len(one | other)
    assert near.keys() <= exact.keys(), "texts that share nothing were joined"
    errors = [share - exact[pair] for pair, share in near.items()]
    assert max(map(abs, errors)) < 0.2
    assert abs(sum(errors) / len(errors)) < 0.02
    surely = [pair for pair, share in exact.items() if share >= NEAR + 0.15]
    assert len([pair for pair in surely if pair in near]) >= 0.98 * len(surely)
    assert not [pair for pair, share in exact.items() if share < NEAR - 0.2 and pair in near]


def test_a_sketch_depends_on_its_own_text_only() -> None:
    chance = random.Random(1)
    texts = [" ".join(text(chance)) for _ in range(50)]
    together = sketches_of(texts)
    assert together == [sketches_of([each])[0] for each in texts]
    assert all(len(sketch.signature) == BYTES for sketch in together)


def test_words_are_the_same_in_any_spelling() -> None:
    joined, spaced = "زنان می‌گویند که خانه‌ها ویران شد", "زنان می گویند که خانه ها ویران شد"
    one, other = sketches_of([joined, spaced])
    assert one == other
    assert one.words == 8


def test_no_words_and_too_many() -> None:
    nothing, huge = sketches_of(["", "کلمه " * 2_000_000])
    assert (nothing.words, nothing.numbers) == (0, frozenset())
    assert huge.words <= MAX_WORDS


def test_none_and_one_are_no_pairs() -> None:
    assert not found([["only", "one", "text"]])
    assert not list(near_pairs(signatures_of([])))


@pytest.mark.slow
def test_a_template_with_many_fillings_is_bounded() -> None:
    """Each text shares nine tenths with each other: five thousand million pairs, were all asked."""
    chance = random.Random(3)
    template = text(chance, 100)
    count = 100_000
    bare = sketches_of([" ".join([*template, f"filling{n}"]) for n in range(1_000)])
    rows = [bare[n % 1_000].signature for n in range(count)]
    started = time.process_time()
    pairs = sum(1 for _ in near_pairs(signatures_of(rows)))
    assert pairs <= count * NEIGHBOURS * BANDS
    assert time.process_time() - started < 60
