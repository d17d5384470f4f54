"""One story for a person to look at: who published it first, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow.dataset as ds

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Decisions
from zancrawler.stories.member import Relation
from zancrawler.tables.articles import Access
from zancrawler.tables.read import LocalTables, Reader


class UnknownStoryError(ArchiveError):
    """The archive holds no article of that address, or has not compared it yet."""


@dataclass(frozen=True, slots=True)
class ShownMember:
    """An article of a story. Of what may not be shown there is no title and no URL."""

    article_id: str
    outlet: str
    language: str | None
    relation: str
    related_to: str | None
    evidence: str | None
    similarity: float | None
    access: str
    published: datetime | None
    first_seen: datetime
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ShownStory:
    story_id: str
    members: tuple[ShownMember, ...]
    """The origin first, then by their dates."""

    @property
    def origin(self) -> ShownMember:
        return self.members[0]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def story_of(archive: Archive, article_ids: Collection[str]) -> ShownStory:
    """The story of the article that has one of these ids. Raises UnknownStoryError."""
    reader = Reader(LocalTables(archive))
    known = reader.stories().filter(ds.field("article_id").isin(list(article_ids)))
    if not known.num_rows:
        raise UnknownStoryError(
            "no story of it is known; if the archive holds the article, run `zancrawler stories`"
        )
    story_id = known["story_id"][0].as_py()
    places = {row["article_id"]: row for row in reader.stories(story_id).to_pylist()}
    articles = _articles(reader, places)
    decisions = Decisions.read(archive)
    members = [
        _shown(place, articles[name], decisions)
        for name, place in places.items()
        if name in articles
    ]
    members.sort(
        key=lambda m: (
            m.relation != Relation.ORIGINAL,
            m.published or m.first_seen,
            m.first_seen,
            m.article_id,
        )
    )
    return ShownStory(story_id, tuple(members))


def _articles(reader: Reader, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    columns = [
        *("article_id", "title", "canonical_url", "date_published", "access"),
    ]
    rows = reader.articles(columns=columns).filter(ds.field("article_id").isin(list(ids)))
    return {row["article_id"]: row for row in rows.to_pylist()}


def _shown(place: dict[str, Any], article: dict[str, Any], decisions: Decisions) -> ShownMember:
    access = article["access"]
    if decisions.is_withdrawn(article["article_id"]):
        access = Access.WITHDRAWN
    is_open = access == Access.OPEN
    return ShownMember(
        article_id=place["article_id"],
        outlet=place["outlet"],
        language=place["language"],
        relation=place["relation"],
        related_to=place["related_to"],
        evidence=place["evidence"],
        similarity=None if place["similarity"] is None else round(place["similarity"], 2),
        access=str(access),
        published=article["date_published"],
        first_seen=place["first_seen"],
        title=article["title"] if is_open else None,
        url=article["canonical_url"] if is_open else None,
    )
