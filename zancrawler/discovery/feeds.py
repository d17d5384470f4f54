"""RSS 0.9 to 2.0, RDF and Atom feeds, well formed or not."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from zancrawler.discovery.advert import (
    Advert,
    Discovered,
    UnreadableSource,
    Via,
    absolute_url,
    plain_title,
    plausible,
)

MAX_FEED_BYTES = 5_000_000
"""Real feeds are below 1 MB, with the articles' full text in them."""

MAX_FEED_MARKUP = 250_000
"""`<` and `&` in a feed; they are what takes feedparser's time, some 20 microseconds each."""

MAX_FEED_ENTRIES = 5_000

_PERIODS = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}

_FEEDPARSER_FAULTS = (ValueError, OverflowError, LookupError, AssertionError, RecursionError)
"""What feedparser 6 was seen to raise on broken references (`&#xd800;`) and encodings."""


def read_feed(body: bytes, url: str) -> Discovered:
    """The entries of a feed that was fetched from `url`, in its order.

    `lastmod` is the entry's `updated`, else its publication date. Raises UnreadableSource.
    """
    if len(body) > MAX_FEED_BYTES:
        raise UnreadableSource(
            f"a feed of {len(body):,} bytes; at most {MAX_FEED_BYTES:,} are read"
        )
    if body.count(b"<") + body.count(b"&") > MAX_FEED_MARKUP:
        raise UnreadableSource(f"a feed of more than {MAX_FEED_MARKUP:,} tags and references")
    try:
        # In a BytesIO, because feedparser opens bytes that happen to be the name of a file.
        # Markup is not ours to show, so it is neither sanitised nor rewritten: half the time.
        feed = feedparser.parse(
            BytesIO(body),
            response_headers={"content-location": url, "content-type": "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _FEEDPARSER_FAULTS as fault:
        raise UnreadableSource(f"a feed too broken to read ({type(fault).__name__})") from fault
    if not feed.get("version") and not feed.entries:
        raise UnreadableSource("not a feed")
    adverts: dict[str, Advert] = {}
    unlinked = 0
    for entry in feed.entries[:MAX_FEED_ENTRIES]:
        advert = _advert(entry, url)
        if advert is None:
            unlinked += 1
        else:
            adverts.setdefault(advert.url, advert)
    problems = []
    if feed.bozo:
        flaw = feed.get("bozo_exception")
        problems.append(f"not well formed ({type(flaw).__name__}: {str(flaw)[:200]})")
    if unlinked:
        problems.append(f"{unlinked} entries without a usable link")
    if len(feed.entries) > MAX_FEED_ENTRIES:
        problems.append(
            f"only the first {MAX_FEED_ENTRIES} of {len(feed.entries)} entries are read"
        )
    return Discovered(
        adverts=tuple(adverts.values()),
        follow=_next_page(feed.feed, url),
        problems=tuple(problems),
        ttl=_ttl(feed.feed),
    )


def _advert(entry: Any, source: str) -> Advert | None:
    # FeedBurner puts its own redirector in `link`. A `guid` that is no permalink is no link:
    # feedparser has taken it for one only where the feed says so.
    link = entry.get("feedburner_origlink") or entry.get("link")
    url = absolute_url(link, source) if isinstance(link, str) else None
    if url is None:
        return None
    title = entry.get("title")
    return Advert(
        url=url,
        source=source,
        via=Via.FEED,
        title=plain_title(title) if isinstance(title, str) else None,
        lastmod=_moment(entry),
    )


def _moment(entry: Any) -> datetime | None:
    # dict.get, because feedparser's own answers a missing `updated` with `published` and a warning.
    for name in ("updated_parsed", "published_parsed", "created_parsed"):
        parsed = dict.get(entry, name)
        if parsed:
            try:
                return plausible(datetime.fromtimestamp(timegm(parsed), UTC))
            except (ValueError, OverflowError, OSError):
                continue
    return None


def _next_page(feed: Any, source: str) -> tuple[Advert, ...]:
    """The older part of a paged or archived feed (RFC 5005)."""
    for link in feed.get("links", ()):
        if link.get("rel") in ("next", "prev-archive") and isinstance(link.get("href"), str):
            url = absolute_url(link["href"], source)
            if url and url != source:
                return (Advert(url=url, source=source, via=Via.FEED),)
    return ()


def _ttl(feed: Any) -> int | None:
    """RSS 2.0 `ttl` is in minutes; `sy:` (RSS 1.0 syndication module) is times per period."""
    asked = []
    ttl = str(feed.get("ttl", ""))
    if ttl.isascii() and ttl.isdigit():
        asked.append(int(ttl[:9]) * 60)
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    if period:
        times = str(feed.get("sy_updatefrequency", "1")).strip()
        asked.append(period // max(1, int(times[:9]) if times.isascii() and times.isdigit() else 1))
    return max(asked) or None if asked else None
