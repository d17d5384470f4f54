"""The newsroom's outlets as a catalogue: the TOML files from which a crawler knows them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from zancrawler.newsroom import wix, wordpress
from zancrawler.newsroom.edition import FIRST_DAY

WIX = """\
# The bundled newsroom: every story in it is invented.
title = "Chenar Post"
home = "{home}/"
domains = ["127.0.0.1:{port}", "localhost:{port}"]
languages = ["en", "fa-AF", "ps"]
platform = "wix"
byline = "Chenar Post"
timezone = "Asia/Kabul"
checked = "{checked}"

[sources]
feeds = ["/blog-feed.xml", "/fa/blog-feed.xml", "/ps/blog-feed.xml"]
sitemaps = ["/sitemap.xml"]
listings = ["/search?type=blogs", "/blog", "/fa/blog", "/ps/blog", "/uz"]

# The blog's own pages are known from the platform; these are the older ones, which say nothing of
# themselves but by their place.
[[articles]]
url = "^/news/[^/]+$"
body = ["#comp-lx8gig9b"]
title = ["#comp-lx8gig2t h1"]
author = ["#comp-lx8gig7n p"]
date = ["#comp-lx8gig5d p"]
ends = ["Latest", "News Reports", "Follow us"]

[politeness]
delay = 0
daily_budget = 100000

[rights]
holder = "Chenar Post"
licence = "Apache-2.0"
permission = "granted"
"""

WORDPRESS = """\
# The bundled newsroom: every story in it is invented.
title = "سپیدار"
home = "{home}/"
domains = ["127.0.0.1:{port}", "localhost:{port}"]
languages = ["fa-AF", "en", "ps"]
platform = "wordpress"
byline = "سپیدار"
timezone = "Asia/Kabul"
checked = "{checked}"

[sources]
feeds = ["/feed/", "/en/feed/", "/ps/feed/"]
sitemaps = ["/wp-sitemap.xml"]
listings = ["/", "/en/", "/ps/"]
apis = ["/wp-json/wp/v2/posts"]

# Dated permalinks are known from the platform; the short daily reports stand under a bare slug.
[[articles]]
url = "^(?:/(?:en|ps))?/(?:weather|river-level)-[0-9-]+$"

[urls]
drop_prefixes = ["/index.php"]
skip = ["^/calendar/", "^/private/", "/author/", "/tag/"]

[politeness]
delay = 0
daily_budget = 100000

[rights]
holder = "Sapidar"
licence = "Apache-2.0"
permission = "granted"
"""


def write_catalogue(folder: Path, homes: dict[str, str]) -> Path:
    """Write one TOML per outlet into `folder`, for a newsroom served at `homes`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in ((wix.NAME, WIX), (wordpress.NAME, WORDPRESS)):
        home = homes[name]
        source = template.format(home=home, port=urlsplit(home).port, checked=FIRST_DAY)
        (folder / f"{name}.toml").write_text(source, encoding="utf-8")
    return folder
