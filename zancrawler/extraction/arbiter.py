"""The arbiter: of what the witnesses say is the article, what it is. Rules with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import TextBlock, read_blocks
from zancrawler.extraction.witnesses import Claim, ask_resiliparse, ask_trafilatura
from zancrawler.outlets import ArticleRules


@dataclass(frozen=True, slots=True)
class Found:
    blocks: tuple[TextBlock, ...]
    winner: str
    """`outlet` (its body element), `trafilatura`, `resiliparse`, or `none`."""
    element: HtmlElement | None
    """The smallest element that holds all blocks: where pictures and links are looked for."""
    agreement: float | None = None
    """Of the letters claimed by the winner or by the next witness, the share that both claim."""


def find_text(page: Page, rules: ArticleRules | None) -> Found:
    """An outlet's body element holds the article by definition. Elsewhere trafilatura is asked,
    and resiliparse when it finds nothing."""
    if (body := body_element(page.tree, rules)) is not None and rules is not None:
        dropped = {e for s in rules.drop for e in body.cssselect(s)}
        return Found(tuple(read_blocks(body, dropped)), "outlet", body)
    blocks = read_blocks(page.tree)
    first, second = ask_trafilatura(page, blocks), ask_resiliparse(page, blocks)
    winner = "trafilatura" if first else "resiliparse" if second else "none"
    chosen = first or second
    kept = tuple(blocks[i] for i in sorted(chosen))
    return Found(kept, winner, common_element(kept), _agreement(blocks, chosen, second))


def body_element(tree: HtmlElement, rules: ArticleRules | None) -> HtmlElement | None:
    """The first element that the rules' selectors find and that holds any text."""
    for selector in rules.body if rules else ():
        for element in tree.cssselect(selector):
            if "".join(element.itertext()).strip():
                return element
    return None


def common_element(blocks: Sequence[TextBlock]) -> HtmlElement | None:
    """The deepest element that all blocks are in."""
    if not blocks:
        return None
    chain = [blocks[0].element, *blocks[0].element.iterancestors()]
    start = 0
    for block in blocks[1:]:
        above = {block.element, *block.element.iterancestors()}
        while chain[start] not in above:
            start += 1
    return chain[start]


def _agreement(blocks: Sequence[TextBlock], one: Claim, other: Claim) -> float | None:
    either = sum(len(blocks[i].key) for i in one | other)
    return sum(len(blocks[i].key) for i in one & other) / either if either else None
