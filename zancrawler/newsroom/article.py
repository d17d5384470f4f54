"""The newsroom's articles: written as TOML with a body in a small markup, read into values.

A body is blocks parted by a blank line. `## ` opens a heading, `- ` each item of a list, `> ` a
quotation, `! image | caption | credit` a picture; everything else is a paragraph. Within a line
`**bold**` and `[words](address)` are markup; all other characters stand for themselves.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import resources
from typing import Any

LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*")


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    lines: tuple[str, ...]
    """One line; the items of a list; the verses of a quotation; image, caption, credit."""


class CreditPlace(StrEnum):
    """Where a page shows the credit of its lead picture."""

    LINE = "line"
    """The first line of the body."""
    CAPTION = "caption"
    """The caption of the lead picture."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article of an outlet, in the version of some day."""

    id: str
    outlet: str
    path: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime
    language: str
    section: str
    tags: tuple[str, ...]
    image: str
    """Base name of the lead picture."""
    credit: str | None
    credit_label: str
    """What the page writes before the credit, such as `Photo: `; empty for a bare credit."""
    credit_place: CreditPlace
    blocks: tuple[Block, ...]
    subtitle: str | None = None
    story: str | None = None
    """Articles of one outlet with the same story are translations of each other."""

    def is_at(self, outlet: str, path: str) -> bool:
        return self.path == path and self.outlet == outlet

    @property
    def text(self) -> str:
        """Headings, paragraphs, list items and quotations; no caption, no credit, no title."""
        return "\n\n".join(
            "\n".join(plain(line) for line in block.lines)
            for block in self.blocks
            if block.kind is not BlockKind.FIGURE
        )


def plain(line: str) -> str:
    """The line as a reader sees it, its markup gone."""
    return BOLD.sub(r"\1", LINK.sub(r"\1", line))


def read_body(source: str) -> tuple[Block, ...]:
    return tuple(_read_block(part) for part in re.split(r"\n\s*\n", source.strip()))


def _read_block(part: str) -> Block:
    lines = [line.strip() for line in part.strip().splitlines()]
    if lines[0].startswith("! "):
        image, caption, credit = (field.strip() for field in lines[0][2:].split("|"))
        return Block(BlockKind.FIGURE, (image, caption, credit))
    if lines[0].startswith("- "):
        return Block(BlockKind.LIST, tuple(line.removeprefix("- ") for line in lines))
    if lines[0].startswith("## "):
        return Block(BlockKind.HEADING, (lines[0][3:],))
    if lines[0].startswith("> "):
        return Block(BlockKind.QUOTE, tuple(line.removeprefix("> ") for line in lines))
    return Block(BlockKind.PARAGRAPH, (" ".join(lines),))


def read_articles() -> tuple[Article, ...]:
    """All articles that were written by hand, oldest first."""
    folder = resources.files("zancrawler.newsroom") / "articles"
    articles = [
        article
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for article in _read_file(file.read_text(encoding="utf-8"))
    ]
    return tuple(sorted(articles, key=lambda article: (article.published, article.id)))


def _read_file(source: str) -> list[Article]:
    shared = tomllib.loads(source)
    tables = shared.pop("articles")
    return [_article({**shared, **table}) for table in tables]


def _article(table: dict[str, Any]) -> Article:
    fields = {
        "credit": None,
        "credit_label": "",
        "modified": table["published"],
        **table,
        "authors": tuple(table["authors"]),
        "tags": tuple(table.get("tags", ())),
        "credit_place": CreditPlace(table.get("credit_place", "line")),
        "blocks": read_body(table["body"]),
    }
    del fields["body"]
    return Article(**fields)
