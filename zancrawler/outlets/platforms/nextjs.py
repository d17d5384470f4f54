"""Next.js and front ends like it: React pages rendered on the server, over whatever CMS.

The framework says nothing of URLs or of class names, which are hashes: an outlet gives its own
article pattern. What holds everywhere: the page's data in `script#__NEXT_DATA__` (or
`self.__next_f`), files under `/_next/`, no final slash, and an `article` element as the container.
The reader scrolls on into the next story, which may be in the same HTML: only the first `article`
is the page's own.
"""

from __future__ import annotations

import re

from zancrawler.outlets.model import ArticleRules, FinalSlash, Sources, UrlRules
from zancrawler.outlets.platforms.preset import LANGUAGE, Preset, patterns

PRESET = Preset(
    name="nextjs",
    articles=(
        ArticleRules(
            # The last step is a number of a story, or holds four words or more.
            url=re.compile(
                rf"^{LANGUAGE}(?:/[a-z]+)?/(?:[^/?]*[0-9]{{6}}|[^/?-]+(?:-[^/?-]+){{3,}})$"
            ),
            body=("main article", "article"),
            title=("main article h1", "article h1", "main h1"),
            date=("main article time[datetime]", "article time[datetime]"),
            # The header holds headline, byline and a standfirst that the body begins with again.
            drop=("style", "script", "header", "nav", "aside", "footer", "form", "button"),
        ),
    ),
    sources=Sources(sitemaps=("/sitemap.xml",), listings=("/",)),
    urls=UrlRules(
        final_slash=FinalSlash.STRIP,
        listing=patterns(
            rf"^{LANGUAGE}/?$",
            rf"^{LANGUAGE}/(?:tags?|topics?|category|section|authors?)(?:/|$)",
            r"[?&]page=",
        ),
        skip=patterns(r"^/(?:_next|api)/", rf"^{LANGUAGE}/search(?:/|\?|$)"),
    ),
    signs=(
        b'id="__NEXT_DATA__"',
        b"self.__next_f",
        b'"/_next/static/',
    ),
)
