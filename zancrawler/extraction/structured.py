"""What a page says of itself for machines: JSON-LD, microdata and meta elements.

Our own small reader, because publishers' JSON-LD is often not JSON: extruct reads the sound shapes
only, brings rdflib, html5lib and requests with it, and parses the page once more.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

Node = Mapping[str, Any]
"""One schema.org thing: property to value, as JSON has it."""

MAX_DEPTH = 12
"""Levels of nesting that are followed; publishers use five."""
MAX_NODES = 2_000
MAX_SCOPES = 100
"""Microdata items that are looked at for an article."""
MAX_SCRIPT = 2_000_000
"""Characters of one JSON-LD block."""

_ARTICLE_TYPES = """
    Article NewsArticle BlogPosting Report ReportageNewsArticle AnalysisNewsArticle
    AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle ReviewNewsArticle
    AdvertiserContentArticle SatiricalArticle ScholarlyArticle MedicalScholarlyArticle
    TechArticle LiveBlogPosting SocialMediaPosting
"""
ARTICLE_TYPES = frozenset(_ARTICLE_TYPES.split())
"""schema.org/Article and the types below it that publishers use."""

# Where a page's own thing may hang; other properties lead to other things (related, parts, lists).
_OWN = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf", "liveBlogUpdate")
_WRAPPING = re.compile(r"<!--|-->|/?/?<!\[CDATA\[|/?/?\]\]>|/\*\s*\*/")
# A string that is never closed runs to the end: to look for its end again from every quote within
# would take minutes.
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\Z)'
_COMMENTS = re.compile(rf"({_STRING})|/\*.*?\*/|//[^\n]*", re.DOTALL)
_TRAILING_COMMAS = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_FIELDS = re.compile(
    r'"(@type|headline|datePublished|dateModified|articleSection|description|inLanguage|url)"'
    r'\s*:\s*"((?:[^"\\]|\\.){1,2000})"'
)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_MICRODATA = ("headline", "name", "datePublished", "dateModified", "articleSection", "description")


@dataclass(frozen=True, slots=True)
class Structured:
    """All that a page states for machines, read once."""

    nodes: tuple[Node, ...]
    """The JSON-LD things that stand for the page or a part of it, in the page's order."""
    microdata: Node | None
    """The first article marked up with itemprop."""
    meta: Mapping[str, tuple[str, ...]]
    """Lower-case name or property of each meta element, to its contents."""

    @classmethod
    def of(cls, tree: HtmlElement) -> Structured:
        """What stands in the page's head and scripts, and in its itemprop attributes."""
        nodes: list[Node] = []
        for script in tree.iter("script"):
            if "ld+json" in script.get("type", "").lower():
                for value in load_json_ld(script.text or ""):
                    nodes.extend(_things(value, MAX_DEPTH))
        return cls(tuple(nodes[:MAX_NODES]), _microdata(tree), _meta(tree))

    @property
    def types(self) -> frozenset[str]:
        """The schema.org types of all things, without their namespace."""
        return frozenset(t for node in self.nodes for t in types_of(node))

    def article(self, url: str) -> Node | None:
        """The thing that is this page's article: of several, the one that names the page's URL."""
        articles = [node for node in self.nodes if types_of(node) & ARTICLE_TYPES]
        path = urlsplit(url).path.rstrip("/")
        for node in articles:
            named = [node.get("url"), node.get("mainEntityOfPage"), node.get("@id")]
            named += [n.get("@id") for n in named if isinstance(n, dict)]
            if path and any(isinstance(n, str) and _path(n) == path for n in named):
                return node
        return next((n for n in articles if "headline" in n or "datePublished" in n), None)

    def page(self) -> Node | None:
        """The WebPage thing, which in some shapes is the only one to hold the dates."""
        return next((n for n in self.nodes if types_of(n) & {"WebPage", "ItemPage"}), None)

    def by_id(self, identifier: object) -> Node | None:
        """The thing that an `@id` elsewhere on the page points at."""
        return next((n for n in self.nodes if n.get("@id") == identifier and len(n) > 1), None)

    def first(self, *names: str) -> str | None:
        """The first content that is not empty of the first meta element so named."""
        return next((v for name in names for v in self.meta.get(name, ()) if v), None)


