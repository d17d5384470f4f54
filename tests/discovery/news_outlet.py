"""An outlet whose pages name things."""

from __future__ import annotations

import re

from zancrawler.outlets import ArticleRules, Outlet

OUTLET = Outlet(
    name="news",
    title="News",
    home="https://news.example/",
    domains=("news.example",),
    languages=("en",),
    platform="plain",
    articles=(ArticleRules(url=re.compile("^/post/")),),
)
