"""Page kind: an article, or one of the many other things that a URL can answer with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml.html import HtmlElement

from zancrawler.outlets import ArticleRules, Outlet, UrlKind, canonical_url, readable_path, url_kind


class PageKind(StrEnum):
    ARTICLE = "article"
    LISTING = "listing"
    BLOCKED = "blocked"
    EMPTY = "empty"
    WRONG_LANGUAGE = "wrong_language"
    ERROR = "error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: PageKind
    reason: str
    """A short code for tables and alarms, such as `url` or `needs-blogposting`."""


_TYPE = re.compile(r'"@type"\s*:\s*(?:"([^"]+)"|\[([^\]]{1,300})\])')


def page_kind(
    tree: HtmlElement,
    *,
    url: str,
    status: int,
    headers: Sequence[tuple[str, str]],
    outlet: Outlet,
) -> Verdict:
    """What a page is. The outlet's own rules come first, then the page's structure."""
    if status >= 400:
        return Verdict(PageKind.ERROR, f"http-{status}")
    by_url = url_kind(url, outlet)
    if by_url is UrlKind.LISTING:
        return Verdict(PageKind.LISTING, "url")
    if by_url in (UrlKind.SKIP, UrlKind.MEDIA):
        return Verdict(PageKind.OTHER, "url")
    if tree.cssselect("[class*=empty-states__title], [data-hook=empty-states__title]"):
        return Verdict(PageKind.EMPTY, "empty-state")
    rules = outlet.rules_for(readable_path(canonical_url(url, outlet)))
    if rules is None:
        return Verdict(PageKind.OTHER, "url")
    if rules.needs and not (json_ld_types(tree) & set(rules.needs) or _open_graph_article(tree)):
        return _without_needed(tree, rules)
    if rules.body and not any(tree.cssselect(selector) for selector in rules.body):
        return Verdict(PageKind.EMPTY, "no-body-element")
    return Verdict(PageKind.ARTICLE, "structure")


def json_ld_types(tree: HtmlElement) -> frozenset[str]:
    """Every `@type` in the page's JSON-LD, without its namespace, malformed blocks included."""
    found: set[str] = set()
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", "").lower():
            for one, many in _TYPE.findall(script.text or ""):
                found.update(name.strip(' "\n\t') for name in (one or many).split(","))
    return frozenset(re.split(r"[/:#]", name)[-1] for name in found)


def _open_graph_article(tree: HtmlElement) -> bool:
    """What the same platforms write in the page's head where they write no JSON-LD."""
    return bool(
        tree.xpath("//meta[@property='og:type' and @content='article']")
        and tree.xpath("//meta[@property='article:published_time']")
    )


def _without_needed(tree: HtmlElement, rules: ArticleRules) -> Verdict:
    """A post without the JSON-LD that every post has: the wrong language, or a failed render."""
    if any(element.text_content().strip() for s in rules.body for element in tree.cssselect(s)):
        return Verdict(PageKind.WRONG_LANGUAGE, "no-" + rules.needs[0].lower())
    return Verdict(PageKind.EMPTY, "no-body-element")
