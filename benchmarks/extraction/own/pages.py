"""The pages of the set, as their TOML files describe them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.extraction.own.story import Block, plain, read_story

_FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The truth of one page, and in `shown` what its layout shows of it and how."""

    id: str
    layout: str
    kind: str
    """`article`, or what else the page is: `listing`, `video`, `error`, `wall`."""
    url: str
    captured_at: datetime
    language: str
    title: str | None
    authors: tuple[str, ...]
    """As the page names them; empty where it names nobody."""
    date: date | None
    """The day of publication, as the page tells it; None where it does not."""
    story: tuple[Block, ...]
    shown: dict[str, Any]

    @property
    def text(self) -> str:
        """The article's paragraphs, headings, items, quotes and verses, parted by blank lines."""
        return "\n\n".join(block.text for block in self.story if block.of_article)

    @property
    def beside(self) -> str:
        """Captions, credits, pull quotes, embedded posts, the standfirst: scored neither way."""
        parts = [self.shown.get(name, "") for name in ("standfirst", "cover", "credit")]
        parts += [line for block in self.story if block.beside for line in block.lines]
        return "\n\n".join(filter(None, map(plain, parts)))

    @property
    def truth(self) -> dict[str, Any]:
        """A line of `truth.jsonl`."""
        article = self.kind == "article"
        return {
            "id": self.id,
            "file": f"{self.id}.html",
            "url": self.url,
            "captured_at": f"{self.captured_at:%Y-%m-%dT%H:%M:%SZ}",
            "kind": self.kind,
            "layout": self.layout,
            "language": self.language if article else None,
            "title": self.title if article else None,
            "authors": list(self.authors) if article else None,
            "date": self.date.isoformat() if self.date else None,
            "text": self.text if article else None,
            "beside": self.beside if article else None,
        }


def read_pages(folder: Path = _FOLDER) -> dict[str, OwnPage]:
    """All pages by id, in the order of their ids."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> OwnPage:
    told = tomllib.loads(path.read_text("utf-8"))
    return OwnPage(
        id=path.stem,
        layout=told["layout"],
        kind=told.get("kind", "article"),
        url=told["url"],
        captured_at=told["captured_at"],
        language=told["language"],
        title=told.get("title"),
        authors=tuple(told.get("authors", ())),
        date=told.get("date"),
        story=read_story(told.get("story", "")),
        shown=told.get("shown", {}),
    )
