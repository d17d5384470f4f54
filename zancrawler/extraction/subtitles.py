"""The subtitle: the second headline that a page shows, or states as `alternativeHeadline`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from zancrawler.extraction.headline import Surroundings
from zancrawler.extraction.structured import Node, first_string
from zancrawler.extraction.textblocks import TextBlock, key_of

MAX_SUBTITLE = 400
"""Characters. Standfirsts of news stay below 300."""
SHORTEST = 12
"""Letters; what is shorter is a label."""
NEAR = 2
"""Elements above a block of which one may bear the class."""

# The vocabulary of themes: JNews, Newspaper, Ghost, Drupal's field names, RFE/RL's Pangea.
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sub-?(?:title|head(?:line|ing)?)|stand-?first|dek|deck|intro|excerpt)(?:$|[\s_-])",
    re.IGNORECASE,
)


def subtitle_of(
    surroundings: Surroundings,
    node: Node | None,
    description: str | None,
    text: Sequence[TextBlock],
) -> str | None:
    """What stands below the headline as an element of its own, else structured data.

    Never the description alone, which is written for search engines, and never the first words of
    the text once more, which is a teaser.
    """
    title = surroundings.headline
    for block in _shown(surroundings):
        others = [b for b in (*text[:3], *surroundings.following) if b is not block]
        if not _says_nothing_new(block.key, title, others):
            return block.text.replace("\n", " ")
    stated = first_string((node or {}).get("alternativeHeadline")) or ""
    key = key_of(stated)
    if key == key_of(description or "") or _says_nothing_new(key, title, text[:3]):
        return None
    return stated[:MAX_SUBTITLE]


def _says_nothing_new(key: str, title: TextBlock | None, text: Iterable[TextBlock]) -> bool:
    return (
        not SHORTEST <= len(key) <= MAX_SUBTITLE
        or (title is not None and title.key == key)
        or any(block.key.startswith(key) for block in text)
    )


def _shown(surroundings: Surroundings) -> Iterator[TextBlock]:
    """The blocks that call themselves a second headline; an h2 directly below the h1."""
    for block in surroundings.following:
        if _is_called_so(block) and 2 * block.linked < len(block.key):
            yield block
    headline, first = surroundings.headline, next(iter(surroundings.following), None)
    if headline is not None and first is not None and not first.linked:
        one, other = headline.element, first.element
        if (one.tag, other.tag) == ("h1", "h2") and one.getparent() is other.getparent():
            yield first


def _is_called_so(block: TextBlock) -> bool:
    chain = [block.element, *islice(block.element.iterancestors(), NEAR)]
    for element in chain:
        if _CLASS.search(element.get("class", "")):
            return key_of("".join(element.itertext())) == block.key
    return False
