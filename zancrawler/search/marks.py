"""Matches marked in the original text: every joiner, digit and diacritic as the page has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zancrawler.search.query import Query, Sought
from zancrawler.search.words import JOINERS, words

SNIPPET = 240
"""Characters of a snippet, about: it ends with a word."""
LEAD = 60
"""Of these, about how many stand before the first match."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_MAX_TEXT = 200_000
"""Characters of a text in which matches are looked for."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Text with the ranges that match, in code points, in order and apart."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    starts: bool = True
    """Whether it begins where the whole text does."""
    ends: bool = True
    """Whether it ends there."""

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it matches; an ellipsis where something is cut."""
        end = 0
        if not self.starts:
            yield "… ", False
        for start, stop in self.marks:
            yield self.text[end:start], False
            yield self.text[start:stop], True
            end = stop
        yield self.text[end:], False
        if not self.ends:
            yield " …", False

    def __str__(self) -> str:
        """As Markdown writes it: matches between asterisks."""
        return "".join(f"**{text}**" if match else text for text, match in self.pieces())


def marked(text: str, query: Query) -> Marked:
    """A short text such as a title, whole; control characters are spaces in it."""
    return Marked(
        _CONTROL.sub(" ", text), tuple((start, end) for start, end, _ in _matches(text, query))
    )


def snippet(text: str, query: Query) -> Marked:
    """The stretch of a text that matches most of the query; its beginning where nothing does.

    Line ends and other control characters are spaces in it: a page must not steer a terminal.
    Nothing else differs from the original.
    """
    matches = _matches(text, query)
    first = _densest(matches)
    start = _word_start(text, max(0, first - LEAD), first)
    end = _word_end(text, start + SNIPPET)
    inside = ((a - start, b - start) for a, b, _ in matches if a >= start and b <= end)
    shown = _CONTROL.sub(" ", text[start:end])
    return Marked(shown, tuple(inside), start == 0, end >= len(text.rstrip()))


def _densest(matches: list[tuple[int, int, set[int]]]) -> int:
    """Where to begin for as many of the query's parts as possible to come into one snippet."""
    best, most = 0, 0
    for index, (start, _, _) in enumerate(matches):
        parts: set[int] = set()
        for _, end, part in matches[index:]:
            if end > start + SNIPPET - LEAD:
                break
            parts |= part
        if len(parts) > most:
            best, most = start, len(parts)
    return best


def _word_start(text: str, at: int, latest: int) -> int:
    """The first beginning of a word from `at` on, but not behind `latest`."""
    while 0 < at < latest and not text[at - 1].isspace():
        at += 1
    return at


def _word_end(text: str, at: int) -> int:
    """The last end of a word up to `at`."""
    if at >= len(text):
        return len(text)
    end = at
    while end > at - LEAD and not text[end].isspace():
        end -= 1
    return end if text[end].isspace() else at


def _matches(text: str, query: Query) -> list[tuple[int, int, set[int]]]:
    """Ranges of the text that the query asks for, each with the parts of the query it answers."""
    parts = [(number, each) for number, group in enumerate(query.wanted) for each in group]
    found = sorted(_found(text[:_MAX_TEXT], parts))
    merged: list[tuple[int, int, set[int]]] = []
    for start, end, part in found:
        if merged and not text[merged[-1][1] : start].strip(JOINERS):
            before, stop, numbers = merged[-1]
            merged[-1] = (before, max(stop, end), numbers | {part})
        else:
            merged.append((start, end, {part}))
    return merged


def _found(text: str, parts: Iterable[tuple[int, Sought]]) -> Iterator[tuple[int, int, int]]:
    row: list[tuple[str, int, int]] = []
    others: list[tuple[str, int, int]] = []
    for word in words(text):
        row += [(term, part.start, part.end) for part in word.parts() for term in part.terms]
        others += [("".join(each.terms), each.start, each.end) for each in word.otherwise()]
    known = {term for term, _, _ in row}
    for number, sought in parts:
        for spelling in sought.spellings:
            last = len(spelling) - 1
            if last and spelling[0] not in known:
                continue
            for place in range(len(row) - last):
                if all(
                    _same(term, row[place + step][0], sought.prefix and step == last)
                    for step, term in enumerate(spelling)
                ):
                    yield row[place][1], row[place + last][2], number
            if not last:
                for term, start, end in others:
                    if _same(spelling[0], term, sought.prefix):
                        yield start, end, number


def _same(sought: str, term: str, prefix: bool) -> bool:
    return term.startswith(sought) if prefix else term == sought
