"""What is asked of a newsroom site and what it answers: plain values, no sockets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from enum import StrEnum
from urllib.parse import quote
from xml.sax.saxutils import escape

from zancrawler.newsroom.article import Article
from zancrawler.newsroom.edition import FIRST_DAY
from zancrawler.newsroom.picture import png

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
BEGINNING = datetime.combine(FIRST_DAY, time(), UTC)


class Manner(StrEnum):
    """How the bytes of an answer are sent."""

    WHOLE = "whole"
    """With a Content-Length, in one piece."""
    CHUNKED = "chunked"
    """In pieces, without a Content-Length."""
    GZIP = "gzip"
    """Gzipped and chunked, if the client takes gzip."""
    SLOW = "slow"
    """Drop by drop, over some two seconds."""
    CUT = "cut"
    """The connection closes in the middle, with less sent than the Content-Length says."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    path: str
    """Percent-decoded."""
    query: dict[str, str] = field(default_factory=dict)
    serial: int = 0
    """How many requests came before it: what the page's counters show."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "text/html; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    modified: datetime | None = None
    manner: Manner = Manner.WHOLE


def page(html: str, *, status: int = 200, manner: Manner = Manner.WHOLE) -> Answer:
    return Answer(status, html.encode(), manner=manner)


def xml(document: str, modified: datetime, content_type: str = "text/xml; charset=utf-8") -> Answer:
    """A feed or sitemap, with validators of its own bytes."""
    body = document.encode()
    return Answer(200, body, content_type, etag=digest(body), modified=modified)


def redirect(location: str, status: int = 301) -> Answer:
    return Answer(status, b"", headers=(("Location", location),))


def photograph(path: str) -> Answer:
    """The picture at a media address: the same whenever it is asked for."""
    return Answer(200, png(path), "image/png", etag=digest(path.encode()))


def address(home: str, path: str) -> str:
    """The absolute URL, percent-encoded; `path` may have a query."""
    return home + quote(path, safe="/?&=!'()*+,;@$~")


def page_number(written: str | None, first: int = 1) -> int:
    """A number from a URL; the first one where there is none, or no number."""
    is_number = written is not None and written.isdecimal() and len(written) < 6
    return max(first, int(written)) if written and is_number else first


def newest(articles: Sequence[Article]) -> datetime:
    """When the last of them was saved; where there are none, the beginning of the newsroom."""
    return max((each.modified for each in articles), default=BEGINNING)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]


def tag(name: str, content: object) -> str:
    """An XML element with text."""
    return f"<{name}>{escape(str(content))}</{name}>"
