"""Somebody's static copy of the newspaper, in the image of those that are kept against censorship.

Each page is the origin's own, byte for byte, at an address made of the origin's: what stood at
`/en/31000000/a-story/` is `/copy/www.abshar.example/en/31000000-a-story.html`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from zancrawler.newsroom import wordpress_pages as pages
from zancrawler.newsroom.answer import XML_DECLARATION, Answer, Ask, page, photograph, tag
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision
from zancrawler.newsroom.wordpress_content import Surroundings, upload

NAME = "newsroom-mirror"
ORIGIN = "https://www.abshar.example"
FOLDER = "/copy/www.abshar.example"

COPY = re.compile(rf"{FOLDER}(?P<prefix>(?:/[a-z]+)?)/(?P<number>\d+)-(?P<slug>[^/]+)\.html")


@dataclass(frozen=True, slots=True)
class Mirror:
    """The copies on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones. There is no sitemap to advertise any."""

    def precision(self, article: Article) -> Precision:
        return Precision.SECOND

    def picture(self, article: Article, image: str) -> str:
        return f"{upload(article, image)}.png"

    def answer(self, ask: Ask) -> Answer:
        if standing := self.edition.standing(self.masthead.name, ask.path):
            return self._copy(standing.article)
        if ask.path in (f"{FOLDER}/", f"{FOLDER}/index.html"):
            articles = self.edition.live(self.masthead.name)
            title, language = self.masthead.title, self.masthead.language
            return page(pages.listing_page(self._frame(), language, title, articles, ""))
        if ask.path.startswith("/wp-content/uploads/"):
            return photograph(ask.path)
        error = f"{XML_DECLARATION}<Error>{tag('Code', 'NoSuchKey')}</Error>"
        return Answer(404, error.encode(), "application/xml; charset=UTF-8")

    def _frame(self) -> pages.Frame:
        theme = pages.Theme.NEWSPAPER
        return pages.Frame(self.masthead, ORIGIN, self.edition.now, 0, theme)

    def _copy(self, article: Article) -> Answer:
        others = [
            origin(each)
            for each in self.edition.live(self.masthead.name)
            if each.language == article.language and each.id != article.id
        ]
        around = Surroundings(0, None, others, [])
        return page(pages.article_page(self._frame(), origin(article), around))


def origin(article: Article) -> Article:
    """The article as the newspaper has it. Raises ValueError for one that is no copy."""
    found = COPY.fullmatch(article.path)
    if found is None:
        raise ValueError(f"{article.path} is no copy's address")
    return replace(article, path=f"{found['prefix']}/{found['number']}/{found['slug']}/")
