"""Links: where the article points, and where the page says its translations are."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from zancrawler.extraction.article import Translation

MAX_LINKS = 500


def outgoing_links(body: HtmlElement | None, base: str) -> tuple[str, ...]:
    """Absolute http(s) URLs of the links within the article's element, each once, in order."""
    found: dict[str, None] = {}
    for anchor in () if body is None else body.iter("a"):
        if (url := absolute(anchor.get("href"), base)) and url != base:
            found.setdefault(url)
    return tuple(found)[:MAX_LINKS]


def translations(tree: HtmlElement, url: str) -> tuple[Translation, ...]:
    """The hreflang alternates but `x-default` and the page itself. BCP 47 as the page has it."""
    found: dict[str, str] = {}
    for link in tree.iter("link"):
        language = link.get("hreflang")
        if not language or "alternate" not in link.get("rel", "").lower().split():
            continue
        target = absolute(link.get("href"), url)
        if target and language.lower() != "x-default" and target.rstrip("/") != url.rstrip("/"):
            found.setdefault(language, target)
    return tuple(Translation(language, target) for language, target in found.items())


def absolute(href: str | None, base: str) -> str | None:
    """The http(s) URL that a link leads to from `base`; None for any other, and for fragments."""
    try:
        url = urljoin(base, (href or "").strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    if not href or parts.scheme not in ("http", "https") or href.startswith("#"):
        return None
    return url
