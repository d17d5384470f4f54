"""The pages of the WordPress-like outlets: themes over the same articles.

The first, in the image of JNews, prints dates in words and says nothing for machines in Dari and
Pashto; the second, the redesign, is a block theme with `<time datetime>`; the third, in the image
of tagDiv's Newspaper with Yoast, appends whole stories to the one that was asked for; so does the
fourth, in the image of MVP's, which names the day alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zancrawler.newsroom.article import Article, CreditPlace
from zancrawler.newsroom.calendar import KABUL, full_date, persian_digits
from zancrawler.newsroom.markup import Html, fill, joined, markup
from zancrawler.newsroom.masthead import Masthead
from zancrawler.newsroom.wordpress_content import Surroundings, content_html, upload
from zancrawler.newsroom.wordpress_words import WORDS

APPENDED = 2
"""How many stories stand whole below the one that was asked for."""
NATIVE = {"fa-AF": "دری", "en": "English", "ps": "پښتو"}


class Theme(StrEnum):
    """The theme's folder. Each has a template of the same name for its articles."""

    JNEWS = "jnews"
    BLOCKS = "twentytwentyfive"
    NEWSPAPER = "Newspaper"
    MVP = "zox-news"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the site needs to know."""

    masthead: Masthead
    home: str
    now: datetime
    serial: int
    theme: Theme


def article_page(frame: Frame, article: Article, around: Surroundings) -> str:
    values = _values(frame, article, around)
    if frame.theme in (Theme.NEWSPAPER, Theme.MVP):
        values |= _stories(frame, values, around)
    body = fill(f"wordpress/{frame.theme}.html", **values)
    classes = f"single single-post postid-{around.number}"
    return shell(frame, article.language, _head(frame, article, around), body, classes)


def _head(frame: Frame, article: Article, around: Surroundings) -> Html:
    url = frame.home + article.path
    versions = [article, *around.translations] if around.translations else []
    return fill(
        "wordpress/article_head.html",
        site=frame.masthead.title,
        title=article.title,
        alternates=joined(
            [
                markup(
                    '<link rel="alternate" hreflang="$language" href="$url"/>',
                    language=each.language,
                    url=frame.home + each.path,
                )
                for each in versions
            ]
        ),
        url=url,
        home=frame.home,
        number=around.number,
        image=f"{frame.home}{upload(article, article.image)}.png",
        times=_times(frame, article, url),
    )


def _times(frame: Frame, article: Article, url: str) -> Html:
    """What the head says for machines: with JNews a time in English alone, with Yoast all of it."""
    stamp = article.published.astimezone(KABUL).isoformat(timespec="seconds")
    if frame.theme is Theme.NEWSPAPER:
        graph = [_yoast(frame, article, url, stamp), {"@type": "WebPage", "@id": url, "url": url}]
        source = json.dumps({"@context": "https://schema.org", "@graph": graph})
        form = '<script type="application/ld+json" class="yoast-schema-graph">$graph</script>'
        return markup(form, graph=Html(source.replace("</", "<\\/")))
    if article.language == "en":
        form = '<meta property="article:published_time" content="$stamp"/>'
        return markup(form, stamp=stamp)
    return Html()


def _yoast(frame: Frame, article: Article, url: str, stamp: str) -> dict[str, object]:
    return {
        "@type": "Article",
        "@id": f"{url}#article",
        "isPartOf": {"@id": url},
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "headline": article.title,
        "datePublished": stamp,
        "dateModified": article.modified.astimezone(KABUL).isoformat(timespec="seconds"),
        "mainEntityOfPage": {"@id": url},
        "publisher": {"@type": "Organization", "name": frame.masthead.title},
        "articleSection": [article.section],
        "inLanguage": article.language,
    }


def _stories(frame: Frame, values: dict[str, object], around: Surroundings) -> dict[str, object]:
    """The page's own story, and the next ones that stand whole below it."""
    form = f"wordpress/{frame.theme}_story.html"
    following = [
        _values(frame, each, Surroundings(0, None, [], [])) for each in around.related[:APPENDED]
    ]
    return {
        "story": fill(form, **values),
        "appended": joined([fill(form, **each) for each in following]),
    }


