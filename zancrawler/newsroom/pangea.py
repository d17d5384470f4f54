"""The Pangea-like outlet: which address answers what. The number alone chooses the story."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass

from zancrawler.newsroom import documents
from zancrawler.newsroom import pangea_pages as pages
from zancrawler.newsroom.answer import Answer, Ask, digest, page, page_number, photograph, xml
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case, advertised
from zancrawler.newsroom.edition import Edition
from zancrawler.newsroom.markup import joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision

NAME = "newsroom-pangea"
PAGE_SIZE = 6
FEED_SIZE = 20
SITEMAP_SIZE = 8
FIRST_ZONE = 2160
BULLETIN = "30000001"
"""The number of a story that is told by a player alone."""

RELATED = 3

STORY = re.compile(r"/(?:a|amp)/(?:[^/]+/)?(?P<number>\d+)\.html")
ZONE = re.compile(r"/z/(?P<number>\d+)")
ZONE_FEED = re.compile(r"/api/z(?P<number>\d+)[a-z_-]+")
SITEMAP = re.compile(r"/sitemap_1_(?P<n>\d+)\.xml\.gz")


@dataclass(frozen=True, slots=True)
class Pangea:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones, some of them advertised by the sitemap alone."""

    def precision(self, article: Article) -> Precision:
        return Precision.SECOND

    def picture(self, article: Article, image: str) -> str:
        return pages.picture(image)

    def answer(self, ask: Ask) -> Answer:
        path = ask.path
        if path == "/robots.txt":
            rules = ("Disallow: /embed/", "Disallow: /s?")
            source = documents.robots(self.home, *rules, sitemaps=["/sitemap.xml"])
            return Answer(200, source, "text/plain")
        if path.startswith("/pictures/"):
            return photograph(path)
        if path.startswith("/sitemap"):
            return self._sitemap(path)
        if path == "/api/" or ZONE_FEED.fullmatch(path):
            return self._feed(path)
        if story := STORY.fullmatch(path):
            return self._story(story["number"])
        return self._page(ask, path)

    def _live(self, zone: str | None = None) -> list[Article]:
        """The live articles, newest first; those of one zone, if it is named."""
        live = self.edition.live(self.masthead.name)
        zones = self._zones()
        return [each for each in live if zone in (None, zones[each.section])]

    def _zones(self) -> dict[str, str]:
        sections = sorted({each.section for each in self.edition.live(self.masthead.name)})
        return {each: str(FIRST_ZONE + place) for place, each in enumerate(sections)}

    def _frame(self) -> pages.Frame:
        return pages.Frame(self.masthead, self.home, self.edition.now, self._zones())

    def _story(self, number: str) -> Answer:
        live = self._live()
        article = next((each for each in live if pages.number(each) == number), None)
        if number == BULLETIN:
            title = self.masthead.title
            return page(pages.video_page(self._frame(), self.masthead.language, title))
        if article is None:
            return self._missing()
        others = [a for a in live if a.language == article.language and a is not article]
        also, related = (others[0] if others else None), others[1 : 1 + RELATED]
        return page(pages.article_page(self._frame(), article, also, related))

    def _page(self, ask: Ask, path: str) -> Answer:
        frame = self._frame()
        if path == "/":
            return page(
                pages.listing_page(frame, self.masthead.title, self._live()[:PAGE_SIZE], "")
            )
        if zone := ZONE.fullmatch(path):
            return self._zone(frame, zone["number"], page_number(ask.query.get("p")))
        if path.startswith("/live/"):
            return page(pages.video_page(frame, self.masthead.language, self.masthead.title))
        if path == "/rssfeeds":
            links = [
                markup('<p><a href="$path">$name</a></p>', path=_feed_path(number), name=name)
                for name, number in frame.zones.items()
            ]
            return page(pages.plain_page(frame, "RSS", joined(links)))
        if path.startswith("/p/"):
            about = markup("<p>$title</p>", title=self.masthead.title)
            return page(pages.plain_page(frame, self.masthead.title, about))
        return self._missing()

    def _missing(self) -> Answer:
        body = markup("<p>404</p>")
        return page(pages.plain_page(self._frame(), "404", body), status=404)

    def _zone(self, frame: pages.Frame, zone: str, number: int) -> Answer:
        articles = self._live(zone)
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        if not shown:
            return self._missing()
        more = f"/z/{zone}?p={number + 1}" if len(articles) > PAGE_SIZE * number else ""
        return page(pages.listing_page(frame, shown[0].section, shown, more))

    def _feed(self, path: str) -> Answer:
        """The feed of all, or of a zone. It has the short address of every other story."""
        zone = ZONE_FEED.fullmatch(path)
        articles = self._live(zone["number"] if zone else None)[:FEED_SIZE]
        short = {each.id: f"/a/{pages.number(each)}.html" for each in articles[::2]}
        source = documents.rss(
            self.home, self.masthead.title, articles, link=lambda a: short.get(a.id, a.path)
        )
        return xml(source, self.edition.now, "application/rss+xml; charset=utf-8")

    def _sitemap(self, path: str) -> Answer:
        """An index, and gzipped sitemaps below it."""
        live = self._live()
        count = -(-len(live) // SITEMAP_SIZE) or 1
        if path == "/sitemap.xml":
            parts = [f"/sitemap_1_{n}.xml.gz" for n in range(1, count + 1)]
            return xml(documents.sitemap_index(self.home, parts), self.edition.now)
        part = SITEMAP.fullmatch(path)
        n = int(part["n"]) if part else 0
        if not 1 <= n <= count:
            return Answer(404, b"", "text/plain")
        shown = live[SITEMAP_SIZE * (n - 1) : SITEMAP_SIZE * n]
        more = advertised(self.cases, self.home) if n == 1 else []
        body = gzip.compress(documents.sitemap(self.home, shown, more).encode(), mtime=0)
        return Answer(200, body, "application/x-gzip", etag=digest(body))


def _feed_path(zone: str) -> str:
    """A zone's feed has a token for its name."""
    return f"/api/z{zone}l-vomx-tpe_"
