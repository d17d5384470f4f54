"""How an extraction is scored against the truth. Each score is between 0 and 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

_WORD = re.compile(r"\w+")
_ZWNJ = "\u200c"
_JOINED = re.compile(rf"\w+(?:{_ZWNJ}+\w+)+")
# Joiners, direction marks, soft hyphens and the like: lost ones count as `zwnj`, not as text.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_ALIASES = {"prs": "fa-af", "fa-prs": "fa-af", "pus": "ps", "eng": "en"}
"""Other names of the same language, as CLDR has them."""
GRAM = 4
"""Words of a shingle: long enough to tell a sentence, as in the article-extraction-benchmark."""


def words(text: str | None) -> list[str]:
    return _WORD.findall((text or "").lower().translate(_INVISIBLE))


def f1(found: Iterable[Hashable], truth: Iterable[Hashable]) -> tuple[float, float, float]:
    """F1, precision and recall of two multisets."""
    one, other = Counter(found), Counter(truth)
    common = sum((one & other).values())
    if not common:
        return (0.0, 0.0, 0.0) if one or other else (1.0, 1.0, 1.0)
    precision, recall = common / one.total(), common / other.total()
    return 2 * precision * recall / (precision + recall), precision, recall


def text_score(found: str | None, truth: str, beside: str = "") -> tuple[float, float, float]:
    """F1, precision and recall of shingles. Each paragraph of `beside` may be found or not: where
    it was found beyond the truth, it is cut out first."""
    wanted, got = words(truth), words(found)
    for part in filter(None, map(words, beside.split("\n\n"))):
        places = _places(got, part)
        if len(places) > len(_places(wanted, part)):
            del got[places[-1] : places[-1] + len(part)]
    return f1(_shingles(got), _shingles(wanted))


def zwnj_score(found: str, truth: str) -> float | None:
    """The share of the truth's zero-width non-joiners found within the same word; None where the
    truth has none."""
    wanted, got = (Counter(_JOINED.findall(text)) for text in (truth, found))
    total = _joiners(wanted)
    return _joiners(wanted & got) / total if total else None


def title_score(found: str | None, truth: str) -> float:
    return float(words(found) == words(truth))


def authors_score(found: Sequence[str], truth: Sequence[str]) -> float:
    return f1((tuple(words(n)) for n in found), (tuple(words(n)) for n in truth))[0]


def language_score(found: str | None, truth: str) -> float:
    """Whether the BCP 47 tags are the same: `fa` alone does not say `fa-AF`."""
    tag = (found or "").replace("_", "-").lower()
    return float(_ALIASES.get(tag, tag) == truth.lower())


def _joiners(counted: Counter[str]) -> int:
    return sum(word.count(_ZWNJ) * times for word, times in counted.items())


def _places(tokens: Sequence[str], part: Sequence[str]) -> list[int]:
    """Where `part` begins in the tokens."""
    size, first = len(part), part[0]
    return [i for i, token in enumerate(tokens) if token == first and tokens[i : i + size] == part]


def _shingles(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1))]
