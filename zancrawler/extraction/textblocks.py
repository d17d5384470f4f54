"""Text blocks: a page's visible text, cut where the page cuts it, every character kept.

All text of an article is read by this walk, whatever found out where the article stands: the
extractors that are asked as witnesses drop zero-width joiners, combining marks or spaces.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import lxml.etree
from lxml.html import HtmlElement

from zancrawler.extraction.cells import columns_of


class Kind(StrEnum):
    """What a block is, by the nearest element that says so."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CAPTION = "caption"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A piece of text that stands by itself on the page: a paragraph, a heading, an item."""

    kind: Kind
    text: str
    """White space collapsed; a single line break stays one. Never empty."""
    key: str
    """Letters and digits only, lower case: what the text is compared by."""
    linked: int
    """How many characters of `key` stand within links."""
    element: HtmlElement
    """The innermost block-level element that holds the text."""


MANY_BREAKS = 4
"""Line breaks from which a cell holds more than a value."""
LONG_CELL = 100
"""Characters up to which one paragraph in a cell is its value, as Wix and Word write it."""
FULL_CELL = 100
"""Elements from which a cell holds more than a value: no more are looked at for each block."""

_SILENT_TAGS = """
    script style noscript template head iframe object embed svg math canvas audio video
    select textarea input datalist map
"""
_SILENT = frozenset(_SILENT_TAGS.split())
"""Nothing in these is text that a reader reads."""
_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav
    ol optgroup p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCK = frozenset(_BLOCK_TAGS.split())
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Kind.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), Kind.ITEM),
    **dict.fromkeys(("figcaption", "caption"), Kind.CAPTION),
    **dict.fromkeys(("td", "th"), Kind.CELL),
    "blockquote": Kind.QUOTE,
}
_KEY = re.compile(r"[^\W_]+")
_MAIN = ("main", "article", "h1")
_EMPTY_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# Shown by no browser: they hint where a word may break. Joiners, word joiners and direction marks
# are not these, nor is a soft hyphen or a zero-width space between letters of the Arabic script,
# which breaks no words: there it is typed for a joiner (Ctrl and hyphen in Word).
_HINT = "\u00ad\u200b\ufeff"
_ANY_HINT = re.compile(f"[{_HINT}]")
_HINTS = re.compile(
    f"(?<![\u0620-\u06ff{_HINT}])[{_HINT}]++|(?<![{_HINT}])[{_HINT}]++(?![\u0620-\u06ff])"
)


def key_of(text: str) -> str:
    """Letters and digits only, lower case: joiners, marks and white space make no difference."""
    return "".join(_KEY.findall(text.lower()))


def read_blocks(root: HtmlElement, skip: Container[HtmlElement] = ()) -> list[TextBlock]:
    """The blocks below `root` in the page's order, without those below an element of `skip`."""
    return list(_Walk(root, skip).blocks())


def is_parted(root: HtmlElement) -> bool:
    """Whether what is below `root` is more than one line."""
    return any(e.tag == "br" or e.tag in _BLOCK for e in root.iterdescendants())


def joined(blocks: Sequence[TextBlock]) -> str:
    """The blocks as one text: parted by a blank line, items of a list and rows of a table by a line
    break, cells of a row by a tab for each column from one to the other, empty ones too."""
    pieces: list[str] = []
    tables: dict[HtmlElement, dict[HtmlElement, int]] = {}
    for before, block in zip([None, *blocks], blocks, strict=False):
        if before is not None:
            pieces.append(_between(before, block, tables))
        pieces.append(block.text)
    return "".join(pieces)


def _between(
    before: TextBlock, block: TextBlock, tables: dict[HtmlElement, dict[HtmlElement, int]]
) -> str:
    if before.kind is block.kind is Kind.ITEM:
        return "\n"
    if block.kind is not Kind.CELL:
        return "\n\n"
    row, column = _place(block.element, tables)
    row_before, column_before = _place(before.element, tables)
    if before.kind is not Kind.CELL:
        return "\n\n" + ("\t" * column if row is not row_before else "")
    if row is not row_before:
        return "\n" + "\t" * column
    return "\t" * (column - column_before) or " "


def _place(
    element: HtmlElement, tables: dict[HtmlElement, dict[HtmlElement, int]]
) -> tuple[HtmlElement | None, int]:
    """The row and the column of the cell that holds an element."""
    cell = next((e for e in (element, *element.iterancestors()) if e.tag in ("td", "th")), element)
    table = next(cell.iterancestors("table"), None)
    if table is None:
        return None, 0
    if table not in tables:
        tables[table] = columns_of(table)
    return next(cell.iterancestors("tr"), None), tables[table].get(cell, 0)


