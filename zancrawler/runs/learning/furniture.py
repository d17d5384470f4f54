"""Furniture: what stands within a body element at its head or foot and is none of the article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from zancrawler.extraction.arbiter import find_text
from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import Kind, TextBlock, read_blocks
from zancrawler.runs.learning.body import selectors_of

LONGEST = 150
"""Letters of a block that may be furniture: a longer one may be a paragraph that was not found."""
FEWEST_PAGES = 2
MOST = 6
"""Selectors."""
NEARLY_ALL = 0.9
"""Of a block's letters that an element within it must hold to stand for it."""

_TELLING_TAGS = frozenset(("address", "aside", "font", "footer", "form", "header", "nav", "small"))
"""Those that hold no paragraph, list or quotation of an article, and may be named by themselves."""


@dataclass(frozen=True, slots=True)
class _Example:
    body: HtmlElement
    noise: tuple[TextBlock, ...]
    own: frozenset[HtmlElement]
    """Elements of the article's blocks, and all around them."""
    own_blocks: frozenset[HtmlElement]

    def is_own(self, element: HtmlElement) -> bool:
        """Whether the element holds text of the article, or is within a block of it."""
        return element in self.own or not self.own_blocks.isdisjoint(element.iterancestors())


def furniture_of(pages: Sequence[Page], body: str) -> tuple[str, ...]:
    """Selectors of what to drop from the body element, on several pages and of the article nowhere.

    Judged by the same witnesses as the body: what they leave out before the article's first and
    after its last block. Headings stay: they are the title, which is cut anyway, or the article's.
    """
    examples = [example for page in pages if (example := _example(page, body))]
    left = [(number, block) for number, e in enumerate(examples) for block in e.noise]
    found: list[str] = []
    while left and len(found) < MOST:
        held: Counter[str] = Counter()
        seen: dict[str, set[int]] = {}
        for number, block in left:
            for selector in set(_candidates(block, examples[number].body)):
                held[selector] += len(block.key)
                seen.setdefault(selector, set()).add(number)
        sure = [s for s in held if len(seen[s]) >= FEWEST_PAGES and _is_harmless(s, examples)]
        if not sure:
            break
        best = max(sure, key=lambda selector: (held[selector], "." in selector, selector))
        found.append(best)
        left = [(n, b) for n, b in left if best not in _candidates(b, examples[n].body)]
    return tuple(found)


def _example(page: Page, selector: str) -> _Example | None:
    body = next(iter(page.tree.cssselect(selector)), None)
    if body is None:
        return None
    claimed = {block.key for block in find_text(page, read_blocks(page.tree), None).blocks}
    blocks = read_blocks(body)
    places = [place for place, block in enumerate(blocks) if block.key in claimed]
    if not places:
        return None
    own = [block.element for block in blocks if block.key in claimed]
    edges = (*blocks[: places[0]], *blocks[places[-1] + 1 :])
    return _Example(
        body,
        tuple(b for b in edges if b.kind is not Kind.HEADING and len(b.key) < LONGEST),
        frozenset(around for element in own for around in (element, *element.iterancestors())),
        frozenset(own),
    )


def _is_harmless(selector: str, examples: Sequence[_Example]) -> bool:
    return not any(
        example.is_own(element)
        for example in examples
        for element in example.body.cssselect(selector)
    )


def _candidates(block: TextBlock, body: HtmlElement) -> Iterator[str]:
    """Selectors of the elements that hold the block, and of those that are nearly all of it."""
    holding = [block.element]
    for around in block.element.iterancestors():
        if around is body:
            break
        holding.append(around)
    enough = NEARLY_ALL * len(block.text)
    within = [e for e in block.element.iterdescendants() if len(_text(e)) >= enough]
    for element in (*holding, *within):
        if element is not body:
            yield from selectors_of(element)
            if element.tag in _TELLING_TAGS:
                yield str(element.tag)


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split()) if isinstance(element.tag, str) else ""
