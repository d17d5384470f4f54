"""The Wix-like outlet: which address answers what, on one day."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zancrawler.newsroom import wix_body
from zancrawler.newsroom import wix_documents as documents
from zancrawler.newsroom import wix_pages as pages
from zancrawler.newsroom.answer import (
    Answer,
    Ask,
    Manner,
    digest,
    newest,
    page,
    page_number,
    photograph,
    redirect,
    xml,
)
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.cases import Case, Scenario, advertised
from zancrawler.newsroom.edition import FIRST_DAY, Edition, Presence, Standing
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision

NAME = "newsroom-wix"
PAGE_SIZE = 12
FEED_SIZE = 20
LATEST = 4
"""How many other stories a page shows."""

BALLAST = 30_000
HEAVY_BALLAST = 600_000

LANGUAGES = {"": "en", "/fa": "fa-AF", "/ps": "ps", "/uz": "uz"}
HOMES = {"/": "/blog", "/fa": "/fa/blog", "/ps": "/ps/blog", "/uz": "/uz/blog"}
"""A home page is the first page of its language's blog."""
FEEDS = {"/blog-feed.xml": None, "/fa/blog-feed.xml": "fa-AF", "/ps/blog-feed.xml": "ps"}
"""The feed of the root holds all languages."""

BLOG = re.compile(
    r"(?P<prefix>/fa|/ps|/uz)?/blog"
    r"(?P<shelf>/(?:categories|tags)/(?P<label>[^/]+))?(?:/page/(?P<n>\d+))?"
)
POST = re.compile(r"(?P<prefix>/fa|/ps|/uz)?/post/(?P<slug>[^/]+)")
CODE = re.compile(r"[${(,]|window\.|/post/(sitemap|robots)$")
"""Addresses that only exist inside inline JavaScript; Wix answers them all the same."""

PAGES = ("", "/about", "/blog", "/fa", "/ps", "/uz")


