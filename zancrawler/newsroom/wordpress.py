"""The WordPress-like outlet: which address answers what, on one day."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from datetime import datetime

from zancrawler.newsroom import wordpress_documents as documents
from zancrawler.newsroom import wordpress_pages as pages
from zancrawler.newsroom.answer import (
    Answer,
    Ask,
    Manner,
    address,
    digest,
    page,
    page_number,
    photograph,
    redirect,
    xml,
)
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL
from zancrawler.newsroom.cases import Case, advertised
from zancrawler.newsroom.edition import Edition, Presence, Spell, Standing
from zancrawler.newsroom.markup import joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.site import Precision
from zancrawler.newsroom.wordpress_content import Surroundings, upload

NAME = "newsroom-wp"
NEWSPAPER = "newsroom-newspaper"
PAGE_SIZE = 10
SITEMAP_SIZE = 20
API_LIMIT = 100
RELATED = 3

API_LANGUAGES = {None: None, "fa": "fa-AF", "en": "en", "ps": "ps"}
LISTING = re.compile(r"/(?P<shelf>(?:category|tag|author)/(?P<label>[^/]+)/)?(?:page/(?P<n>\d+)/)?")
CALENDAR = re.compile(r"/calendar/(?P<year>\d{4})/(?P<month>\d\d)/")


@dataclass(frozen=True, slots=True)
class WordPress:
    """The site on one day."""

    masthead: Masthead
    edition: Edition
    home: str
    cases: tuple[Case, ...] = ()
    """Its awkward ones, some of them advertised by the sitemap of posts alone."""
    theme: pages.Theme = pages.Theme.JNEWS

    def precision(self, article: Article) -> Precision:
        match self._theme:
            case pages.Theme.JNEWS if article.language != "en":
                return Precision.DAY
            case pages.Theme.MVP:
                return Precision.DAY
        return Precision.SECOND

    def picture(self, article: Article, image: str) -> str:
        return f"{upload(article, image)}.png"

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.removeprefix("/index.php")
        short = f"{path}?p={ask.query['p']}" if "p" in ask.query else path
        if standing := self._standing(short) or self._standing(path):
            return self._article(ask, standing)
        prefix, rest = self.masthead.parted(path)
        if short != path:
            return self._short_link(ask)
        if rest in ("", "/feed") or self._standing(path + "/"):
            return redirect(address(self.home, path + "/"))
        if path == "/robots.txt":
            return Answer(200, documents.robots(self.home, self._names).encode(), "text/plain")
        if path.startswith("/wp-json/"):
            return self._api(path, ask.query)
        if path.startswith("/wp-content/uploads/"):
            return photograph(path)
        if "sitemap" in path:
            return self._sitemap(path)
        if path == "/comments/feed/":
            commented = self._live()[:PAGE_SIZE]
            return self._feed(documents.comments_feed(self.masthead, self.home, path, commented))
        if rest == "/feed/" or "feed" in ask.query:
            newest = self._live(self.masthead.language_of(prefix))[:PAGE_SIZE]
            return self._feed(documents.feed(self.masthead, self.home, prefix, newest))
        return self._page(ask, path)

    def _page(self, ask: Ask, path: str) -> Answer:
        frame = self._frame(ask)
        prefix, rest = self.masthead.parted(path)
        if listing := LISTING.fullmatch(rest):
            return self._listing(frame, prefix, listing)
        if month := CALENDAR.fullmatch(path):
            start = page_number(ask.query.get("start"))
            return page(calendar_page(frame, int(month["year"]), int(month["month"]), start))
        if path in ("/about/", "/private/"):
            text = "سپیدار ساختگی است: آدم‌ها، رویدادها و شماره‌های آن برای آزمون نوشته شده‌اند."
            return page(pages.plain_page(frame, "درباره ما", text))
        return self._missing(frame, 404)

    def _standing(self, path: str) -> Standing | None:
        return self.edition.standing(self.masthead.name, path)

    def _frame(self, ask: Ask) -> pages.Frame:
        return pages.Frame(self.masthead, self.home, self.edition.now, ask.serial, self._theme)

    @property
    def _theme(self) -> pages.Theme:
        redesigned = self.edition.under(self.masthead.name, Spell.REDESIGN)
        return pages.Theme.BLOCKS if redesigned else self.theme

    def _missing(self, frame: pages.Frame, status: int) -> Answer:
        return page(pages.plain_page(frame, str(status), "برگه پیدا نشد."), status=status)

    def _live(self, language: str | None = None) -> list[Article]:
        """The live articles, newest first."""
        live = self.edition.live(self.masthead.name)
        return [a for a in live if language in (None, a.language)]

    def _short_link(self, ask: Ask) -> Answer:
        for article in self._live():
            if str(documents.article_number(article)) == ask.query["p"]:
                return redirect(address(self.home, article.path))
        return self._missing(self._frame(ask), 404)

    def _article(self, ask: Ask, standing: Standing) -> Answer:
        article, frame = standing.article, self._frame(ask)
        match standing.presence:
            case Presence.HOME:
                return redirect(self.home + self.masthead.prefixes[article.language] + "/", 302)
            case Presence.GONE:
                return self._missing(frame, 410)
            case Presence.NOT_FOUND:
                return self._missing(frame, 404)
        html = pages.article_page(frame, article, self._surroundings(article))
        # The page is made anew every day: its validators change though the article does not.
        key = f"{article.id} {standing.n_versions} {standing.touched} {self.edition.day}"
        return Answer(
            200,
            html.encode(),
            etag=digest(key.encode()),
            modified=self.edition.now,
            manner=Manner.CUT if standing.presence is Presence.BROKEN else Manner.WHOLE,
        )

    def _surroundings(self, article: Article) -> Surroundings:
        others = [each for each in self._live(article.language) if each.id != article.id]
        start = self.edition.day % max(1, len(others) - RELATED)
        return Surroundings(
            number=documents.article_number(article),
            also=others[-1 - self.edition.day % len(others)] if others else None,
            related=others[start : start + RELATED],
            translations=self.edition.translations(article),
        )

    def _listing(self, frame: pages.Frame, prefix: str, parts: re.Match[str]) -> Answer:
        """A page of the news, or of one category, tag or author."""
        label, number = parts["label"], page_number(parts["n"])
        language = self.masthead.language_of(prefix)
        articles = [
            each
            for each in self._live(language)
            if label in (None, each.section, *each.tags, *each.authors)
        ]
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        if not shown:
            return self._missing(frame, 404)
        more = len(articles) > PAGE_SIZE * number
        older = f"{prefix}/{parts['shelf'] or ''}page/{number + 1}/" if more else ""
        return page(pages.listing_page(frame, language, label or self.masthead.title, shown, older))

    def _feed(self, source: str) -> Answer:
        return xml(source, self.edition.now, "application/rss+xml; charset=UTF-8")

    @property
    def _names(self) -> documents.SitemapNames:
        return documents.YOAST if self.theme is pages.Theme.NEWSPAPER else documents.CORE

    def _sitemap(self, path: str) -> Answer:
        if path == self._names.index:
            urls = [self.home + each for each in self._sitemaps()]
            return xml(documents.sitemap_index(urls), self.edition.now)
        if path == "/sitemap-archive.xml.gz":
            entries = [entry for entries in self._posts_sitemaps().values() for entry in entries]
            body = gzip.compress(documents.sitemap(entries).encode(), mtime=0)
            return Answer(200, body, "application/gzip", etag=digest(body))
        entries = self._sitemaps().get(path, [])
        if not entries:
            return Answer(404, b"", "text/plain")
        return xml(documents.sitemap(entries), self.edition.now)

    def _sitemaps(self) -> dict[str, list[tuple[str, datetime | None]]]:
        """The sitemaps' entries: URLs and times of change."""
        posts = self._posts_sitemaps()
        first = next(iter(posts), self._names.posts.format(1))
        posts[first] = [
            *posts.get(first, []),
            *((url, None) for url in advertised(self.cases, self.home)),
        ]
        categories = sorted(
            {f"{self.masthead.prefixes[a.language]}/category/{a.section}/" for a in self._live()}
        )
        return {
            **posts,
            self._names.pages: [(address(self.home, each), None) for each in ("/", "/about/")],
            self._names.categories: [(address(self.home, each), None) for each in categories],
        }

    def _posts_sitemaps(self) -> dict[str, list[tuple[str, datetime | None]]]:
        entries: list[tuple[str, datetime | None]] = [
            (address(self.home, each.path), each.modified) for each in self._live()
        ]
        return {
            self._names.posts.format(start // SITEMAP_SIZE + 1): entries[
                start : start + SITEMAP_SIZE
            ]
            for start in range(0, len(entries), SITEMAP_SIZE)
        }

    def _api(self, path: str, query: dict[str, str]) -> Answer:
        """`/wp/v2/posts`, with `per_page`, `page`, `lang` and `modified_after` (WordPress REST)."""
        if path.rstrip("/") != "/wp-json/wp/v2/posts":
            return rest_error("rest_no_route", 404)
        if query.get("lang") not in API_LANGUAGES:
            return rest_error("rest_invalid_param", 400)
        articles = self._live(API_LANGUAGES[query.get("lang")])
        if after := query.get("modified_after"):
            since = datetime.fromisoformat(after)
            since = since if since.tzinfo else since.replace(tzinfo=KABUL)
            articles = [each for each in articles if each.modified > since]
        size = min(API_LIMIT, page_number(query.get("per_page", str(PAGE_SIZE))))
        number, total = page_number(query.get("page")), -(-len(articles) // size)
        if number > max(1, total):
            return rest_error("rest_post_invalid_page_number", 400)
        shown = articles[size * (number - 1) : size * number]
        body = json.dumps([documents.rest_post(self.home, each) for each in shown]).encode()
        return Answer(
            200,
            body,
            "application/json; charset=UTF-8",
            (("X-WP-Total", str(len(articles))), ("X-WP-TotalPages", str(total))),
            etag=digest(body),
        )


def newspaper(
    masthead: Masthead, edition: Edition, home: str, cases: tuple[Case, ...]
) -> WordPress:
    """The second outlet of this kind: another theme, with Yoast's sitemaps."""
    return WordPress(masthead, edition, home, cases, pages.Theme.NEWSPAPER)


def rest_error(code: str, status: int) -> Answer:
    body = json.dumps({"code": code, "data": {"status": status}}).encode()
    return Answer(status, body, "application/json; charset=UTF-8")


def calendar_page(frame: pages.Frame, year: int, month: int, start: int) -> str:
    """A month without an end: every page links to more pages of the same kind."""
    following = f"/calendar/{year + month // 12:04d}/{month % 12 + 1:02d}/"
    previous = f"/calendar/{year - (month == 1):04d}/{(month - 2) % 12 + 1:02d}/"
    more = f"/calendar/{year:04d}/{month:02d}/?start={start + 10}"
    links = [markup('<a href="$to">$to</a>', to=to) for to in (previous, following, more)]
    return pages.plain_page(frame, "تقویم", joined(links))
