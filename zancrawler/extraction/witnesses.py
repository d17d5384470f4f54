"""Witnesses: extractors that are asked which of a page's text blocks are the article.

None of them writes the article's text. What one returns is found again among the blocks, so that
its losses (trafilatura 2.3.1 deletes every zero-width joiner) never reach the reader.
"""

from __future__ import annotations

import bisect
import itertools
import logging
from collections.abc import Iterator, Sequence

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from trafilatura.settings import Document

from zancrawler.extraction.page import Page
from zancrawler.extraction.textblocks import TextBlock, key_of

Claim = frozenset[int]
"""Places (indices) of the text blocks that a witness says are the article's."""

SHORT = 20
"""Letters below which a line is looked for close by only: `Share` stands everywhere."""
NEAR = 25
"""Blocks within which a short line is looked for."""
CHUNK = 60
"""Letters of the pieces in which a line is looked for that is not found whole."""
MAX_LETTERS = 300_000
"""Of a page's text, up to which a line is looked for everywhere. Long reads have 60,000."""
MAX_CLAIMED = 1_000_000
"""Letters of a page from which no witness is asked: they would need a gigabyte for it."""
MAX_TRAFILATURA_BLOCKS = 6_000
"""Text blocks up to which trafilatura is asked: its time grows faster than the page."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def ask_trafilatura(page: Page, blocks: Sequence[TextBlock], *, thorough: bool = False) -> Claim:
    """Without its metadata, which takes half of its time and is read better elsewhere. `thorough`
    lets it compare its own answer with two more extractors, which takes as long again.
    """
    if len(blocks) > MAX_TRAFILATURA_BLOCKS or _is_too_long(blocks):
        return frozenset()
    document = trafilatura.bare_extraction(
        page.tree,
        url=page.url,
        with_metadata=False,
        include_comments=False,
        fast=not thorough,
    )
    text = document.text if isinstance(document, Document) else None
    return claim(blocks, text or "")


def ask_resiliparse(page: Page, blocks: Sequence[TextBlock]) -> Claim:
    """Ten times as fast as trafilatura; finds nearly everything, and too much."""
    if _is_too_long(blocks):
        return frozenset()
    text = extract_plain_text(
        page.text, main_content=True, alt_texts=False, links=False, list_bullets=False
    )
    return claim(blocks, text)


def _is_too_long(blocks: Sequence[TextBlock]) -> bool:
    return sum(len(block.key) for block in blocks) > MAX_CLAIMED


def claim(blocks: Sequence[TextBlock], text: str) -> Claim:
    """The blocks of which at least half is found in `text`, a line of it after another."""
    ends = list(itertools.accumulate(len(block.key) for block in blocks))
    stream = "".join(block.key for block in blocks)
    covered = [0] * len(blocks)
    cursor = 0
    for line in _lines(text):
        key = key_of(line)
        if not key:
            continue
        if len(key) < SHORT:
            first = bisect.bisect_right(ends, cursor)
            near = range(first, min(first + NEAR, len(blocks)))
            place = next((i for i in near if blocks[i].key == key), None)
            if place is not None:
                covered[place] = len(key)
                cursor = ends[place]
            continue
        whole = _find(stream, key, cursor) >= 0
        pieces = [key] if whole else [key[i : i + CHUNK] for i in range(0, len(key), CHUNK)]
        for piece in pieces:
            start = _find(stream, piece, cursor)
            if start >= 0:
                cursor = start + len(piece)
                _cover(covered, ends, start, cursor)
    return frozenset(
        i for i, block in enumerate(blocks) if block.key and covered[i] * 2 >= len(block.key)
    )


def _lines(text: str) -> Iterator[str]:
    """The cells of a row of a table, as trafilatura writes it (`| a | b |`), are lines each."""
    for line in text.splitlines():
        if line.startswith("| "):
            yield from line.split("|")
        else:
            yield line


def _find(stream: str, piece: str, cursor: int) -> int:
    """Onwards from the last place first: witnesses keep the page's order nearly always. Backwards
    only where the page is not so long that lines found nowhere would take minutes."""
    start = stream.find(piece, cursor)
    return stream.find(piece) if start < 0 and len(stream) < MAX_LETTERS else start


def _cover(covered: list[int], ends: list[int], start: int, end: int) -> None:
    place = bisect.bisect_right(ends, start)
    while start < end:
        stop = min(end, ends[place])
        covered[place] += stop - start
        start, place = stop, place + 1
