"""One word written in several ways: together, apart, or with zero-width non-joiners.

«میروند», «می روند» and «می‌روند» are one word to whoever writes them. The index holds words apart
and together where a joiner parts them; what stands apart by a space, or together without a trace,
is told by the endings and prefixes here, on the side of the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from zancrawler.search.words import carriers, terms, words

Terms = tuple[str, ...]
"""Terms in a row."""

MAX_WORDS = 32
"""Words of a phrase; what follows is not looked for."""
MAX_SPELLINGS = 16
"""Ways of writing one word or phrase."""

_BEFORE = ("نمی", "می")
_AFTER = (
    *("هایمان", "هایتان", "هایشان", "هایم", "هایت", "هایش", "هایی", "های", "ها"),
    *("ترین", "تر"),
)
"""Verbal prefixes; endings of plural and comparative. The longer ones first."""
_EZAFE = re.compile("[هہە]\u0654|ۀ")
_SHORTEST_STEM = 2
_ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]+")


def spellings(text: str) -> tuple[Terms, ...]:
    """Every way to write a word or phrase, the given one first; none where it has no term."""
    found = (
        spelling
        for written in (text, *carriers(text), *_with_ye(text))
        if (slots := [tuple(_forms(parts)) for parts in _slots(written)])
        for spelling in islice((sum(forms, ()) for forms in product(*slots)), MAX_SPELLINGS)
    )
    return tuple(islice(dict.fromkeys(found), MAX_SPELLINGS))


def _with_ye(text: str) -> Iterator[str]:
    """«خانهٔ ما» and «خانۀ ما» with the ezafe as others type it: «خانه‌ی ما»."""
    if (other := _EZAFE.sub("ه\u200cی", text)) != text:
        yield other


def is_one(before: str, after: str) -> bool:
    """Whether two words that stand side by side are parts of one."""
    return _attached(tuple(terms(before)), tuple(terms(after)))


def as_one(before: str, after: str) -> tuple[Terms, ...]:
    """Two words side by side as the one word that others make of them, in Arabic script only."""
    parts = terms(before) + terms(after)
    is_persian = all(map(_ARABIC_SCRIPT.fullmatch, parts))
    return (("".join(parts),),) if len(parts) > 1 and is_persian else ()


def _slots(text: str) -> Iterator[Terms]:
    """The words of a text, each as the parts that some write together."""
    slot: Terms = ()
    for word in islice(words(text), MAX_WORDS):
        if slot and word.terms and not _attached(slot, word.terms):
            yield slot
            slot = ()
        slot += word.terms
    if slot:
        yield slot


def _attached(before: Terms, after: Terms) -> bool:
    return bool(before) and bool(after) and (before[-1] in _BEFORE or "".join(after) in _AFTER)


def _forms(parts: Terms) -> Iterator[Terms]:
    """One word: as given, together, in part together, apart."""
    yield parts
    if len(parts) == 1:
        yield from _split(parts[0])
        return
    yield ("".join(parts),)
    if parts[-1] == "ی" and parts[-2].endswith("ه"):
        # «خانه‌ی ما» is «خانهٔ ما», whose hamza the fold drops.
        yield parts[:-1]
    for cut in range(1, len(parts)):
        yield "".join(parts[:cut]), "".join(parts[cut:])


def _split(term: str) -> Iterator[Terms]:
    for before in _BEFORE:
        if term.startswith(before) and len(term) >= len(before) + _SHORTEST_STEM:
            yield before, term.removeprefix(before)
            break
    for after in _AFTER:
        if term.endswith(after) and len(term) >= len(after) + _SHORTEST_STEM:
            yield term.removesuffix(after), after
            break
