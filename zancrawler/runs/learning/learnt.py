"""What was learnt of a site: everything that its outlet's file will say, and where it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zancrawler.runs.learning.body import BodyElement
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.shapes import Shape


@dataclass(frozen=True, slots=True)
class LearntRules:
    """One kind of article page that the platform's preset does not know."""

    shape: Shape
    where: str
    body: BodyElement | None = None
    drop: tuple[str, ...] = ()
    """What stands in the body element and is none of the article; CSS."""


@dataclass(frozen=True, slots=True)
class Learnt:
    name: str
    home: str
    day: date
    """When all of this was seen (UTC)."""
    platform: Fact[str]
    title: Fact[str]
    domains: Fact[tuple[str, ...]]
    languages: Fact[tuple[str, ...]]
    byline: Fact[str] | None = None
    timezone: Fact[str] | None = None
    final_slash: Fact[str] | None = None
    feeds: Fact[tuple[str, ...]] | None = None
    """Absolute, as are all sources."""
    sitemaps: Fact[tuple[str, ...]] | None = None
    listings: Fact[tuple[str, ...]] | None = None
    apis: Fact[tuple[str, ...]] | None = None
    known_articles: str = ""
    """How the preset's own patterns did, in words; empty where it has none."""
    rules: tuple[LearntRules, ...] = ()
    is_local: bool = False
    """On this machine: nobody's to be spared."""
    unknown: tuple[str, ...] = ()
    """What could not be learnt, one sentence each."""
