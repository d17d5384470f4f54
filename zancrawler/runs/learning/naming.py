"""What a site calls itself, and whether it signs with that name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from zancrawler.extraction.structured import Structured
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.samples import Sample

MAX_TITLE = 120
"""Characters. The longest name of an outlet that is known has 48."""

_PARTS = re.compile(r"\s+[|–—»·-]\s+")


def title_of(home: HtmlElement, samples: Sequence[Sample]) -> Fact[str] | None:
    """By its pages' own word, or by what their titles begin or end in."""
    if name := Structured.of(home).first("og:site_name", "application-name"):
        return Fact(name[:MAX_TITLE], "og:site_name of the home page")
    pages = [page.tree for sample in samples if (page := sample.page)]
    named = (Structured.of(tree).first("og:site_name") for tree in pages)
    for name, _ in Counter(filter(None, named)).most_common(1):
        return Fact(name[:MAX_TITLE], "og:site_name of its articles")
    parts = Counter(part for tree in pages for part in _ends(_title(tree)))
    for part, count in parts.most_common(1):
        if count > 1:
            return Fact(part[:MAX_TITLE], "what its pages' titles share")
    title = _title(home)
    return Fact(title[:MAX_TITLE], "the title of the home page") if title else None


def _title(tree: HtmlElement) -> str:
    return " ".join((tree.findtext("./head/title") or "").split())


def _ends(title: str) -> Iterator[str]:
    parts = [part.strip() for part in _PARTS.split(title)]
    if len(parts) > 1:
        yield from {parts[0], parts[-1]}


def byline_of(samples: Sequence[Sample], title: str) -> Fact[str] | None:
    """The collective, where the outlet signs with its own name."""
    signed = [s.reading.article.authors for s in samples if s.reading.article]
    own = sum(1 for authors in signed if authors == (title,))
    return Fact(title, f"signs {own} of {len(signed)} articles") if own else None
