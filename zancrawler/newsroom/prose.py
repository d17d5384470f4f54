"""An article's body as plain HTML, as most systems keep it; only pictures differ between them."""

from __future__ import annotations

from collections.abc import Callable

from zancrawler.newsroom.article import Article, Block, BlockKind
from zancrawler.newsroom.markup import Html, inline, joined, markup, verses

Figure = Callable[[str, str, str], Html]
"""From a picture's base name, caption and credit."""


def prose(article: Article, figure: Figure) -> list[Html]:
    """One piece of HTML a block."""
    return [_block(block, figure) for block in article.blocks]


def _block(block: Block, figure: Figure) -> Html:
    match block.kind:
        case BlockKind.HEADING:
            return markup("<h2>$line</h2>", line=inline(block.lines[0], ""))
        case BlockKind.LIST:
            items = [markup("<li>$line</li>", line=inline(line, "")) for line in block.lines]
            return markup("<ul>$items</ul>", items=joined(items))
        case BlockKind.QUOTE:
            return markup("<blockquote><p>$lines</p></blockquote>", lines=verses(block.lines, ""))
        case BlockKind.FIGURE:
            image, caption, credit = block.lines
            return figure(image, caption, credit)
        case BlockKind.PARAGRAPH:
            return markup("<p>$line</p>", line=inline(block.lines[0], ""))
