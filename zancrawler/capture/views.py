"""Views: the `resource` records that say what a browser made of a captured page.

Browsertrix, and we, name them `urn:view:URL` (a picture), `urn:text:URL`, `urn:pageinfo:URL`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from .reader import Record, read_records


@dataclass(frozen=True, slots=True)
class PageView:
    """The views of one page that follow one another in a WARC."""

    page: str
    records: tuple[Record, ...]

    @property
    def offset(self) -> int:
        return self.records[0].offset

    @property
    def length(self) -> int:
        """Up to the end of its last record."""
        return self.records[-1].end - self.offset

    def requests(self) -> Iterator[str]:
        """The URLs that the page asked for, as far as its `pageinfo` can be read."""
        for record in self.records:
            if (record.target_uri or "").startswith("urn:pageinfo:"):
                try:
                    urls = json.loads(record.block)["urls"]
                except (ValueError, LookupError, TypeError, RecursionError):
                    continue
                if isinstance(urls, dict):
                    yield from urls


def read_views(path: Path, start: int = 0, end: int | None = None) -> Iterator[PageView]:
    """The views in a WARC, in its order; arguments and errors as `read_records`."""
    group: list[Record] = []
    for record in chain(read_records(path, start, end), (None,)):
        page = page_of(record) if record else None
        if group and page != page_of(group[0]):
            yield PageView(page_of(group[0]) or "", tuple(group))
            group = []
        if record and page:
            group.append(record)


def page_of(record: Record) -> str | None:
    """The URL of the page that it is a view of; None for any other record."""
    uri = record.target_uri or ""
    if record.type != "resource" or not uri.startswith("urn:"):
        return None
    _, _, url = uri.removeprefix("urn:").partition(":")
    return url if url.startswith(("http:", "https:")) else None
