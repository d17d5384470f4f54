"""The ledger's own words: what is known of a URL, what a look at it found, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zancrawler.archive import ArchiveError


class LedgerError(ArchiveError):
    """The ledger cannot be read or written; the message says what to do."""


class State(StrEnum):
    """What the last look at a URL found."""

    ADVERTISED = "advertised"
    """Known, never asked for."""
    CAPTURED = "captured"
    """In the archive, with something new in it."""
    UNCHANGED = "unchanged"
    """304, or the same text as at the look before."""
    REDIRECTED = "redirected"
    BLOCKED = "blocked"
    """A wall answered, not the outlet."""
    DISALLOWED = "disallowed"
    """robots.txt forbids it."""
    GONE = "gone"
    """Not there (404, 410, a page that says so, a redirect to the home page) on three separate
    days."""
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    """Taken out of sight by a person; never asked for again."""


class Kind(StrEnum):
    """What a URL is to the crawl: it decides when it is due."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    API = "api"
    NEXT_PAGE = "next_page"
    """A later page of a listing, feed or API: due whenever it is advertised, and then once."""
    OTHER = "other"
    """robots.txt, and pages that are no article: looked at once."""
    REQUISITE = "requisite"
    """What a page needs to be shown: a stylesheet, a picture. Asked for after all pages; its URL
    is the exact one, since that is what a replayed page asks for."""

    @property
    def scheduled(self) -> bool:
        """A source with a pace of its own."""
        return self in (Kind.FEED, Kind.SITEMAP, Kind.LISTING, Kind.API)


@dataclass(frozen=True, slots=True)
class Advertisement:
    """One source shows one URL. `url` is canonical; `via` is discovery's word for the source."""

    url: str
    source: str
    """URL of the feed, sitemap, listing or page; or `outlet`, for what its TOML names."""
    via: str
    kind: Kind = Kind.ARTICLE
    title: str | None = None
    lastmod: datetime | None = None


SAME_PAYLOAD = "same-payload"
"""The reason of an outcome UNCHANGED whose page is, byte for byte, that of the look before."""


UNREADABLE = "unreadable"
"""The reason of an outcome FAILED of a source that answers, and not as a source does."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One look at one URL, and all that it brought.

    In `state`, GONE is one strike, one look that found it not there; CAPTURED becomes
    UNCHANGED by itself where the digest is the one known.
    """

    url: str
    at: datetime
    """When it was fetched; aware."""
    state: State
    reason: str | None = None
    """A short code: `http-404`, `timeout`, `cloudflare`, ..."""
    kind: Kind = Kind.OTHER
    """What the answer is; a URL that was advertised as something else stays that."""
    etag: str | None = None
    """The header's exact text, `W/` and quotes included."""
    last_modified: str | None = None
    content_digest: str | None = None
    text_digest: str | None = None
    published: datetime | None = None
    target: str | None = None
    """Where it redirects to, canonical."""
    wait: int | None = None
    """Seconds for which the server asks us to stay away: Retry-After, a feed's ttl."""
    adverts: tuple[Advertisement, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A URL to ask for now. Validators are None where a full answer is wanted."""

    url: str
    kind: Kind
    etag: str | None
    last_modified: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Sighting:
    source: str
    via: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is known of one URL. Times are UTC, in whole seconds.

    The fields are the columns of the table `url`, in its order.
    """

    url: str
    kind: Kind
    state: State
    first_advertised: datetime
    """For a URL that was met unadvertised: when it was first looked at."""
    reason: str | None = None
    title: str | None = None
    target: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_digest: str | None = None
    text_digest: str | None = None
    published: datetime | None = None
    lastmod: datetime | None = None
    """The latest that any source gave."""
    first_lastmod: datetime | None = None
    """The earliest that any source gave."""
    looked_lastmod: datetime | None = None
    """`lastmod` as it stood at the last look."""
    first_captured: datetime | None = None
    """None: the archive does not hold it."""
    last_changed: datetime | None = None
    last_look: datetime | None = None
    looks: int = 0
    changes: int = 0
    failures: int = 0
    """Looks in a row that failed or were blocked."""
    strikes: int = 0
    """Separate days in a row on which it was not there."""
    last_strike: datetime | None = None
    interval: int | None = None
    """Seconds between looks at a source; adapts to what it brings."""
    next_due: datetime | None = None
    why: str = "new"

    @property
    def held(self) -> bool:
        return self.first_captured is not None

    @property
    def born(self) -> datetime:
        """When it was published, as far as is known."""
        return self.published or self.first_lastmod or self.first_advertised
