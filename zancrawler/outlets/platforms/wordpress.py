"""WordPress: date permalinks, core and Yoast sitemaps, feeds, the common news themes."""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, FinalSlash, Sources, UrlRules
from zancrawler.outlets.platforms.preset import Preset, patterns

_LANGUAGE = r"(?:/(?:en|eng|fa|ps|dr|pa|da|prs|uz))?"

PRESET = Preset(
    name="wordpress",
    articles=(
        ArticleRules(
            url=re.compile(rf"^{_LANGUAGE}/\d{{4}}/\d{{2}}(?:/\d{{2}})?/[^/?]+$"),
            body=(
                ".entry-content.wp-block-post-content",
                "article .entry-content",
                ".jeg_main .content-inner",
                ".td-post-content",
                "#mvp-content-main",
                "article .post-content",
                ".single-content",
                ".entry-content",
            ),
            title=(
                "h1.entry-title",
                "h1.jeg_post_title",
                "h1.wp-block-post-title",
                "h1.tdb-title-text",
                "h1.mvp-post-title",
            ),
            author=(
                ".jeg_meta_author a",
                ".wp-block-post-author-name",
                ".entry-meta .author a",
                ".td-post-author-name a",
                ".author-name a",
                "a[rel=author]",
            ),
            date=(
                ".jeg_meta_date a",
                ".wp-block-post-date time",
                "time.entry-date.published",
                "time.entry-date",
                ".entry-meta time",
            ),
            section=(
                ".jeg_meta_category a",
                ".taxonomy-category a",
                ".cat-links a",
                ".entry-category a",
            ),
            drop=(
                "style",
                "script",
                "form",
                ".sharedaddy",
                ".jp-relatedposts",
                ".jeg_share_button",
                ".jnews_inline_related_post",
                ".jnews_related_post_container",
                ".mc4wp-form",
                ".mailpoet_form",
                ".newsletter",
                ".wp-block-jetpack-subscriptions",
                ".related-posts",
                ".jeg_post_tags",
                ".post-tags",
                ".tags-links",
                ".td-post-source-tags",
                ".post-views",
                ".comments-area",
                "#comments",
                ".author-box",
                ".td-a-rec",
                ".code-block",
            ),
        ),
    ),
    sources=Sources(
        feeds=("/feed/",),
        sitemaps=("/wp-sitemap.xml", "/sitemap_index.xml"),
    ),
    urls=UrlRules(
        final_slash=FinalSlash.ADD,
        listing=patterns(
            rf"^{_LANGUAGE}/(?:category|tag|author|section|topic)/",
            rf"^{_LANGUAGE}(?:/page/\d+)?/?$",
            rf"^{_LANGUAGE}/\d{{4}}(?:/\d{{2}}){{0,2}}(?:/page/\d+)?$",
            r"[?&](?:paged|cat|tag|author|m)=",
        ),
        skip=patterns(
            r"^/wp-(?:admin|login|content|includes|json|cron)",
            r"/(?:feed|embed|trackback|amp/amp)$",
            r"/comment-page-\d+",
            r"[?&](?:s|replytocom|share|preview|add-to-cart|print|attachment_id)=",
            r"^/xmlrpc\.php",
        ),
    ),
    signs=(
        re.compile(rb"/wp-(?:content|includes)/"),
        re.compile(rb'name="generator" content="WordPress'),
        re.compile(rb'rel="https://api\.w\.org/"'),
    ),
)
