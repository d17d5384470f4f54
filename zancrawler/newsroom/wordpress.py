"""The WordPress-like outlet: which address answers what, on one day."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from zancrawler.newsroom import wordpress_pages as pages
from zancrawler.newsroom.answer import Answer, Ask, Manner, digest, page, redirect, tag, xml
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL
from zancrawler.newsroom.edition import CLOSED_AT, FIRST_DAY, Edition, Presence, Spell, Standing
from zancrawler.newsroom.markup import joined, markup
from zancrawler.newsroom.picture import png

NAME = "newsroom-wp"
PAGE_SIZE = 10
SITEMAP_SIZE = 20
API_LIMIT = 100
RELATED = 3

ROBOTS = """User-agent: *
Disallow: /wp-admin/
Disallow: /private/
Allow: /wp-admin/admin-ajax.php
Crawl-delay: 0.05

Sitemap: {home}/wp-sitemap.xml
Sitemap: {home}/sitemap-archive.xml.gz
"""

LISTING = re.compile(r"(?P<prefix>/en|/ps)?/(?:category/(?P<section>[^/]+)/)?(?:page/(?P<n>\d+)/)?")
FEED = re.compile(r"(?P<prefix>/en|/ps)?/feed/")
SITEMAP = re.compile(r"/wp-sitemap-posts-post-(?P<n>\d+)\.xml")
CALENDAR = re.compile(r"/calendar/(?P<year>\d{4})/(?P<month>\d\d)/")
LANGUAGES = {prefix: language for language, prefix in pages.PREFIXES.items()}
START = datetime.combine(FIRST_DAY, CLOSED_AT)


@dataclass(frozen=True, slots=True)
class WordPress:
    """The site on one day. `advertised` are addresses that only the sitemap of posts lists."""

    edition: Edition
    home: str
    advertised: tuple[str, ...] = ()

    def answer(self, ask: Ask) -> Answer:
        path = ask.path.removeprefix("/index.php")
        if path == "/" and "p" in ask.query:
            return self._short_link(ask.query["p"])
        standings = self._standings()
        if standing := standings.get(path):
            return self._article(ask, standing)
        if path + "/" in standings or path in ("/en", "/ps", "/feed", "/en/feed", "/ps/feed"):
            return redirect(self._address(path + "/"))
        if path == "/robots.txt":
            return Answer(200, ROBOTS.format(home=self.home).encode(), "text/plain")
        if path.startswith("/wp-json/"):
            return self._api(path, ask.query)
        if path.startswith("/wp-content/uploads/"):
            return Answer(200, png(path), "image/png", etag=digest(path.encode()))
        if "sitemap" in path:
            return self._sitemap(path)
        if feed := FEED.fullmatch(path):
            return self._feed(path, LANGUAGES[feed["prefix"] or ""])
        frame = self._frame(ask)
        if listing := LISTING.fullmatch(path):
            return self._listing(frame, listing)
        if month := CALENDAR.fullmatch(path):
            return _calendar(frame, int(month["year"]), int(month["month"]), ask.query)
        if path in ("/about/", "/private/"):
            text = "سپیدار ساختگی است: آدم‌ها، رویدادها و شماره‌های آن برای آزمون نوشته شده‌اند."
            return page(pages.plain_page(frame, "درباره ما", text))
        return page(pages.plain_page(frame, "404", "برگه پیدا نشد."), status=404)

    def _frame(self, ask: Ask) -> pages.Frame:
        redesigned = self.edition.under(NAME, Spell.REDESIGN)
        return pages.Frame(self.home, self.edition.now, ask.serial, redesigned)

    def _address(self, path: str) -> str:
        """Absolute and percent-encoded, as WordPress writes addresses."""
        return self.home + quote(path)

    def _standings(self) -> dict[str, Standing]:
        return {
            each.article.path: each
            for each in self.edition.standings
            if each.article.outlet == NAME
        }

    def _live(self, language: str | None = None) -> list[Article]:
        """The live articles, newest first."""
        return [
            each.article
            for each in self.edition.live(NAME)
            if language in (None, each.article.language)
        ]

    def _short_link(self, number: str) -> Answer:
        for article in self._live():
            if str(article_number(article)) == number:
                return redirect(self._address(article.path))
        return page("<!doctype html><title>404</title>", status=404)

    def _article(self, ask: Ask, standing: Standing) -> Answer:
        article, frame = standing.article, self._frame(ask)
        match standing.presence:
            case Presence.HOME:
                return redirect(self.home + pages.PREFIXES[article.language] + "/", 302)
            case Presence.GONE | Presence.NOT_FOUND as presence:
                status = 410 if presence is Presence.GONE else 404
                return page(pages.plain_page(frame, str(status), "برگه پیدا نشد."), status=status)
        html = pages.article_page(frame, article, self._surroundings(article))
        # The page is made anew every day: its validators change though the article does not.
        key = f"{article.id} {standing.n_versions} {standing.touched} {self.edition.day}"
        return Answer(
            200,
            html.encode(),
            etag=digest(key.encode()),
            modified=max(standing.touched, self.edition.now.replace(hour=0)),
            manner=Manner.CUT if standing.presence is Presence.BROKEN else Manner.WHOLE,
        )

    def _surroundings(self, article: Article) -> pages.Surroundings:
        others = [each for each in self._live(article.language) if each.id != article.id]
        start = self.edition.day % max(1, len(others) - RELATED)
        return pages.Surroundings(
            number=article_number(article),
            also=others[-1 - self.edition.day % len(others)] if others else None,
            related=others[start : start + RELATED],
            translations=[
                each
                for each in self._live()
                if each.story and each.story == article.story and each.id != article.id
            ],
        )

    def _listing(self, frame: pages.Frame, parts: re.Match[str]) -> Answer:
        prefix, section, number = parts["prefix"] or "", parts["section"], int(parts["n"] or 1)
        language = LANGUAGES[prefix]
        articles = [a for a in self._live(language) if section in (None, a.section)]
        shown = articles[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
        if not shown:
            return page(pages.plain_page(frame, "404", "برگه پیدا نشد."), status=404)
        base = f"{prefix}/category/{section}/" if section else f"{prefix}/"
        older = f"{base}page/{number + 1}/" if len(articles) > PAGE_SIZE * number else ""
        return page(pages.listing_page(frame, language, section or pages.TITLE, shown, older))

    def _changed(self, articles: list[Article]) -> datetime:
        return max((each.modified for each in articles), default=START)

    def _sitemap(self, path: str) -> Answer:
        live = self._live()
        pieces = [live[start : start + SITEMAP_SIZE] for start in range(0, len(live), SITEMAP_SIZE)]
        if path == "/wp-sitemap.xml":
            names = [f"posts-post-{n}" for n in range(1, len(pieces) + 1)]
            names += ["posts-page-1", "taxonomies-category-1"]
            entries = "".join(
                f"<sitemap>{tag('loc', f'{self.home}/wp-sitemap-{name}.xml')}</sitemap>"
                for name in names
            )
            return xml(_sitemap_document("sitemapindex", entries), self._changed(live))
        if path == "/sitemap-archive.xml.gz":
            body = gzip.compress(_urlset(self._entries(live)).encode(), mtime=0)
            changed = self._changed(live)
            return Answer(200, body, "application/gzip", etag=digest(body), modified=changed)
        if path == "/wp-sitemap-posts-page-1.xml":
            about = _entry(self._address("/about/"), START) + _entry(self.home + "/", START)
            return xml(_urlset(about), START)
        if path == "/wp-sitemap-taxonomies-category-1.xml":
            paths = sorted({f"{pages.PREFIXES[a.language]}/category/{a.section}/" for a in live})
            return xml(_urlset("".join(_entry(self._address(each)) for each in paths)), START)
        if (piece := SITEMAP.fullmatch(path)) and 0 < int(piece["n"]) <= len(pieces):
            listed = pieces[int(piece["n"]) - 1]
            more = self.advertised if piece["n"] == "1" else ()
            entries = self._entries(listed) + "".join(_entry(address, START) for address in more)
            return xml(_urlset(entries), self._changed(listed))
        return Answer(404, b"", "text/plain")

    def _entries(self, articles: list[Article]) -> str:
        return "".join(_entry(self._address(each.path), each.modified) for each in articles)

    def _feed(self, path: str, language: str) -> Answer:
        articles = self._live(language)[:PAGE_SIZE]
        changed = self._changed(articles)
        frame = pages.Frame(self.home, self.edition.now, 0, False)
        items = "".join(self._item(frame, each) for each in articles)
        return xml(
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
            f"{tag('title', pages.TITLE)}\n"
            f'<atom:link href="{self.home}{path}" rel="self" type="application/rss+xml"/>\n'
            f"{tag('link', self.home + pages.PREFIXES[language] + '/')}\n"
            "<description></description>\n"
            f"{tag('lastBuildDate', format_datetime(changed))}\n{tag('language', language)}\n"
            f"<generator>https://wordpress.org/?v=6.8.2</generator>\n{items}</channel>\n</rss>\n",
            changed,
            "application/rss+xml; charset=UTF-8",
        )

    def _item(self, frame: pages.Frame, article: Article) -> str:
        creator = ", ".join(article.authors)
        return (
            f"<item>\n{tag('title', article.title)}\n{tag('link', self._address(article.path))}\n"
            f"<dc:creator><![CDATA[{creator}]]></dc:creator>\n"
            f"{tag('pubDate', format_datetime(article.published))}\n"
            f"<category><![CDATA[{article.section}]]></category>\n"
            f'<guid isPermaLink="false">{self.home}/?p={article_number(article)}</guid>\n'
            f"<description><![CDATA[{article.text[:200]} [&#8230;]]]></description>\n"
            f"<content:encoded><![CDATA[{pages.content_html(frame, article)}]]></content:encoded>\n"
            "</item>\n"
        )

    def _api(self, path: str, query: dict[str, str]) -> Answer:
        """`/wp/v2/posts`, with `per_page`, `page`, `lang` and `modified_after` (WordPress REST)."""
        if path.rstrip("/") != "/wp-json/wp/v2/posts":
            return _json({"code": "rest_no_route", "data": {"status": 404}}, 404)
        size = min(API_LIMIT, int(query.get("per_page", PAGE_SIZE)))
        number = int(query.get("page", 1))
        articles = self._live({"fa": "fa-AF"}.get(query.get("lang", ""), query.get("lang")))
        if after := query.get("modified_after"):
            since = datetime.fromisoformat(after)
            since = since if since.tzinfo else since.replace(tzinfo=KABUL)
            articles = [each for each in articles if each.modified > since]
        total = -(-len(articles) // size)
        if not 1 <= number <= max(1, total):
            return _json({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, 400)
        shown = articles[size * (number - 1) : size * number]
        frame = pages.Frame(self.home, self.edition.now, 0, False)
        answer = [self._post(frame, each) for each in shown]
        return _json(
            answer, 200, ("X-WP-Total", str(len(articles))), ("X-WP-TotalPages", str(total))
        )

    def _post(self, frame: pages.Frame, article: Article) -> dict[str, object]:
        number = article_number(article)
        content = pages.content_html(frame, article)
        return {
            "id": number,
            "date": _local(article.published),
            "date_gmt": f"{article.published:%Y-%m-%dT%H:%M:%S}",
            "guid": {"rendered": f"{self.home}/?p={number}"},
            "modified": _local(article.modified),
            "modified_gmt": f"{article.modified:%Y-%m-%dT%H:%M:%S}",
            "slug": quote(article.path.rstrip("/").rsplit("/", 1)[1]).lower(),
            "status": "publish",
            "type": "post",
            "link": self._address(article.path),
            "title": {"rendered": escape(article.title, quote=False)},
            "content": {"rendered": content, "protected": False},
            "excerpt": {"rendered": f"<p>{escape(article.text[:200])}</p>", "protected": False},
            "lang": article.language.split("-")[0],
        }


def article_number(article: Article) -> int:
    """The site's own id of an article, of five digits."""
    return 10_000 + int(digest(article.id.encode())[:8], 16) % 90_000


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(KABUL):%Y-%m-%dT%H:%M:%S}"


