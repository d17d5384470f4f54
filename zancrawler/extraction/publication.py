"""When the article was published: the first witness whose date can be read and can be true."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import NamedTuple

from zancrawler.extraction.article import DAY_ONLY
from zancrawler.extraction.dates import DateReading, Hints, Precision, read_date, url_date
from zancrawler.extraction.headline import Surroundings
from zancrawler.extraction.lines import is_date_line
from zancrawler.extraction.page import Page
from zancrawler.extraction.structured import Node, Structured, first_string
from zancrawler.extraction.textblocks import TextBlock
from zancrawler.extraction.titles import element_text
from zancrawler.outlets import ArticleRules, Outlet

DISAGREEMENT = timedelta(days=3)
"""Between the date that wins and the one in the URL: zones and late releases explain less."""
CLOCK = timedelta(days=1)
"""A date above the headline that is this near the capture is the page's clock, not the story's."""
LONGEST_RAW = 120
"""Characters of a text that is kept as a date although it cannot be read."""
LABEL = 25
"""Letters around a date that still stands alone on its line: `Published on`."""
ABOVE = "-above"
"""Marks what was read above the headline, until the clock is sorted out."""

_CHANGED = re.compile(r"updat|modif|review|edit|revis|به‌?روز|تازه|سمون|نوې شو", re.IGNORECASE)
_UPDATED = re.compile(r"\b(?:updated|modified)\b|به‌?روز|نوې شو", re.IGNORECASE)
"""Of these, what tells when the page was last changed."""
_FIRST = re.compile(
    r"(?:first |originally )?(?:published|posted)\b|نشر|انتشار|خپرېدو", re.IGNORECASE
)
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date"),
    *("sailthru.date", "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date"),
)
_PUBLISHED_LIKE = re.compile(r"publish(?!er)|publication|pubdate|issued|created|^date$")
"""The names that publishers make up for themselves."""
_MODIFIED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time"),
    *("article.updated", "datemodified", "dcterms.modified", "last-modified"),
)


@dataclass(frozen=True, slots=True)
class Publication:
    """When an article was published and changed, and how that is known."""

    published: datetime | None = None
    modified: datetime | None = None
    raw: str | None = None
    """The text that `published` was read from, as the page has it; where that is None, the first
    that was put there as its date and cannot be read as one."""
    calendar: str | None = None
    source: str | None = None
    """`jsonld`, `microdata`, `meta`, `outlet` (its selector), `time`, `text` or `url`."""
    warnings: tuple[str, ...] = ()


class _Witness(NamedTuple):
    """A text that may be the date, and where it stands."""

    source: str
    raw: str
    label: str = ""
    """What stands about an element that holds the date, and its class."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A date, and where it was read."""

    reading: DateReading
    source: str
    raw: str
    label: str

    @property
    def day(self) -> date:
        return self.reading.moment.date()

    @property
    def around(self) -> str:
        return f"{self.label} {self.raw.replace(self.reading.raw, '')}"

    @property
    def is_update(self) -> bool:
        """Whether the page calls it the day of a change and no other day by it that of the first
        publication."""
        before = f"{self.label} {self.raw.partition(self.reading.raw)[0]}"
        return bool(_CHANGED.search(before if _FIRST.search(self.raw) else self.around))


