"""The title: the headline that the page shows, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.structured import Node, Structured, first_string
from zancrawler.extraction.textblocks import is_parted, key_of, read_blocks, tidy
from zancrawler.outlets import ArticleRules

MAX_TITLE = 500
"""Characters. Headlines stay below 200."""

FEW_WORDS = 3
"""Of a headline that nothing but its place and size speaks for."""

_LARGE = frozenset(("4", "5", "6", "7", "+1", "+2", "+3", "+4"))
# What stands between a headline and the site's name in <title> and og:title. A quotation mark does
# only between spaces: «» are those of every quoted minister.
_SEPARATORS = re.compile(r"(?<=\s)[|\-–—•·«»:]{1,2}(?=\s)|\|")
_WORD = re.compile(r"\w+")
_COMMON_HOST_LABELS = frozenset(("www", "com", "org", "net", "news", "blog", "co"))


def title_of(
    tree: HtmlElement,
    structured: Structured,
    node: Node | None,
    rules: ArticleRules | None,
    url: str,
) -> str | None:
    """Of the witnesses in order: the outlet's selector, the h1, structured data, the head.

    The h1 is what the reader sees; metadata is written for search engines, cut to a length and
    often older. But an h1 may be the site's name or a section's: it counts only when it shares
    words with what the page states elsewhere, or when it is the only one and nothing but the
    window's title is stated, which on hand-made pages names the site. Where pages have no h1 at
    all, large letters mark the headline, or a lower heading that is a part of the window's title.
    """
    shown = next(_selected(tree, rules), None)
    if shown:
        return shown
    site = site_names(structured, url)
    window = _head_title(tree)
    stated = [
        without_site(text, site)
        for text in (
            first_string((node or {}).get("headline")) or first_string((node or {}).get("name")),
            structured.first("og:title", "twitter:title", "dc.title"),
            window,
        )
        if text
    ]
    headings = [t for h in tree.iter("h1") if (t := element_text(h)) and key_of(t) not in site]
    for agrees in (_same, _kindred):
        for heading in headings:
            if any(agrees(heading, text) for text in stated):
                return without_site(heading, site)
    if len(stated) <= 1 and window:
        shown = headings[0] if len(headings) == 1 else next(_in_large_letters(tree, window), None)
        if shown and len(shown.split()) >= FEW_WORDS:
            return without_site(shown, site)
    if len(stated) <= 1 and window and not headings and (shown := _in_pieces(tree, window)):
        return shown
    return next(iter(stated), None) or next(iter(headings), None)


def element_text(element: HtmlElement) -> str:
    """The element's text on one line. What it parts by a break or a block is no one word."""
    if is_parted(element):
        return " ".join(block.text for block in read_blocks(element)).replace("\n", " ")
    return tidy("".join(element.itertext())).replace("\n", " ")


def without_site(title: str, site: frozenset[str]) -> str:
    """`Headline | Site` without ` | Site`."""
    title = title[:MAX_TITLE]
    for found in reversed(list(_SEPARATORS.finditer(title))):
        before, after = title[: found.start()].strip(), title[found.end() :].strip()
        if before and key_of(after) in site:
            return without_site(before, site)
        if after and key_of(before) in site:
            return after
    return title.strip()


def site_lines(tree: HtmlElement, title: str | None) -> tuple[str, ...]:
    """The pieces of the window's title but the headline: the site's name and motto."""
    pieces = _SEPARATORS.split(_head_title(tree) or "")
    own = key_of(title or "")
    return tuple(piece for piece in pieces if key_of(piece) not in own)


def site_names(structured: Structured, url: str) -> frozenset[str]:
    """How the site calls itself, in letters only: its own word, and its host's labels."""
    names = {
        structured.first(n)
        for n in ("og:site_name", "application-name", "apple-mobile-web-app-title")
    }
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = set(host.split(".")) - _COMMON_HOST_LABELS
    return frozenset({key_of(n) for n in {*names, *labels, host} if n} - {""})


def _selected(tree: HtmlElement, rules: ArticleRules | None) -> Iterator[str]:
    for selector in rules.title if rules else ():
        for element in tree.cssselect(selector):
            if text := element_text(element):
                yield text


def _in_large_letters(tree: HtmlElement, window: str) -> Iterator[str]:
    """What the pages of the time before style sheets print larger than their text; not what the
    window's title says too, which is the site's own name."""
    if tree.find(".//h1") is not None:
        return
    for element in tree.iter("font"):
        text = element_text(element) if element.get("size", "").strip() in _LARGE else ""
        if text and key_of(text) not in key_of(window):
            yield text[:MAX_TITLE]


def _in_pieces(tree: HtmlElement, window: str) -> str | None:
    """The longest piece of the window's title that the page shows as a lower heading; the others
    are the site's name and motto."""
    shown = {key_of(text): text for h in tree.iter("h2", "h3") if (text := element_text(h))}
    pieces = [key_of(piece) for piece in _SEPARATORS.split(window)]
    found = [piece for piece in pieces if piece in shown]
    return shown[max(found, key=len)] if found and len(pieces) > 1 else None


def _head_title(tree: HtmlElement) -> str | None:
    found = tree.find("./head/title")
    return element_text(found) if found is not None else None


def _same(heading: str, stated: str) -> bool:
    """The same letters, or the beginning of it that a CMS cut short."""
    one, other = key_of(heading), key_of(stated.rstrip("….").rstrip())
    return bool(other) and (one == other or (len(other) > 20 and one.startswith(other)))


def _kindred(heading: str, stated: str) -> bool:
    one, other = (set(_WORD.findall(text.lower())) for text in (heading, stated))
    common = {word for word in one & other if len(word) > 3}
    return len(common) >= 2 or 2 * len(one & other) > len(one)
