"""What a feed, sitemap, listing, API or page says about other pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.html import remove_tags
from w3lib.url import safe_url_string

from zancrawler.outlets.urls import MAX_URL_LENGTH

MAX_TITLE_LENGTH = 1_000
"""Characters; a longer title is cut. The longest real headlines have about 250."""

_EARLIEST_YEAR = 1990
"""No page of the web is older; an earlier year is another calendar read as ours."""
# What no domain may hold (URL Standard, section 3.1, "forbidden domain code point").
_NO_DOMAIN = re.compile(r"[\x00-\x20#%/<>?@[\\\]^|\x7f]")


class Via(StrEnum):
    """The kind of thing that told us of a URL."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    LINK = "link"
    API = "api"
    HREFLANG = "hreflang"


@dataclass(frozen=True, slots=True)
class Advert:
    """One URL as one source shows it.

    `url` is absolute, http(s), percent-encoded, without fragment, and may be on any host: whether
    it is the outlet's is for `zancrawler.outlets.url_kind` to say.
    """

    url: str
    source: str
    via: Via
    title: str | None = None
    lastmod: datetime | None = None
    """Aware, UTC. A date without a time is the first moment of that day."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """All that one document of an outlet advertises."""

    adverts: tuple[Advert, ...] = ()
    follow: tuple[Advert, ...] = ()
    """More documents of the same kind: child sitemaps, the next page of a listing or feed."""
    problems: tuple[str, ...] = ()
    """What was left out or mended, one plain sentence each."""
    ttl: int | None = None
    """Seconds that the publisher asks readers to wait before they come back (RSS `ttl`, `sy:`)."""


class UnreadableSource(ValueError):  # noqa: N818 - named for what it is, like UnreadablePage
    """The bytes are not a feed, sitemap, listing or API answer; the message says what they are."""


def absolute_url(href: str, base: str) -> str | None:
    """`href` as it would be asked for from `base`; None where that is no fetchable http(s) URL.

    Persian letters are percent-encoded as UTF-8, zero-width joiners among them; what is encoded
    already stays. Template placeholders (`/post/${slug}`) are no URLs, nor is what has a host that
    is no domain. Idempotent.
    """
    href = href.strip()
    if not href or len(href) > MAX_URL_LENGTH or "{" in href or "<" in href:
        return None
    try:
        url = _joined(base, href)
        # The libraries give a few broken URLs another form each time: those name nothing for sure.
        if _joined(base, url) != url:
            return None
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError when it is no port number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if _NO_DOMAIN.search(parts.hostname):
        return None
    # A host that is no domain name stays as it was written, letters and all.
    return url if url.isascii() and len(url) <= MAX_URL_LENGTH else None


def _joined(base: str, href: str) -> str:
    return urldefrag(safe_url_string(urljoin(base, href))).url


def plain_title(markup: str | None) -> str | None:
    """A headline without tags, entities and line breaks; zero-width joiners stay."""
    if not markup:
        return None
    return one_line(html.unescape(html.unescape(remove_tags(markup))))


def one_line(text: str) -> str | None:
    """The text of an element on one line; zero-width joiners are no white space.

    Half a surrogate pair (`\\ud83d` in JSON), which is no character, becomes a question mark.
    """
    line = " ".join(text.split())[:MAX_TITLE_LENGTH]
    return line.encode("utf-8", "replace").decode() or None


_W3C = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s?(?:Z|(?P<sign>[+-])(?P<zone_hours>\d\d):?(?P<zone_minutes>\d\d)?)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)


def w3c_datetime(text: str) -> datetime | None:
    """Any form of W3C's date and time profile of ISO 8601 (NOTE-datetime), in UTC.

    `2024`, `2024-05`, `2024-05-03`, `2024-05-03T10:00+04:30`, with seconds and a fraction, which
    is dropped. A time without a zone is taken for UTC. None for anything else.
    """
    found = _W3C.fullmatch(text.strip())
    if not found:
        return None
    part = {name: int(value or 0) for name, value in found.groupdict().items() if name != "sign"}
    zone = timedelta(hours=part["zone_hours"], minutes=part["zone_minutes"])
    try:
        local = datetime(
            part["year"],
            part["month"] or 1,
            part["day"] or 1,
            part["hour"],
            part["minute"],
            min(part["second"], 59),
            tzinfo=UTC,
        )
        return plausible(local + zone if found["sign"] == "-" else local - zone)
    except (ValueError, OverflowError):
        return None


def plausible(moment: datetime) -> datetime | None:
    """The moment, or None where its year shows that it was misread."""
    return moment if moment.year >= _EARLIEST_YEAR else None
