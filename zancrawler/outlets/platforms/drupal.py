"""Drupal: `/node/<id>` and the aliases that its Pathauto module makes.

Elements are those of the templates that Drupal 7 and 8 ship (`node.html.twig`, `field.html.twig`).
Labels of fields and hidden headings (`Thumbnail`, `تصویر بندانگشتی`) stand among the text and are
dropped. Pages of a listing count from 0. Dates: `time[datetime]` where the theme keeps core's;
else a line below the headline.
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, FinalSlash, Sources, UrlRules
from zancrawler.outlets.platforms.preset import LANGUAGE, Preset, patterns

PRESET = Preset(
    name="drupal",
    articles=(
        ArticleRules(
            url=re.compile(
                rf"^{LANGUAGE}/(?:node/[0-9]+(?:/|$)|content/[^/?]+$"
                r"|[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/?]+$)"
            ),
            body=(
                "article .field--name-body",
                ".node__content .field--name-body",
                ".field-name-body",
                ".field--name-body",
            ),
            title=("h1.page-title", "h1.node__title", "h1#page-title", "h1.title"),
            # Who may not see profiles, as we may not, is shown a name without a link.
            author=(".node__submitted .username", ".submitted .username"),
            date=(
                ".node__submitted time",
                ".field--name-created time",
                ".submitted time",
                ".node__submitted .field--name-created",
            ),
            section=(
                ".node__content .field--name-field-category",
                ".node__content .field--name-field-section",
                ".field-name-field-category .field-item",
            ),
            drop=(
                "style",
                "script",
                "form",
                ".field__label",
                ".field-label",
                ".visually-hidden",
                ".element-invisible",
                ".node__links",
                "ul.links",
                "#comments",
                ".comment-wrapper",
            ),
        ),
    ),
    sources=Sources(feeds=("/rss.xml",), sitemaps=("/sitemap.xml",), listings=("/",)),
    urls=UrlRules(
        final_slash=FinalSlash.STRIP,
        drop_prefixes=("/index.php",),
        listing=patterns(
            rf"^{LANGUAGE}/?$",
            rf"^{LANGUAGE}/(?:taxonomy/term|tags?|topics?|category)/",
            r"[?&]page=",
        ),
        skip=patterns(
            rf"^{LANGUAGE}/(?:users?|admin|comment|search|print|printpdf|printmail)(?:/|\?|$)",
            r"/feed$",
            r"[?&](?:destination|sort|order)=",
        ),
        story_id=re.compile(r"/node/([0-9]+)"),
    ),
    signs=(
        b'name="Generator" content="Drupal',
        b'name="generator" content="Drupal',
        b"data-drupal-",
        b"Drupal.settings",
    ),
)
