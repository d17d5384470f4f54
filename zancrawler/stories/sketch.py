"""The sketch of a text: what is kept of its words so that near copies are found (Broder 1997).

MinHash over runs of three words: shorter runs make all news alike, longer ones lose a copy at a
few edits. The signature is `rensa`'s; two signatures agree in the share of places in which the
texts share runs, give or take 0.04 (one standard deviation at a share of one half).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rensa import RMinHash

from zancrawler.stories.numbers import number_digests

SHINGLE = 3
"""Words."""
PLACES = 128
"""Of a signature, 32 bits each."""
BYTES = PLACES * 4
MAX_WORDS = 20_000
"""Of a text that are looked at, as for the simhash; beyond, it is no article."""
MAX_CHARACTERS = 400_000
_SEED = 1
_RULES = 2
"""Raised whenever a sketch of the same text would be another."""
KIND = f"{_RULES}.{RMinHash.ALGORITHM_VERSION}"
"""Sketches of two kinds cannot be compared; kept ones of another kind are made again."""

_WORD = re.compile(r"\w+")
"""A zero-width non-joiner parts words as a space does: keyboards use one for the other."""


@dataclass(frozen=True, slots=True)
class Sketch:
    words: int
    numbers: frozenset[int]
    signature: bytes
    """PLACES unsigned 32-bit integers, in the machine's little-endian order."""


def sketches_of(texts: Sequence[str]) -> list[Sketch]:
    """Of normalised texts (`zancrawler.extraction.normalize`), in their order."""
    cut = [text[:MAX_CHARACTERS].casefold() for text in texts]
    words = [_WORD.findall(text)[:MAX_WORDS] for text in cut]
    rows = RMinHash.digest_matrix_from_token_sets(
        [_shingles(each) for each in words], PLACES, _SEED
    ).to_rows()
    return [
        Sketch(
            len(each),
            number_digests(text, each),
            b"".join(place.to_bytes(4, "little") for place in row),
        )
        for text, each, row in zip(cut, words, rows, strict=True)
    ]


def _shingles(words: Sequence[str]) -> list[str]:
    return list({" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))})
