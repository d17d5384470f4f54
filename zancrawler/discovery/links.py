"""The links of an HTML page: where it points, and what it says it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from zancrawler.discovery.advert import MAX_TITLE_LENGTH, absolute_url, one_line

MAX_LINKS = 5_000
"""Per page, in its order. The longest real listing seen has about 600."""
MAX_LINK_STEPS = 500
"""Starts and ends of elements that are looked at for the text of one link."""

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PageLinks:
    """All absolute, http(s), each once."""

    links: tuple[Link, ...] = ()
    """Real `<a href>` only. URLs in scripts are mostly wrong: Wix answers 200 to many of them."""
    canonical: str | None = None
    """The page's own word (RFC 6596), not to be believed blindly."""
    alternates: tuple[tuple[str, str], ...] = ()
    """(language as written, URL): the same page in other languages (`hreflang`)."""
    feeds: tuple[str, ...] = ()
    next_page: str | None = None


def page_links(tree: HtmlElement, url: str) -> PageLinks:
    """The links of the page that was fetched from `url`."""
    base = base_url(tree, url)
    links: dict[str, Link] = {}
    following: list[str] = []
    for anchor in islice(tree.iter("a"), MAX_LINKS):
        target = absolute_url(anchor.get("href", ""), base)
        if target is None:
            continue
        text = _text(anchor)
        if target not in links or (text and not links[target].text):
            links[target] = Link(target, text)
        if "next" in _rels(anchor):
            following.append(target)
    canonical: str | None = None
    alternates: dict[tuple[str, str], None] = {}
    feeds: dict[str, None] = {}
    for link in islice(tree.iter("link"), MAX_LINKS):
        target = absolute_url(link.get("href", ""), base)
        rels = _rels(link)
        if target is None:
            continue
        if "canonical" in rels and canonical is None:
            canonical = target
        if "next" in rels:
            following.insert(0, target)
        if "alternate" in rels and link.get("hreflang"):
            alternates[link.get("hreflang", "").strip().lower(), target] = None
        elif "alternate" in rels and link.get("type", "").strip().lower() in _FEED_TYPES:
            feeds[target] = None
    return PageLinks(
        links=tuple(links.values()),
        canonical=canonical,
        alternates=tuple(alternates),
        feeds=tuple(feeds),
        next_page=following[0] if following else None,
    )


def base_url(tree: HtmlElement, url: str) -> str:
    """What relative links are relative to: the first `<base href>`, else the page's URL."""
    for base in tree.iter("base"):
        if base.get("href"):
            return absolute_url(base.get("href", ""), url) or url
    return url


def _text(anchor: HtmlElement) -> str | None:
    """The link's text, as far as a headline can go: links in links share all that is in them."""
    walk = etree.iterwalk(anchor, events=("start", "end", "comment", "pi"))
    pieces: list[str] = []
    size = 0
    for event, node in islice(walk, MAX_LINK_STEPS):
        if event != "start" and node is anchor:
            break
        piece = (node.text if event == "start" else node.tail) or ""
        pieces.append(piece[: 4 * MAX_TITLE_LENGTH])
        size += len(piece)
        if size > 4 * MAX_TITLE_LENGTH:
            break
    return one_line("".join(pieces))


def _rels(element: HtmlElement) -> list[str]:
    return str(element.get("rel", "")).lower().split()
