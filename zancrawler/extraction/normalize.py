"""Text for matching: one spelling for what keyboards, fonts and converters write in many.

The source text is never changed; these forms stand beside it.

`normalized` keeps the orthography. It is NFC with one letter for ye and kaf, one for he, ASCII
digits, no harakat, tatweel or direction marks, and the zero-width non-joiner (U+200C) in its own
place only: every other way of writing it becomes U+200C, Word's optional hyphen («می¬گویند») among
them, and where it joins nothing it goes.
So «می‌گویند» stays three parts in two, and «ميگويند» stays one word.

`folded` gives up orthography for recall, on both sides of a search: the joiner becomes a space,
the Pashto ye letters, ګ and the hamza carriers fall together, case goes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from zancrawler.extraction.digits import TO_ASCII

ZWNJ = "\u200c"

_LETTERS = {
    "يى": "ی",  # Arabic ye and alef maksura. Pashto's ي and ی fall together: matching only.
    "كڪ": "ک",
    "ةۀہھۂەۃ": "ه",
}

_MARKS = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]"
)
"""Tatweel, harakat, Quranic signs, direction controls.

U+0653 to U+0655 belong to their letter (آ, أ, ؤ), but for the hamza of «خانهٔ»."""

_HE_HAMZA = re.compile("(?<=[ةۀہھۂەۃه])\u0654+")

_OPTIONAL_HYPHENS = re.compile("(?<=[\u0620-\u06d3])[\u00ac\u00ad]+(?=[\u0620-\u06d3])")
"""U+00AC is how Word shows a soft hyphen, and what many a converter makes of it."""
_SOFT_HYPHEN = "\u00ad"
_JOINERS = re.compile("[\u200b\u200c\u200d\ufeff]+")
_IDLE_JOINER = re.compile(f"(?<!\\w){ZWNJ}|{ZWNJ}(?!\\w)")
_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r" ?\n ?")


@cache
def _letters() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {chr(c): to for c, to in TO_ASCII.items()}
    table |= {c: to for sources, to in _LETTERS.items() for c in sources}
    return re.compile(f"[{''.join(table)}]"), table


@cache
def _search_letters() -> dict[int, str]:
    table = {"ېۍئے": "ی", "ګ": "گ", "أإآٱ": "ا", "ؤ": "و", "ء": "", ZWNJ: " ", "’ʼ": "'"}
    return {ord(c): to for sources, to in table.items() for c in sources}


def without_forms(text: str) -> str:
    """The letters that are meant where a text is written in their forms (U+FB50 to U+FEFC)."""
    return _PRESENTATION_FORMS.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)


def normalized(text: str) -> str:
    """The text in one spelling, its words, paragraphs and orthography kept. Idempotent."""
    text = without_forms(text)
    # Marks first: NFC is twenty times slower on text that has any.
    text = unicodedata.normalize("NFC", _HE_HAMZA.sub("", _MARKS.sub("", text)))
    # Four times faster than `str.translate` on text that is nearly all Arabic script.
    variants, table = _letters()
    text = variants.sub(lambda m: table[m.group()], text)
    if _SOFT_HYPHEN in text or "¬" in text:
        text = _OPTIONAL_HYPHENS.sub(ZWNJ, text).replace(_SOFT_HYPHEN, "")
    text = _JOINERS.sub(ZWNJ, text)
    if ZWNJ in text:
        text = _HE_HAMZA.sub("", _IDLE_JOINER.sub("", text))
    text = _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", text).strip()


def folded(text: str) -> str:
    """The text for a search index, or a query against one. Idempotent."""
    text = unicodedata.normalize("NFKC", normalized(text)).casefold()
    letters = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    text = normalized(bare).translate(_search_letters())
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
