"""A story as its TOML file writes it: blocks parted by blank lines, the first sign tells the kind.

Plain text            a paragraph; inline HTML (`<a>`, `<strong>`, entities) is allowed
## Text               a heading
> Text                a block quote
- Text                an item of a list; one a line
| Text                a line of verse; one a line
! caption | credit    a figure
>> Text               a pull quote: a sentence of the story, shown twice
@ name | text | date  an embedded post of somebody else
= Text                a line of the desk that stands as a paragraph: a credit, a translator's note
: name                a piece of the site that stands inside the body: `newsletter`, `also`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

_TAG = re.compile(r"<[^>]*>")


class Kind(StrEnum):
    PARAGRAPH = ""
    HEADING = "##"
    PULL_QUOTE = ">>"
    QUOTE = ">"
    ITEM = "-"
    VERSE = "|"
    FIGURE = "!"
    POST = "@"
    NOTE = "="
    SITE = ":"


_BESIDE = frozenset((Kind.FIGURE, Kind.POST, Kind.PULL_QUOTE, Kind.NOTE))
"""What may stand in an extracted text or not: conventions differ, so neither is scored."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    lines: tuple[str, ...]
    """HTML. One line, but for lists and verse; a figure's and a post's parts are lines too."""

    @property
    def text(self) -> str:
        """What a reader reads, without tags and entities."""
        return "\n".join(plain(line) for line in self.lines)

    @property
    def of_article(self) -> bool:
        return self.kind not in _BESIDE and self.kind is not Kind.SITE

    @property
    def beside(self) -> bool:
        return self.kind in _BESIDE


def plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def read_story(text: str) -> tuple[Block, ...]:
    return tuple(_block(piece.strip()) for piece in re.split(r"\n\s*\n", text.strip()) if piece)


def _block(piece: str) -> Block:
    kind = next(kind for kind in (*list(Kind)[1:], Kind.PARAGRAPH) if piece.startswith(kind))
    if kind in (Kind.ITEM, Kind.VERSE):
        lines = [line.strip().removeprefix(kind).strip() for line in piece.splitlines()]
    else:
        whole = " ".join(piece.split()).removeprefix(kind).strip()
        parted = kind in (Kind.FIGURE, Kind.POST)
        lines = [part.strip() for part in whole.split(" | ")] if parted else [whole]
    return Block(kind, tuple(lines))
