"""The body element: the one that, page after page, holds what the readers take for the article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from lxml.html import HtmlElement

from zancrawler.extraction.arbiter import body_element, find_text
from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import TextBlock, read_blocks
from zancrawler.outlets import ArticleRules

LEAST_LETTERS = 200
"""Of a page's text: what is shorter is no example of a body."""
FEWEST_PAGES = 2
MOST = 0.6
"""Of a page's text: the body holds at least this much of what was found."""
GOOD = 0.85
"""Mean agreement of an element's text with the text that was found (F measure on letters)."""
PASSABLE = 0.6
"""The same of the worst page."""

_NAME = re.compile(r"[A-Za-z][\w-]{0,60}")
_MARKS = ("itemprop", "data-hook", "data-testid", "data-component")
_TAGS = ("article", "main")


@dataclass(frozen=True, slots=True)
class BodyElement:
    selector: str
    """CSS."""
    agreement: float
    """Mean F measure, 0 to 1."""
    pages: int


@dataclass(frozen=True, slots=True)
class _Example:
    page: Page
    found: tuple[TextBlock, ...]


def recurring_body(pages: Sequence[Page]) -> BodyElement | None:
    """What of several articles' pages holds the text; None where nothing recurs.

    The text is what the extraction finds without being told where: its witnesses judge each page,
    and the element that agrees with them on all pages is better than they are on one.
    """
    examples = _examples(pages)
    if len(examples) < FEWEST_PAGES:
        return None
    counts = Counter(selector for example in examples for selector in _candidates(example))
    best: BodyElement | None = None
    for selector, count in counts.items():
        if count < len(examples):
            continue
        rules = ArticleRules(re.compile(""), body=(selector,))
        scores = [_agreement(example, rules) for example in examples]
        if fmean(scores) < GOOD or min(scores) < PASSABLE:
            continue
        found = BodyElement(selector, fmean(scores), len(examples))
        if best is None or _rank(found) > _rank(best):
            best = found
    return best


def _rank(body: BodyElement) -> tuple[float, bool, int]:
    """Hundredths do not count; then an id, for it is one; then what is short to read."""
    return round(body.agreement, 2), body.selector.startswith("#"), -len(body.selector)


def _examples(pages: Sequence[Page]) -> list[_Example]:
    """What was found on each page, without what was found on another too: that is furniture."""
    found = [find_text(page, read_blocks(page.tree), None).blocks for page in pages]
    seen = Counter(key for blocks in found for key in {block.key for block in blocks})
    examples = [
        _Example(page, tuple(block for block in blocks if seen[block.key] == 1))
        for page, blocks in zip(pages, found, strict=True)
    ]
    return [example for example in examples if _letters(example.found) >= LEAST_LETTERS]


def _agreement(example: _Example, rules: ArticleRules) -> float:
    element = body_element(example.page.tree, rules)
    if element is None:
        return 0.0
    inside = read_blocks(element)
    keys = {block.key for block in example.found}
    common = sum(len(block.key) for block in inside if block.key in keys)
    return 2 * common / max(1, _letters(inside) + _letters(example.found))


def _letters(blocks: Sequence[TextBlock]) -> int:
    return sum(len(block.key) for block in blocks)


def _candidates(example: _Example) -> set[str]:
    """Selectors of the elements that hold most of the page's text, the body element aside."""
    held = Counter[HtmlElement]()
    for block in example.found:
        for element in (block.element, *block.element.iterancestors()):
            held[element] += len(block.key)
    enough = MOST * _letters(example.found)
    return {
        selector
        for element, letters in held.items()
        if letters >= enough and element.tag not in ("body", "html")
        for selector in selectors_of(element)
    }


def selectors_of(element: HtmlElement) -> Iterator[str]:
    """Ways to name an element that other pages may name one by too."""
    tag = str(element.tag)
    if _NAME.fullmatch(element.get("id", "")):
        yield f"#{element.get('id')}"
    for name in element.get("class", "").split():
        if _NAME.fullmatch(name):
            yield f"{tag}.{name}"
    for mark in _MARKS:
        if _NAME.fullmatch(element.get(mark, "")):
            yield f"{tag}[{mark}={element.get(mark)}]"
    if tag in _TAGS:
        yield tag
