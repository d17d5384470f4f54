"""The Next.js-like outlet: which address answers what. No feed; a news sitemap and monthly ones."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from zancrawler.newsroom import documents
from zancrawler.newsroom import nextjs_pages as pages
from zancrawler.newsroom.answer import Answer, Ask, page, photograph, redirect, xml
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case, advertised
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.frame import Frame
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision

NAME = "newsroom-nextjs"
NEWEST = 6
"""How many stories a page of headlines and the news sitemap hold."""
FOLLOWING = 3

TOPIC = re.compile(r"/topics/(?P<label>[^/]+)")
MONTH = re.compile(r"/sitemap-(?P<month>\d{4}-\d\d)\.xml")


@dataclass(frozen=True, slots=True)
class Nextjs:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones, some of them advertised by the newest monthly sitemap alone."""

    def precision(self, article: Article) -> Precision:
        return Precision.SECOND

    def picture(self, article: Article, image: str) -> str:
        return pages.picture(image)

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.rstrip("/") or "/"
        if ask.path != path:
            return redirect(self.home + path, 308)
        if standing := self.edition.standing(self.masthead.name, path):
            return self._article(standing.article)
        if path == "/robots.txt":
            source = documents.robots(
                self.home, "Disallow: /api/", sitemaps=["/sitemap.xml", "/sitemap-news.xml"]
            )
            return Answer(200, source, "text/plain")
        if path.endswith(".xml"):
            return self._sitemap(path)
        if path.startswith("/images/"):
            return photograph(path)
        if path.startswith("/_next/data/"):
            body = json.dumps({"pageProps": {}}).encode()
            return Answer(200, body, "application/json")
        return self._listing(path)

    def _live(self, language: str | None = None) -> list[Article]:
        """The live articles, newest first."""
        live = self.edition.live(self.masthead.name)
        return [each for each in live if language in (None, each.language)]

    def _frame(self) -> Frame:
        return Frame.of(self.masthead, self.edition, self.home)

    def _article(self, article: Article) -> Answer:
        others = [a for a in self._live(article.language) if a.id != article.id][:FOLLOWING]
        translations = self.edition.translations(article)
        return page(pages.article_page(self._frame(), article, translations, others))

    def _listing(self, path: str) -> Answer:
        """The newest of all at the root; those of a language or of one topic below it."""
        frame = self._frame()
        prefix, rest = self.masthead.parted(path)
        language = self.masthead.language_of(prefix)
        if path == "/":
            title = self.masthead.title
            return page(pages.listing_page(frame, language, title, self._live()[:NEWEST]))
        if rest in ("", "/"):
            newest = self._live(language)[:NEWEST]
            return page(pages.listing_page(frame, language, self.masthead.title, newest))
        shown = [
            each
            for each in self._live(language)
            if TOPIC.fullmatch(rest) and path == pages.topic_path(frame, language, each.section)
        ]
        if shown:
            return page(pages.listing_page(frame, language, shown[0].section, shown))
        if rest.startswith("/video/"):
            return page(pages.plain_page(frame, "Video", "00:00 / 04:59"))
        return page(pages.plain_page(frame, "404", "404"), status=404)

    def _sitemap(self, path: str) -> Answer:
        months = self._months()
        if path == "/sitemap.xml":
            parts = ["/sitemap-news.xml", *(f"/sitemap-{month}.xml" for month in months)]
            return xml(documents.sitemap_index(self.home, parts), self.edition.now)
        if path == "/sitemap-news.xml":
            newest = self._live()[:NEWEST]
            source = documents.news_sitemap(self.home, self.masthead.title, newest)
            return xml(source, self.edition.now)
        found = MONTH.fullmatch(path)
        month = found["month"] if found else ""
        if month not in months:
            return Answer(404, b"", "text/plain")
        more = advertised(self.cases, self.home) if month == next(iter(months)) else []
        return xml(documents.sitemap(self.home, months[month], more), self.edition.now)

    def _months(self) -> dict[str, list[Article]]:
        """The articles of each month, the newest month first."""
        months: dict[str, list[Article]] = {}
        for each in self._live():
            months.setdefault(f"{each.published:%Y-%m}", []).append(each)
        return months
