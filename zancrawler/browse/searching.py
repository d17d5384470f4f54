"""What the search page asks of `zancrawler.search`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from zancrawler.archive import Archive
from zancrawler.search import Hit, Index, Query, Search
from zancrawler.search.filters import Filters
from zancrawler.search.index import RANKED

PAGE = 10
"""Hits a page: each may stand in another chunk, all of whose texts are read for it."""
MAX_FOUND = RANKED
"""Articles of a result set."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says; nothing is an empty text."""

    words: str = ""
    outlet: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    page: int = 1

    @property
    def offset(self) -> int:
        """Hits on the pages before."""
        return (self.page - 1) * PAGE

    @property
    def is_empty(self) -> bool:
        return Query.parse(self.words).is_empty

    def find(self, archive: Archive) -> list[Hit]:
        """One hit more than a page has, where there are more. Raises ArchiveError."""
        return Search(archive).find(
            self.words,
            outlet=self.outlet or None,
            language=self.language or None,
            since=self.since or None,
            until=self.until or None,
            limit=PAGE + 1,
            offset=self.offset,
        )


async def found_ids(archive: Archive, words: str) -> list[str]:
    """The articles that have these words, by article_id."""
    return await asyncio.to_thread(_found_ids, archive, words)


def _found_ids(archive: Archive, words: str) -> list[str]:
    index = Index(archive)
    index.refresh()
    query = Query.parse(words)
    matches = index.matches(query, Filters(), MAX_FOUND)
    matches = matches or index.matches(query.widened(), Filters(), MAX_FOUND)
    return [match.article_id for match in matches]
