"""What stories are made of: the article as a member, the link between two, the place of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """What a member is to the one that it is told by, nearer to the story's origin."""

    ORIGINAL = "original"
    """The story's origin: published first, and on no mirror."""
    MIRROR = "mirror"
    """The same title and text at another outlet, or a page of a host known to mirror the other."""
    DUPLICATE = "duplicate"
    """Nearly the same text; or the very same at another address of the same outlet."""
    TRANSLATION = "translation"


class Evidence(StrEnum):
    """The rule that made a link, the strongest first."""

    MIRROR_OF_OUTLET = "mirror-of-outlet"
    """The catalogue says that one host mirrors the other, and the address is the same there."""
    SAME_TEXT = "same-text"
    """Title and text are the same, letter for letter."""
    NEAR_TEXT = "near-text"
    """Half of all three-word runs are shared, and the numbers agree."""
    HREFLANG = "hreflang"
    """One page names the other as its translation."""
    PICTURE_AND_NUMBERS = "picture-and-numbers"
    """Another language, the same picture, dates within days, and the numbers agree."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the rules know of an article. Of its words they know only what was made of them."""

    article_id: str
    outlet: str
    language: str | None
    """BCP 47."""
    published: datetime | None
    first_seen: datetime
    text_digest: str
    words: int
    """Of the text; 0 where it is not known."""
    numbers: frozenset[int] = frozenset()
    """Digests of the numbers in the text (`zancrawler.stories.numbers`)."""
    pictures: tuple[str, ...] = ()
    """Keys of its pictures (`zancrawler.pictures`)."""
    translations: tuple[str, ...] = ()
    """Ids of the articles that its page names as its translations."""
    mirror_of: str | None = None
    """Id of the article that a mirror's page shows."""

    @property
    def order(self) -> tuple[bool, datetime, datetime, str]:
        """Members sorted by this: those that may be a story's origin first."""
        return (
            self.mirror_of is not None,
            self.published or self.first_seen,
            self.first_seen,
            self.article_id,
        )

    @property
    def primary_language(self) -> str | None:
        """`fa` for fa-AF and fa-IR: between these two no text is translated."""
        return self.language.partition("-")[0] if self.language else None


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles that tell the same story, and how that is known."""

    one: str
    other: str
    evidence: Evidence
    similarity: float | None = None
    """Share of three-word runs in common, 0 to 1; None where words were not compared."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An article's place in its story."""

    article_id: str
    story_id: str
    relation: Relation
    related_to: str | None = None
    """The member that it is a mirror, duplicate or translation of; None for the origin."""
    evidence: Evidence | None = None
    similarity: float | None = None
