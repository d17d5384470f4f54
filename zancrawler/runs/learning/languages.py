"""The languages that a site publishes in, by its articles' own words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from zancrawler.extraction.article import Article
from zancrawler.extraction.language import detect
from zancrawler.runs.learning.fact import Fact

LEAST_LETTERS = 200
"""Of a text: what is shorter does not say its language surely enough to be written down."""
_AFGHAN = {"prs": "fa-AF", "dr": "fa-AF", "da": "fa-AF", "fa-af": "fa-AF", "fa-ir": "fa-IR"}
"""What sites call Dari; `da` is Danish elsewhere."""


def languages_of(articles: Sequence[Article], main: str | None) -> Fact[tuple[str, ...]] | None:
    """BCP 47 tags, the main one first: what `main`, the home page's own word, names, if any text is
    in it; else what most are in. None where no text is long enough to tell.

    Persian is told to be Dari or Iranian by all Persian texts together; where they leave it open,
    a site that publishes Pashto too is taken to be of Afghanistan.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for article in articles:
        guess = detect(article.text) if len(article.text) >= LEAST_LETTERS else None
        if guess:
            texts[guess.tag.split("-")[0]].append(article.text)
    if not texts:
        return None
    counts = Counter({language: len(found) for language, found in texts.items()})
    if "fa" in texts:
        counts[_persian(texts["fa"], articles, beside_pashto="ps" in texts)] = counts.pop("fa")
    declared = _declared(main)
    ordered = sorted(counts, key=lambda tag: (tag.split("-")[0] != declared, -counts[tag], tag))
    return Fact(tuple(ordered), f"the texts of {sum(counts.values())} articles")


def _persian(texts: list[str], articles: Sequence[Article], *, beside_pashto: bool) -> str:
    told = Counter(guess.tag for text in texts if (guess := detect(text)))
    told += Counter(guess.tag for guess in [detect(_heads(texts))] if guess)
    del told["fa"]
    named = Counter(
        _AFGHAN[word]
        for article in articles
        if (word := (article.language_declared or "").lower().replace("_", "-")) in _AFGHAN
    )
    if told:
        return max(told, key=lambda tag: (told[tag], tag == "fa-AF"))
    if named:
        return max(named, key=lambda tag: (named[tag], tag == "fa-AF"))
    return "fa-AF" if beside_pashto else "fa"


def _heads(texts: list[str]) -> str:
    """A little of each text: what is read of a text is bounded."""
    return "\n\n".join(text[: 3_000 // len(texts)] for text in texts)


def _declared(word: str | None) -> str | None:
    """The language of `<html lang>`: `fa` for all of its varieties."""
    lower = (word or "").lower().replace("_", "-")
    return _AFGHAN.get(lower, lower).split("-")[0] or None
