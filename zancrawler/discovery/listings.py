"""Listings: pages that show articles and lead to older pages of the same kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.html import HtmlElement

from zancrawler.discovery.advert import Advert, Discovered, Via
from zancrawler.discovery.links import PageLinks, page_links
from zancrawler.outlets import Outlet, UrlKind, canonical_url, host_of, url_kind

MAX_LISTING_PAGES = 5_000
"""Pages of one listing in one walk."""

_PAGE_IN_PATH = re.compile(r"/page/(\d{1,6})/?$")
_PAGE_PARAMETERS = ("page", "paged", "start", "offset")


def read_listing(tree: HtmlElement, url: str, outlet: Outlet) -> Discovered:
    """The articles that a listing links to, by the outlet's URL rules, and its next page.

    Other languages of the listing are not followed: they are listings of their own.
    """
    found = page_links(tree, url)
    adverts: dict[str, Advert] = {}
    for link in found.links:
        if url_kind(link.url, outlet) is UrlKind.ARTICLE:
            known = adverts.setdefault(
                canonical_url(link.url, outlet), Advert(link.url, url, Via.LISTING, link.text)
            )
            if known.title is None and link.text:
                adverts[canonical_url(link.url, outlet)] = Advert(
                    known.url, url, Via.LISTING, link.text
                )
    following = next_page(found, url)
    return Discovered(
        adverts=tuple(adverts.values()),
        follow=(Advert(following, url, Via.LISTING),) if following else (),
    )


def next_page(found: PageLinks, url: str) -> str | None:
    """The page after `url` in the same listing: by its `rel=next`, else by its numbered links.

    One step at a time, never the last page or a jump: whether to go on is judged page by page.
    """
    series, number = page_number(url)
    if found.next_page and found.next_page != url and _same_listing(found.next_page, url):
        return found.next_page
    numbered = {
        linked: link.url
        for link in reversed(found.links)
        for other, linked in (page_number(link.url),)
        if other == series and link.url != url
    }
    if number is None:
        # Drupal counts from 0, and then links page 0 too; all others count from 1.
        number = 0 if 0 in numbered else 1
    later = [linked for linked in numbered if linked is not None and linked > number]
    return numbered[min(later)] if later else None


def page_number(url: str) -> tuple[str, int | None]:
    """(the listing without its page number, the number): `/blog/page/3` is page 3 of `/blog`.

    Known forms: `/page/N` at the end of the path, and the parameters `page`, `paged`, `start` and
    `offset`. None where the URL has no number: the first page.
    """
    parts = urlsplit(url)
    number: int | None = None
    path = parts.path
    if in_path := _PAGE_IN_PATH.search(path):
        number = int(in_path[1])
        path = path[: in_path.start()]
    query = []
    for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)):
        digits = value.isascii() and value.isdigit() and len(value) <= 9
        if number is None and name in _PAGE_PARAMETERS and digits:
            number = int(value)
        else:
            query.append((name, value))
    series = urlunsplit(("", parts.netloc.lower(), path.rstrip("/"), urlencode(query), ""))
    return series, number


def _same_listing(other: str, url: str) -> bool:
    """The same series, or deeper in the same path (a cursor: `/news?after=abc`)."""
    if page_number(other)[0] == page_number(url)[0]:
        return True
    here = _PAGE_IN_PATH.sub("", urlsplit(url).path).rstrip("/")
    there = _PAGE_IN_PATH.sub("", urlsplit(other).path).rstrip("/")
    return host_of(other) == host_of(url) and there == here


@dataclass(frozen=True, slots=True)
class Walk:
    """How far one listing was followed. Starts as `Walk()`."""

    pages: int = 0
    seen: frozenset[str] = frozenset()
    """What the walk's pages showed so far."""

    def after(
        self, shown: frozenset[str], unknown: int, *, fresh: int = 0, backfill: bool = False
    ) -> Walk | None:
        """The walk after a page that shows the articles `shown`; None: go no further.

        `unknown` is how many of them the ledger had never heard of. An ordinary walk ends at the
        first page without any, for listings run from new to old; but not where most of them are
        `fresh`, heard of in this run from another source: a feed has ten items, and so has a
        listing's first page. A backfill goes on through known articles to the end, which is a page
        that shows nothing that the walk has not seen: sites answer `?start=100000` with an empty
        page or with the last one again.
        """
        goes_on = backfill or fresh > len(shown) / 2
        news = len(shown - self.seen) if goes_on else unknown
        if not news or self.pages + 1 >= MAX_LISTING_PAGES:
            return None
        return Walk(self.pages + 1, self.seen | shown)
