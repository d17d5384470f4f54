"""Which language a text is in, as a BCP 47 tag, offline, three words being enough.

Pashto, Persian, Urdu, Arabic, Uzbek, Tajik and English are told by their commonest words and by
letters that only they have. Of a text that this leaves open the page's own word is believed where
resiliparse, which costs nothing, says the same; else it is py3langid's (97 languages, the model
inside its package). Persian is then told apart by its words: «پوهنتون», «شفاخانه», «دالر» are
written in Afghanistan (`fa-AF`, Dari), «استانداری», «تومان», «دلار» in Iran (`fa-IR`). Where it
holds neither it is the outlet's own variety, and `fa` where no outlet is known.

Uzbek is `uz` in all three of its scripts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from resiliparse.parse.lang import detect_fast

from zancrawler.extraction.language_words import (
    FAINT,
    TELLING_LETTERS,
    languages_of,
    plain,
    varieties,
)

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LONGEST_SAMPLE = 3_000
"""Characters that are read: more do not change the answer."""

SHORT_PARAGRAPH = 20
"""Letters under which a paragraph (a name, a place) is taken to be in its text's language."""

LONG_ENOUGH = 100
"""Words from which resiliparse seldom mistakes a language for any but its nearest kin."""

MOST_PARAGRAPHS = 1_000
"""Paragraphs that are read one by one; those after them are in their text's language."""

SENTENCE = 30
"""Letters of all paragraphs in a language from which the text counts as written in it too."""

SURE = 0.6
"""A paragraph's score below which it tells nothing of the text."""

