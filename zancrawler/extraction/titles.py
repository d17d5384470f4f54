"""The title: the page's own headline, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from zancrawler.extraction.structured import Node, Structured, first_string
from zancrawler.extraction.textblocks import key_of, tidy
from zancrawler.outlets import ArticleRules

# What stands between a headline and the site's name in <title> and og:title.
_SEPARATORS = re.compile(r"\s+[|\-–—•·»:]{1,2}\s+|\s*[|»]\s*")


def title_of(
    tree: HtmlElement, structured: Structured, node: Node | None, rules: ArticleRules | None
) -> str | None:
    """Of the witnesses in order (the outlet's selector, structured data, the h1, the head).

    The h1 is preferred where it and the structured headline are the same words: a page's h1 keeps
    the joiners and quotes that a CMS strips from its metadata. A structured headline that is cut
    short (`...`) loses to the h1 that begins with it.
    """
    shown = next(_selected(tree, rules), None)
    if shown:
        return shown
    headline = first_string((node or {}).get("headline")) or first_string((node or {}).get("name"))
    head = without_site(_head_title(tree), structured)
    og = without_site(structured.first("og:title", "twitter:title", "dc.title"), structured)
    stated = [t for t in (headline, og, head) if t]
    headings = [t for h in tree.iter("h1") if (t := element_text(h))]
    for heading in headings:
        if any(_same(heading, text) for text in stated):
            return heading
    if len(headings) == 1 and not stated:
        return headings[0]
    return next(iter(stated), None) or next(iter(headings), None)


def element_text(element: HtmlElement) -> str:
    return tidy("".join(element.itertext())).replace("\n", " ")


def without_site(title: str | None, structured: Structured) -> str | None:
    """`Headline | Site` without ` | Site`: the name as the page states it."""
    if not title:
        return None
    site = structured.first("og:site_name", "application-name", "twitter:app:name:iphone")
    if site:
        for found in _SEPARATORS.finditer(title):
            before, after = title[: found.start()], title[found.end() :]
            if key_of(after) == key_of(site) and before:
                return before.strip()
            if key_of(before) == key_of(site) and after:
                return after.strip()
    return title.strip()


def _selected(tree: HtmlElement, rules: ArticleRules | None) -> Iterator[str]:
    for selector in rules.title if rules else ():
        for element in tree.cssselect(selector):
            if text := element_text(element):
                yield text


def _head_title(tree: HtmlElement) -> str | None:
    found = tree.find("./head/title")
    return element_text(found) if found is not None else None


def _same(heading: str, stated: str) -> bool:
    one, other = key_of(heading), key_of(stated.rstrip("….").rstrip())
    return bool(other) and (one == other or (len(other) > 20 and one.startswith(other)))
