"""The authors: names, parted and cleaned; the collective that signs for nobody in particular."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lxml.html import HtmlElement

from zancrawler.extraction.bylines import Credit, Role, credits_in, is_label, role_of, without_label
from zancrawler.extraction.headline import Surroundings
from zancrawler.extraction.structured import Node, Structured, strings, types_of
from zancrawler.extraction.textblocks import TextBlock, key_of
from zancrawler.extraction.titles import element_text
from zancrawler.outlets import ArticleRules

MAX_NAME = 80
"""Characters; what is longer is a sentence about the author."""
MAX_NAMES = 20
MAX_WITHIN = 6
"""Elements of a line of which one may be the name's own."""
MAX_LINE = 1_000
"""Characters that are read of one statement of names."""

_ROLE = re.compile(
    r"^\s*(?:[-–—•|]\s*)?(?:"
    r"(?:(?:words|story|(?:(?:fact[- ]checked|medically reviewed|written|posted|submitted|published"
    r"|authored|reported)(?:\s+on\s+[\w ,]{6,20})?))\s+)?by\b|(?:the\s+)?authors?\s*:?(?=\s+[A-Z])"
    r"|(?:(?:ارسال|نوشته|منتشر|نشر)\s+شده\s+)?(?:به\s+قلم|توسط)\b"
    r")\s*:?\s*",
    re.IGNORECASE,
)
# What stands before a name in an element that calls itself the byline; elsewhere it is a rubric.
_REPORT = re.compile(r"^\s*(?:گزارش|راپور|د لیکوال نوم)\s*:\s*")
_JOINED = re.compile(r"\s*(?:[;،؛|]|\s&\s|\s(?:and|und|et|with)\s|\sو\s|\sاو\s)\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?")
# What follows a name after a comma and is no second name: degrees and offices.
_AFTER_NAME = re.compile(
    r"^(?:[A-Z][A-Za-z.]{0,4}[A-Z]?®?$|[A-Z.-]{2,}\b|(?:Jr|Sr)\b\.?)"
    r"|(?i:\b(?:director|manager|editor|officer|president|founder|expert|specialist|dietitian"
    r"|writer|correspondent|reporter|professor|staff|chief|ceo)\b)"
)
_MONTHS_AND_DAYS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\.?"
)
_NO_NAME = re.compile(
    r"^(?:https?:|www\.|@)|[<>{}=?!]|^\W*$|^\d+$|^(?:the\s+)?(?:author|writer|editor)s?$|^undefined$"
    # Accounts of a content management system, and of the computer that a page was written on.
    r"|^(?:[\w ]+[ _.-])?(?:admin(?:istrator)?|webmaster|wordpress|superuser)[ _-]?\d*$"
    r"|^(?:user|editor|author|reporter)[ _-]?\d+$|^microsoft\b.*\buser$|^(?:user|root|owner)$"
    r"|\b(?:min(?:ute)?s?\s+read|updated|published|about the|read more|follow|share|posts? by)\b",
    re.IGNORECASE,
)
# The point of `Zahra K.` stays.
_EDGES = re.compile(r"^[\s\-–—|:•.]+|(?:[\s\-–—|:•]|(?<!\s\w)\.)+$")
_HANDLE = re.compile(r"\s*[<(\[]?\S+@\S+\.\w+[>)\]]?|\s+\(?@\w+\)?")
_DATE_TAIL = re.compile(
    r"\s*(?:[|•·,–—-]|\s)\s*(?:(?:last\s+)?(?:updated|published|posted)\b.*"
    r""
    rf"|(?:(?:on|در|په)\s+)?(?:{_MONTHS_AND_DAYS}\s+\d|\d).*|on\s+{_MONTHS_AND_DAYS})$",
    re.IGNORECASE,
)
_ORGANISATION = frozenset(("Organization", "NewsMediaOrganization", "Corporation"))
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|byline|writer|contributor|username)s?(?:$|[\s_-])|author__|^\s*by\s*$",
    re.IGNORECASE,
)
_ANY_AUTHOR = (
    "//*[contains(@class, 'author') or contains(@class, 'byline')]"
    "[not(ancestor::form or ancestor-or-self::*[contains(@class, 'comment')])]"
)
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|writers?|people|by|contributors?|profiles?|columnists?|staff|team|نویسنده)/[^/?#]"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who made an article, by the page's own word."""

    names: tuple[str, ...]
    source: str
    """Which witness gave them: `outlet`, `jsonld`, `microdata`, `meta`, `text` or `none`."""
    translators: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    """As stated, agencies among them; they are the lead picture's credit."""
    is_collective: bool = False
    """The names are the site's own."""


def byline_of(
    tree: HtmlElement,
    structured: Structured,
    node: Node | None,
    surroundings: Surroundings,
    rules: ArticleRules | None,
    speakers: Container[str] = (),
    house: Iterable[str] = (),
) -> Byline:
    """The first witness that names a person: structured data, the outlet's selector, meta, what
    stands by the headline. Who is named only by the site's own name is a collective, and stands
    when nobody else is named. Translators and photographers are told by what stands beside their
    names, or by schema.org's `translator`; they are no authors. `speakers` are those of a dialogue
    (`bylines.speakers_in`), who sign nothing; `house` is what else the outlet is called."""
    selected = _selected(tree, rules)
    blocks = (*surroundings.below, *surroundings.above)
    lines = [line for text in (*selected, *(b.text for b in blocks)) for line in text.split("\n")]
    credits = [credit for line in lines for credit in credits_in(line, speakers)]
    publishers = _publishers(structured, node)
    ours = {key_of(name) for name in house}
    collective = {key_of(name) for name in publishers}
    whole = {*publishers, *_organisations((node or {}).get("author"))}
    witnesses = (
        (
            "jsonld",
            _resolved((node or {}).get("author") or (node or {}).get("creator"), structured),
        ),
        ("outlet", selected),
        ("microdata", strings((structured.microdata or {}).get("author"))),
        ("meta", _meta(structured)),
        ("text", _shown(tree, blocks)),
        ("text", [c.names for c in credits if c.role is Role.AUTHOR]),
        ("text", [b.text for b in blocks if b.key in collective]),
    )
    found = [Byline(split_names(texts, whole), source) for source, texts in witnesses]
    persons = (
        Byline(names, byline.source)
        for byline in found
        if (names := tuple(n for n in byline.names if key_of(n) not in collective))
        and not all(key_of(n) in ours for n in names)
    )
    sites = (replace(b, is_collective=True) for b in found if b.names)
    best = next(persons, None) or next(sites, Byline((), "none"))
    stated = strings((node or {}).get("translator"))
    translators = split_names([*stated, *(c.names for c in credits if c.role is Role.TRANSLATOR)])
    photographers = dict.fromkeys(c.names for c in credits if c.role is Role.PHOTOGRAPHER)
    return replace(best, translators=translators, photographers=tuple(photographers))


def signed_below(byline: Byline, lines: Iterable[str]) -> Byline:
    """The byline with what the last lines of the text say in its stead: «نویسنده: الف»."""
    credits = [credit for line in lines for credit in credits_in(line)]

    def names(role: Role) -> list[str]:
        return [credit.names for credit in credits if credit.role is role]

    nobody = byline.is_collective or not byline.names
    if nobody and (authors := split_names(names(Role.AUTHOR))):
        byline = replace(byline, names=authors, source="text", is_collective=False)
    return replace(
        byline,
        translators=byline.translators or split_names(names(Role.TRANSLATOR)),
        photographers=byline.photographers or tuple(dict.fromkeys(names(Role.PHOTOGRAPHER))),
    )


def split_names(texts: Iterable[str], whole: Container[str] = ()) -> tuple[str, ...]:
    """`By A. Name, B. Name and C. Name` is three names, `A. Name, PhD` one. No name comes twice.

    Names in `whole` (of organisations) are not parted.
    """
    names: dict[str, str] = {}
    for text in texts:
        text = text[:MAX_LINE]
        if text in whole:
            _add(names, text)
            continue
        for credit in credits_in(text) or (Credit(Role.AUTHOR, text),):
            if credit.role is Role.AUTHOR:
                _split(names, credit.names)
    return tuple(names.values())[:MAX_NAMES]


def _split(names: dict[str, str], text: str) -> None:
    text = _DATE_TAIL.sub("", _HANDLE.sub("", _ROLE.sub("", text)))
    for part in _JOINED.split(text):
        if role_of(part) in (None, Role.AUTHOR):
            part, name = without_label(part), ""
            for piece in _COMMA.split(part):
                if name and (not piece or _AFTER_NAME.search(piece)):
                    name += f", {piece}" if piece else ""
                    continue
                _add(names, name)
                name = piece
            _add(names, name)


def _add(names: dict[str, str], name: str) -> None:
    name = _EDGES.sub("", name)
    if not name or len(name) > MAX_NAME or _NO_NAME.search(name) or is_label(name):
        return
    if not re.fullmatch(_MONTHS_AND_DAYS, name, re.IGNORECASE):
        names.setdefault(key_of(name), name)


def _resolved(value: object, structured: Structured) -> list[str]:
    """Names of JSON-LD authors, which may point at a Person elsewhere on the page by `@id`."""
    found: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and not item.get("name") and "@id" in item:
            item = structured.by_id(item["@id"])
        found.extend(strings(item))
    return found


def _organisations(value: object) -> list[str]:
    things = value if isinstance(value, list) else [value]
    return [
        name
        for thing in things
        if isinstance(thing, dict) and types_of(thing) & _ORGANISATION
        for name in strings(thing)
    ]


def _publishers(structured: Structured, node: Node | None) -> list[str]:
    named = strings((node or {}).get("publisher"))
    for thing in structured.nodes:
        if types_of(thing) & {*_ORGANISATION, "WebSite"}:
            named += strings(thing.get("name"))
    return [*named, *structured.meta.get("og:site_name", ())]


def _selected(tree: HtmlElement, rules: ArticleRules | None) -> list[str]:
    return [
        element_text(element)
        for selector in (rules.author if rules else ())
        for element in tree.cssselect(selector)[:5]
    ]


def _meta(structured: Structured) -> list[str]:
    names = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator")
    return next((list(v) for n in names if split_names(v := structured.meta.get(n, ()))), [])


def _shown(tree: HtmlElement, blocks: Sequence[TextBlock]) -> Iterator[str]:
    """`rel=author` (HTML standard, 4.6.6.2), then the lines by the headline: a link to an author's
    page, an element that calls itself author or byline, a line that begins with `By`."""
    related = [text for a in tree.xpath("//a[@rel='author']")[:3] if (text := element_text(a))]
    if len(set(related)) == 1:
        yield related[0]
        return
    for sign in (_linked_name, _classed_name, _signed_name):
        if found := list(dict.fromkeys(name for block in blocks for name in sign(block))):
            yield from found[:3]
            return
    # Elsewhere on the page, when all such elements name the same one.
    elsewhere = {
        name
        for element in tree.xpath(_ANY_AUTHOR)
        if len(text := element_text(element)) <= MAX_NAME
        and _is_name(name := _DATE_TAIL.sub("", _ROLE.sub("", text)))
    }
    if len(elsewhere) == 1:
        yield from elsewhere


def _linked_name(block: TextBlock) -> Iterator[str]:
    anchors = [block.element, *block.element.iterancestors("a"), *block.element.iter("a")]
    for anchor in anchors:
        if anchor.tag == "a" and _AUTHOR_LINK.search(anchor.get("href", "")):
            text = element_text(anchor)
            if _is_name(text):
                yield text


def _classed_name(block: TextBlock) -> Iterator[str]:
    element = block.element
    around = [element, *islice(element.iterancestors(), 3)]
    within = [e for e in element.iter("a", "span", "strong", "i", "em") if e is not element]
    for found in (*around, *within[:MAX_WITHIN]):
        if _AUTHOR_CLASS.search(f"{found.get('class', '')} {found.get('itemprop', '')}"):
            stated = block.text.partition("\n")[0] if found in around else element_text(found)
            text = _DATE_TAIL.sub("", _ROLE.sub("", _REPORT.sub("", stated)))
            if _is_name(text):
                yield text
                return


def _signed_name(block: TextBlock) -> Iterator[str]:
    for line in block.text.split("\n"):
        rest = _DATE_TAIL.sub("", _ROLE.sub("", line))
        if rest != line and _ROLE.match(line) and _is_name(rest):
            yield rest


def _is_name(text: str) -> bool:
    """One to eight words without a digit, a sentence's end or a lower-case beginning."""
    words = text.split()
    return (
        0 < len(words) <= 8
        and len(text) <= MAX_NAME
        and not any(map(str.isdigit, text))
        and not text.endswith((".", ":", "…"))
        and not _NO_NAME.search(text)
        and not words[0][0].islower()
    )
