"""The arbiter: of what the witnesses say is the article, what it is. Rules with reasons.

Where an outlet names its body element, that element is the article and no witness is asked. The
rules below are for the rest; each was weighed on the letters it gains and loses against the truth
of 300 pages (`benchmarks/extraction`). Counted there: trafilatura is right in 97 of 100 letters
that both witnesses claim, but leaves out headings, list items and quotes between its paragraphs,
and takes in authors' notes, promotions and captions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from lxml.html import HtmlElement

from zancrawler.extraction.lines import is_clock
from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import Kind, TextBlock, read_blocks, script_blocks
from zancrawler.extraction.witnesses import Claim, ask_resiliparse, ask_trafilatura
from zancrawler.outlets import ArticleRules

PROSE = 60
"""Letters from which a block is a sentence and no label."""
LONG = 150
"""Letters of a paragraph that one witness alone is believed about."""
MUCH_MORE = 1.75
"""How many times trafilatura's prose resiliparse must find before trafilatura has missed most of
the article: live blogs, pages of many small sections."""
HARDLY_ANY = 250
"""Letters below which a text is looked for elsewhere: in the JSON-LD, where a script writes the
page, and below the headline."""
MUCH_MORE_LETTERS = 3
"""How many times these another place must hold then."""
AGREEMENT = 0.5
"""Below this the witnesses tell different stories."""
FEW = 0.25
"""Of a page's letters: an article is more than that of its page, mostly."""
MAIN_SHARE = 0.2
"""Of the letters found: an element that holds more is the article's own, whatever its class."""
FEW_LINES = 3
GALLERY = 3
"""Captions."""
LEAD = 8
"""Blocks before the first paragraph within which a list of key points stands."""

_FURNITURE_TAGS = frozenset(("figcaption", "h1"))
# Words in the class or id of an element: the vocabulary of themes, not of sites.
_FURNITURE_WORDS = """
    author bio byline promo promotion disclaimer disclosure dropdown banner advertising
    advertisement newsletter newsletters subscribe subscription signup modal popup comments
    breadcrumb breadcrumbs navbar popular related recommended sponsored
"""
_FURNITURE = frozenset(_FURNITURE_WORDS.split())
_WORDS = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Found:
    """Where an article's text stands, and whose word that is."""

    blocks: tuple[TextBlock, ...]
    winner: str
    """`outlet` (its body element), `trafilatura`, `resiliparse`, `jsonld`, `headline` or `none`."""
    element: HtmlElement | None
    """The smallest element that holds all blocks: where pictures and links are looked for."""
    agreement: float | None = None
    """Of the letters that either witness claims, the share that both do; None: one was asked."""


def find_text(
    page: Page,
    all_blocks: Sequence[TextBlock],
    rules: ArticleRules | None,
    article_body: str | None = None,
    headline: TextBlock | None = None,
) -> Found:
    """Where among all blocks the article stands; `article_body` is what JSON-LD says it is."""
    body = body_element(page.tree, rules)
    if body is not None and rules is not None:
        dropped = {e for s in rules.drop for e in body.cssselect(s)}
        shown = read_blocks(body, dropped)
        blocks = shown if _is_gallery(shown) else [b for b in shown if b.kind is not Kind.CAPTION]
        return Found(tuple(blocks), "outlet", body)
    first, second = ask_trafilatura(page, all_blocks), ask_resiliparse(page, all_blocks)
    winner, chosen = _choose(all_blocks, first, second)
    if winner == "trafilatura" and _is_doubtful(all_blocks, first, second):
        first = ask_trafilatura(page, all_blocks, thorough=True)
        winner, chosen = _choose(all_blocks, first, second)
    kept = [all_blocks[i] for i in sorted(_completed(all_blocks, chosen, second))]
    kept = _without_links(_without_furniture(kept))
    kept = _without_other_stories(kept, headline)
    stated = script_blocks(page.tree, article_body or "")
    if letters(kept) < HARDLY_ANY and letters(stated) > MUCH_MORE_LETTERS * letters(kept):
        return Found(tuple(stated), "jsonld", page.tree)
    agreement = _agreement(all_blocks, first, second)
    return Found(tuple(kept), winner, common_element(kept), agreement)


def below_headline(blocks: Sequence[TextBlock], headline: TextBlock | None) -> Found:
    """What stands below the headline in the element that it stands in, or in the one above that.

    For what no witness finds: the verses of a poem are too short to pass for prose.
    """
    if headline is None:
        return Found((), "none", None)
    below = [
        block
        for block in blocks[blocks.index(headline) + 1 :]
        if not any(map(_is_the_sites, (block.element, *block.element.iterancestors())))
    ]
    for element in islice(headline.element.iterancestors(), 2):
        within = set(element.iter())
        inner = [block for block in below if block.element in within]
        kept = inner if _is_gallery(inner) else _without_links(inner)
        if letters(kept) >= PROSE:
            return Found(tuple(kept), "headline", element)
    return Found((), "none", None)


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


def _is_gallery(blocks: Sequence[TextBlock]) -> bool:
    """Whether the captions are the story: there is hardly any text beside them."""
    captions = [block for block in blocks if block.kind is Kind.CAPTION]
    beside = letters(blocks) - letters(captions)
    several = len(captions) >= GALLERY and letters(captions) > MUCH_MORE_LETTERS * beside
    return several or not beside


