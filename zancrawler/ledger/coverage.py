"""Coverage: what was advertised against what is held, and the gaps by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from zancrawler.ledger.model import Entry, Kind, State
from zancrawler.ledger.traps import Shape

MAX_REDIRECTS = 5

_HELD = "first_captured IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Month:
    """The advertised articles of one month.

    The month is that of the article's own date, else of the earliest lastmod that any source gave
    it, else of its first advertisement.
    """

    month: str
    """`yyyy-mm`"""
    advertised: int
    held: int
    """In the archive, by this URL or by one that it redirects to."""
    states: Mapping[State, int]
    """What the last look found, for each of them; ADVERTISED is never tried. Sums to advertised."""


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What one source advertised. A page counts for each source that shows it."""

    source: str
    via: str
    advertised: int
    held: int


@dataclass(frozen=True, slots=True)
class Coverage:
    months: tuple[Month, ...]
    sources: tuple[SourceCoverage, ...]
    """The largest first."""
    together: Mapping[tuple[str, ...], tuple[int, int]]
    """Feed against sitemap against listing: by the set of ways in which an article was advertised,
    how many there are and how many of them are held."""
    trapped: tuple[Shape, ...]
    """URL explosions; their URLs that were refused are in no other number."""

    @property
    def advertised(self) -> int:
        return sum(month.advertised for month in self.months)

    @property
    def held(self) -> int:
        return sum(month.held for month in self.months)


def coverage(
    read: Callable[..., Iterator[tuple[Any, ...]]],
    get: Callable[[str], Entry | None],
    trapped: tuple[Shape, ...],
) -> Coverage:
    """Counts in SQL, but for redirects, which are followed one by one."""
    advertised: Counter[str] = Counter()
    held: Counter[str] = Counter()
    states: dict[str, Counter[State]] = {}
    for month, state, is_held, count in read(
        "SELECT strftime('%Y-%m', coalesce(published, first_lastmod, first_advertised), "
        f"'unixepoch') AS month, state, {_HELD}, count(*) FROM url WHERE kind = 'article' "
        "GROUP BY 1, 2, 3"
    ):
        advertised[month] += count
        held[month] += count * is_held
        states.setdefault(month, Counter())[State(state)] += count
    for month, target in read(
        "SELECT strftime('%Y-%m', coalesce(published, first_lastmod, first_advertised), "
        f"'unixepoch'), target FROM url WHERE kind = 'article' AND NOT {_HELD} "
        "AND state = 'redirected'"
    ):
        held[month] += _leads_to_held(target, get)
    sources = read(
        f"SELECT source.url, via, count(*), sum({_HELD}) FROM sighting "
        "JOIN source ON source = source.id JOIN url ON sighting.url = url.id "
        "WHERE kind = 'article' GROUP BY source.id ORDER BY 3 DESC, 1"
    )
    together = read(
        "SELECT vias, count(*), sum(held) FROM (SELECT group_concat(DISTINCT via) AS vias, "
        f"{_HELD} AS held FROM url LEFT JOIN sighting ON sighting.url = url.id "
        "LEFT JOIN source ON source = source.id WHERE kind = 'article' GROUP BY url.id) GROUP BY 1"
    )
    sets: dict[tuple[str, ...], tuple[int, int]] = {}
    for vias, count, of_them_held in together:
        ways = tuple(sorted(vias.split(","))) if vias else ()
        before = sets.get(ways, (0, 0))
        sets[ways] = (before[0] + count, before[1] + of_them_held)
    return Coverage(
        months=tuple(
            Month(month, advertised[month], held[month], MappingProxyType(states[month]))
            for month in sorted(advertised)
        ),
        sources=tuple(SourceCoverage(*row) for row in sources),
        together=MappingProxyType(sets),
        trapped=trapped,
    )


def missing(
    articles: Iterable[Entry], get: Callable[[str], Entry | None], month: str | None
) -> Iterator[Entry]:
    """Those of the articles that are not held; the withdrawn are not missed."""
    for entry in articles:
        if entry.held or entry.state is State.WITHDRAWN or entry.kind is not Kind.ARTICLE:
            continue
        if month is not None and f"{entry.born:%Y-%m}" != month:
            continue
        if entry.state is State.REDIRECTED and _leads_to_held(entry.target, get):
            continue
        yield entry


def _leads_to_held(target: str | None, get: Callable[[str], Entry | None]) -> bool:
    for _ in range(MAX_REDIRECTS):
        entry = get(target) if target else None
        if entry is None:
            return False
        if entry.held:
            return True
        target = entry.target
    return False