def load_json_ld(text: str) -> list[Any]:
    """The JSON values in a script element, sound or not; empty when nothing can be made of it.

    Mended, in this order: comment and CDATA wrapping, control characters within strings,
    HTML-escaped quotes, JavaScript comments, trailing commas, wrong escapes, several values in a
    row. Of what is broken beyond that, the flat fields that matter are picked out.
    """
    text = _WRAPPING.sub("", text[:MAX_SCRIPT]).strip().rstrip(";")
    if not text:
        return []
    if text.startswith(("{&quot;", "[{&quot;", "{&#34;")) or '"' not in text[:500]:
        text = html.unescape(text)
    for mend in (_as_it_is, _without_javascript):
        if values := _values(mend(text)):
            return values
    fields = dict(reversed(_FIELDS.findall(text)))
    return [fields] if "@type" in fields else []


def _as_it_is(text: str) -> str:
    return text


def _without_javascript(text: str) -> str:
    text = _BAD_ESCAPE.sub(r"\\\\", text)
    text = _COMMENTS.sub(lambda found: found[1] or "", text)
    return _TRAILING_COMMAS.sub(lambda found: found[1] or "", text)


def _values(text: str) -> list[Any]:
    decoder, position = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return values
        values.append(value)
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return values


def _things(value: object, depth: int) -> Iterator[Node]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _things(item, depth - 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for name in _OWN:
            yield from _things(value.get(name), depth - 1)


def types_of(node: Node) -> frozenset[str]:
    """`http://schema.org/NewsArticle` and `schema:NewsArticle` are `NewsArticle`."""
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return frozenset(re.split(r"[/:#]", n)[-1] for n in names if isinstance(n, str))


def strings(value: object) -> list[str]:
    """The texts of a value that may be one string, a list, or a thing with a name."""
    if isinstance(value, str):
        return [found] if (found := plain(value)) else []
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    if isinstance(value, dict):
        return strings(value.get("name") or value.get("@value"))
    return []


def first_string(value: object) -> str | None:
    """The first of `strings`, which publishers put into lists and things alike."""
    return next(iter(strings(value)), None)


def plain(text: str) -> str:
    """Text of a value in which publishers leave entities and tags. White space is collapsed."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return " ".join(_MARKUP.sub(" ", text).split())


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and (content := element.get("content")):
            found.setdefault(name.strip().lower(), []).append(plain(content))
    return {name: tuple(contents) for name, contents in found.items()}


def _microdata(tree: HtmlElement) -> Node | None:
    """HTML standard, section 5: only properties whose nearest itemscope is the article's."""
    for scope in tree.xpath("//*[@itemscope][@itemtype]")[:MAX_SCOPES]:
        types = types_of({"@type": scope.get("itemtype", "").split()})
        if not types & ARTICLE_TYPES:
            continue
        node: dict[str, Any] = {"@type": sorted(types)}
        for element in scope.xpath(".//*[@itemprop]"):
            if next(element.iterancestors("*"), None) is None or _scope(element) is not scope:
                continue
            for name in element.get("itemprop").split():
                if name in _MICRODATA:
                    node.setdefault(name, _value(element))
                elif name == "author":
                    node.setdefault(name, []).append(_author(element))
        if len(node) > 1:
            return node
    return None


def _scope(element: HtmlElement) -> HtmlElement | None:
    return next((a for a in element.iterancestors() if a.get("itemscope") is not None), None)


def _value(element: HtmlElement) -> str:
    value = element.get("content") or element.get("datetime")
    if not value and element.tag == "abbr":
        value = element.get("title")  # as Blogger states a moment
    return plain(value or element.text_content())


def _author(element: HtmlElement) -> str:
    if element.get("itemscope") is not None:
        for name in element.xpath(".//*[@itemprop='name']"):
            return _value(name)
    return _value(element)
