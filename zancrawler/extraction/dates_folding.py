"""Folding a line so that one pattern reads every way of typing a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zancrawler.extraction.digits import TO_ASCII

_LETTERS = {
    "يىېۍئے": "ی",
    "كڪګ": "ک",
    "أإآٱ": "ا",
    "ةۀہەھ": "ه",
    "ؤ": "و",
    "گ": "ک",
}
"""گ becomes ک because ګ stands for both in Pashto months (غبرګولی, غبرگولی)."""

_SIGNS = {
    "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u200c\u200d\t": " ",
    "–—‑‐−‒―": "-",
    "⁄∕": "/",
    "٫": ".",
    "،٬": ",",
    "’ʼ`": "'",
}

_ONE_TO_ONE = TO_ASCII | {
    ord(source): target
    for table in (_LETTERS, _SIGNS)
    for sources, target in table.items()
    for source in sources
}

_NOTHING = re.compile(
    "[\u00ad\u0640\u064b-\u065f\u0670\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
"""Marks that a date is read without: tatweel, harakat, direction marks, zero-width spaces."""


@dataclass(frozen=True, slots=True)
class FoldedLine:
    """`text` is `source` folded; `offsets[i]` is where `text[i]` stands in `source`."""

    source: str
    text: str
    offsets: Sequence[int]

    def raw(self, start: int, end: int) -> str:
        """The piece of the source that a span of the folded text came from."""
        return self.source[self.offsets[start] : self.offsets[end - 1] + 1]


def fold_line(source: str) -> FoldedLine:
    """Fold digits, letters, dashes and spaces; drop tatweel, harakat and direction marks."""
    if _NOTHING.search(source) is None:
        return FoldedLine(source, source.translate(_ONE_TO_ONE), range(len(source)))
    offsets = [i for i, c in enumerate(source) if _NOTHING.match(c) is None]
    kept = "".join(source[i] for i in offsets)
    return FoldedLine(source, kept.translate(_ONE_TO_ONE), offsets)


def fold_word(word: str) -> str:
    """One word or phrase of our own tables as `fold_line` would leave it, in lower case."""
    return fold_line(word).text.lower()
