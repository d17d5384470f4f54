"""The Wix-like outlet: which address answers what, on one day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from zancrawler.newsroom import wix_body
from zancrawler.newsroom import wix_pages as pages
from zancrawler.newsroom.answer import Answer, Ask, Manner, digest, page, redirect, tag, xml
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.edition import FIRST_DAY, Edition, Presence, Standing
from zancrawler.newsroom.picture import png

NAME = "newsroom-wix"
PAGE_SIZE = 12
FEED_SIZE = 20
LATEST = 4
"""How many other stories a page shows."""

BALLAST = 30_000
HEAVY_BALLAST = 600_000

ROBOTS = """User-agent: *
Crawl-delay: 0.05
Allow: /
Disallow: /members-area/
Disallow: /post/draft-

User-agent: PetalBot
Disallow: /

Sitemap: {home}/sitemap.xml
"""

LISTING = re.compile(
    r"(?P<prefix>/\w\w)?/blog(?:/categories/(?P<section>[^/]+))?(?:/page/(?P<n>\d+))?"
)
POST = re.compile(r"(?P<prefix>/\w\w)?/post/(?P<slug>[^/]+)")
CODE = re.compile(r"[${(,]|window\.|/post/(sitemap|robots)$")
"""Addresses that only exist inside inline JavaScript; Wix answers them all the same."""

ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
RSS = (
    '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'xmlns:content="http://purl.org/rss/1.0/modules/content/" {ATOM} version="2.0">'
)
URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" generatedBy="WIX">'
)
SITEMAPS = (
    "blog-posts",
    "blog-categories",
    "dynamic-news_0_5000",
    "dynamic-news_5000_10000",
    "pages",
)
PAGES = ("", "/about", "/blog", "/fa", "/ps", "/uz")


@dataclass(frozen=True, slots=True)
class Wix:
    """The site on one day. `advertised` are addresses that only the sitemap of posts lists."""

    edition: Edition
    home: str
    advertised: tuple[str, ...] = ()
    heavy: frozenset[str] = frozenset()
    """Paths of posts whose body starts 600 KB into the page."""

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.rstrip("/") or "/"
        standing = self._standings().get(path)
        if standing is not None:
            return self._article(ask, standing)
        if path == "/robots.txt":
            return Answer(200, ROBOTS.format(home=self.home).encode(), "text/plain")
        if path.endswith(".xml"):
            return self._document(path)
        if path.startswith("/media/"):
            return Answer(200, png(path), "image/png", etag=digest(path.encode()))
        frame = self._frame(ask)
        if path == "/search" or LISTING.fullmatch(path) or path in ("/", "/fa", "/ps", "/uz"):
            return self._listing(frame, path, ask.query)
        if (post := POST.fullmatch(path)) and (other := self._same_slug(post["slug"])):
            language = (post["prefix"] or "/en")[1:]
            html = pages.wrong_language_page(frame, other, language)
            return page(html, manner=Manner.GZIP)
        if CODE.search(path):
            return page(pages.plain_page(frame, "en", "", ""), manner=Manner.GZIP)
        if path == "/about":
            text = "Chenar Post is invented. Its stories, people and numbers are made up for tests."
            return page(pages.plain_page(frame, "en", "About", text), manner=Manner.GZIP)
        if path.startswith(("/members-area/", "/profile/")):
            return page(pages.plain_page(frame, "en", "Members", "Log in to see this page."))
        return page(pages.plain_page(frame, "en", "404", "This page isn’t available."), status=404)

    def _frame(self, ask: Ask) -> pages.Frame:
        return pages.Frame(self.home, self.edition.now, ask.serial)

    def _standings(self) -> dict[str, Standing]:
        return {
            each.article.path: each
            for each in self.edition.standings
            if each.article.outlet == NAME
        }

    def _posts(self, language: str | None = None) -> list[Article]:
        """The live blog posts, newest first."""
        return [
            each.article
            for each in self.edition.live(NAME)
            if "/post/" in each.article.path and language in (None, each.article.language)
        ]

    def _news(self) -> list[Article]:
        return [each.article for each in self.edition.live(NAME) if "/news/" in each.article.path]

    def _same_slug(self, slug: str) -> Article | None:
        return next((each for each in self._posts() if pages.slug(each.path) == slug), None)

    def _article(self, ask: Ask, standing: Standing) -> Answer:
        article, frame = standing.article, self._frame(ask)
        match standing.presence:
            case Presence.HOME:
                return redirect(self.home + "/", 302)
            case Presence.GONE | Presence.NOT_FOUND as presence:
                status = 410 if presence is Presence.GONE else 404
                return page(pages.plain_page(frame, "en", str(status), "Gone."), status=status)
        if "/news/" in article.path:
            latest = [each for each in self._news() if each.id != article.id][:LATEST]
            repeater = [f"{pages.link(article.path)}?comp-lx8gigng_page={n}" for n in (1, 2, 13)]
            html = pages.news_page(frame, article, latest, repeater)
        else:
            html = self._post(frame, article)
        return Answer(
            200,
            html.encode(),
            etag=digest(f"{article.id} {standing.n_versions} {standing.touched}".encode()),
            modified=standing.touched,
            manner=Manner.CUT if standing.presence is Presence.BROKEN else Manner.GZIP,
        )

    def _post(self, frame: pages.Frame, article: Article) -> str:
        posts = self._posts(article.language)
        start = self.edition.day % max(1, len(posts) - LATEST)
        recent = [each for each in posts[start : start + LATEST] if each.id != article.id]
        translations = [
            each
            for each in self._posts()
            if each.story and each.story == article.story and each.id != article.id
        ]
        ballast = HEAVY_BALLAST if article.path in self.heavy else BALLAST
        return pages.post_page(frame, article, translations, recent, ballast)

    def _listing(self, frame: pages.Frame, path: str, query: dict[str, str]) -> Answer:
        if path == "/search":
            number = int(query.get("page", "1")) if query.get("page", "1").isdecimal() else 1
            articles, language, title = self._posts(), "en", "Search Results"
            address = "/search?page={}&type=blogs"
        else:
            parts = LISTING.fullmatch(path) or LISTING.fullmatch(path.rstrip("/") + "/blog")
            if parts is None:
                raise AssertionError(f"{path} is no listing")
            number, prefix = int(parts["n"] or 1), parts["prefix"] or ""
            language = {"": "en", "/fa": "fa-AF"}.get(prefix, prefix[1:])
            title = pages.WORDS.get(language, pages.WORDS["en"]).blog
            articles = self._posts(language)
            address = f"{prefix}/blog/page/{{}}"
            if section := parts["section"]:
                articles = [a for a in articles if pages.section_slug(a.section) == section]
                title, address = section, f"{prefix}/blog/categories/{section}/page/{{}}"
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        if number > 1 and not shown:
            return page(pages.plain_page(frame, language, "404", "Nothing here."), status=404)
        previous = address.format(number - 1) if number > 1 else ""
        following = address.format(number + 1) if len(articles) > PAGE_SIZE * number else ""
        html = pages.listing_page(frame, language, title, shown, previous, following)
        return page(html, manner=Manner.GZIP)

    def _document(self, path: str) -> Answer:
        """Feeds and sitemaps."""
        name = path.removeprefix("/").removesuffix(".xml").removesuffix("-sitemap")
        if path == "/sitemap.xml":
            maps = "".join(
                f"<sitemap>\n{tag('loc', f'{self.home}/{each}-sitemap.xml')}\n"
                f"{tag('lastmod', self._changed(self._listed(each)).date())}\n</sitemap>\n"
                for each in SITEMAPS
            )
            return xml(
                '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns='
                '"http://www.sitemaps.org/schemas/sitemap/0.9" generatedBy="WIX">\n'
                f"{maps}</sitemapindex>\n",
                self._changed(self._listed("blog-posts")),
            )
        if name in SITEMAPS and path.endswith("-sitemap.xml"):
            return self._sitemap(name)
        feeds = {"/blog-feed.xml": None, "/fa/blog-feed.xml": "fa-AF", "/ps/blog-feed.xml": "ps"}
        if path in feeds:
            return self._feed(path, self._posts(feeds[path])[:FEED_SIZE])
        status = 400 if path == "/sitemap_index.xml" else 404
        return Answer(status, b"", "text/plain")

    def _listed(self, sitemap: str) -> list[Article]:
        """The articles of one sitemap. The dynamic pages are cut into two chunks."""
        news = self._news()
        half = (len(news) + 1) // 2
        match sitemap:
            case "blog-posts":
                return self._posts()
            case "dynamic-news_0_5000":
                return news[:half]
            case "dynamic-news_5000_10000":
                return news[half:]
        return []

    def _changed(self, articles: list[Article]) -> datetime:
        """When the newest of them was last saved; pages without any were made on day 0."""
        made = self.edition.now.replace(
            year=FIRST_DAY.year, month=FIRST_DAY.month, day=FIRST_DAY.day, hour=0
        )
        return max((each.modified for each in articles), default=made)

    def _sitemap(self, name: str) -> Answer:
        listed = self._listed(name)
        entries = [
            _entry(
                self.home + pages.link(each.path),
                each.modified.date(),
                self.home + wix_body.media(each.image),
            )
            for each in listed
        ]
        if name == "blog-posts":
            entries += [_entry(address, FIRST_DAY) for address in self.advertised]
        if name == "pages":
            entries += [_entry(self.home + path, FIRST_DAY) for path in PAGES]
        if name == "blog-categories":
            sections = sorted({each.section for each in self._posts("en")})
            entries += [
                _entry(f"{self.home}/blog/categories/{pages.section_slug(each)}", FIRST_DAY)
                for each in sections
            ]
        document = '<?xml version="1.0" encoding="UTF-8"?>\n' + URLSET + "\n"
        return xml(document + "".join(entries) + "</urlset>\n", self._changed(listed))

    def _feed(self, path: str, posts: list[Article]) -> Answer:
        newest = self._changed(posts)
        items = "".join(self._item(each, place) for place, each in enumerate(posts))
        return xml(
            f'<?xml version="1.0" encoding="UTF-8"?>{RSS}<channel>{tag("title", pages.TITLE)}'
            f"{tag('description', pages.TITLE)}{tag('link', self.home + '/blog')}"
            "<generator>RSS for Node</generator>"
            f"{tag('lastBuildDate', format_datetime(newest, True))}"
            f'<atom:link href="{self.home}{path}" rel="self" type="application/rss+xml"/>'
            f"{items}</channel></rss>",
            newest,
            "application/rss+xml; charset=utf-8",
        )

    def _item(self, article: Article, place: int) -> str:
        """A feed item; every fourth link carries tracking parameters."""
        tracking = "?utm_source=rss&utm_medium=feed&utm_campaign=daily" if place % 4 == 3 else ""
        picture = self.home + wix_body.media(article.image)
        return (
            f"<item><title><![CDATA[{article.title}]]></title>"
            f"<description><![CDATA[{article.text[:300]}...]]></description>"
            f"{tag('link', self.home + article.path + tracking)}"
            f'<guid isPermaLink="false">{digest(article.id.encode())}c4a1</guid>'
            f"<category><![CDATA[{article.section}]]></category>"
            f"{tag('pubDate', format_datetime(article.published, True))}"
            f'<enclosure url="{picture}/v1/fit/w_1000,h_1000,al_c,q_80/file.png" length="0" '
            f'type="image/png"/>{tag("dc:creator", article.authors[0])}</item>'
        )


def _entry(url: str, lastmod: date, image: str = "") -> str:
    """A sitemap entry, its address as it is: Wix writes non-ASCII characters raw."""
    picture = f"<image:image>\n{tag('image:loc', image)}\n</image:image>\n" if image else ""
    return f"<url>\n<loc>{escape(url)}</loc>\n{tag('lastmod', lastmod)}\n{picture}</url>\n"
