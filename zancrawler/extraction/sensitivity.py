"""Marks for the steward's queue: what an article holds that could hurt somebody if it is shown.

Each mark is the name of a rule, never a judgement. A rule is a list of phrases in English, Dari
and Pashto that anybody can read in `sensitivity_rules`; it fires when one of them stands in the
title or text. The rules are narrow where a word is common in other senses («تجاوز» is also an
invasion, `suicide` is also a bomber), because a queue that holds everything is read by nobody.
They miss what is said in other words: an article without marks is not thereby safe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from zancrawler.extraction.normalize import ZWNJ, normalized
from zancrawler.extraction.sensitivity_rules import PSEUDONYM, RULES, STARRED_NAME, Rule

LONGEST_TEXT = 200_000
"""Characters of a text that are read."""


def sensitivity(title: str | None, text: str, authors: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of the rules that fire, in the order of `RULES`."""
    cased = plain("\n\n".join((title or "", text[:LONGEST_TEXT], *authors)))
    lower = cased.lower()
    fired = {rule.name for rule in RULES if _fires(rule, lower)}
    if "*" in cased and _pattern(STARRED_NAME).search(cased):
        fired.add(PSEUDONYM.name)
    return tuple(rule.name for rule in RULES if rule.name in fired)


def plain(text: str) -> str:
    """The spelling in which the phrases are written: normalised, a space for the joiner."""
    return normalized(text).replace(ZWNJ, " ").replace("’", "'")


def _fires(rule: Rule, text: str) -> bool:
    # The word is looked for first: it is a hundred times cheaper than the phrase.
    return any(word in text and _pattern(phrase).search(text) for word, phrase in rule.phrases)


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(phrase)
