"""Sample articles: which are asked for, and what the readers make of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from zancrawler.discovery import Advert
from zancrawler.discovery.kind import PageKind
from zancrawler.extraction.page import Page, UnreadablePage
from zancrawler.outlets import Outlet, canonical_url, readable_path
from zancrawler.runs.learning.shapes import language_step
from zancrawler.runs.learning.site import Answer
from zancrawler.runs.reading import Reading, read_page

_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def spread(adverts: Iterable[Advert], outlet: Outlet, count: int) -> list[Advert]:
    """The newest articles, from each language and each kind of address in turn.

    Of two spellings of one page, one.
    """
    heaps: dict[tuple[object, ...], list[Advert]] = defaultdict(list)
    for advert in {canonical_url(advert.url, outlet): advert for advert in adverts}.values():
        path = readable_path(canonical_url(advert.url, outlet))
        heaps[language_step(path), outlet.rules_for(path)].append(advert)
    for heap in heaps.values():
        # Stable: of those without a time, the first that was shown comes first.
        heap.sort(key=lambda advert: advert.lastmod or _OLDEST, reverse=True)
    turns = [
        advert
        for place in range(count)
        for heap in heaps.values()
        for advert in heap[place : place + 1]
    ]
    return turns[:count]


@dataclass(frozen=True, slots=True)
class Sample:
    answer: Answer
    reading: Reading

    @property
    def is_article(self) -> bool:
        return self.reading.kind is PageKind.ARTICLE

    @property
    def page(self) -> Page | None:
        with suppress(UnreadablePage):
            return Page.parse(
                self.answer.body,
                self.answer.url,
                content_type=self.answer.header("content-type"),
                captured_at=self.answer.at,
            )
        return None


def read_sample(answer: Answer, outlet: Outlet | None) -> Sample:
    """Read as the crawl reads it; without an outlet, by the page's own signs."""
    reading = read_page(
        answer.body,
        answer.url,
        outlet,
        captured_at=answer.at,
        status=answer.status or 0,
        headers=answer.headers,
    )
    return Sample(answer, reading)


_OFFSET = re.compile(
    rb"""(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?|\d\d:\d\d:\d\d )([+-]\d\d:?\d\d)["'<\s]"""
)
_ZONES = {"+04:30": "Asia/Kabul", "+03:30": "Asia/Tehran"}
"""Those offsets that one zone of the region has to itself."""


def time_zone_of(answers: Sequence[Answer]) -> str | None:
    """The zone in which pages and feeds write their times, where its offset is told by one alone.

    A zone of half hours is no accident; whole hours are a server's own, more often than not.
    """
    seen = {
        offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
        for answer in answers
        for found in _OFFSET.findall(answer.body)
        for offset in [found.decode("ascii")]
    }
    known = [zone for offset, zone in _ZONES.items() if offset in seen]
    return known[0] if len(known) == 1 else None
