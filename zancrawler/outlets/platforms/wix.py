"""Wix: the Wix Blog (`/post/`). Facts: measured on saved pages of eight sites, 2022 to 2026.

Class names are hashes that change with each release: only `data-hook` is leant on. A post's
hooks also stand on teasers in listings, so each selector starts at the article element.
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, FinalSlash, Sources, UrlRules
from zancrawler.outlets.platforms.preset import Preset, patterns

PRESET = Preset(
    name="wix",
    articles=(
        ArticleRules(
            url=re.compile(r"^/(?:[a-z]{2}/)?post/[^/?]+"),
            body=(
                "article[data-hook=post] section[data-hook=post-description]",
                "[data-hook=post-page-root] section[data-hook=post-description]",
                "article[data-hook=post] [data-hook=post-description]",
            ),
            title=("article[data-hook=post] h1[data-hook=post-title]",),
            author=("article[data-hook=post] span[data-hook=user-name]",),
            date=("article[data-hook=post] span[data-hook=time-ago]",),
            section=("footer[data-hook=post-footer] a[href*='/categories/']",),
            drop=("style", "[data-hook=time-to-read]", "[data-hook=post-footer]"),
            ends=("bottom of page",),
            # A post in the wrong language, or one that failed to render, answers 200 without it.
            needs=("BlogPosting", "NewsArticle", "Article"),
        ),
    ),
    sources=Sources(feeds=("/blog-feed.xml",), sitemaps=("/sitemap.xml",)),
    urls=UrlRules(
        final_slash=FinalSlash.STRIP,
        listing=patterns(
            r"^/(?:[a-z]{2}/)?(?:[^/?]+/)?(?:page/\d+|categories/|tags/|hashtags/)",
            r"^/(?:[a-z]{2}/)?search(?:\?|$)",
            r"^/(?:[a-z]{2}/)?blog$",
        ),
        skip=patterns(
            r"^/(?:[a-z]{2}/)?(?:profile|members-area|account|event-details|_api|_partials)(?:/|$)",
            # What regular expressions make of inline scripts: `/post/${s`, `/page/C,location`.
            r"[${}<>\\]|\bdecodeURIComponent\(|window\.location|,location",
            r"^/post/(?:sitemap|robots)(?:\.|$)",
        ),
        drop_parameters=patterns(r"comp-[a-z0-9]+_page", r"lightbox"),
    ),
    signs=(
        b"static.wixstatic.com/",
        b'content="Wix.com Website Builder"',
        b'id="wix-essential-viewer-model"',
        b'id="wix-warmup-data"',
    ),
)
