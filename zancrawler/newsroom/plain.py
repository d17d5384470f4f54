"""The hand-made outlet: which address answers what. No feed, no sitemap, no robots.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zancrawler.newsroom import plain_pages as pages
from zancrawler.newsroom.answer import Answer, Ask, page_number, photograph
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision

NAME = "newsroom-plain"
PAGE_SIZE = 3

INDEX = re.compile(r"/(?:index(?:-(?P<label>[^/]+?))?\.html)?")


@dataclass(frozen=True, slots=True)
class Plain:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones. There is no sitemap to advertise any."""

    def precision(self, article: Article) -> Precision:
        return Precision.DAY

    def picture(self, article: Article, image: str) -> str:
        return pages.picture(image)

    def answer(self, ask: Ask) -> Answer:
        path = ask.path
        standing = self.edition.standing(self.masthead.name, path)
        if standing or (standing := self.edition.standing(self.masthead.name, path + "/")):
            return _page(pages.article_page(self.masthead, standing.article))
        if path.startswith("/pics/"):
            return photograph(path)
        for each in self.edition.live(self.masthead.name):
            if path == pages.album_path(each):
                return Answer(200, pages.album(each), "application/json; charset=utf-8")
        prefix, rest = self.masthead.parted(path)
        language = self.masthead.language_of(prefix)
        if rest == "/about.html":
            return _page(pages.plain_page(self.masthead, language, "?", self.masthead.title))
        if index := INDEX.fullmatch(rest or "/"):
            label = index["label"]
            shown = [a for a in self._live(language) if label in (None, a.section.lower())]
            return self._listing(path, language, shown, page_number(ask.query.get("page")))
        return _page(pages.plain_page(self.masthead, language, "404", "Not Found"), 404)

    def _live(self, language: str) -> list[Article]:
        """The live articles, newest first."""
        live = self.edition.live(self.masthead.name)
        return [each for each in live if each.language == language]

    def _listing(self, path: str, language: str, articles: list[Article], number: int) -> Answer:
        """A page of headlines; the older ones are on pages of their own."""
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        more = len(articles) > PAGE_SIZE * number
        older = f"{path}?page={number + 1}" if more else ""
        title = self.masthead.title
        return _page(pages.listing_page(self.masthead, language, title, shown, older))


def _page(html: bytes, status: int = 200) -> Answer:
    return Answer(status, html, "text/html")
