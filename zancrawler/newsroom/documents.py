"""What sites of several platforms serve to machines in the same form: sitemaps and RSS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from zancrawler.newsroom.answer import XML_DECLARATION, address, newest, tag
from zancrawler.newsroom.article import Article

SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
RSS = 'version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def robots(home: str, *rules: str, sitemaps: Iterable[str] = ()) -> bytes:
    lines = ["User-agent: *", *rules, "", *(f"Sitemap: {home}{each}" for each in sitemaps)]
    return "\n".join([*lines, ""]).encode()


def sitemap_index(home: str, paths: Iterable[str]) -> str:
    entries = "".join(f"<sitemap>{tag('loc', home + path)}</sitemap>\n" for path in paths)
    return f"{XML_DECLARATION}<sitemapindex {SITEMAP}>\n{entries}</sitemapindex>\n"


def sitemap(home: str, articles: Iterable[Article], more: Iterable[str] = ()) -> str:
    """The articles with the times of their last change, and further URLs without one."""
    listed = [*((address(home, a.path), _w3c(a.modified)) for a in articles)]
    listed += [(url, "") for url in more]
    entries = "".join(
        f"<url>{tag('loc', url)}{tag('lastmod', changed) if changed else ''}</url>\n"
        for url, changed in listed
    )
    return f"{XML_DECLARATION}<urlset {SITEMAP}>\n{entries}</urlset>\n"


def news_sitemap(home: str, title: str, articles: Iterable[Article]) -> str:
    """The newest articles, with what a news search asks for (Google's news sitemaps)."""
    entries = "".join(
        f"<url>{tag('loc', address(home, a.path))}<news:news><news:publication>"
        f"{tag('news:name', title)}{tag('news:language', a.language.split('-')[0])}"
        f"</news:publication>{tag('news:publication_date', _w3c(a.published))}"
        f"{tag('news:title', a.title)}</news:news></url>\n"
        for a in articles
    )
    return f"{XML_DECLARATION}<urlset {SITEMAP} {NEWS}>\n{entries}</urlset>\n"


def rss(
    home: str,
    title: str,
    articles: list[Article],
    *,
    link: Callable[[Article], str] = lambda article: article.path,
) -> str:
    """Headlines, summaries and times; `link` gives the path that the feed has for an article."""
    items = "".join(
        f"<item>{tag('title', a.title)}{tag('link', address(home, link(a)))}"
        f'<guid isPermaLink="true">{address(home, link(a))}</guid>'
        f"{tag('description', a.subtitle or a.text[:160])}{tag('category', a.section)}"
        f"{tag('pubDate', format_datetime(a.published))}"
        f"{tag('dc:creator', ', '.join(a.authors))}</item>\n"
        for a in articles
    )
    return (
        f"{XML_DECLARATION}<rss {RSS}><channel>{tag('title', title)}{tag('link', home + '/')}"
        f"{tag('description', title)}"
        f"{tag('lastBuildDate', format_datetime(newest(articles)))}\n{items}</channel></rss>\n"
    )


def _w3c(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
