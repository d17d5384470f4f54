"""The newsroom on one day: which articles stand, in which version, and what goes wrong that day.

Day 0 is 1 September 2025. All of it follows from `articles/`, `briefs.toml` and `days.toml`, so
that the same day is always the same newsroom, and the ground truth of any day can be asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from importlib import resources
from itertools import groupby
from typing import Any

from zancrawler.newsroom.article import Article, Block, BlockKind, read_articles
from zancrawler.newsroom.briefs import read_briefs
from zancrawler.newsroom.masthead import read_mastheads
from zancrawler.newsroom.syndication import syndicated

FIRST_DAY = date(2025, 9, 1)
LAST_DAY = 60
EDITED_AT = time(8, 30, tzinfo=UTC)
CLOSED_AT = time(19, 29, 59, tzinfo=UTC)
"""A day's news is all out when the day ends in Kabul."""


class Presence(StrEnum):
    """What the address of an article answers."""

    LIVE = "live"
    NOT_FOUND = "not_found"
    GONE = "gone"
    HOME = "home"
    """A redirect to the home page."""
    BROKEN = "broken"
    """The page, cut off in the middle, at every try."""


class Spell(StrEnum):
    """What befalls a whole outlet for some days."""

    OUTAGE = "outage"
    """Every address answers 503."""
    WALL = "wall"
    """Every article answers a challenge page, with 403."""
    SILENCE = "silence"
    """No new article."""
    REDESIGN = "redesign"
    """Another template, the same articles."""


class Change(StrEnum):
    REPLACE = "replace"
    """`find` becomes `put`, wherever it stands in the body."""
    APPEND = "append"
    """`put` is a new last paragraph."""
    CUT = "cut"
    """The block that begins with `find` goes."""
    RETITLE = "retitle"
    """`put` is the new title."""
    TOUCH = "touch"
    """Saved again without a change: a new `modified` time, the same version."""


@dataclass(frozen=True, slots=True)
class Edit:
    day: int
    article: str
    change: Change
    find: str = ""
    put: str = ""
    silent: bool = False
    """The outlet does not say that it edited: `modified` keeps its time."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The article is away from `day` on, until the day `back` if it comes back."""

    day: int
    article: str
    answer: Presence
    back: int = LAST_DAY + 1


@dataclass(frozen=True, slots=True)
class Weather:
    """A spell over an outlet from `day` until before `until`."""

    day: int
    outlet: str
    spell: Spell
    until: int = LAST_DAY + 1
    alarm: bool = False
    """The operator should be told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An article as it stands at the end of a day."""

    article: Article
    n_versions: int
    """Distinct texts and titles so far, as they stood at the ends of the days."""
    touched: datetime
    """When the page last changed, said or unsaid."""
    presence: Presence


@dataclass(frozen=True, slots=True)
class Edition:
    day: int
    now: datetime
    standings: tuple[Standing, ...]
    """Every article that was ever published until this day, newest first."""
    weather: tuple[Weather, ...]
    """The spells of this day."""

    def standing(self, outlet: str, path: str) -> Standing | None:
        """What became of the article at a path; None when none was ever there."""
        return next((s for s in self.standings if s.article.is_at(outlet, path)), None)

    def live(self, outlet: str) -> list[Article]:
        """The outlet's live articles, newest first."""
        return [
            standing.article
            for standing in self.standings
            if standing.article.outlet == outlet and standing.presence is Presence.LIVE
        ]

    def translations(self, article: Article) -> list[Article]:
        """The same story, live in the same outlet, in other languages."""
        return [
            other
            for other in self.live(article.outlet)
            if other.story and other.story == article.story and other.id != article.id
        ]

    def under(self, outlet: str, spell: Spell) -> bool:
        return any(each.outlet == outlet and each.spell is spell for each in self.weather)