UNSURE = 0.2
"""A score of the model below which its answer is worth less than the outlet's own languages."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

_EASTERN = re.compile("[\u0400-\u052f\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")

_PRIMARY = re.compile("[a-z]{2,3}(?![a-z])")

_SUFFIX = re.compile("(?:هایی?|ها|گان|یی|ی)$")
"""Persian endings that are typed on to a word when the joiner is left out."""


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """A language, and how sure it is."""

    tag: str
    """BCP 47: `en`, `fa-AF`, `fa-IR`, `fa`, `ps`, `uz`, ..."""
    score: float
    """0 to 1: how much of what was seen speaks for the tag."""


@dataclass(frozen=True, slots=True, eq=False)
class _Script:
    languages: tuple[str, ...]
    """Those that our own tables know in this script."""
    enough: float
    """Points a word below which the tables have not understood the text."""
    least: float
    """Points a text, likewise."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """The head of a text, in the spelling of the tables."""

    text: str
    words: Counter[str]
    script: _Script


_ARABIC = _Script(("ps", "fa", "ur", "ar", "ckb", "ug", "uz"), enough=0.2, least=2)
_CYRILLIC = _Script(("uz", "tg"), enough=0.4, least=2)
_LATIN = _Script(("en", "uz"), enough=0.16, least=4)
_OTHER = _Script((), enough=0, least=0)


def detect(
    text: str, expected: Sequence[str] = (), declared: str | None = None
) -> LanguageGuess | None:
    """The language of a text, or None where it has no letters.

    `expected` are the outlet's languages, the main one first: they settle what the text leaves
    open, never what it says plainly. `declared` is the page's own word, as it stands there.
    """
    return _guess(_sample(text), expected, declared)


def by_paragraph(text: str, expected: Sequence[str] = ()) -> tuple[LanguageGuess | None, ...]:
    """The language of each paragraph (parted by a blank line), in order.

    A short paragraph, and the variety of a Persian one, follow the text as a whole.
    """
    main = _sample(text)
    whole = _guess(main, expected)
    parts = text.split("\n\n")
    if whole is None:
        return (None,) * len(parts)
    prior = (whole.tag, *expected)
    read = tuple(
        _part(_sample(part), main.script, whole, prior) for part in parts[:MOST_PARAGRAPHS]
    )
    return read + (whole,) * len(parts[MOST_PARAGRAPHS:])


def languages_in(
    text: str, whole: LanguageGuess | None, expected: Sequence[str]
) -> tuple[str, ...]:
    """The tags of a text's paragraphs: that of the whole first, then by their letters.

    A language counts from a sentence on. A text in the letters of Europe alone counts as one: what
    newsrooms mix is Dari, Pashto and English.
    """
    if whole is None:
        return ()
    letters: Counter[str] = Counter()
    if _EASTERN.search(text):
        parts = text.split("\n\n")
        for part, guess in zip(parts, by_paragraph(text, expected), strict=True):
            if guess and guess.score >= SURE:
                letters[guess.tag] += sum(map(len, _WORD.findall(part[:LONGEST_SAMPLE])))
    others = [tag for tag, n in letters.most_common() if n >= SENTENCE and tag != whole.tag]
    return (whole.tag, *others)


def _part(
    sample: _Sample, script: _Script, whole: LanguageGuess, prior: Sequence[str]
) -> LanguageGuess | None:
    letters = sum(len(word) * count for word, count in sample.words.items())
    if 0 < letters < SHORT_PARAGRAPH and sample.script is script:
        return whole
    return _guess(sample, prior)


def _sample(text: str) -> _Sample:
    head = plain(text[:LONGEST_SAMPLE])
    words = Counter(_WORD.findall(head))
    return _Sample(head, words, _script(words))


def _guess(
    sample: _Sample, expected: Sequence[str], declared: str | None = None
) -> LanguageGuess | None:
    if not sample.words:
        return None
    languages = tuple(tag.split("-")[0] for tag in expected)
    points = _points(sample)
    variety = 0.0
    if sample.script is _ARABIC and points["fa"] >= points["ps"]:
        variety = _variety(sample.words)
        # Pashto has the words of Dari administration too: they prove no Persian beside it.
        points["fa"] += 0.0 if points["ps"] else min(2 * abs(variety), 3.0)
    for language in set(languages):
        if points.get(language):
            points[language] += 0.5
    best = max(points, key=points.__getitem__, default=None)
    if best and points[best] >= max(
        sample.script.least, sample.script.enough * sample.words.total()
    ):
        guess = LanguageGuess(best, points[best] / sum(points.values()))
    else:
        guess = _confirmed(sample, declared) or _from_model(sample, languages)
    return _with_variety(guess, variety, expected) if guess.tag == "fa" else guess


def _script(words: Counter[str]) -> _Script:
    """The script that most words begin in."""
    counts = dict.fromkeys((_ARABIC, _LATIN, _CYRILLIC, _OTHER), 0)
    for word, count in words.items():
        counts[_script_of(ord(word[0]))] += count
    return max(counts, key=counts.__getitem__)


def _script_of(code: int) -> _Script:
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return _LATIN
    if 0x600 <= code < 0x780 or 0xFB50 <= code < 0xFF00:
        return _ARABIC
    return _CYRILLIC if 0x400 <= code < 0x530 else _OTHER


def _points(sample: _Sample) -> dict[str, float]:
    """For each language: two points for a common word, one for a letter of its own."""
    points = dict.fromkeys(sample.script.languages, 0.0)
    known = languages_of()
    for word, count in sample.words.items():
        for language in known.get(word, ()):
            if language in points:
                points[language] += 2 * count
    for language, letters in TELLING_LETTERS.items():
        if language in points:
            points[language] += sum(map(sample.text.count, letters))
    return points


def _variety(words: Iterable[str]) -> float:
    """How far the words speak for Afghanistan (positive) or Iran (negative)."""
    weights = [weight for word in words if (weight := _weight(word))]
    faint = sum(weight for weight in weights if abs(weight) <= FAINT)
    firm = sum(weight for weight in weights if abs(weight) > FAINT)
    # An Iranian page on Afghanistan is full of Afghan places: they never weigh more than two.
    return firm + max(-2 * FAINT, min(faint, 2 * FAINT))


@lru_cache(maxsize=10_000)
def _weight(word: str) -> float:
    weight = varieties().get(word)
    return varieties().get(_SUFFIX.sub("", word), 0.0) if weight is None else weight


def _with_variety(guess: LanguageGuess, variety: float, expected: Sequence[str]) -> LanguageGuess:
    """Persian with its country, as far as that can be told."""
    usual = next((tag for tag in expected if tag in ("fa-AF", "fa-IR")), None)
    variety += {"fa-AF": 1.0, "fa-IR": -1.0, None: 0.0}[usual]
    if abs(variety) < 0.15:
        return LanguageGuess(usual or "fa", guess.score)
    tag = "fa-AF" if variety > 0 else "fa-IR"
    return LanguageGuess(tag, guess.score / (1 + math.exp(-2 * abs(variety))))


def _confirmed(sample: _Sample, declared: str | None) -> LanguageGuess | None:
    tag = _PRIMARY.match((declared or "").lower())
    if tag is None or sample.words.total() < LONG_ENOUGH:
        return None
    found, _ = detect_fast(sample.text)
    return LanguageGuess(tag[0], 1.0) if found == tag[0] else None


def _from_model(sample: _Sample, expected: Sequence[str]) -> LanguageGuess:
    """py3langid's answer, leaning towards what is expected, most to the main language."""
    lean = dict.fromkeys(expected, 5.0) or {"en": 3.0}
    if expected:
        lean[expected[0]] = 8.0
    ranked = {
        tag: probability * lean.get(tag, 1.0)
        for tag, probability in _identifier().rank(sample.text)
    }
    best = max(ranked, key=ranked.__getitem__)
    score = ranked[best] / sum(ranked.values())
    usual = next((tag for tag in expected if tag in sample.script.languages), best)
    return LanguageGuess(best if score >= UNSURE else usual, score)


@cache
def _identifier() -> LanguageIdentifier:
    # Imported on the first use: numpy and the model take half a second and 80 MB, and pages in
    # the languages of Afghanistan need neither.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
