"""The article: what one page says, and how we know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DAY_ONLY = "date-day"
"""The warning that no time of day is told: `date_published` is 00:00 UTC of the day."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article, and what the page says of it."""

    url: str
    """The original, not the thumbnail that the page shows."""
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None


class EmbedKind(StrEnum):
    """What an embed is, told by its element and its host."""

    POST = "post"
    """On a social network."""
    VIDEO = "video"
    AUDIO = "audio"
    FRAME = "frame"
    """Anything else in a frame: maps, charts, documents."""


@dataclass(frozen=True, slots=True)
class Embed:
    """What the page shows of another place, by its address there."""

    kind: EmbedKind
    url: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The same story in another language, by the page's own word (hreflang)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its page shows it. What is not known is None or empty, never guessed.

    Times are aware and UTC; languages are BCP 47. `text` is the page's own, every character of
    it, paragraphs parted by a blank line.
    """

    url: str
    canonical_url: str
    title: str | None
    text: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    date_published_raw: str | None = None
    date_calendar: str | None = None
    """`gregorian`, `solar-hijri` or `hijri`: the calendar that `date_published_raw` is in."""
    date_source: str | None = None
    """Where the date was read: `jsonld`, `meta`, `microdata`, `time`, `text`, `url`, ..."""
    language: str | None = None
    language_declared: str | None = None
    language_score: float | None = None
    languages: tuple[str, ...] = ()
    """Of its paragraphs, `language` first, then by their letters; more than one where mixed."""
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    images: tuple[Image, ...] = ()
    embeds: tuple[Embed, ...] = ()
    links: tuple[str, ...] = ()
    translations: tuple[Translation, ...] = ()
    sensitivity: tuple[str, ...] = ()
    """Names of the rules that a steward should look at this article for."""
    warnings: tuple[str, ...] = ()
