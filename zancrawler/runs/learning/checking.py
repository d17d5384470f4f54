"""Checking outlets: the trial of each, in a run of its own, and the articles that it read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive
from zancrawler.runs.checks import Check, last_check
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.summary import RunState
from zancrawler.tables.read import LocalTables, Reader

BEGINNING = 12
"""Words of a text that show whether it begins where it should."""


@dataclass(frozen=True, slots=True)
class TrialArticle:
    """A page of a trial; without title and text where it gave no article."""

    url: str
    kind: str
    reason: str
    title: str | None = None
    date_published: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    beginning: str = ""
    word_count: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    outlet: str
    check: Check | None
    articles: tuple[TrialArticle, ...] = ()
    failure: str | None = None
    """Why there is no check: something of ours, not the outlet's."""

    @property
    def is_sound(self) -> bool:
        return self.check is not None and self.check.is_sound

    def as_json(self) -> dict[str, Any]:
        found = self.check.as_json() if self.check else {"outlet": self.outlet, "sound": False}
        articles = [asdict(article) for article in self.articles]
        return {**found, "articles": articles, "failure": self.failure}


def check_outlets(
    archive: Archive, names: Sequence[str], options: CrawlOptions, *, outlets: Path | None
) -> Iterator[Checked]:
    """Tries each outlet's file on its live site, several side by side; in the order they end."""
    waiting: dict[str, str | None] = dict.fromkeys(names)
    for summary in crawl(archive, names, replace(options, check=True), outlets=outlets):
        if summary.state is RunState.RUNNING or summary.outlet not in waiting:
            continue
        check = last_check(archive, summary.outlet)
        if check and check.crawl_id == summary.crawl_id:
            del waiting[summary.outlet]
            yield Checked(summary.outlet, check, trial_articles(archive, check))
        else:
            # A run that has ended but for its last words says so too: more may come.
            waiting[summary.outlet] = summary.reason
    for name, reason in waiting.items():
        yield Checked(name, None, failure=reason or "the check was cut short; try again")


def trial_articles(archive: Archive, check: Check) -> tuple[TrialArticle, ...]:
    """The articles of a check as they stand in the tables."""
    tables = Reader(LocalTables(archive))
    found = []
    for tried in check.articles:
        row = tables.article(tried.url) or {}
        words = (row.get("text") or "").split()
        found.append(
            TrialArticle(
                tried.url,
                tried.kind,
                tried.reason,
                title=row.get("title"),
                date_published=row.get("date_published"),
                authors=tuple(row.get("authors") or ()),
                language=row.get("language"),
                beginning=" ".join(words[:BEGINNING]),
                word_count=row.get("word_count") or 0,
            )
        )
    return tuple(found)
