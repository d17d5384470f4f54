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
    above: tuple[TextBlock, ...] = ()
    """Nearest the headline first."""
    below: tuple[TextBlock, ...] = ()
    headline: TextBlock | None = None
    following: tuple[TextBlock, ...] = ()
    """The blocks below the headline as they come, long ones too."""


def around_headline(blocks: Sequence[TextBlock], title: str | None) -> Surroundings:
    """The short blocks around the title's own, an h1 by preference; none when it is not shown."""
    key = key_of(title or "")
    places = [i for i, block in enumerate(blocks) if block.key == key and key]
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
