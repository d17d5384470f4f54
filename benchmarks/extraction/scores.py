"""How an extraction is scored against the truth. Each score is between 0 and 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

_WORD = re.compile(r"\w+")
GRAM = 4
"""Words of a shingle: long enough to tell a sentence, as in the article-extraction-benchmark."""


def words(text: str | None) -> list[str]:
    return _WORD.findall((text or "").lower())


def f1(found: Iterable[Hashable], truth: Iterable[Hashable]) -> tuple[float, float, float]:
    """F1, precision and recall of two multisets."""
    one, other = Counter(found), Counter(truth)
    common = sum((one & other).values())
    if not common:
        return (0.0, 0.0, 0.0) if one or other else (1.0, 1.0, 1.0)
    precision, recall = common / one.total(), common / other.total()
    return 2 * precision * recall / (precision + recall), precision, recall


def text_score(found: str | None, truth: str) -> tuple[float, float, float]:
    return f1(_shingles(words(found)), _shingles(words(truth)))


def title_score(found: str | None, truth: str) -> float:
    return float(words(found) == words(truth))


def authors_score(found: Sequence[str], truth: Sequence[str]) -> float:
    return f1((tuple(words(n)) for n in found), (tuple(words(n)) for n in truth))[0]


def _shingles(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1))]
