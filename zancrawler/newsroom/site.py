"""What a site of the newsroom is: answers to what is asked of it on one day."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from zancrawler.newsroom.answer import Answer, Ask
from zancrawler.newsroom.article import Article


class Precision(StrEnum):
    """How exactly a page says when its article was published."""

    DAY = "day"
    """No more than the day in Kabul."""
    MINUTE = "minute"
    SECOND = "second"


class Site(Protocol):
    """The web site of one outlet on one day."""

    def answer(self, ask: Ask) -> Answer: ...

    def precision(self, article: Article) -> Precision:
        """What a reader of the article's page can know of its time."""
        ...

    def picture(self, article: Article, image: str) -> str:
        """The path of one of the article's pictures, in its original size."""
        ...