@dataclass(frozen=True, slots=True)
class Wix:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """The awkward ones. Some are listed by the sitemap of posts alone; some begin 600 KB late."""

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.rstrip("/") or "/"
        if standing := self.edition.standing(self.masthead.name, path):
            return self._article(ask, standing)
        if path == "/robots.txt":
            return Answer(200, documents.robots(self.home).encode(), "text/plain")
        if path.endswith(".xml"):
            return self._document(path)
        if path.startswith("/media/"):
            return photograph(path)
        return self._page(ask, path)

    def precision(self, article: Article) -> Precision:
        return Precision.DAY if "/news/" in article.path else Precision.SECOND

    def picture(self, article: Article, image: str) -> str:
        return wix_body.media(image)

    def _page(self, ask: Ask, path: str) -> Answer:
        frame = pages.Frame(self.home, self.edition.now, ask.serial)
        if path == "/search":
            number = page_number(ask.query.get("page"))
            following = "/search?page={}&type=blogs"
            return self._listing(frame, "en", "Search Results", self._posts(), number, following)
        if blog := BLOG.fullmatch(HOMES.get(path, path)):
            return self._blog(frame, blog)
        if (post := POST.fullmatch(path)) and (other := self._same_slug(post["slug"])):
            html = pages.wrong_language_page(frame, other, LANGUAGES[post["prefix"] or ""])
            return page(html, manner=Manner.GZIP)
        if path == "/about":
            text = "Chenar Post is invented. Its stories, people and numbers are made up for tests."
            return page(pages.plain_page(frame, "en", "About", text), manner=Manner.GZIP)
        if path.startswith(("/members-area/", "/profile/")):
            return page(pages.plain_page(frame, "en", "Members", "Log in to see this page."))
        if CODE.search(path):
            return page(pages.plain_page(frame, "en", "", ""), manner=Manner.GZIP)
        return page(pages.plain_page(frame, "en", "404", "This page isn’t available."), status=404)

    def _posts(self, language: str | None = None) -> list[Article]:
        """The live blog posts, newest first."""
        return [
            article
            for article in self.edition.live(self.masthead.name)
            if "/post/" in article.path and language in (None, article.language)
        ]

    def _news(self) -> list[Article]:
        return [
            article for article in self.edition.live(self.masthead.name) if "/news/" in article.path
        ]

    def _same_slug(self, slug: str) -> Article | None:
        return next((each for each in self._posts() if pages.slug(each.path) == slug), None)

    def _article(self, ask: Ask, standing: Standing) -> Answer:
        article = standing.article
        frame = pages.Frame(self.home, self.edition.now, ask.serial)
        match standing.presence:
            case Presence.HOME:
                return redirect(self.home + "/", 302)
            case Presence.GONE | Presence.NOT_FOUND as presence:
                status = 410 if presence is Presence.GONE else 404
                return page(pages.plain_page(frame, "en", str(status), "Gone."), status=status)
        html = (
            self._news_page(frame, article)
            if "/news/" in article.path
            else self._post_page(frame, article)
        )
        return Answer(
            200,
            html.encode(),
            etag=digest(f"{article.id} {standing.n_versions} {standing.touched}".encode()),
            modified=standing.touched,
            manner=Manner.CUT if standing.presence is Presence.BROKEN else Manner.GZIP,
        )

    def _news_page(self, frame: pages.Frame, article: Article) -> str:
        latest = [each for each in self._news() if each.id != article.id][:LATEST]
        pager = [f"{pages.link(article.path)}?comp-lx8gigng_page={n}" for n in (1, 2, 13)]
        return pages.news_page(frame, article, latest, pager)

    def _post_page(self, frame: pages.Frame, article: Article) -> str:
        posts = self._posts(article.language)
        start = self.edition.day % max(1, len(posts) - LATEST)
        recent = [each for each in posts[start : start + LATEST] if each.id != article.id]
        heavy = {case.path for case in self.cases if case.scenario is Scenario.HEAVY}
        ballast = HEAVY_BALLAST if article.path in heavy else BALLAST
        translations = self.edition.translations(article)
        return pages.post_page(frame, article, translations, recent, ballast)

    def _blog(self, frame: pages.Frame, blog: re.Match[str]) -> Answer:
        """A page of the blog in one language, or of one of its categories or tags."""
        prefix, shelf, label = blog["prefix"] or "", blog["shelf"] or "", blog["label"]
        language = LANGUAGES[prefix]
        articles = [
            each
            for each in self._posts(language)
            if label in (None, pages.section_slug(each.section), *each.tags)
        ]
        title = label or pages.words_of(language).blog
        address = f"{prefix}/blog{shelf}/page/{{}}"
        return self._listing(frame, language, title, articles, page_number(blog["n"]), address)

    def _listing(
        self,
        frame: pages.Frame,
        language: str,
        title: str,
        articles: list[Article],
        number: int,
        address: str,
    ) -> Answer:
        """Page `number` of a listing; `address` is the path of a page, its number left open."""
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        if number > 1 and not shown:
            return page(pages.plain_page(frame, language, "404", "Nothing here."), status=404)
        previous = address.format(number - 1) if number > 1 else ""
        following = address.format(number + 1) if len(articles) > PAGE_SIZE * number else ""
        html = pages.listing_page(frame, language, title, shown, previous, following)
        return page(html, manner=Manner.GZIP)

    def _document(self, path: str) -> Answer:
        """Feeds and sitemaps."""
        if path in FEEDS:
            posts = self._posts(FEEDS[path])[:FEED_SIZE]
            source = documents.feed(self.home, path, posts)
            return xml(source, self.edition.now, "application/rss+xml; charset=utf-8")
        listed = self._listed()
        if path == "/sitemap.xml":
            maps = [(self.home + each, newest(listed[each]).date()) for each in listed]
            return xml(documents.sitemap_index(maps), self.edition.now)
        if path in listed:
            entries = [documents.article_entry(self.home, each) for each in listed[path]]
            entries += [documents.page_entry(url, FIRST_DAY) for url in self._other_pages(path)]
            return xml(documents.sitemap(entries), self.edition.now)
        status = 400 if path == "/sitemap_index.xml" else 404
        return Answer(status, b"", "text/plain")

    def _listed(self) -> dict[str, list[Article]]:
        """The sitemaps and the articles in each. The dynamic pages are cut into two chunks."""
        news = self._news()
        half = (len(news) + 1) // 2
        return {
            "/blog-posts-sitemap.xml": self._posts(),
            "/blog-categories-sitemap.xml": [],
            "/dynamic-news_0_5000-sitemap.xml": news[:half],
            "/dynamic-news_5000_10000-sitemap.xml": news[half:],
            "/pages-sitemap.xml": [],
        }

    def _other_pages(self, sitemap: str) -> list[str]:
        match sitemap:
            case "/blog-posts-sitemap.xml":
                return advertised(self.cases, self.home)
            case "/blog-categories-sitemap.xml":
                sections = {pages.section_slug(each.section) for each in self._posts("en")}
                return [f"{self.home}/blog/categories/{each}" for each in sorted(sections)]
            case "/pages-sitemap.xml":
                return [self.home + each for each in PAGES]
        return []
