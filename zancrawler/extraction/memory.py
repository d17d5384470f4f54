"""Site memory: what an outlet prints under many stories, learnt from its own articles.

Newsletters, follow-us lines, notes on the outlet, appended teasers: no rule written beforehand
knows them all, but each recurs word for word under stories that have nothing else in common.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from zancrawler.extraction.article import Article
from zancrawler.extraction.textblocks import TextBlock, key_of

AT_LEAST = 3
"""Stories, of different titles, under which a line must stand. Never fewer: a sentence of one
page, and one story known under two URLs, are safe."""
SHARE = 0.1
"""Of the stories, likewise: a paragraph of background that three reports repeat is their own."""
SHORTEST = 3
"""Letters. Shorter lines (`1.`, `***`) are marks, and harmless."""


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """Data, kept beside the tables that were made with it: the same page and memory give the same
    article at any time."""

    outlet: str
    learnt_at: datetime
    """Aware UTC: the moment that the caller states, so that learning stays a pure function."""
    stories: int
    """How many were learnt from."""
    lines: tuple[str, ...]
    """As printed, sorted, so that people can read and compare memories."""

    def without_known(self, blocks: Sequence[TextBlock]) -> list[TextBlock]:
        """The blocks that hold any line which does not recur."""
        known = frozenset(map(key_of, self.lines))
        return [
            block
            for block in blocks
            if not all(key_of(line) in known for line in block.text.splitlines())
        ]

    def to_json(self) -> str:
        """As it is kept in the archive; `from_json` reads it."""
        fields = {**asdict(self), "learnt_at": self.learnt_at.isoformat()}
        return json.dumps(fields, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> SiteMemory:
        """Raises ValueError, KeyError or TypeError when the text is no memory."""
        fields = json.loads(text)
        return cls(
            outlet=fields["outlet"],
            learnt_at=datetime.fromisoformat(fields["learnt_at"]).astimezone(UTC),
            stories=int(fields["stories"]),
            lines=tuple(fields["lines"]),
        )


def learn(outlet: str, articles: Iterable[Article], *, learnt_at: datetime) -> SiteMemory:
    """From articles that were extracted without a memory, in any order.

    Versions of one story, and copies of it under other URLs, count once.
    """
    titles_of: dict[str, set[str]] = {}
    printed: dict[str, str] = {}
    titles: set[str] = set()
    for article in articles:
        title = key_of(article.title or article.canonical_url)
        titles.add(title)
        for line in article.text.splitlines():
            if len(key := key_of(line)) >= SHORTEST:
                titles_of.setdefault(key, set()).add(title)
                printed[key] = min(line, printed.get(key, line))
    enough = max(AT_LEAST, math.ceil(SHARE * len(titles)))
    recurring = (printed[key] for key, where in titles_of.items() if len(where) >= enough)
    return SiteMemory(outlet, learnt_at, len(titles), tuple(sorted(recurring)))
