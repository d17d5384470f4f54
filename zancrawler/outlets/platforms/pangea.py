"""Pangea, the CMS of RFE/RL and VOA.

Facts: URLs measured on lists of four sites; the body element, headline, author, date and section as
ten public programs that read VOA and RFE/RL pages name them. Nothing was checked live.

`/a/<id>.html`, `/a/<slug>/<id>.html` and `/amp/...` are one story: the number alone chooses the
page. The date above the headline of each page (day, Solar Hijri date, `کابل`, time) is the clock of
the visit; the story's own stands in a `time` element. A player writes `No media source currently
available` and its times into the text. Feeds have tokens (`/api/<token>`) that public lists do not
agree on: an outlet names them only once somebody has read them from `/rssfeeds`.
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, Rewrite, Sources, UrlRules
from zancrawler.outlets.platforms.preset import Preset, patterns

PRESET = Preset(
    name="pangea",
    articles=(
        ArticleRules(
            url=re.compile(r"^/a/(?:[^/?]+/)?[0-9]+\.html"),
            body=("#article-content .wsw", ".body-container .wsw", ".wsw"),
            title=("h1.pg-title",),
            author=(".links__item-link",),
            date=(".published time", "time[pubdate]"),
            section=(".category a",),
            drop=(
                "style",
                "script",
                "noscript",
                ".wsw__embed",
                ".wsw__related",
                ".c-mmp",
                ".media-pholder",
                ".media-block-wrap",
                ".also-read",
                ".news-app-promo",
            ),
        ),
    ),
    sources=Sources(feeds=("/api/",), sitemaps=("/sitemap.xml",), listings=("/",)),
    urls=UrlRules(
        rewrites=(Rewrite(re.compile(r"^/(?:a|amp)/(?:[^/]+/)?([0-9]+\.html)$"), r"/a/\1"),),
        listing=patterns(
            r"^/$",
            r"^/[zp]/[0-9]+",
            r"^/[^/?]+/[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}$",
            r"^/author/",
            r"^/(?:archive|rssfeeds)(?:/|$)",
        ),
        media=patterns(r"^/live/", r"^/embed/"),
        other=patterns(r"^/[^/?]+/about$"),
        skip=patterns(r"^/s\?"),
        drop_parameters=patterns(r"nocache"),
        story_id=re.compile(r"^/a/([0-9]+)\.html"),
    ),
    signs=(
        b'"pg-title',
        b" pg-title",
        b'class="wsw',
        b"pangea-cms.com/",
    ),
)
