"""Stories that several outlets publish, each at an address of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from zancrawler.newsroom.article import Article, CreditPlace
from zancrawler.newsroom.masthead import Masthead


def syndicated(articles: Iterable[Article], mastheads: Iterable[Masthead]) -> list[Article]:
    """What the outlets take over from others. Raises KeyError for an article that is none."""
    by_id = {each.id: each for each in articles}
    return [
        readdressed(by_id[taken], masthead) for masthead in mastheads for taken in masthead.articles
    ]


def readdressed(article: Article, masthead: Masthead) -> Article:
    """The article as another outlet has it: under the masthead's form of path.

    The form may hold `{prefix}` (of the language), `{slug}`, `{number}` (eight digits) and
    `{published}` with a format of its own, such as `{published:%Y/%m/%d}`.
    """
    number = int(hashlib.sha256(article.id.encode()).hexdigest()[:12], 16) % 9_000_000
    path = masthead.path.format(
        prefix=masthead.prefixes[article.language],
        slug=article.path.rstrip("/").rsplit("/", 1)[1],
        number=str(31_000_000 + number),
        published=article.published,
    )
    return replace(
        article,
        id=f"{masthead.name.removeprefix('newsroom-')}-{article.id}",
        outlet=masthead.name,
        path=path,
        credit_place=CreditPlace.CAPTION,
    )