def _choose(blocks: Sequence[TextBlock], first: Claim, second: Claim) -> tuple[str, Claim]:
    """trafilatura, unless the other finds so much more prose that it must have missed most."""
    one, other = (letters(prose(blocks[i] for i in claim)) for claim in (first, second))
    if other > MUCH_MORE * one and second:
        return "resiliparse", second
    return ("trafilatura", first) if first else ("none", first)


def _is_doubtful(blocks: Sequence[TextBlock], first: Claim, second: Claim) -> bool:
    """Whether the first answer is worth asking for again, at length: the other witness says
    something else, or knows more prose where the article would be a small part of the page."""
    if (_agreement(blocks, first, second) or 0.0) < AGREEMENT:
        return True
    one, other = (letters(prose(blocks[i] for i in claim)) for claim in (first, second))
    return other > one and letters(blocks[i] for i in first) < FEW * letters(blocks)


def _completed(blocks: Sequence[TextBlock], chosen: Claim, second: Claim) -> set[int]:
    """With what stands between the chosen blocks and is plainly theirs: headings, list items and
    long paragraphs that the second witness claims, quotations, and the times of a live blog; and
    the key points before."""
    if not chosen:
        return set()
    found = set(chosen)
    for i in range(min(chosen), max(chosen) + 1):
        block = blocks[i]
        if 5 * block.linked >= 2 * len(block.key):
            continue
        claimed = i in second and (
            (block.kind is Kind.HEADING and len(block.key) < LONG)
            or block.kind in (Kind.ITEM, Kind.CELL)
            or len(block.key) >= LONG
        )
        is_quoted = block.kind is Kind.QUOTE and len(block.key) >= PROSE
        if claimed or is_quoted or is_clock(block.text):
            found.add(i)
    first = min(chosen)
    if first and is_clock(blocks[first - 1].text):
        found.add(first - 1)
    start = min((i for i in chosen if blocks[i].kind is not Kind.HEADING), default=first)
    for i in range(max(0, start - LEAD), start):
        block = blocks[i]
        if i in second and block.kind is Kind.ITEM and len(block.key) >= PROSE > block.linked:
            found.add(i)
    return found


def _without_furniture(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Without what stands in an element whose tag or class says that it is beside the article.

    Such a class on an element that holds a good part of all text is the theme's name for the
    article itself (`author-page`), and says nothing.
    """
    below = Counter[HtmlElement]()
    for block in blocks:
        for element in (block.element, *block.element.iterancestors()):
            below[element] += len(block.key)
    limit = MAIN_SHARE * letters(blocks)
    sites = {element for element in below if _is_the_sites(element)}

    def is_furniture(block: TextBlock) -> bool:
        chain = (block.element, *block.element.iterancestors())
        if not sites.isdisjoint(chain):
            return True
        return any(map(_is_furniture, takewhile(lambda e: below[e] <= limit, chain)))

    return [block for block in blocks if not is_furniture(block)]


def _is_the_sites(element: HtmlElement) -> bool:
    """Whether an element is no part of any story, however much of the text it holds. An article has
    a footer of its own."""
    if element.tag == "footer":
        return not any(above.tag in ("article", "main") for above in element.iterancestors())
    return bool(element.tag == "nav")


def _is_furniture(element: HtmlElement) -> bool:
    if element.tag in _FURNITURE_TAGS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return not _FURNITURE.isdisjoint(word.lower() for word in _WORDS.split(names))


def _without_other_stories(blocks: list[TextBlock], headline: TextBlock | None) -> list[TextBlock]:
    """Without what stands in an `article` beside the headline's own: the next story, appended, and
    teasers. A live blog's posts stand within it, or its headline in none."""
    own = next(headline.element.iterancestors("article"), None) if headline is not None else None
    if own is None:
        return blocks
    inside = {own, *own.iterancestors()}
    kept = [
        block
        for block in blocks
        if (theirs := next(block.element.iterancestors("article"), None)) is None
        or theirs in inside
        or own in theirs.iterancestors()
    ]
    return kept if letters(kept) >= HARDLY_ANY else blocks


def _without_links(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Without short paragraphs that are one link (`Read also: ...`) and long linked headings (a
    teaser's): they lead away from the article. Captions go with their pictures."""
    return [block for block in blocks if not _leads_away(block)]


def _leads_away(block: TextBlock) -> bool:
    linked = block.linked / max(1, len(block.key))
    if block.kind is Kind.PARAGRAPH:
        # A menu is one paragraph on pages that part lines by breaks alone.
        return linked >= 0.8 and (len(block.key) < LONG or block.text.count("\n") >= FEW_LINES)
    if block.kind is Kind.HEADING:
        return linked >= 0.4 and len(block.key) >= PROSE
    return block.kind is Kind.CAPTION


def prose(blocks: Iterable[TextBlock]) -> Iterable[TextBlock]:
    """The blocks that are sentences and no labels, headings or links."""
    return (
        block
        for block in blocks
        if block.kind is not Kind.HEADING
        and len(block.key) >= PROSE
        and 5 * block.linked < 2 * len(block.key)
    )


def letters(blocks: Iterable[TextBlock]) -> int:
    """And digits: how much text the blocks hold."""
    return sum(len(block.key) for block in blocks)


def _agreement(blocks: Sequence[TextBlock], one: Claim, other: Claim) -> float | None:
    either = letters(blocks[i] for i in one | other)
    return letters(blocks[i] for i in one & other) / either if either else None
