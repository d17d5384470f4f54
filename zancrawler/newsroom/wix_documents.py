"""What the Wix-like outlet serves to machines: robots.txt, sitemaps and feeds."""

from __future__ import annotations

from datetime import date
from email.utils import format_datetime
from xml.sax.saxutils import escape

from zancrawler.newsroom import wix_body
from zancrawler.newsroom import wix_pages as pages
from zancrawler.newsroom.answer import XML_DECLARATION, digest, newest, tag
from zancrawler.newsroom.article import Article

SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
RSS = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"'
)
TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=daily"
TRACKED = 4
"""Every so many-th link of a feed carries tracking parameters."""


def robots(home: str) -> str:
    return f"""User-agent: *
Crawl-delay: 0.05
Allow: /
Disallow: /members-area/
Disallow: /post/draft-

User-agent: PetalBot
Disallow: /

Sitemap: {home}/sitemap.xml
"""


def sitemap_index(maps: list[tuple[str, date]]) -> str:
    """`maps` are URLs, each with the day of the newest change in it."""
    entries = "".join(
        f"<sitemap>\n{tag('loc', url)}\n{tag('lastmod', lastmod)}\n</sitemap>\n"
        for url, lastmod in maps
    )
    return (
        f'{XML_DECLARATION}<sitemapindex {SITEMAP} generatedBy="WIX">\n{entries}</sitemapindex>\n'
    )


def sitemap(entries: list[str]) -> str:
    listed = "".join(entries)
    return f'{XML_DECLARATION}<urlset {SITEMAP}\n{IMAGE} generatedBy="WIX">\n{listed}</urlset>\n'


def article_entry(home: str, article: Article) -> str:
    """An article with its lead picture. `lastmod` is no more than a date."""
    picture = tag("image:loc", home + wix_body.media(article.image))
    return page_entry(
        home + pages.link(article.path),
        article.modified.date(),
        f"<image:image>\n{picture}\n</image:image>\n",
    )


def page_entry(url: str, lastmod: date, more: str = "") -> str:
    """The address as it is: Wix writes non-ASCII characters raw."""
    return f"<url>\n<loc>{escape(url)}</loc>\n{tag('lastmod', lastmod)}\n{more}</url>\n"


def feed(home: str, path: str, posts: list[Article]) -> str:
    items = "".join(_item(home, each, place) for place, each in enumerate(posts, 1))
    return (
        f"{XML_DECLARATION}<rss {RSS}><channel>{tag('title', pages.TITLE)}"
        f"{tag('description', pages.TITLE)}{tag('link', home + '/blog')}"
        "<generator>RSS for Node</generator>"
        f"{tag('lastBuildDate', format_datetime(newest(posts), usegmt=True))}"
        f'<atom:link href="{home}{path}" rel="self" type="application/rss+xml"/>'
        f"{items}</channel></rss>"
    )


def _item(home: str, article: Article, place: int) -> str:
    url = home + article.path + ("" if place % TRACKED else TRACKING)
    picture = f"{home}{wix_body.media(article.image)}/v1/fit/w_1000,h_1000,al_c,q_80/file.png"
    return (
        f"<item><title><![CDATA[{article.title}]]></title>"
        f"<description><![CDATA[{pages.teaser(article)[:300]}...]]></description>"
        f"{tag('link', url)}"
        f'<guid isPermaLink="false">{digest(article.id.encode())}c4a1</guid>'
        f"<category><![CDATA[{article.section}]]></category>"
        f"{tag('pubDate', format_datetime(article.published, usegmt=True))}"
        f'<enclosure url="{picture}" length="0" type="image/png"/>'
        f"{tag('dc:creator', article.authors[0])}</item>"
    )