def _json(value: object, status: int, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(value, ensure_ascii=True).encode()
    return Answer(
        status,
        body,
        "application/json; charset=UTF-8",
        headers,
        etag=digest(body) if status == 200 else None,
    )


def _sitemap_document(root: str, entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>\n'
    )


def _urlset(entries: str) -> str:
    return _sitemap_document("urlset", entries)


def _entry(url: str, modified: datetime | None = None) -> str:
    lastmod = tag("lastmod", modified.isoformat(timespec="seconds")) if modified else ""
    return f"<url>{tag('loc', url)}{lastmod}</url>"


def _calendar(frame: pages.Frame, year: int, month: int, query: dict[str, str]) -> Answer:
    """A month without an end: every page links to more pages of the same kind."""
    start = int(query["start"]) if query.get("start", "").isdecimal() else 0
    following = f"/calendar/{year + month // 12:04d}/{month % 12 + 1:02d}/"
    before = year - (month == 1)
    previous = f"/calendar/{before:04d}/{(month - 2) % 12 + 1:02d}/"
    more = f"/calendar/{year:04d}/{month:02d}/?start={start + 10}"
    links = [markup('<a href="$to">$to</a>', to=to) for to in (previous, following, more)]
    return page(pages.plain_page(frame, "تقویم", joined(links)))
