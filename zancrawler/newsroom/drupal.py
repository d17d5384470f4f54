"""The Drupal-like outlet: which address answers what. `/index.php/` shows every page again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zancrawler.newsroom import documents
from zancrawler.newsroom import drupal_pages as pages
from zancrawler.newsroom.answer import (
    Answer,
    Ask,
    address,
    page,
    page_number,
    photograph,
    redirect,
    xml,
)
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case, advertised
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.frame import Frame, live_in
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision

NAME = "newsroom-drupal"
PAGE_SIZE = 5
FEED_SIZE = 10
SITEMAP_SIZE = 8
LATEST = 3

NODE = re.compile(r"/node/(?P<number>\d+)")
CATEGORY = re.compile(r"/category/(?P<label>[^/]+)")


@dataclass(frozen=True, slots=True)
class Drupal:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones, some of them advertised by the sitemap alone."""

    def precision(self, article: Article) -> Precision:
        return Precision.MINUTE

    def picture(self, article: Article, image: str) -> str:
        return pages.picture(image)

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.removeprefix("/index.php").rstrip("/") or "/"
        prefix, rest = self.masthead.parted(path)
        if standing := self.edition.standing(self.masthead.name, path):
            return self._article(standing.article)
        if path == "/robots.txt":
            rules = ("Disallow: /core/", "Disallow: /user/", "Disallow: /search/")
            return Answer(200, documents.robots(self.home, *rules), "text/plain")
        if path == "/sitemap.xml":
            return self._sitemap(ask.query.get("page"))
        if rest == "/rss.xml":
            newest = self._live(self.masthead.language_of(prefix))[:FEED_SIZE]
            source = documents.rss(self.home, self.masthead.title, newest)
            return xml(source, self.edition.now, "application/rss+xml; charset=utf-8")
        if path.startswith("/sites/"):
            return photograph(path)
        if node := NODE.fullmatch(rest):
            return self._node(node["number"])
        return self._listing(ask, prefix, rest)

    def _live(self, language: str) -> list[Article]:
        return live_in(self.masthead, self.edition, language)

    def _frame(self) -> Frame:
        return Frame.of(self.masthead, self.edition, self.home)

    def _article(self, article: Article) -> Answer:
        others = [a for a in self._live(article.language) if a.id != article.id][:LATEST]
        translations = self.edition.translations(article)
        html = pages.article_page(self._frame(), article, translations, others)
        return page(html)

    def _node(self, number: str) -> Answer:
        """The number alone leads on to the address with a name."""
        for article in self.edition.live(self.masthead.name):
            if pages.number(article) == number:
                return redirect(address(self.home, article.path))
        return self._missing()

    def _listing(self, ask: Ask, prefix: str, rest: str) -> Answer:
        """A page of a language's news, or of one category. Pages count from 0."""
        frame, language = self._frame(), self.masthead.language_of(prefix)
        category = CATEGORY.fullmatch(rest)
        if not category and rest not in ("", "/"):
            return self._missing()
        path = pages.section_path(frame, language, category["label"]) if category else prefix + "/"
        articles = [
            each
            for each in self._live(language)
            if not category or path == pages.section_path(frame, language, each.section)
        ]
        number = page_number(ask.query.get("page"), first=0)
        shown = articles[PAGE_SIZE * number : PAGE_SIZE * (number + 1)]
        more = len(articles) > PAGE_SIZE * (number + 1)
        title = shown[0].section if category and shown else self.masthead.title
        following = f"{path}?page={number + 1}" if more else ""
        return page(pages.listing_page(frame, language, title, shown, following))

    def _missing(self) -> Answer:
        html = pages.plain_page(self._frame(), "Page not found", "404")
        return page(html, status=404)

    def _sitemap(self, part: str | None) -> Answer:
        """Simple XML Sitemap's form: an index of the same address with a page number."""
        live = self.edition.live(self.masthead.name)
        count = -(-len(live) // SITEMAP_SIZE) or 1
        if part is None:
            parts = [f"/sitemap.xml?page={n}" for n in range(1, count + 1)]
            return xml(documents.sitemap_index(self.home, parts), self.edition.now)
        number = page_number(part)
        shown = live[SITEMAP_SIZE * (number - 1) : SITEMAP_SIZE * number]
        more = advertised(self.cases, self.home) if number == 1 else []
        return xml(documents.sitemap(self.home, shown, more), self.edition.now)
