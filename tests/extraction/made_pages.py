"""Pages and outlets for the tests, written in the image of real ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from zancrawler.extraction.article import Article
from zancrawler.extraction.extract import extract
from zancrawler.extraction.memory import SiteMemory
from zancrawler.extraction.page import Page
from zancrawler.outlets import ArticleRules, Outlet

NOW = datetime(2025, 9, 20, 8, 0, tzinfo=UTC)
URL = "https://news.example/2025/09/18/a-well-in-the-valley"
STORY = (
    "The well in the valley has been dry since spring, and the women of four villages walk two "
    "hours for water every morning, they told our reporter this week.",
    "“We leave before the sun and return when the children are at school,” said Zarghuna, 34*, who "
    "has carried water since she was seven. The district promised a pump in 2021.",
    "Engineers who visited in July say that the water has sunk by eleven metres in ten years; no "
    "money is left for a deeper well, an official of the department said.",
)
JOINED = (
    "زنان می‌گویند که آب‌های زیرزمینی پایین رفته‌اند و چاه‌ها خشک شده‌اند؛ هر روز دو ساعت راه "
    "می‌روند تا آب بیاورند."
)


def outlet(**changes: object) -> Outlet:
    fields: dict[str, object] = {
        "name": "news",
        "title": "News of the Valley",
        "home": "https://news.example/",
        "domains": ("news.example",),
        "languages": ("en", "fa-AF", "ps"),
        "platform": "plain",
        "articles": (ArticleRules(url=re.compile("^/20")),),
    }
    return Outlet(**{**fields, **changes})  # type: ignore[arg-type]


def rules(**changes: object) -> ArticleRules:
    return ArticleRules(url=re.compile("^/20"), **changes)  # type: ignore[arg-type]


def page(html: str, url: str = URL) -> Page:
    return Page.parse(html.encode(), url, captured_at=NOW)


def read(
    html: str, *, of: Outlet | None = None, url: str = URL, memory: SiteMemory | None = None
) -> Article:
    return extract(page(html, url), of or outlet(), memory)


def story_html(body: str | None = None, *, head: str = "", above: str = "", below: str = "") -> str:
    """A page of a theme that marks up nothing: navigation, headline, story, teasers, footer."""
    paragraphs = body if body is not None else "".join(f"<p>{p}</p>" for p in STORY)
    return f"""<!DOCTYPE html><html lang="en"><head><title>A well in the valley | News of the Valley
</title><meta property="og:site_name" content="News of the Valley">{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<main><h1>A well in the valley</h1>{above}<div class="story">{paragraphs}</div>{below}</main>
<footer><p>Copyright News of the Valley. All rights reserved by the newsroom.</p></footer>
</body></html>"""