@dataclass(frozen=True, slots=True)
class Annals:
    """All that ever happens in the newsroom."""

    articles: tuple[Article, ...]
    edits: tuple[Edit, ...]
    removals: tuple[Removal, ...]
    weather: tuple[Weather, ...]

    @classmethod
    def read(cls, outlets: Collection[str] | None = None) -> Annals:
        """What happens in these outlets; in all of them if none is named."""
        mastheads = read_mastheads()
        chosen = mastheads if outlets is None else outlets
        source = (resources.files("zancrawler.newsroom") / "days.toml").read_text(encoding="utf-8")
        days = tomllib.loads(source)
        weather = tuple(_weather(table) for table in days["weather"])
        silent = {
            (each.outlet, FIRST_DAY + timedelta(days=day))
            for each in weather
            if each.spell is Spell.SILENCE
            for day in range(each.day, each.until)
        }
        briefs = tuple(
            brief
            for day in range(1, LAST_DAY + 1)
            for brief in read_briefs(FIRST_DAY + timedelta(days=day))
            if (brief.outlet, brief.published.date()) not in silent
        )
        articles = read_articles()
        return cls(
            articles=tuple(
                each
                for each in (*articles, *syndicated(articles, mastheads.values()), *briefs)
                if each.outlet in chosen
            ),
            edits=tuple(
                Edit(**{**table, "change": Change(table["change"])}) for table in days["edits"]
            ),
            removals=tuple(
                Removal(**{**table, "answer": Presence(table["answer"])})
                for table in days["removals"]
            ),
            weather=weather,
        )

    def edition(self, day: int) -> Edition:
        """The newsroom at the end of `day`. Raises ValueError when there is no such day."""
        if not 0 <= day <= LAST_DAY:
            raise ValueError(f"the newsroom knows the days 0 to {LAST_DAY}, not {day}")
        now = datetime.combine(FIRST_DAY + timedelta(days=day), CLOSED_AT)
        standings = [
            self._standing(article, day) for article in self.articles if article.published <= now
        ]
        standings.sort(key=lambda each: (each.article.published, each.article.id), reverse=True)
        weather = tuple(each for each in self.weather if each.day <= day < each.until)
        return Edition(day, now, tuple(standings), weather)

    def _standing(self, article: Article, day: int) -> Standing:
        versions, touched = {(article.title, article.text)}, article.modified
        edits = [each for each in self.edits if each.article == article.id and each.day <= day]
        for edit_day, edits_of_day in groupby(edits, key=lambda each: each.day):
            touched = _edited_at(edit_day)
            for edit in edits_of_day:
                article = edit_article(article, edit)
                if not edit.silent:
                    article = replace(article, modified=touched)
            versions.add((article.title, article.text))
        presence = next(
            (
                removal.answer
                for removal in self.removals
                if removal.article == article.id and removal.day <= day < removal.back
            ),
            Presence.LIVE,
        )
        return Standing(article, len(versions), touched, presence)


def edit_article(article: Article, edit: Edit) -> Article:
    """The article after the edit. Raises ValueError when the edit finds nothing to change."""
    match edit.change:
        case Change.TOUCH:
            return article
        case Change.RETITLE:
            return replace(article, title=edit.put)
        case Change.APPEND:
            return replace(
                article, blocks=(*article.blocks, Block(BlockKind.PARAGRAPH, (edit.put,)))
            )
        case Change.CUT:
            blocks = tuple(b for b in article.blocks if not b.lines[0].startswith(edit.find))
        case Change.REPLACE:
            blocks = tuple(
                replace(b, lines=tuple(line.replace(edit.find, edit.put) for line in b.lines))
                for b in article.blocks
            )
    if blocks == article.blocks:
        raise ValueError(f"day {edit.day}: '{edit.find}' is not in {edit.article}")
    return replace(article, blocks=blocks)


def _weather(table: dict[str, Any]) -> Weather:
    return Weather(**{**table, "spell": Spell(table["spell"])})


def _edited_at(day: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(days=day), EDITED_AT)
