"""The headline's surroundings: the lines in which a page names the author and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zancrawler.extraction.textblocks import TextBlock, key_of

ABOVE = 5
"""Text blocks before the headline in which a date or a byline may stand."""
BELOW = 16
PROSE = 160
"""Letters from which a block is a paragraph. Two of them, and the article has begun."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    above: tuple[TextBlock, ...] = ()
    """Nearest the headline first."""
    below: tuple[TextBlock, ...] = ()
    headline: TextBlock | None = None


def around_headline(blocks: Sequence[TextBlock], title: str | None) -> Surroundings:
    """The short blocks around the title's own, an h1 by preference; none when it is not shown."""
    key = key_of(title or "")
    places = [i for i, block in enumerate(blocks) if block.key == key and key]
    if not places:
        return Surroundings()
    place = next((i for i in places if blocks[i].element.tag == "h1"), places[0])
    below: list[TextBlock] = []
    paragraphs = 0
    for block in blocks[place + 1 : place + 1 + BELOW]:
        if len(block.key) >= PROSE:
            paragraphs += 1
            if paragraphs == 2:
                break
        else:
            below.append(block)
    above = blocks[max(0, place - ABOVE) : place]
    nearest = tuple(block for block in reversed(above) if len(block.key) < PROSE)
    return Surroundings(nearest, tuple(below), blocks[place])