def _values(frame: Frame, article: Article, around: Surroundings) -> dict[str, object]:
    """What the templates of an article are filled with."""
    prefix, words = frame.masthead.prefixes[article.language], WORDS[article.language]
    tags = [
        markup('<a href="$prefix/tag/$tag/" rel="tag">$tag</a>', prefix=prefix, tag=tag)
        for tag in article.tags
    ]
    related = [
        fill(
            "wordpress/related_item.html",
            path=each.path,
            title=each.title,
            date=full_date(each.published, each.language),
        )
        for each in around.related
    ]
    return {
        "site": frame.masthead.title,
        "prefix": prefix,
        "category": f"{prefix}/category/{article.section}/",
        "section": article.section,
        "title": article.title,
        "subtitle": _subtitle(frame, article),
        "by": words.by,
        "authors": _authors(prefix, article),
        "path": article.path,
        "date": full_date(article.published, article.language),
        "day": article.published.astimezone(KABUL).date(),
        "stamp": article.published.astimezone(KABUL).isoformat(timespec="seconds"),
        "featured": _featured(article),
        "shares": _counted(frame.serial % 90 + 12, article.language),
        "shares_label": words.shares,
        "views": _counted(frame.serial + 400, article.language),
        "views_label": words.views,
        "content": content_html(frame.home, article, around),
        "tags_label": words.tags,
        "tags": joined(tags),
        "related_label": words.related,
        "related": joined(related),
        "latest_label": words.latest,
        "comments": fill(
            "wordpress/comments.html",
            heading=words.comments,
            who=words.commenter,
            what=words.comment,
        ),
    }


def _counted(number: int, language: str) -> str:
    return str(number) if language == "en" else persian_digits(number)


def _subtitle(frame: Frame, article: Article) -> Html:
    if not article.subtitle:
        return Html()
    template = (
        '<p class="wp-block-post-excerpt__excerpt">$text</p>'
        if frame.theme is Theme.BLOCKS
        else '<h2 class="jeg_post_subtitle">$text</h2>'
    )
    return markup(template, text=article.subtitle)


def _authors(prefix: str, article: Article) -> Html:
    return Html(
        (", " if article.language == "en" else "، ").join(
            markup(
                '<a href="$prefix/author/$name/" rel="author">$name</a>',
                prefix=prefix,
                name=name,
            )
            for name in article.authors
        )
    )


def _featured(article: Article) -> Html:
    caption = Html()
    if article.credit and article.credit_place is CreditPlace.CAPTION:
        line = article.credit_label + article.credit
        caption = markup('<p class="wp-caption-text">$line</p>', line=line)
    return fill(
        "wordpress/featured.html",
        address=f"{upload(article, article.image)}.png",
        title=article.title,
        caption=caption,
    )


def listing_page(
    frame: Frame, language: str, title: str, articles: list[Article], older: str
) -> str:
    """Teasers; `older` is the path of the next page, or empty."""
    pager = markup(
        '<div class="jeg_navigation"><a class="page_nav next" href="$older">$words</a></div>',
        older=older,
        words=WORDS[language].older,
    )
    body = fill(
        "wordpress/listing.html",
        title=title,
        teasers=joined(
            [
                fill(
                    "wordpress/teaser.html",
                    path=each.path,
                    title=each.title,
                    date=full_date(each.published, language),
                    excerpt=each.text[:140],
                )
                for each in articles
            ]
        ),
        pager=pager if older else "",
    )
    return shell(frame, language, _plain_head(frame, title), body, "archive")


def plain_page(frame: Frame, title: str, text: str | Html) -> str:
    body = markup('<div class="jeg_main"><h1>$title</h1><p>$text</p></div>', title=title, text=text)
    return shell(frame, frame.masthead.language, _plain_head(frame, title), body, "page")


def _plain_head(frame: Frame, title: str) -> Html:
    return markup(
        '<title>$title - $site</title><meta property="og:type" content="website"/>',
        title=title,
        site=frame.masthead.title,
    )


def shell(frame: Frame, language: str, head: Html, body: Html, classes: str) -> str:
    """What surrounds every page, with today's date at the top of it."""
    editions = [
        markup('<a href="$prefix/">$native</a>', prefix=prefix, native=NATIVE[each])
        for each, prefix in frame.masthead.prefixes.items()
    ]
    return fill(
        "wordpress/shell.html",
        direction="ltr" if language == "en" else "rtl",
        lang=language,
        head=head,
        home=frame.home,
        site=frame.masthead.title,
        prefix=frame.masthead.prefixes[language],
        editions=joined(editions),
        theme=frame.theme,
        classes=classes,
        today=full_date(frame.now, language),
        body=body,
    )
