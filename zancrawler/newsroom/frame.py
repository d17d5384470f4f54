"""What every page of a site with sections needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from zancrawler.newsroom.article import Article
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.masthead import Masthead


@dataclass(frozen=True, slots=True)
class Frame:
    masthead: Masthead
    home: str
    sections: dict[str, list[str]]
    """By language."""

    @classmethod
    def of(cls, masthead: Masthead, edition: Edition, home: str) -> Frame:
        """With the sections that have a live article."""
        sections = {
            language: sorted({each.section for each in live_in(masthead, edition, language)})
            for language in masthead.prefixes
        }
        return cls(masthead, home, sections)


def live_in(masthead: Masthead, edition: Edition, language: str) -> list[Article]:
    """The live articles of one language, newest first."""
    return [each for each in edition.live(masthead.name) if each.language == language]