def publication_of(
    page: Page,
    structured: Structured,
    node: Node | None,
    surroundings: Surroundings,
    rules: ArticleRules | None,
    outlet: Outlet,
) -> Publication:
    """Structured data before meta, before what the page shows, before the URL.

    Only the outlet's own element and the lines around the headline are read of what is shown:
    lists of other stories have dates too. What cannot be read, or lies after the capture, is
    passed over with a warning. On a site without rules, a day that stands alone by the headline,
    and is called no update, wins over metadata that no shown day confirms: readers see the one,
    and nobody looks at the other, which a rebuilt site restamps. The warning keeps both.
    """
    url_day = url_date(page.url)
    hints = Hints(outlet.timezone, outlet.languages, url_date=url_day)
    warnings: list[str] = []

    def read(witnesses: Iterable[_Witness]) -> Iterator[_Sighting]:
        for source, raw, label in witnesses:
            verdict = read_date(raw, captured_at=page.captured_at, hints=hints)
            warnings.extend(verdict.warnings)
            if verdict.reading:
                yield _Sighting(verdict.reading, source, raw, label)

    modified = next(read(_stated(structured, node, "dateModified", _MODIFIED)), None)
    stated = next(read(_stated(structured, node, "datePublished", _PUBLISHED)), None)
    shown = list(_without_clock(read(_shown(page, surroundings, rules)), page))
    shown.sort(key=attrgetter("is_update"))
    modified = modified or next(read(_updates(surroundings)), None)
    found = stated or next(iter(shown), None)
    alone = None if rules else next(filter(_stands_alone, shown), None)
    if stated and alone and not any(abs(stated.day - s.day) <= DISAGREEMENT for s in shown):
        warnings.append(f"date-restated: {stated.source} says {stated.day}")
        found = alone
    changed = modified.reading.moment if modified else None
    if found is None:
        warned = tuple(dict.fromkeys(warnings))
        if url_day:
            when = datetime.combine(url_day, time(), UTC)
            return Publication(when, changed, None, "gregorian", "url", (*warned, DAY_ONLY))
        witnesses = (
            *_stated(structured, node, "datePublished", _PUBLISHED),
            *_shown(page, surroundings, rules),
        )
        exact = {value for meta in _PUBLISHED for value in structured.meta.get(meta, ())}
        raw = next(_unread(witnesses, exact, page, hints), None)
        return Publication(None, changed, raw, warnings=warned)
    if found.reading.precision is Precision.DAY:
        warnings.append(DAY_ONLY)
    if found.reading.year_inferred:
        warnings.append("date-year-inferred")
    if found is not stated and _UPDATED.search(found.around) and found.is_update:
        warnings.append("date-updated: the day of a change, and no other is told")
    if changed and changed < found.reading.moment - DISAGREEMENT:
        warnings.append(f"date-modified: {changed.date()} would be before the publication")
    if url_day and abs(found.day - url_day) > DISAGREEMENT:
        warnings.append(f"date-differs: {found.day} here, {url_day} in the URL")
    return Publication(
        published=found.reading.moment,
        modified=changed,
        raw=found.raw if found is stated else found.reading.raw,
        calendar=found.reading.calendar,
        source=found.source,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _unread(
    witnesses: Iterable[_Witness], exact: Container[str], page: Page, hints: Hints
) -> Iterator[str]:
    """What was meant as a date and names no day that can be. Of running text, and of meta elements
    of any name but the `exact` ones, that is only what reads like a date."""
    for source, raw, label in witnesses:
        if source.endswith(ABOVE) or _CHANGED.search(f"{label} {raw}") or len(raw) > LONGEST_RAW:
            continue
        verdict = read_date(raw, captured_at=page.captured_at, hints=hints)
        meant = source in ("jsonld", "microdata", "outlet", "time") or raw in exact
        if verdict.reading is None and (meant or verdict.warnings):
            yield raw


def _stated(
    structured: Structured, node: Node | None, name: str, metas: tuple[str, ...]
) -> Iterator[_Witness]:
    for source, thing in (("jsonld", node), ("microdata", structured.microdata)):
        if value := first_string((thing or {}).get(name)):
            yield _Witness(source, value)
    for meta in metas:
        for value in structured.meta.get(meta, ()):
            yield _Witness("meta", value)
    if metas is _PUBLISHED:
        for meta, values in structured.meta.items():
            if _PUBLISHED_LIKE.search(meta) and not _CHANGED.search(meta):
                yield _Witness("meta", values[0])
    if value := first_string((structured.page() or {}).get(name)):
        yield _Witness("jsonld", value)


def _shown(
    page: Page, surroundings: Surroundings, rules: ArticleRules | None
) -> Iterator[_Witness]:
    for selector in rules.date if rules else ():
        for element in page.tree.cssselect(selector)[:1]:
            yield _Witness("outlet", element.get("datetime") or element_text(element))
    for block in surroundings.below:
        yield from _in_block(block, "")
    for block in surroundings.above:
        yield from _in_block(block, ABOVE)


def _in_block(block: TextBlock, place: str) -> Iterator[_Witness]:
    rest, times = block.text, list(block.element.iter("time"))
    for element in times:
        text = element_text(element)
        if text not in rest:
            continue
        before, _, rest = rest.partition(text) if text else ("", "", rest)
        if stamp := element.get("datetime"):
            classes = element.get("class", "")
            label = block.text if len(times) == 1 else f"{before} {text}"
            if "publish" not in classes:
                label += f" {classes}"
            yield _Witness("time" + place, stamp, label)
    if any(map(str.isdigit, block.text)) or is_date_line(block.text):
        first = _FIRST.search(block.text) if _CHANGED.search(block.text) else None
        yield _Witness("text" + place, block.text[first.start() :] if first else block.text)


def _updates(surroundings: Surroundings) -> Iterator[_Witness]:
    """What the lines below the headline call the day of the last change."""
    for block in surroundings.below:
        if called := _UPDATED.search(block.text):
            yield _Witness("text", block.text[called.start() :])


def _without_clock(sightings: Iterable[_Sighting], page: Page) -> Iterator[_Sighting]:
    for sighting in sightings:
        above = sighting.source.endswith(ABOVE)
        if not above or abs(page.captured_at - sighting.reading.moment) > CLOCK:
            yield replace(sighting, source=sighting.source.removesuffix(ABOVE))


def _stands_alone(sighting: _Sighting) -> bool:
    beside = sighting.raw.replace(sighting.reading.raw, "")
    return not (
        sighting.reading.year_inferred
        or sum(map(str.isalpha, beside)) > LABEL
        or _CHANGED.search(sighting.around)
    )
