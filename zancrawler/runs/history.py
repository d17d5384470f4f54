"""An outlet's history as the alarms see it: frozen, and read from the tables and the ledger."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.discovery.kind import PageKind
from zancrawler.extraction.article import DAY_ONLY
from zancrawler.ledger import Entry, Ledger
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.runs.checks import Check, is_crawl, last_check
from zancrawler.runs.summary import RunState, started_at
from zancrawler.tables import read

CAPTURES_SINCE = timedelta(days=90)
"""How far back exchanges are read: blocking and dead sources are matters of weeks."""
LATEST = 1_000
"""Articles and pages that are looked at for drift."""

_RUN = ("crawl_id", "started", "finished", "outcome", "requests", "articles_new", "stats")
_EXCHANGE = (
    *("url", "url_path", "fetch_time", "fetch_status", "crawl_id", "page_kind", "page_reason"),
    "article_id",
)
_ARTICLE = (
    *("first_seen", "fetch_time", "date_published", "title", "authors", "word_count"),
    "warnings",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that ended in good order. One that died left no row."""

    crawl_id: str
    started: datetime
    finished: datetime
    state: RunState
    outcome: str
    requests: int
    articles_new: int
    answered: bool = True
    """Whether the outlet gave one usable answer, robots.txt not counted, and did not break off."""
    walled: bool = False
    """Whether it ended at a wall. A server in trouble is none."""


class PageState(StrEnum):
    """What a page at an article's URL, or a wall before any page, came to."""

    ARTICLE = "article"
    NO_ARTICLE = "no_article"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class PageLook:
    at: datetime
    state: PageState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleLook:
    """What the extraction made of one article."""

    at: datetime
    """When the version was captured."""
    words: int
    lacks: frozenset[str] = frozenset()
    """Fields that it has no value for: title, author, date."""
    warned: bool = False
    """That an outlet prints no time of day is its habit, and no warning here."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> ArticleLook:
        """From a row of `articles`."""
        values = {"title": row["title"], "author": row["authors"], "date": row["date_published"]}
        return cls(
            at=row["fetch_time"],
            words=row["word_count"] or 0,
            lacks=frozenset(name for name, value in values.items() if not value),
            warned=any(warning != DAY_ONLY for warning in row["warnings"] or ()),
        )


@dataclass(frozen=True, slots=True)
class SourceLook:
    """A feed, sitemap, listing or API that the outlet's file names."""

    url: str
    failing: int = 0
    """Runs in a row in which it gave nothing that could be read."""
    since: datetime | None = None
    """The first of those runs."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Everything is oldest first; times are aware UTC."""

    outlet: str
    timezone: ZoneInfo
    runs: tuple[Run, ...] = ()
    died: tuple[datetime, ...] = ()
    """Starts of runs that came to no end."""
    running: bool = False
    published: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))
    """Articles by the outlet's own calendar day: of their date or, where that is not known, of
    their first capture."""
    articles: tuple[ArticleLook, ...] = ()
    pages: tuple[PageLook, ...] = ()
    sources: tuple[SourceLook, ...] = ()
    check: Check | None = None
    """The last one; checks are no runs."""

    @property
    def last(self) -> Run | None:
        return self.runs[-1] if self.runs else None


