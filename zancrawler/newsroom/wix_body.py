"""The body of a Wix page: Ricos blocks of a blog post, the flat rich text of a dynamic page."""

from __future__ import annotations

import hashlib
import json

from zancrawler.newsroom.article import Article, Block, BlockKind, CreditPlace
from zancrawler.newsroom.markup import Html, fill, inline, joined, markup, verses

LINK = ' target="_blank" rel="noopener" data-hook="web-link"'


def media(image: str) -> str:
    """Path of a picture's original, in Wix's form."""
    return f"/media/c4a1e0_{hashlib.md5(image.encode()).hexdigest()}~mv2.png"


def credit_line(article: Article) -> str:
    return f"{article.credit_label}{article.credit}" if article.credit else ""


def ricos(home: str, article: Article) -> list[Html]:
    """The body as Wix's Ricos renders it: blocks, a marker after each, empty lines between."""
    blocks = list(article.blocks)
    if article.credit and article.credit_place is CreditPlace.LINE:
        blocks.insert(0, Block(BlockKind.PARAGRAPH, (credit_line(article),)))
    elif article.credit:
        blocks.insert(0, Block(BlockKind.FIGURE, (article.image, "", credit_line(article))))
    pieces = []
    for place, block in enumerate(blocks):
        key = hashlib.md5(f"{article.id} {place}".encode()).hexdigest()[:5]
        pieces.append(
            fill(
                "wix/block.html",
                block=_ricos_block(home, block, key),
                kind=block.kind,
                key=key,
                odd=2 * place + 1,
                even=2 * place + 2,
            )
        )
    return pieces


def _ricos_block(home: str, block: Block, key: str) -> Html:
    if block.kind is BlockKind.FIGURE:
        image, caption, credit = block.lines
        shown = " ".join(filter(None, (caption, credit)))
        return fill("wix/figure.html", key=key, picture=picture(home, image, shown), caption=shown)
    if block.kind is BlockKind.LIST:
        items = [
            markup(
                '<li dir="auto" aria-level="1"><p dir="auto" id="viewer-$key$n"><span><span>'
                "$line</span></span></p></li>",
                key=key,
                n=n,
                line=inline(line, LINK),
            )
            for n, line in enumerate(block.lines)
        ]
        return markup("<ul>$items</ul>", items=joined(items))
    return markup(
        '<$name dir="auto" id="viewer-$key"><span class="t5"><span>$line</span></span></$name>',
        name={BlockKind.HEADING: "h2", BlockKind.QUOTE: "blockquote"}.get(block.kind, "p"),
        key=key,
        line=_verses(block.lines),
    )


def flat(home: str, block: Block) -> Html:
    """A block in a dynamic page's rich text, guard lines between."""
    match block.kind:
        case BlockKind.FIGURE:
            return picture(home, block.lines[0], block.lines[1])
        case BlockKind.LIST:
            items = [
                markup("<li><p>$line</p></li>", line=inline(line, LINK)) for line in block.lines
            ]
            return markup("<ul>$items</ul>", items=joined(items))
        case BlockKind.HEADING:
            return markup('<h3 class="font_3">$line</h3>', line=_verses(block.lines))
    return markup(
        '<p class="font_8">$line</p>\n<p class="font_8"><span class="wixGuard">\u200b</span></p>',
        line=_verses(block.lines),
    )


def _verses(lines: tuple[str, ...]) -> Html:
    return verses(lines, LINK)


def picture(home: str, image: str, alt: str) -> Html:
    """A picture: the `src` is a blurred thumbnail, the original is in `data-image-info`."""
    uri = media(image).removeprefix("/media/")
    data = {"width": 1600, "height": 1000, "uri": uri, "displayMode": "fill"}
    info = json.dumps({"displayMode": "fill", "encoding": "AVIF", "imageData": data})
    return fill("wix/picture.html", home=home, uri=uri, info=info, alt=alt)
