"""What a user looks for: words, "phrases", -exclusions, OR and prefix*, never a syntax error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise

from zancrawler.search.spelling import MAX_WORDS, Terms, as_one, is_one, spellings

MAX_CHARACTERS = 1_000
"""Of a query; what lies behind is not read."""
MIN_PREFIX = 2
"""Letters that `*` needs before it: with fewer it would stand for a tenth of all words."""

_PIECE = re.compile(
    r"""(?P<minus>-)?
    (?: "(?P<straight>[^"]*)"? | «(?P<angled>[^»]*)»? | “(?P<curly>[^”]*)”?
      | (?P<word>[^\s"«»“”]+) )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Sought:
    """One word or phrase, by every spelling that will do."""

    spellings: tuple[Terms, ...]
    prefix: bool = False
    """Whether the last term is only the beginning of one."""

    @property
    def match(self) -> str:
        """As FTS5 says it. Terms are letters and digits alone, so nothing needs escaping."""
        star = " *" if self.prefix else ""
        return "(" + " OR ".join(f'"{" ".join(each)}"{star}' for each in self.spellings) + ")"


@dataclass(frozen=True, slots=True)
class Query:
    """What must occur, each in one of several ways, and what must not."""

    wanted: tuple[tuple[Sought, ...], ...] = ()
    unwanted: tuple[Sought, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Query:
        """Reads any string. OR binds its two neighbours, AND says what goes without saying; what
        has no letter or digit is left out.

        Phrases stand in "…", «…» or “…”; one that is not closed goes to the end.
        """
        wanted: list[list[Sought]] = []
        unwanted: list[Sought] = []
        pieces = islice(_PIECE.finditer(text[:MAX_CHARACTERS]), MAX_WORDS)
        or_stands = False
        for kind, group in groupby(pieces, _kind):
            if kind == "OR":
                or_stands = bool(wanted)
            if kind in ("OR", "AND"):
                continue
            sought = list(_read(kind, group))
            if kind == "minus":
                unwanted += sought
                continue
            if or_stands and sought:
                wanted[-1].append(sought.pop(0))
                or_stands = False
            wanted += ([each] for each in sought)
        return cls(tuple(tuple(group) for group in wanted), tuple(unwanted))

    def widened(self) -> Query:
        """The same, each word also the beginning of one: «سبز» for «سبزی», school for schools.

        A word of one or two letters stays as it is.
        """
        return replace(
            self,
            wanted=tuple(
                tuple(
                    replace(
                        sought, prefix=len(sought.spellings[0][-1]) > MIN_PREFIX or sought.prefix
                    )
                    for sought in group
                )
                for group in self.wanted
            ),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing: no word at all, or only such as must not occur."""
        return not self.wanted

    @property
    def match(self) -> str:
        """As FTS5 says it; for a query that is not empty."""
        wanted = " AND ".join(
            "(" + " OR ".join(sought.match for sought in group) + ")" for group in self.wanted
        )
        if not self.unwanted:
            return wanted
        return f"({wanted}) NOT ({' OR '.join(sought.match for sought in self.unwanted)})"


def _kind(piece: re.Match[str]) -> str:
    if piece["minus"]:
        return "minus"
    if piece["word"] is None:
        return "phrase"
    if piece["word"] in ("OR", "AND"):
        return str(piece["word"])
    return "prefix" if piece["word"].endswith("*") else "word"


def _read(kind: str, pieces: Iterator[re.Match[str]]) -> Iterator[Sought]:
    """What a run of pieces of one kind asks for."""
    forms = ("straight", "angled", "curly", "word")
    texts = [next(filter(None, piece.group(*forms)), "") for piece in pieces]
    if kind == "word":
        yield from _words(texts)
        return
    for text in texts:
        found = spellings(text)
        if text.endswith("*") and found and len(found[0][-1]) >= MIN_PREFIX:
            yield Sought(found[:1], prefix=True)
        elif found:
            yield Sought(found)


def _words(texts: list[str]) -> Iterator[Sought]:
    """Words that stand side by side: what is one word in two parts is taken as such."""
    whole: list[str] = []
    for text in texts:
        if whole and is_one(whole[-1], text):
            whole[-1] += f" {text}"
        elif spellings(text):
            whole.append(text)
    found = [list(spellings(text)) for text in whole]
    for place, (before, after) in enumerate(pairwise(whole)):
        for each in found[place : place + 2]:
            each += as_one(before, after)
    for each in found:
        yield Sought(tuple(each))
