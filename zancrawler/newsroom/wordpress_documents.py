"""What the WordPress-like outlet serves to machines: robots.txt, sitemaps, feeds, REST posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from zancrawler.newsroom.answer import XML_DECLARATION, address, digest, newest, tag
from zancrawler.newsroom.article import Article
from zancrawler.newsroom.calendar import KABUL
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.wordpress_content import content_html
from zancrawler.newsroom.wordpress_words import WORDS

RSS = (
    'version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
)


@dataclass(frozen=True, slots=True)
class SitemapNames:
    """Paths of the sitemaps; the posts' one with a place for its number."""

    index: str
    posts: str
    pages: str
    categories: str


CORE = SitemapNames(
    "/wp-sitemap.xml",
    "/wp-sitemap-posts-post-{}.xml",
    "/wp-sitemap-posts-page-1.xml",
    "/wp-sitemap-taxonomies-category-1.xml",
)
YOAST = SitemapNames(
    "/sitemap_index.xml", "/post-sitemap{}.xml", "/page-sitemap.xml", "/category-sitemap.xml"
)


def robots(home: str, names: SitemapNames) -> str:
    return f"""User-agent: *
Disallow: /wp-admin/
Disallow: /private/
Allow: /wp-admin/admin-ajax.php
Crawl-delay: 0.05

Sitemap: {home}{names.index}
Sitemap: {home}/sitemap-archive.xml.gz
"""


def article_number(article: Article) -> int:
    """The site's own id of an article, of five digits."""
    return 10_000 + int(digest(article.id.encode())[:8], 16) % 90_000


def sitemap_index(urls: list[str]) -> str:
    entries = "".join(f"<sitemap>{tag('loc', url)}</sitemap>" for url in urls)
    return _sitemap("sitemapindex", entries)


def sitemap(entries: list[tuple[str, datetime | None]]) -> str:
    """`entries` are URLs with the time of their last change, if that is told."""
    return _sitemap(
        "urlset",
        "".join(
            f"<url>{tag('loc', url)}"
            f"{tag('lastmod', modified.isoformat(timespec='seconds')) if modified else ''}</url>"
            for url, modified in entries
        ),
    )


def _sitemap(root: str, entries: str) -> str:
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{XML_DECLARATION}<{root} xmlns="{namespace}">{entries}</{root}>\n'


def feed(masthead: Masthead, home: str, prefix: str, articles: list[Article]) -> str:
    items = "".join(_item(home, each) for each in articles)
    language = masthead.language_of(prefix)
    return _channel(masthead, home, f"{prefix}/feed/", language, masthead.title, articles, items)


def comments_feed(masthead: Masthead, home: str, path: str, articles: list[Article]) -> str:
    """The newest comments, which are no articles and nobody's to collect."""
    items = "".join(
        f"<item>\n{tag('title', WORDS[each.language].commenter)}\n"
        f"{tag('link', address(home, each.path) + '#comment-1')}\n"
        f"{tag('pubDate', format_datetime(each.published))}\n"
        f"{tag('description', WORDS[each.language].comment)}\n</item>\n"
        for each in articles
    )
    title = f"{masthead.title} » Comments"
    return _channel(masthead, home, path, masthead.language, title, articles, items)


def _channel(
    masthead: Masthead,
    home: str,
    path: str,
    language: str,
    title: str,
    articles: list[Article],
    items: str,
) -> str:
    return (
        f"{XML_DECLARATION}<rss {RSS}>\n<channel>\n{tag('title', title)}\n"
        f'<atom:link href="{home}{path}" rel="self" type="application/rss+xml"/>\n'
        f"{tag('link', home + masthead.prefixes[language] + '/')}\n<description></description>\n"
        f"{tag('lastBuildDate', format_datetime(newest(articles)))}\n"
        f"{tag('language', language)}\n"
        f"<generator>https://wordpress.org/?v=6.8.2</generator>\n{items}</channel>\n</rss>\n"
    )


def _item(home: str, article: Article) -> str:
    return (
        f"<item>\n{tag('title', article.title)}\n{tag('link', address(home, article.path))}\n"
        f"<dc:creator><![CDATA[{', '.join(article.authors)}]]></dc:creator>\n"
        f"{tag('pubDate', format_datetime(article.published))}\n"
        f"<category><![CDATA[{article.section}]]></category>\n"
        f'<guid isPermaLink="false">{home}/?p={article_number(article)}</guid>\n'
        f"<description><![CDATA[{article.text[:200]} [&#8230;]]]></description>\n"
        f"<content:encoded><![CDATA[{content_html(home, article)}]]></content:encoded>\n"
        "</item>\n"
    )


def rest_post(home: str, article: Article) -> dict[str, object]:
    """The article as WordPress's REST API has it."""
    number = article_number(article)
    excerpt = f"<p>{escape(article.text[:200])}</p>"
    return {
        "id": number,
        "date": _time(article.published.astimezone(KABUL)),
        "date_gmt": _time(article.published),
        "guid": {"rendered": f"{home}/?p={number}"},
        "modified": _time(article.modified.astimezone(KABUL)),
        "modified_gmt": _time(article.modified),
        "slug": quote(article.path.rstrip("/").rsplit("/", 1)[1]).lower(),
        "status": "publish",
        "type": "post",
        "link": address(home, article.path),
        "title": {"rendered": escape(article.title, quote=False)},
        "content": {"rendered": content_html(home, article), "protected": False},
        "excerpt": {"rendered": excerpt, "protected": False},
        "lang": article.language.split("-")[0],
    }


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"
