"""The headline's surroundings: the lines in which a page names the author and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zancrawler.extraction.textblocks import Kind, TextBlock, key_of

ABOVE = 5
"""Text blocks before the headline in which a date or a byline may stand."""
BELOW = 16
FOLLOWING = 6
PROSE = 90
"""Letters from which a block is a paragraph."""
PARAGRAPHS = 3
"""With which the article has surely begun: a summary may stand above the byline, twice over. A
heading after the first one ends the head too: `Latest`, or the story's own parts."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The text blocks about the headline; all empty where the page does not show one."""

    above: tuple[TextBlock, ...] = ()
    """Nearest the headline first."""
    below: tuple[TextBlock, ...] = ()
    headline: TextBlock | None = None
    following: tuple[TextBlock, ...] = ()
    """The blocks below the headline as they come, long ones too."""


def around_headline(blocks: Sequence[TextBlock], title: str | None) -> Surroundings:
    """The short blocks around the title's own, an h1 by preference; none when it is not shown.

    Where the title is a line of a block (date, title and byline parted by breaks), that block's
    lines count as blocks.
    """
    key = key_of(title or "")
    if not key:
        return Surroundings()
    places = [i for i, block in enumerate(blocks) if block.key == key]
    if not places:
        blocks, places = _with_lines(blocks, key)
    if not places:
        return Surroundings()
    place = next((i for i in places if blocks[i].element.tag == "h1"), places[0])
    below: list[TextBlock] = []
    paragraphs: set[str] = set()
    for block in blocks[place + 1 : place + 1 + BELOW]:
        if len(block.key) >= PROSE:
            paragraphs.add(block.key)
            if len(paragraphs) == PARAGRAPHS:
                break
        elif paragraphs and block.kind is Kind.HEADING:
            break
        else:
            below.append(block)
    above = blocks[max(0, place - ABOVE) : place]
    nearest = tuple(block for block in reversed(above) if len(block.key) < PROSE)
    following = tuple(blocks[place + 1 : place + 1 + FOLLOWING])
    return Surroundings(nearest, tuple(below), blocks[place], following)


def _with_lines(blocks: Sequence[TextBlock], key: str) -> tuple[list[TextBlock], list[int]]:
    """The blocks with the first that has the title among its lines taken apart, and the place."""
    for i, block in enumerate(blocks):
        if "\n" not in block.text or key not in block.key:
            continue
        lines = [
            TextBlock(block.kind, line, key_of(line), 0, block.element)
            for line in block.text.split("\n")
        ]
        if (
            place := next((n for n, line in enumerate(lines) if line.key == key), None)
        ) is not None:
            return [*blocks[:i], *lines, *blocks[i + 1 :]], [i + place]
    return list(blocks), []
