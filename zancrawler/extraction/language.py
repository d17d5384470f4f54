"""Which language a text is in, as a BCP 47 tag, offline, three words being enough.

Pashto, Persian, Urdu, Arabic, Uzbek, Tajik and English are told by their own letters and their
commonest words; the rest, and what that leaves open, is py3langid's (97 languages, model inside
the package). Persian is then told apart by its words: «پوهنتون», «شفاخانه», «دالر» are written
in Afghanistan (`fa-AF`, Dari), «استانداری», «تومان», «دلار» in Iran (`fa-IR`). Where neither is
found it is the outlet's own variety, and `fa` where no outlet is known.

Uzbek is `uz` in all three of its scripts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from zancrawler.extraction import language_words as listed
from zancrawler.extraction.language_words import weights, words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LONGEST_SAMPLE = 4_000
"""Characters that are read: more do not change the answer."""

SHORT_PARAGRAPH = 20
"""Letters under which a paragraph (a name, a place) is taken to be in its text's language."""

_PLAIN = str.maketrans(
    "يىك", "ییک", "\u200c\u200d\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ][^\W\d_]+)*")
_ARABIC_SCRIPT = re.compile("[\u0620-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    tag: str
    """BCP 47: `en`, `fa-AF`, `fa-IR`, `fa`, `ps`, `uz`, ..."""
    score: float
    """0 to 1: how much of what was seen speaks for the tag."""


def detect(text: str, expected: Sequence[str] = ()) -> LanguageGuess | None:
    """The language of a text, or None where it has no letters.

    `expected` are the outlet's languages, the main one first: they settle what the text leaves
    open, never what it says plainly.
    """
    sample = text[:LONGEST_SAMPLE]
    arabic, cyrillic, latin = (
        len(script.findall(sample)) for script in (_ARABIC_SCRIPT, _CYRILLIC, _LATIN)
    )
    if arabic and arabic * 2 >= latin + cyrillic:
        return _arabic_script(sample, expected)
    if not any(c.isalpha() for c in sample):
        return None
    found = _WORD.findall(sample.casefold())
    if cyrillic > latin:
        return _cyrillic(sample, found, expected)
    return _latin(sample, found, expected)


def by_paragraph(text: str, expected: Sequence[str] = ()) -> tuple[LanguageGuess | None, ...]:
    """The language of each paragraph (parted by a blank line), in order.

    A short paragraph, and the variety of a Persian one, follow the text as a whole.
    """
    whole = detect(text, expected)
    if whole is None:
        return tuple(None for _ in text.split("\n\n"))
    prior = (whole.tag, *(tag for tag in expected if tag != whole.tag))
    return tuple(_paragraph(part, whole, prior) for part in text.split("\n\n"))


def _paragraph(text: str, whole: LanguageGuess, prior: tuple[str, ...]) -> LanguageGuess | None:
    guess = detect(text, prior)
    if guess is None or sum(map(str.isalpha, text)) >= SHORT_PARAGRAPH:
        return guess
    same_script = (_ARABIC_SCRIPT.search(text) is None) == (whole.tag.split("-")[0] not in _ARABIC)
    return whole if same_script else guess


_ARABIC = ("fa", "ps", "ur", "ar", "ckb", "ug")


def _arabic_script(sample: str, expected: Sequence[str]) -> LanguageGuess:
    found = _WORD.findall(sample)
    plain = [word.translate(_PLAIN) for word in found]
    evidence = {
        "ps": _with_letters(plain, listed.PASHTO_LETTERS) + 2 * _among(plain, listed.PASHTO_WORDS),
        "fa": 2 * _among(plain, listed.PERSIAN_WORDS) + _joined(sample),
        "ur": 1.5 * _with_letters(found, listed.URDU_LETTERS)
        + 2 * _among(plain, listed.URDU_WORDS),
        "ar": _with_letters(found, listed.ARABIC_LETTERS)
        + _articles(plain)
        + 2 * _among(found, listed.ARABIC_WORDS),
        "ckb": 2 * _with_letters(found, listed.KURDISH_LETTERS),
        "ug": 2 * _with_letters(found, listed.UYGHUR_LETTERS),
        "uz": 3 * _among(plain, listed.UZBEK_ARABIC_WORDS),
    }
    variety = sum(map(weights().get, set(plain), [0.0] * len(plain)))
    evidence["fa"] += min(abs(variety), 2.0)
    for tag in expected:
        if tag.split("-")[0] in evidence:
            evidence[tag.split("-")[0]] += 0.4
    total = sum(evidence.values())
    best = max(evidence, key=lambda tag: evidence[tag])
    if evidence[best] < 1.0 and not expected:
        return _persian_or(_rest(sample, expected), variety, expected)
    guess = LanguageGuess(best, evidence[best] / total)
    return _persian_or(guess, variety, expected)


def _persian_or(guess: LanguageGuess, variety: float, expected: Sequence[str]) -> LanguageGuess:
    """Persian gets its country; any other language is returned as it is."""
    if guess.tag != "fa":
        return guess
    usual = next((tag for tag in expected if tag in ("fa-AF", "fa-IR")), None)
    variety += {"fa-AF": 1.0, "fa-IR": -1.0, None: 0.0}[usual]
    if abs(variety) < 0.15:
        return LanguageGuess(usual or "fa", guess.score)
    tag = "fa-AF" if variety > 0 else "fa-IR"
    return LanguageGuess(tag, guess.score / (1 + math.exp(-2 * abs(variety))))


def _cyrillic(sample: str, found: list[str], expected: Sequence[str]) -> LanguageGuess:
    uzbek = 3 * _among(found, listed.UZBEK_CYRILLIC_WORDS) + 2 * _with_letters(found, "ў")
    tajik = 3 * _among(found, listed.TAJIK_WORDS) + 2 * _with_letters(found, "ӣӯҷ")
    best = max(uzbek, tajik)
    if best * 3 < len(found) or uzbek == tajik:
        return _rest(sample, expected)
    return LanguageGuess("uz" if uzbek > tajik else "tg", best / (uzbek + tajik))


def _latin(sample: str, found: list[str], expected: Sequence[str]) -> LanguageGuess:
    english = _among(found, listed.ENGLISH_WORDS)
    if len(found) >= 8 and english * 5 >= len(found):
        return LanguageGuess("en", min(1.0, 0.7 + english / len(found)))
    if _among(found, listed.UZBEK_LATIN_WORDS) * 5 >= len(found):
        return LanguageGuess("uz", 0.9)
    return _rest(sample, expected)


def _rest(sample: str, expected: Sequence[str]) -> LanguageGuess:
    """py3langid's answer, leaning towards what is expected."""
    lean = {tag.split("-")[0]: 20.0 for tag in expected} or {"en": 3.0}
    ranked = {
        tag: probability * lean.get(tag, 1.0) for tag, probability in _identifier().rank(sample)
    }
    best = max(ranked, key=lambda tag: ranked[tag])
    return LanguageGuess(best, ranked[best] / sum(ranked.values()))


@cache
def _identifier() -> LanguageIdentifier:
    # Imported on the first use: numpy and the model take half a second and 80 MB, and pages in
    # the languages of Afghanistan need neither.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _among(found: Sequence[str], table: str) -> int:
    known = words(table)
    return sum(word in known for word in found)


def _with_letters(found: Sequence[str], letters: str) -> int:
    return sum(1 for word in found if not _letter_set(letters).isdisjoint(word))


@cache
def _letter_set(letters: str) -> frozenset[str]:
    return frozenset(letters)


def _articles(plain: Sequence[str]) -> float:
    return sum(0.7 for word in plain if len(word) > 4 and word.startswith(("ال", "وال", "بال")))


def _joined(sample: str) -> int:
    """Words that hold a zero-width non-joiner: Persian, hardly anything else."""
    return min(sample.count("\u200c"), 3)
