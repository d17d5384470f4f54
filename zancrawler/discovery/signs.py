"""Signs: what can be counted on a page of which nothing else is known."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import lxml.etree
from lxml.html import HtmlElement

LONG = 100
"""Characters from which a run of text is prose and no label."""
HEAD = 600
"""Characters of text after the headline within which a date or byline belongs to it."""
MAX_NAME = 60
"""Characters of a run that may be a date or a byline."""

_SKIPPED = frozenset(("script", "style", "noscript", "template", "svg", "nav", "form", "head"))
_TYPE = re.compile(r'"@type"\s*:\s*(?:"([^"]+)"|\[([^\]]{1,300})\])')
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+{_YEAR}"
    rf"|\b{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}\b"
    # The months of other calendars are too many to name: a word between a day and a year, or before
    # a year of the Solar Hijri.
    r"|(?<!\d)\d{1,2}\W{1,3}[\u0620-\u06d3\u200c]{2,12}\W{1,3}\d{4}(?!\d)"
    r"|[^\W\d]{2,9},?\s1[34]\d\d(?!\d)|(?<!\d)\d{4}\s(?:لمر[یي]ز\s)?کال(?!\w)"
    r"|(?<!\d)\d{4}\s?[-/]\s?\d{1,2}\s?[-/]\s?\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}\s?[-/]\s?\d{1,2}\s?[-/]\s?\d{4}(?!\d)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\s*(?:(?:written|posted|published|reviewed)\s+)?by\b|^\s*author\b|نویسنده|گزارشگر|لیکوال",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    types: Counter[str]
    """schema.org types in JSON-LD (counted) and microdata (once), without their namespace."""
    open_graph: str
    """og:type, lower case; empty when there is none."""
    published: bool
    """The head states when the article was published."""
    dated: bool
    """A date stands by the headline."""
    signed: bool
    """A byline stands by the headline."""
    letters: int
    """Of visible text outside navigation, footer and forms, in characters."""
    linked: int
    """Of these, within links."""
    prose: int
    """Of these, in runs longer than LONG outside links."""
    headline: int
    """Words of the first h1 that holds any."""

    @classmethod
    def of(cls, tree: HtmlElement) -> Signs:
        runs = _Runs.of(tree)
        return cls(
            types=_types(tree),
            open_graph=next(iter(tree.xpath("//meta[@property='og:type']/@content")), "").lower(),
            published=_states_publication(tree),
            dated=runs.dated,
            signed=runs.signed or bool(tree.xpath("//a[@rel='author']")),
            letters=runs.letters,
            linked=runs.linked,
            prose=runs.prose,
            headline=next((n for h in tree.iter("h1") if (n := len(h.text_content().split()))), 0),
        )


_PUBLISHED = re.compile(
    r"publish(?:ed)?(?:[-_:.]?(?:time|date|on|at))?$|pub-?date|^sailthru\.date$"
)


def _states_publication(tree: HtmlElement) -> bool:
    return any(
        _PUBLISHED.search(
            (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        )
        for meta in tree.iter("meta")
        if meta.get("content")
    )


@dataclass(slots=True)
class _Runs:
    letters: int = 0
    linked: int = 0
    prose: int = 0
    dated: bool = False
    signed: bool = False

    @classmethod
    def of(cls, tree: HtmlElement) -> _Runs:
        """One pass over the text. A headline opens a window in which dates and bylines count; so
        does, on pages of the time before headlines were marked, the day above the first prose."""
        found, window, in_link = cls(), 0, 0
        awaits_prose, since_date = tree.find(".//h1") is None, HEAD + 1
        events = lxml.etree.iterwalk(tree, events=("start", "end"))
        for event, element in events:
            if event == "start":
                if _is_skipped(element):
                    events.skip_subtree()
                    continue
                in_link += element.tag == "a"
                if element.tag == "h1":
                    window = HEAD
                text = element.text
            else:
                in_link -= element.tag == "a"
                text = element.tail
            if not text or text.isspace():
                continue
            size = len(text.strip())
            found.letters += size
            if in_link > 0:
                found.linked += size
            elif size > LONG:
                found.prose += size
                found.dated |= awaits_prose and since_date <= HEAD
                awaits_prose = False
            if awaits_prose:
                is_date = size <= MAX_NAME and _DATE.search(text)
                since_date = 0 if is_date else since_date + size
            if window > 0:
                window -= size
                if size <= MAX_NAME:
                    found.dated |= bool(_DATE.search(text))
                    found.signed |= bool(_BYLINE.search(text))
        return found


def _is_skipped(element: HtmlElement) -> bool:
    """An article's own footer may stand above its text: Drupal has author and day in it."""
    if element.tag == "footer":
        return next(element.iterancestors("article"), None) is None
    return element.tag in _SKIPPED


def _types(tree: HtmlElement) -> Counter[str]:
    found: Counter[str] = Counter()
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", "").lower():
            for one, many in _TYPE.findall(script.text or ""):
                found.update(_bare(name) for name in (one or many).split(","))
    found.update({_bare(t) for value in tree.xpath("//@itemtype") for t in value.split()})
    return found


def _bare(name: str) -> str:
    return re.split(r"[/:#]", name.strip(' "\n\t'))[-1]
