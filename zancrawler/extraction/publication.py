"""When the article was published: the first witness whose date can be read and can be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from zancrawler.extraction.page import Page
from zancrawler.extraction.structured import Node, Structured, first_string

AHEAD = timedelta(days=2)
"""How far past its capture a page may be dated: zones and clocks differ, futures do not exist."""

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article.published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "publication_date",
    "publishdate",
    "pubdate",
    "publish-date",
    "date",
)
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article.updated",
    "datemodified",
    "dcterms.modified",
    "last-modified",
)


@dataclass(frozen=True, slots=True)
class Publication:
    published: datetime | None = None
    modified: datetime | None = None
    raw: str | None = None
    calendar: str | None = None
    source: str | None = None
    warnings: tuple[str, ...] = ()


def publication_of(page: Page, structured: Structured, node: Node | None, zone: str) -> Publication:
    """Structured data before meta; each with its raw text and where it stood."""
    latest = page.captured_at + AHEAD
    modified = next(
        (
            d
            for _, raw in _witnesses(structured, node, "dateModified", _MODIFIED)
            if (d := iso(raw, zone)) and d <= latest
        ),
        None,
    )
    for source, raw in _witnesses(structured, node, "datePublished", _PUBLISHED):
        when = iso(raw, zone)
        if when and when <= latest:
            return Publication(when, modified, raw, "gregorian", source)
    return Publication(modified=modified)


def _witnesses(
    structured: Structured, node: Node | None, name: str, metas: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    things = (("jsonld", node), ("microdata", structured.microdata), ("jsonld", structured.page()))
    for source, thing in things[:2]:
        if value := first_string((thing or {}).get(name)):
            yield source, value
    for meta in metas:
        for value in structured.meta.get(meta, ()):
            yield "meta", value
    if value := first_string((structured.page() or {}).get(name)):
        yield "jsonld", value


def iso(text: str, zone: str) -> datetime | None:
    """An ISO 8601 date or time in UTC; without a zone it is the outlet's. None if it is no such."""
    try:
        when = datetime.fromisoformat(text.strip())
        if when.tzinfo is None:
            when = when.replace(tzinfo=ZoneInfo(zone))
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
