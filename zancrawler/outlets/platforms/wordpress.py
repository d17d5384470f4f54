"""WordPress: permalinks, core and Yoast sitemaps, feeds, and the themes that newsrooms use.

Themes: core's block themes (`wp-block-post-*`), JNews (`jeg_*`), Newspaper of tagDiv (`td-*`,
`tdb-*`) and the MVP themes (`mvp-*`); the rest follow core's older `entry-*` names.

Permalinks are the site's choice. Those with a date and the short `?p=<id>` are known here; an
outlet whose permalinks are a bare slug or a number says so. A slug may keep Persian letters and
digits, and WordPress cuts it at 200 bytes of its escaped form. Dates are in the head and in
`time`; what the page shows may be Solar Hijri (`۲۴ تله ۱۴۰۴`) or relative (`2 سال قبل`).
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, FinalSlash, Rewrite, Sources, UrlRules
from zancrawler.outlets.platforms.preset import LANGUAGE, Preset, patterns

PRESET = Preset(
    name="wordpress",
    articles=(
        ArticleRules(
            url=re.compile(
                rf"^{LANGUAGE}(?:/\d{{4}}/\d{{2}}(?:/\d{{2}})?/[^/?]+$"
                r"|/?\?(?:.*&)?p=[0-9]+(?:&|$))"
            ),
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
                "time.post-date",
                ".entry-meta time",
            ),
            section=(
                ".jeg_meta_category a",
                ".taxonomy-category a",
                ".cat-links a",
                ".entry-category a",
                ".mvp-post-cat",
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
                ".wp-caption-text",
            ),
        ),
    ),
    sources=Sources(
        feeds=("/feed/",),
        sitemaps=("/wp-sitemap.xml", "/sitemap_index.xml"),
        listings=("/",),
    ),
    urls=UrlRules(
        final_slash=FinalSlash.ADD,
        rewrites=(Rewrite(re.compile(r"^(/.+?)(?:/amp)+/?$"), r"\1/"),),
        listing=patterns(
            rf"^{LANGUAGE}/(?:category|tag|author|section|topic)/",
            rf"^{LANGUAGE}(?:/page/\d+)?/?$",
            rf"^{LANGUAGE}/\d{{4}}(?:/\d{{2}}){{0,2}}(?:/page/\d+)?$",
            r"/page/\d+$",
            r"[?&](?:paged|cat|tag|author|m)=",
        ),
        other=patterns(
            rf"^{LANGUAGE}/(?:about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|cookies?(?:-policy)?"
            r"|terms(?:-(?:and-conditions|of-(?:use|service)))?|advertis(?:e(?:-with-us)?|ing)"
            r"|donate|support(?:-us)?|subscribe|newsletter|disclaimer|copyright|careers?|jobs"
            r"|(?:our-)?team|home)$",
            rf"^{LANGUAGE}/?\?(?:.*&)?page_id=",
        ),
        skip=patterns(
            r"^/wp-(?:admin|login|content|includes|json|cron)",
            r"/(?:feed|embed|trackback)$",
            r"/comment-page-\d+",
            r"[?&](?:s|replytocom|share|preview|add-to-cart|print|attachment_id)=",
            r"^/xmlrpc\.php",
        ),
        story_id=re.compile(r"[?&]p=([0-9]+)"),
    ),
    signs=(
        b"/wp-content/",
        b"/wp-includes/",
        b'name="generator" content="WordPress',
        b'rel="https://api.w.org/"',
    ),
)
