"""Words as the index and a query both know them: terms, and where each stands in the text.

A term is a word folded (`zancrawler.extraction.normalize.folded`), so a word has one term however
it was typed. The fold goes word by word, never over a whole text: so each term keeps its place in
the original, and a word is folded alike wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from zancrawler.extraction.normalize import folded

JOINERS = "\u00ac\u00ad\u200b\u200c\u200d\ufeff"
_MARK = (
    "\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
"""What stands within a word and is no letter: direction marks, diacritics."""
_NUMBER = r"(?<!\d)\d{1,3}(?:[,٬،]\d{3})+(?!\d)"
"""A number in groups of three: 1,640 is the word 1640."""
_PART = rf"[^\W_](?:[^\W_]|[{_MARK}]){{0,99}}"
"""A hundred characters at most, for pages are hostile; of a longer word each piece is a word."""
_PARTS = re.compile(rf"{_NUMBER}|{_PART}")
_WORD = re.compile(rf"{_NUMBER}|{_PART}(?:[{JOINERS}]+{_PART}){{0,7}}")
_GROUPING = re.compile("[,٬،]")
_HAMZA_ON_YE = "ئ"
_TERM = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word of a text, as written."""

    start: int
    """In code points."""
    written: str

    @property
    def end(self) -> int:
        return self.start + len(self.written)

    @property
    def terms(self) -> tuple[str, ...]:
        """One, or one for each part that zero-width joiners join; none for a mark alone."""
        return _read(self.written)[0]

    def parts(self) -> Iterator[Word]:
        for match in _PARTS.finditer(self.written):
            yield Word(self.start + match.start(), match.group())

    def otherwise(self) -> Iterator[Word]:
        """Stretches of the word that others write as one term, each with that term for word.

        «می‌روند» is «میروند» to many writers, and «چاه‌کن‌ها» has «چاهکن» in it; «مسئول» is «مسوول»
        in Kabul.
        """
        parts = list(self.parts())
        for first, last in combinations(range(len(parts)), 2):
            start, end = parts[first].start, parts[last].end
            yield Word(start, self.written[start - self.start : end - self.start])
        for part in parts:
            for written in carriers(part.written):
                yield Word(part.start, written)


@lru_cache(maxsize=1 << 17)
def _read(word: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The terms of a word, and those that it is to others."""
    others = frozenset("".join(_folded(other.written)) for other in Word(0, word).otherwise())
    return tuple(_folded(word)), others


def _folded(word: str) -> list[str]:
    return [
        term
        for part in _PARTS.findall(word)
        for term in _TERM.findall(folded(_GROUPING.sub("", part)))
    ]


def carriers(text: str) -> Iterator[str]:
    """A text whose hamza sits on ye, with it on the letters that others set it on."""
    if _HAMZA_ON_YE in text:
        for carrier in "ؤأ":
            yield text.replace(_HAMZA_ON_YE, carrier)


def words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        yield Word(match.start(), match.group())


def terms(text: str) -> list[str]:
    """The terms of a text in their order. Idempotent: terms are their own terms."""
    return indexed(text)[0]


def indexed(text: str) -> tuple[list[str], set[str]]:
    """The terms of a text in their order, and those of its words as others write them."""
    own: list[str] = []
    others: set[str] = set()
    for word in _WORD.findall(text):
        word_terms, word_others = _read(word)
        own += word_terms
        others |= word_others
    return own, others
