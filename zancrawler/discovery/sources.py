"""Reading a source, whatever its kind, and telling the kind of one by its bytes."""

from __future__ import annotations

import re

from zancrawler.discovery.advert import Discovered, UnreadableSource, Via
from zancrawler.discovery.apis import read_api
from zancrawler.discovery.feeds import read_feed
from zancrawler.discovery.listings import read_listing
from zancrawler.discovery.sitemaps import read_sitemap
from zancrawler.markup import UnreadableMarkup, parse_html
from zancrawler.outlets import Outlet

_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|channel)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_SNIFFED = 4_096
"""Bytes at the head of a document in which its root element stands."""


def source_kind(body: bytes) -> Via | None:
    """What kind of source the bytes are; None: no feed, sitemap or API answer."""
    head = body[:_SNIFFED]
    if head.startswith(b"\x1f\x8b") or _SITEMAP.search(head):
        return Via.SITEMAP
    if _FEED.search(head):
        return Via.FEED
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return Via.API
    return None


def read_source(
    via: Via, body: bytes, url: str, outlet: Outlet, *, depth: int = 0, pages: int | None = None
) -> Discovered:
    """What a source of a known kind advertises.

    `depth`: how many sitemap indexes led here. `pages`: X-WP-TotalPages of an API answer. Raises
    UnreadableSource.
    """
    match via:
        case Via.FEED:
            return read_feed(body, url)
        case Via.SITEMAP:
            return read_sitemap(body, url, depth)
        case Via.API:
            return read_api(body, url, pages)
        case _:
            try:
                return read_listing(parse_html(body), url, outlet)
            except UnreadableMarkup as error:
                raise UnreadableSource(str(error)) from error
