"""What an answer shows to be needed beside it, in the ledger's words.

How a requisite was reached is written in Heritrix's letters, as WARC 1.1 (6.2) has it in the
metadata record's `hopsFromSeed`, the page being the seed: `E` for what a page embeds, `EE` for what
a stylesheet of it does, `R` for a redirect, `X` for what its scripts asked for in a browser. Who
asked is the record's `via`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zancrawler.discovery.blocks import blocked
from zancrawler.discovery.requisites import (
    page_requisites,
    redirected_requisite,
    stylesheet_requisites,
)
from zancrawler.headers import first, location, media_type
from zancrawler.ledger import Advertisement, Kind
from zancrawler.outlets import Outlet, UrlKind, url_kind

EMBED, REDIRECT, PREREQUISITE, SCRIPTED = "E", "R", "P", "X"
MAX_IMPORTS = 3
"""Stylesheets one within the other; what a fourth names is not asked for."""
MAX_REDIRECTS = 5

_HTML = ("text/html", "application/xhtml+xml", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer, as far as it says what is needed."""

    url: str
    hops: str
    """Empty for a page."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """With its codings taken off."""

    @property
    def mime(self) -> str:
        return media_type(self.headers)

    @property
    def charset(self) -> str | None:
        said = first(self.headers, "content-type").lower().partition("charset=")[2]
        return said.partition(";")[0].strip(" \"'") or None


def needs(shown: Shown, outlet: Outlet) -> list[Advertisement]:
    """The requisites of an article page, of a stylesheet, or the target of a moved one."""
    if shown.hops:
        return _of_requisite(shown, outlet)
    is_page = shown.status == 200 and shown.mime in _HTML
    if not is_page or url_kind(shown.url, outlet) is not UrlKind.ARTICLE:
        return []
    if blocked(shown.status, shown.headers, shown.body):
        return []
    found = page_requisites(shown.body, shown.url, outlet, shown.charset)
    return _advertised((each.url for each in found), shown.url, EMBED)


def _of_requisite(shown: Shown, outlet: Outlet) -> list[Advertisement]:
    if 300 <= shown.status < 400 and (moved := location(shown.headers)):
        if shown.hops.count(REDIRECT) >= MAX_REDIRECTS:
            return []
        target = redirected_requisite(moved, shown.url, outlet)
        return _advertised([target] if target else [], shown.url, shown.hops + REDIRECT)
    if shown.status == 200 and shown.mime == "text/css" and shown.hops.count(EMBED) <= MAX_IMPORTS:
        found = stylesheet_requisites(shown.body, shown.url, outlet, shown.charset)
        return _advertised((each.url for each in found), shown.url, shown.hops + EMBED)
    return []


def _advertised(urls: Iterable[str], source: str, hops: str) -> list[Advertisement]:
    return [Advertisement(url, source, hops, Kind.REQUISITE) for url in urls]
