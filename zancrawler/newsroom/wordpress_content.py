"""An article's body as WordPress keeps it, and as plugins show it."""

from __future__ import annotations

from dataclasses import dataclass

from zancrawler.newsroom.article import Article, Block, BlockKind, CreditPlace
from zancrawler.newsroom.markup import Html, fill, inline, joined, markup, verses
from zancrawler.newsroom.wordpress_words import WORDS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an article and is none of it."""

    number: int
    """The site's own id of the article."""
    also: Article | None
    related: list[Article]
    translations: list[Article]


def upload(article: Article, image: str) -> str:
    """Path of a picture, without its extension."""
    return f"/wp-content/uploads/{article.published:%Y/%m}/{image}"


def content_html(home: str, article: Article, around: Surroundings | None = None) -> Html:
    """The body as WordPress keeps it; with `around`, what plugins put into the midst of it."""
    pieces = [_content_block(home, article, block) for block in article.blocks]
    if article.credit and article.credit_place is CreditPlace.LINE:
        pieces.insert(0, markup("<p>$line</p>", line=article.credit_label + article.credit))
    if around is not None:
        words = WORDS[article.language]
        midst = [
            fill("wordpress/newsletter.html", subscribe=words.subscribe, required=words.required)
        ]
        if around.also is not None:
            midst.append(
                fill(
                    "wordpress/also.html",
                    heading=words.also,
                    path=around.also.path,
                    title=around.also.title,
                )
            )
        middle = len(pieces) // 2
        pieces[middle:middle] = midst
    return joined(pieces)


def _content_block(home: str, article: Article, block: Block) -> Html:
    match block.kind:
        case BlockKind.HEADING:
            return markup(
                '<h2 class="wp-block-heading">$line</h2>', line=inline(block.lines[0], "")
            )
        case BlockKind.LIST:
            items = [markup("<li>$line</li>", line=inline(line, "")) for line in block.lines]
            return markup('<ul class="wp-block-list">$items</ul>', items=joined(items))
        case BlockKind.QUOTE:
            return markup(
                '<blockquote class="wp-block-quote is-layout-flow"><p>$line</p></blockquote>',
                line=verses(block.lines, ""),
            )
        case BlockKind.FIGURE:
            image, caption, credit = block.lines
            return fill(
                "wordpress/figure.html",
                address=home + upload(article, image),
                alt=caption,
                caption=" ".join(filter(None, (caption, credit))),
            )
        case BlockKind.PARAGRAPH:
            return markup("<p>$line</p>", line=inline(block.lines[0], ""))