def read_history(archive: Archive, outlet: Outlet, now: datetime) -> History:
    """Reads one outlet's tables, and its ledger where there is one. Safe while a run goes on."""
    tables = read.Reader(read.LocalTables(archive))
    zone = ZoneInfo(outlet.timezone)
    exchanges = tables.captures(
        outlet=outlet.name, since=now - CAPTURES_SINCE, columns=_EXCHANGE
    ).sort_by("fetch_time")
    # Pictures may come from other hosts, and lack or fail without anything being amiss.
    rows = [row for row in exchanges.to_pylist() if row["page_kind"] != PageKind.REQUISITE]
    ended = [
        row
        for row in tables.crawls(outlet=outlet.name).select(_RUN).sort_by("started").to_pylist()
        if is_crawl(row["crawl_id"], outlet.name)
    ]
    holder = lock_holder(archive, outlet.name)
    articles = tables.articles(outlet=outlet.name, columns=_ARTICLE).sort_by("fetch_time")
    return History(
        outlet=outlet.name,
        timezone=zone,
        runs=tuple(_runs(ended, rows)),
        died=_died(outlet.name, {row["crawl_id"] for row in ended}, rows, holder),
        running=holder is not None and holder.alive,
        published=_published(articles, zone),
        articles=tuple(
            map(ArticleLook.of, articles.slice(max(len(articles) - LATEST, 0)).to_pylist())
        ),
        pages=tuple(_pages(rows, outlet))[-LATEST:],
        sources=tuple(_sources(archive, outlet, rows)),
        check=last_check(archive, outlet.name),
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Who took the outlet's lock last and has not given it back."""

    crawl_id: str
    alive: bool


def lock_holder(archive: Archive, outlet: str) -> Holder | None:
    """Read from the lock's file, for to try the lock would be to hold it."""
    try:
        said = archive.lock_file(outlet).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found = re.fullmatch(r"(\S+), pid (\d{1,9})", said.strip())
    return Holder(found[1], _is_alive(int(found[2]))) if found else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _runs(ended: list[dict[str, Any]], exchanges: list[dict[str, Any]]) -> Iterator[Run]:
    known = {row["crawl_id"] for row in exchanges}
    answered = {row["crawl_id"] for row in exchanges if _is_answer(row)}
    walled = {row["crawl_id"] for row in exchanges if _is_wall(row)}
    for row in ended:
        # Runs older than the exchanges that were read are given the benefit of the doubt.
        is_before = not exchanges or row["started"] < exchanges[0]["fetch_time"]
        crawl_id, end = row["crawl_id"], _end(row)
        is_old = is_before and crawl_id not in known
        yield Run(
            crawl_id=crawl_id,
            started=row["started"],
            finished=row["finished"] or row["started"],
            state=_state(row, end),
            outcome=row["outcome"] or "",
            requests=row["requests"] or 0,
            articles_new=row["articles_new"] or 0,
            answered=end != "unreachable" and (is_old or crawl_id in answered),
            walled=end == "blocked" and (is_old or crawl_id in walled),
        )


def _end(row: dict[str, Any]) -> str | None:
    """What Scrapy, or `PolitenessMiddleware`, calls the run's end."""
    end: str | None = json.loads(row["stats"] or "{}").get("finish_reason")
    return end


def _state(row: dict[str, Any], end: str | None) -> RunState:
    if end in ("blocked", "unreachable"):
        return RunState.BLOCKED
    return RunState.FINISHED if row["outcome"] == RunState.FINISHED else RunState.STOPPED


def _is_answer(row: dict[str, Any]) -> bool:
    return (
        row["fetch_status"] is not None
        and row["fetch_status"] < 400
        and row["page_kind"] != PageState.BLOCKED
        and row["url_path"] != "/robots.txt"
    )


def _is_wall(row: dict[str, Any]) -> bool:
    """A challenge may come with a 503 too; a bare one is a server in trouble."""
    if row["fetch_status"] in (401, 403, 429, 451):
        return True
    reason = row["page_reason"] or ""
    return row["page_kind"] == PageState.BLOCKED and not reason.startswith("http-5")


def _died(
    outlet: str, ended: set[str], exchanges: list[dict[str, Any]], holder: Holder | None
) -> tuple[datetime, ...]:
    ids = {row["crawl_id"] for row in exchanges if row["crawl_id"]}
    if holder and holder.alive:
        ids.discard(holder.crawl_id)
    elif holder:
        ids.add(holder.crawl_id)
    ids = {crawl_id for crawl_id in ids if is_crawl(crawl_id, outlet)}
    starts = (started_at(crawl_id) for crawl_id in ids - ended)
    return tuple(sorted(start for start in starts if start))


def _published(articles: pa.Table, zone: ZoneInfo) -> Mapping[date, int]:
    captured = articles["first_seen"]
    dated = pc.coalesce(articles["date_published"], captured)
    # A date ahead of the capture is a mistake of the page.
    moments = pc.if_else(pc.less(dated, captured), dated, captured)
    days = pc.cast(pc.local_timestamp(pc.cast(moments, pa.timestamp("us", zone.key))), pa.date32())
    counts = pc.value_counts(days).to_pylist()
    return MappingProxyType({row["values"]: row["counts"] for row in counts})


def _pages(exchanges: list[dict[str, Any]], outlet: Outlet) -> Iterator[PageLook]:
    for row in exchanges:
        kind, reason = row["page_kind"], row["page_reason"]
        if row["fetch_status"] == 304 and url_kind(row["url"], outlet) is not UrlKind.ARTICLE:
            continue
        if _is_wall(row):
            yield PageLook(row["fetch_time"], PageState.BLOCKED, reason)
        elif row["article_id"] and row["fetch_status"] in (200, 304):
            yield PageLook(row["fetch_time"], PageState.ARTICLE)
        elif kind in ("empty", "other") and row["fetch_status"] == 200 and reason != "url":
            yield PageLook(row["fetch_time"], PageState.NO_ARTICLE, reason)


def _sources(
    archive: Archive, outlet: Outlet, exchanges: list[dict[str, Any]]
) -> Iterator[SourceLook]:
    looks: dict[str, list[dict[str, Any]]] = {url: [] for url in source_urls(outlet)}
    for row in exchanges:
        if row["url"] in looks:
            looks[row["url"]].append(row)
    entries = source_entries(archive, outlet)
    for url, rows in looks.items():
        # The last try in each run counts.
        tries = [list(group)[-1] for _, group in groupby(rows, key=lambda row: row["crawl_id"])]
        failing = 0
        while failing < len(tries) and not _is_answer(tries[-1 - failing]):
            failing += 1
        reason = tries[-1]["page_reason"] or "no answer" if failing else None
        entry = entries.get(url)
        if entry and entry.failures > failing:
            # It answered, but not with what a source looks like.
            failing, reason = min(entry.failures, len(tries)), entry.reason
        since = tries[-failing]["fetch_time"] if failing else None
        yield SourceLook(url, failing, since, reason)


def source_urls(outlet: Outlet) -> tuple[str, ...]:
    """The sources that the outlet's file names."""
    return tuple(url for urls in outlet.sources.by_kind().values() for url in urls)


def source_entries(archive: Archive, outlet: Outlet) -> dict[str, Entry]:
    """What the ledger knows of those sources."""
    path = archive.ledger(outlet.name)
    if not path.exists():
        return {}
    with Ledger.to_read(path) as ledger:
        found = {url: ledger.get(canonical_url(url, outlet)) for url in source_urls(outlet)}
    return {url: entry for url, entry in found.items() if entry}
