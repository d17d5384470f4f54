"""The authors: names, parted and cleaned; the collective that signs for nobody in particular."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from zancrawler.extraction.structured import Node, Structured, strings
from zancrawler.extraction.textblocks import key_of
from zancrawler.extraction.titles import element_text
from zancrawler.outlets import ArticleRules

MAX_NAME = 80
"""Characters; what is longer is a sentence about the author."""

_ROLE = re.compile(
    r"^\s*(?:[-–—•|]\s*)?(?:(?:(?:written|posted|published|authored|reported)\s+)?by\b|author\s*:|"
    r"words\s+by|writer\s*:|story\s+by|نویسنده\s*:|نویسندگان\s*:|نگارنده\s*:|گزارشگر\s*:|خبرنگار\s*:|"
    r"به\s+قلم\s*:?|لیکوال\s*:|ليکوال\s*:|لیکونکی\s*:|خبریال\s*:)\s*:?\s*",
    re.IGNORECASE,
)
_OTHER_ROLE = re.compile(
    r"^\s*(?:photo(?:graph(?:er|s|y))?s?|images?|pictures?|translat(?:ed|or|ion)|edited|editor|"
    r"عکس|عکاس|مترجم|ترجمه|برگردان|ویراستار|ژباړه|ژباړن|انځور)\s*(?:by\b|:|از\b)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:[;،؛|]|\s&\s|\s(?:and|und|et)\s|\sو\s|\sاو\s)\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")
# What follows a name after a comma and is no second name.
_TITLES = re.compile(
    r"^(?:ph\.?\s?d|m\.?d|r\.?d|r\.?n|mba|ms|ma|bsc|msc|mph|cpa|cfp|cfa|esq|jr|sr|i{2,3}|faan|fand|"
    r"d\.?o|psy\.?d|ed\.?d|j\.?d|ll\.?m|lcsw|dds|dvm|pt|dpt|cscs|rdn|ldn)\b\.?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:https?:|www\.|@)|[<>{}=]|^\W*$|^\d+$|\b(?:min(?:ute)?s? read|updated|published)\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"\s*[<(\[]?\S+@\S+\.\w+[>)\]]?|\s+\(?@\w+\)?")


@dataclass(frozen=True, slots=True)
class Byline:
    names: tuple[str, ...]
    source: str
    """Which witness gave them: `outlet`, `jsonld`, `microdata`, `meta`, `text` or `none`."""


def byline_of(
    tree: HtmlElement, structured: Structured, node: Node | None, rules: ArticleRules | None
) -> Byline:
    """The first witness that names anybody: structured data, the outlet's selector, meta, text."""
    jsonld = _resolved((node or {}).get("author") or (node or {}).get("creator"), structured)
    selected = [
        element_text(e) for s in (rules.author if rules else ()) for e in tree.cssselect(s)[:5]
    ]
    meta = [
        value
        for name in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator")
        for value in structured.meta.get(name, ())
    ]
    witnesses = (
        ("jsonld", jsonld),
        ("outlet", selected),
        ("microdata", strings((structured.microdata or {}).get("author"))),
        ("meta", meta),
        ("text", _links(tree)),
    )
    site = structured.first("og:site_name") or ""
    for source, texts in witnesses:
        names = split_names(texts)
        if source in ("meta", "text"):
            names = tuple(n for n in names if key_of(n) != key_of(site))
        if names:
            return Byline(names, source)
    return Byline((), "none")


def split_names(texts: Iterable[str]) -> tuple[str, ...]:
    """`By A. Name, B. Name and C. Name` is three names, `A. Name, PhD` one. No name comes twice."""
    names: dict[str, str] = {}
    for text in texts:
        if _OTHER_ROLE.match(text):
            continue
        text = _HANDLE.sub("", _ROLE.sub("", text))
        for part in _JOINED.split(text):
            name = ""
            for piece in _COMMA.split(part):
                if name and (_TITLES.match(piece) or not piece):
                    name += f", {piece}" if piece else ""
                    continue
                _add(names, name)
                name = piece
            _add(names, name)
    return tuple(names.values())


def _add(names: dict[str, str], name: str) -> None:
    name = name.strip(" \t\n-–—|:•.\u00a0")
    if name and len(name) <= MAX_NAME and not _NO_NAME.search(name):
        names.setdefault(key_of(name), name)


def _resolved(value: object, structured: Structured) -> list[str]:
    """Names of JSON-LD authors, which may point at a Person elsewhere on the page by `@id`."""
    found: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and not item.get("name") and "@id" in item:
            item = structured.by_id(item["@id"])
        found.extend(strings(item))
    return found


def _links(tree: HtmlElement) -> list[str]:
    """`rel=author` links (HTML standard, section 4.6.6.2)."""
    return [text for a in tree.xpath("//a[@rel='author']")[:3] if (text := element_text(a))]
