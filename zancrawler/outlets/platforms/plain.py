"""Plain HTML: a site of which nothing is known. The page itself must tell what it is.

An outlet that names article patterns of its own has only those: then the rest is no article.
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, Sources, UrlRules
from zancrawler.outlets.platforms.preset import Preset, patterns

PRESET = Preset(
    name="plain",
    articles=(ArticleRules(url=re.compile(r"^/.")),),
    sources=Sources(sitemaps=("/sitemap.xml",), listings=("/",)),
    urls=UrlRules(listing=patterns(r"^/$")),
)
