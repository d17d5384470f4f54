"""What stands around an article and is no part of its text: its head (title, byline, date, reading
time), the page's own furniture, the photograph's credit, and what comes after it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.bylines import Role, credits_in, is_label, names_source
from zancrawler.extraction.lines import (
    credit_in,
    ends_the_story,
    is_clock,
    is_furniture,
    is_head_line,
    is_stamp,
    leads_onward,
)
from zancrawler.extraction.links import absolute
from zancrawler.extraction.textblocks import Kind, TextBlock, key_of

HEAD = 12
"""Blocks from the start within which the article's head may stand."""
PROSE = 120
"""Characters from which a line is no line of the head."""
LABEL = 40
"""Characters of a name or a time; what is longer says something."""
VERSES = 2
"""Lines from which short ones alone may be a poem; a landay has no more."""
VERSE = 70
"""Characters of a line of two hemistichs; prose that is parted by breaks has more."""
LIVE = 3
"""Entries of a live blog, each under its time."""
SHORTEST_QUOTE = 15
"""Letters of a quotation that is looked for in the paragraphs."""
MAX_LINKS = 1_000
"""Of an element that are looked at."""
MAX_QUOTES = 100
ENOUGH = 200
"""Letters of a story that must stand before a heading can end it."""


BISMILLAH = "\ufdfd"
"""One character that is a sentence, and no letter to Unicode."""
SENTENCE_ENDS = (".", "۔", "!", "?", "؟", "…", "»", "”")
"""A headline has none of these before the site's name."""


class Cut(StrEnum):
    """Why a block is no part of the text."""

    HEAD = "head"
    CREDIT = "credit"
    FURNITURE = "furniture"
    ONWARD = "onward"
    END = "end"
    """From this block on all belongs to something else."""
    LAST_HEADING = "last-heading"
    """A heading of nothing."""
    REPEATED = "repeated"
    """Words that stand in the text too: a pull quote; a standfirst that is the first paragraph."""
    MEMORY = "memory"
    """The outlet prints it under many stories (`zancrawler.extraction.memory`)."""


@dataclass(frozen=True, slots=True)
class Body:
    """An article's own blocks, and what stood among them."""

    blocks: tuple[TextBlock, ...]
    credit: str | None = None
    """Whose photograph the lead picture is, as the first line of the body said."""
    cut: tuple[tuple[Cut, TextBlock], ...] = ()
    """What was left out, in the page's order."""


def without_chrome(
    blocks: Sequence[TextBlock],
    *,
    title: str | None,
    names: Sequence[str],
    ends: Sequence[str] = (),
    speakers: Container[str] = (),
    home: str = "",
    is_marked: bool = False,
) -> Body:
    """The article's own blocks.

    `names` are those of the authors and of the section. Cut: in the head, lines that repeat the
    title or a name, that hold credits, the date or the reading time; furniture anywhere; and all
    from a line on that ends the story, by `ends` or by the words that themes have for it. The head
    is over with the first block that is none of these and is longer than a line. No credits are
    what the `speakers` of a dialogue say. With the page's own address as `home`, a line that is one
    link to another page of its host leads onward too. Blocks of an element that is marked as the
    story's hold no readers' comments: a heading of that name is one of its own.
    """
    kept: list[TextBlock] = []
    cut: list[tuple[Cut, TextBlock]] = []
    credit: str | None = None
    head = {key_of(title or "")} - {""}
    known = {key_of(name) for name in names}
    ended = {end.casefold() for end in ends}
    known |= _signed_openings(blocks)
    verse, live = _is_verse(blocks), _is_live(blocks)
    # Many lines may stand in one element.
    leads_within = cache(partial(_leads_within, home=home))
    heads = partial(_is_head, head=head, names=known, speakers=speakers)
    in_head, letters = True, 0
    for place, block in enumerate(blocks):
        text = block.text
        first, _, rest = text.partition("\n")
        if text.casefold() in ended or (
            letters >= ENOUGH and ends_the_story(first, surely=is_marked)
        ):
            cut += ((Cut.END, after) for after in blocks[place:])
            break
        if live and is_clock(text):
            kept.append(block)
            continue
        if is_furniture(text) and block.kind is not Kind.CELL:
            cut.append((Cut.FURNITURE, block))
            continue
        onward = leads_onward(first) and len(text) < 2 * PROSE and block.kind is not Kind.QUOTE
        if onward or (_is_link(block) and leads_within(block.element)):
            cut.append((Cut.ONWARD, block))
            continue
        if in_head and place < HEAD:
            if (
                verse
                and _is_refrain(block, head)
                and not any(map(heads, blocks[place + 1 : place + 2]))
            ):
                in_head = False
            elif heads(block):
                cut.append((Cut.HEAD, block))
                continue
            whose = None if _prose(kept) or _is_source(block) else credit_in(first)
            if block.kind is Kind.HEADING and ":" not in first:
                # What a part of the story is about: `Social media`.
                whose = None
            if whose:
                credit = credit or whose
                cut.append((Cut.CREDIT, _of(block, first)))
                if not rest:
                    continue
                block = _of(block, rest)
            elif len(text) > PROSE and block.kind is not Kind.HEADING:
                in_head = False
        kept.append(block)
        letters += len(block.key)
    if is_marked and not kept:
        # A flash of news, whose one sentence is its headline.
        kept += [block for _, block in cut if _is_refrain(block, head)][:1]
        cut = [(why, block) for why, block in cut if block not in kept]
    last: list[TextBlock] = []
    while kept:
        block = kept.pop()
        if why := _hangs(block, known, speakers):
            cut.append((why, block))
            continue
        last.append(block)
        if not _is_source(block):
            break
    kept += reversed(last)
    repeated = {*_pull_quotes(kept), *(() if verse else _said_twice(kept))}
    cut += ((Cut.REPEATED, kept[place]) for place in sorted(repeated))
    own = tuple(block for place, block in enumerate(kept) if place not in repeated)
    return Body(own, credit, tuple(cut))