def script_blocks(root: HtmlElement, text: str) -> list[TextBlock]:
    """The paragraphs of a text that stands in the page's scripts and in none of its elements."""
    paragraphs = filter(None, map(tidy, text.split("\n")))
    return [TextBlock(Kind.PARAGRAPH, line, key_of(line), 0, root) for line in paragraphs]


class _Walk:
    """One pass over the tree: text gathers until an element that begins or ends a block."""

    def __init__(self, root: HtmlElement, skip: Container[HtmlElement]) -> None:
        self._events = lxml.etree.iterwalk(root, events=("start", "end"))
        self._root = root
        self._skip = skip
        self._pieces: list[str] = []
        self._linked: list[str] = []

    def blocks(self) -> Iterator[TextBlock]:
        root, pieces, linked = self._root, self._pieces, self._linked
        holder: HtmlElement | None = root
        breaks = in_link = in_pre = 0
        for event, element in self._events:
            tag = element.tag
            if event == "start":
                if element is not root and self._silent(element, tag):
                    self._events.skip_subtree()
                    continue
                if tag == "a":
                    in_link += 1
                elif tag == "br":
                    breaks += 1
                    if breaks == 1:
                        pieces.append("\v")
                    elif pieces:
                        yield from self._flush(holder)
                elif tag in _BLOCK:
                    if pieces:
                        yield from self._flush(holder)
                    holder = element
                    in_pre += tag == "pre"
                text = element.text
            else:
                if tag == "a":
                    in_link = max(0, in_link - 1)
                elif tag in _BLOCK:
                    if pieces:
                        yield from self._flush(holder)
                    holder = element.getparent() if element is not root else element
                    in_pre -= tag == "pre" and in_pre > 0
                if element is root:
                    if pieces:
                        yield from self._flush(holder)
                    return
                text = element.tail
            if text and in_pre:
                yield from self._preformatted(text, holder)
            elif text:
                if not text.isspace():
                    breaks = 0
                elif not pieces:
                    continue
                pieces.append(text)
                if in_link:
                    linked.append(text)

    def _preformatted(self, text: str, holder: HtmlElement | None) -> Iterator[TextBlock]:
        """Lines stay lines, and what an empty one parts are blocks of their own."""
        first, *others = _EMPTY_LINES.split(text)
        self._pieces.append(first.replace("\n", "\v"))
        for stanza in others:
            yield from self._flush(holder)
            self._pieces.append(stanza.replace("\n", "\v"))

    def _silent(self, element: HtmlElement, tag: object) -> bool:
        if tag in _SILENT or element in self._skip:
            return True
        # An unclosed button swallows the page; a script uncovers what was served hidden.
        if tag == "button":
            return element.find(".//p") is None
        style = element.get("style")
        if element.get("hidden") is None and not (style and _HIDDEN.search(style)):
            return False
        return not any(element.find(f".//{name}") is not None for name in _MAIN)

    def _flush(self, holder: HtmlElement | None) -> Iterator[TextBlock]:
        """The block of what has gathered, if that is more than white space."""
        text = tidy("".join(self._pieces))
        if text and holder is not None:
            linked = len(key_of("".join(self._linked))) if self._linked else 0
            yield TextBlock(_kind(holder), text, key_of(text), linked, holder)
        self._pieces.clear()
        self._linked.clear()


def tidy(raw: str) -> str:
    """White space collapsed, line breaks (as `\\v`) kept one at a time, none at the ends."""
    if not raw.isascii():
        raw = _HINTS.sub("", raw) if _ANY_HINT.search(raw) else raw
    # Unicode's white space: what HTML collapses, and the no-break spaces that stand in for it.
    lines = (" ".join(line.split()) for line in raw.split("\v"))
    return "\n".join(line for line in lines if line)


def _kind(holder: HtmlElement) -> Kind:
    element: HtmlElement | None = holder
    while element is not None:
        if kind := _KINDS.get(str(element.tag)):
            if kind is Kind.CELL and _is_layout(element):
                break
            return kind
        if element.tag in ("article", "main", "body", "section"):
            break
        element = element.getparent()
    return Kind.PARAGRAPH


def _is_layout(cell: HtmlElement) -> bool:
    """Whether a table's cell is a part of the page: alone in its table, or parted within itself."""
    table = next(cell.iterancestors("table"), None)
    if table is None or sum(1 for _ in islice(table.iter("td", "th"), 2)) == 1:
        return True
    within = list(islice(cell.iterdescendants(), FULL_CELL))
    if len(within) == FULL_CELL:
        return True
    tags = [element.tag for element in within]
    inner = [tag for tag in tags if tag in ("table", "p", "div", "hr")]
    characters = sum(len(e.text or "") + len(e.tail or "") for e in within)
    if inner == ["p"] and characters < LONG_CELL:
        return False
    return tags.count("br") >= MANY_BREAKS or bool(inner)