def _of(block: TextBlock, text: str) -> TextBlock:
    """A part of a block."""
    return TextBlock(block.kind, text, key_of(text), block.linked, block.element)


def _is_link(block: TextBlock) -> bool:
    is_line = block.kind is Kind.PARAGRAPH and len(block.text) <= PROSE
    return is_line and block.linked >= len(block.key)


def _leads_within(element: HtmlElement, home: str) -> bool:
    """Whether all links of an element, or the one that it stands in, lead to a page's own host."""
    anchors = islice(chain(element.iterancestors("a"), element.iter("a")), MAX_LINKS)
    urls = [absolute(anchor.get("href"), home) for anchor in anchors]
    return bool(urls) and all(url and _host(url) == _host(home) for url in urls)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _pull_quotes(kept: Sequence[TextBlock]) -> list[int]:
    """The places of quotations whose words a paragraph has too."""
    quotes = [
        place
        for place, block in enumerate(kept)
        if block.kind is Kind.QUOTE and len(block.key) >= SHORTEST_QUOTE
    ]
    others = "\n".join(b.key for b in kept if b.kind is not Kind.QUOTE) if quotes else ""
    return [place for place in quotes[:MAX_QUOTES] if kept[place].key in others]


def _said_twice(kept: Sequence[TextBlock]) -> list[int]:
    """The first place, where the text begins with the same paragraph twice."""
    one, other = (block.key for block in kept[:2]) if len(kept) > 1 else ("", "-")
    return [0] if one == other and len(one) >= SHORTEST_QUOTE else []


def _is_verse(blocks: Sequence[TextBlock]) -> bool:
    """Whether all lines are short: a poem, whose first line may be its title and a refrain."""
    lines = 0
    for block in blocks:
        verses = block.text.split("\n")
        if any(len(verse) > VERSE for verse in verses):
            return False
        lines += len(verses)
    return lines >= VERSES


def _is_refrain(block: TextBlock, head: Container[str]) -> bool:
    """A verse that is the poem's title too, and not the title itself as a heading."""
    return block.key in head and block.kind is not Kind.HEADING


def _is_live(blocks: Sequence[TextBlock]) -> bool:
    """Whether times head what happened then, as in a live blog, each with a heading of its own or
    without; a player's stand by themselves."""
    entries = 0
    for place, block in enumerate(blocks):
        if is_clock(block.text):
            after = blocks[place + 1 : place + 3]
            told = next((b for b in after if b.kind is not Kind.HEADING), None)
            entries += told is not None and len(told.text) > LABEL
    return entries >= LIVE


def _signed_openings(blocks: Sequence[TextBlock]) -> set[str]:
    """Who signs the first paragraph before a colon, as agencies do: `News of the Valley: ...`. A
    line above it that says no more is the byline."""
    first = next((b.text for b in blocks[:HEAD] if len(b.text) > 2 * LABEL), "")
    name, colon, _ = first.partition(":")
    return {key_of(name)} - {""} if colon and len(name) <= LABEL else set()


def _prose(kept: Sequence[TextBlock]) -> bool:
    return any(len(block.text) > PROSE for block in kept)


def _is_head(block: TextBlock, head: set[str], names: set[str], speakers: Container[str]) -> bool:
    return all(
        _is_head_text(line, key_of(line), head, names, speakers) for line in block.text.split("\n")
    )


def _is_head_text(
    text: str, key: str, head: set[str], names: set[str], speakers: Container[str]
) -> bool:
    if not key:
        return BISMILLAH not in text
    if key in head or (
        not text.endswith(SENTENCE_ENDS)
        and any(len(t) > 20 and key.startswith(t) and len(key) < len(t) + 20 for t in head)
    ):
        return True
    if names_source(credits := credits_in(text, speakers)):
        return False
    bare = key.removeprefix("by").removeprefix("writtenby").removeprefix("writer")
    return (
        key in names
        or bare in names
        or is_head_line(text)
        or is_label(text)
        or (bool(credits) and credit_in(text) is None)
    )


def _is_source(block: TextBlock, names: Container[str] = ()) -> bool:
    """«منبع: رویترز», which is kept nowhere but in the text; the outlet itself is no source."""
    credits = credits_in(block.text)
    return bool(credits) and all(
        credit.role is Role.SOURCE and key_of(credit.names) not in names for credit in credits
    )


def _hangs(last: TextBlock, names: Container[str], speakers: Container[str]) -> Cut | None:
    """Whether a text cannot end with this block."""
    if last.kind is Kind.HEADING:
        return Cut.LAST_HEADING
    if last.kind is Kind.CELL:
        return None
    if is_stamp(last.text):
        return Cut.HEAD
    if _is_source(last, names):
        return None
    return Cut.CREDIT if credits_in(last.text, speakers) else None
