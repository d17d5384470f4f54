from __future__ import annotations

import re

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.discovery.kind import PageKind, page_kind
from zancrawler.outlets import ArticleRules, Outlet, UrlRules
from zancrawler.outlets.platforms import PRESETS

SENTENCE = "The well has been dry since spring, and the women of four villages walk two hours."
STORY = "".join(f"<p>{SENTENCE} They said so on day {n} of our visit.</p>" for n in range(30))


def outlet(*rules: ArticleRules, languages: tuple[str, ...] = ("en",), **changes: object) -> Outlet:
    fields: dict[str, object] = {
        "name": "news",
        "title": "News",
        "home": "https://news.example/",
        "domains": ("news.example",),
        "platform": "plain",
    }
    return Outlet(articles=rules, languages=languages, **{**fields, **changes})  # type: ignore[arg-type]


POST = ArticleRules(url=re.compile("^/post/"), body=("#body",), needs=("BlogPosting",))
KNOWN = outlet(POST, urls=UrlRules(listing=(re.compile("^/page/"),), skip=(re.compile("^/me/"),)))
UNKNOWN = outlet(*PRESETS["plain"].articles, languages=())
POSTING = '<script type="application/ld+json">{"@type": "BlogPosting"}</script>'


def kind(html: str, path: str, of: Outlet, status: int = 200) -> tuple[PageKind, str]:
    tree = lxml.html.document_fromstring(html)
    url = "https://news.example" + path
    verdict = page_kind(tree, url=url, status=status, headers=(), outlet=of)
    return verdict.kind, verdict.reason


def html(body: str, head: str = "", title: str = "News") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


BODY = f"<div id=body>{STORY}</div>"


@pytest.mark.parametrize(
    ("page", "path", "status", "verdict"),
    [
        (html(BODY, POSTING), "/post/a", 200, (PageKind.ARTICLE, "rules")),
        (html(BODY), "/post/a", 200, (PageKind.WRONG_LANGUAGE, "no-blogposting")),
        (
            html("<div id=body> </div>", POSTING),
            "/post/a",
            200,
            (PageKind.EMPTY, "no-body-element"),
        ),
        (html(STORY, POSTING), "/post/a", 200, (PageKind.EMPTY, "no-body-element")),
        (html(BODY, POSTING), "/post/a", 404, (PageKind.ERROR, "http-404")),
        (html(BODY, POSTING, "Page not found"), "/post/a", 200, (PageKind.ERROR, "not-found")),
        (html(BODY, POSTING), "/page/2", 200, (PageKind.LISTING, "url")),
        (html(BODY, POSTING), "/me/a", 200, (PageKind.OTHER, "url")),
        (html(BODY, POSTING), "/about", 200, (PageKind.OTHER, "url")),
        (
            html('<h2 class="x empty-states__title">No posts</h2>'),
            "/post/a",
            200,
            (PageKind.EMPTY, "empty-state"),
        ),
    ],
)
def test_a_known_outlet(page: str, path: str, status: int, verdict: tuple[PageKind, str]) -> None:
    assert kind(page, path, KNOWN, status) == verdict


def test_open_graph_stands_in_for_the_json_ld_that_older_posts_lack() -> None:
    head = (
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2019-02-01T12:05:30Z">'
    )
    assert kind(html(BODY, head), "/post/a", KNOWN)[0] is PageKind.ARTICLE


def json_ld(name: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "https://schema.org/{name}"}}</script>'


LINKS = "".join(
    f'<h3><a href="/{n}">A headline of some words, number {n}</a></h3>' for n in range(40)
)
DATED = "<h1>A well</h1><p>18 September 2025</p>"


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        (html(STORY, json_ld("NewsArticle")), "/x", (PageKind.ARTICLE, "schema-article")),
        (html(STORY, json_ld("ReportageNewsArticle")), "/x", (PageKind.ARTICLE, "schema-article")),
        (html(STORY, json_ld("DiscussionForumPosting")), "/x", (PageKind.OTHER, "forum")),
        (html(STORY), "/threads/a-well.123/", (PageKind.OTHER, "forum")),
        (html(STORY, json_ld("Product")), "/x", (PageKind.OTHER, "schema-trade")),
        (html(STORY, json_ld("CollectionPage")), "/x", (PageKind.LISTING, "schema-listing")),
        (html(LINKS), "/x", (PageKind.LISTING, "links")),
        (html(STORY), "/", (PageKind.LISTING, "home")),
        (html(STORY), "/?page=2", (PageKind.LISTING, "home")),
        (html(DATED + STORY), "/?p=48103", (PageKind.ARTICLE, "dated")),
        (html(DATED + STORY), "/news", (PageKind.LISTING, "section-root")),
        (html(DATED + STORY), "/x", (PageKind.ARTICLE, "dated")),
        (html("<h1>چاه</h1><p>۱۸ سنبله ۱۴۰۴</p>" + STORY), "/x", (PageKind.ARTICLE, "dated")),
        (html("<h1>A well</h1><p>By Z. Amini</p>" + STORY), "/x", (PageKind.ARTICLE, "signed")),
        (html(f"<ul><li>a</li></ul>{STORY}"), "/a-well-in-the-valley", (PageKind.ARTICLE, "slug")),
        (html(STORY), "/x", (PageKind.ARTICLE, "prose")),
        (html("<h1>Contact</h1><p>Call us.</p>"), "/contact", (PageKind.OTHER, "little-text")),
    ],
)
def test_an_unknown_site(page: str, path: str, verdict: tuple[PageKind, str]) -> None:
    assert kind(page, path, UNKNOWN) == verdict


def test_broken_json_ld_tells_its_types() -> None:
    broken = '<script type="application/ld+json">{"@type": ["Thing", "NewsArticle"], oops</script>'
    assert kind(html(STORY, broken), "/x", UNKNOWN)[0] is PageKind.ARTICLE


@given(st.text(max_size=200), st.sampled_from(["/", "/a", "/post/x", "/%zz", "/a/b?c=d"]))
def test_no_page_is_too_strange(text: str, path: str) -> None:
    page = "<html><body><h1>x</h1>" + text.translate({0: None}) + "</body></html>"
    tree = lxml.html.document_fromstring(page.encode("utf-8", "replace"))
    for of in (KNOWN, UNKNOWN):
        url = "https://news.example" + path
        assert page_kind(tree, url=url, status=200, headers=(), outlet=of).reason


@pytest.mark.parametrize(
    "day",
    [
        *("14 June 2009", "۱۲ جدی ۱۳۸۸", "12 جدي 1388", "7 Asad 1403", "۲۶ / ۶ / ۱۴۰۴"),
        *("26th of Sunbula, 1404", "د ۱۴۰۴ کال د وږي ۲۷مه", "۲۶ ربیع\u200cالاول ۱۴۴۷"),
    ],
)
def test_the_day_above_the_text_makes_an_article_where_no_headline_is_marked(day: str) -> None:
    text = "ترمیم مدرسه کهنه به همت همسایه‌ها در زمستان گذشته آغاز شد و در بهار پایان یافت. " * 3
    page = "<table><tr><td>{}<br><b>عنوان</b><br><br>{}</td></tr></table>"
    assert kind(html(page.format(day, text)), "/a.htm", UNKNOWN) == (PageKind.ARTICLE, "dated")
    assert kind(html(page.format("", text)), "/a.htm", UNKNOWN)[0] is PageKind.OTHER


def test_an_articles_own_footer_may_stand_above_its_text() -> None:
    footer = "<footer>لیکوال سپیدار دوشنبه، ۲۷ زمری ۱۴۰۴</footer>"
    text = "پلوشه او اتلس نورې ښځې د خامک داسې نقشونه ګنډي چې یوازې دوی یې لوستلای شي او بس. " * 3
    page = f"<h1>توري</h1>{footer}<p>{text}"
    assert kind(html(f"<article>{page}</article>"), "/a.htm", UNKNOWN)[1] == "dated"
    assert kind(html(page), "/a.htm", UNKNOWN)[1] == "little-text"


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 | News",
        "404 - News",
        "News – 404",
        "Error 404 (Not Found)!!1",
        "404 Not Found",
        "Page not found – News",
        "صفحه پیدا نشد",
        "صفحه‌ای که دنبال آن هستید یافت نشد | زن",
        "پیدا نشد - زن",
        "خطا: یافت نشد",
        "صفحه پیدا نشده است",
        "مطلب مورد نظر یافت نشد",
        "پاڼه ونه موندل شوه",
        "ونه موندل شو | زن",
    ],
)
def test_a_title_says_that_the_page_is_not_there(title: str) -> None:
    assert kind(html(BODY, POSTING, title), "/post/a", KNOWN) == (PageKind.ERROR, "not-found")


@pytest.mark.parametrize(
    "title",
    [
        "404 schools closed in Ghor | News",
        "Herat: 404 schools closed",
        "404-day siege ends",
        "کودک گمشده در هرات پیدا نشد",
        "راه حلی برای بحران مکتب‌ها یافت نشد | زن",
        "ورک شوی ماشوم په هرات کې ونه موندل شو",
        "پیدا نشدن کودک گمشده در هرات",
        "یافت نشدنی‌های بازار کابل | زن",
        "ونه موندل شول ورک شوي ماشومان",
    ],
)
def test_headlines_may_have_the_words_of_an_error_page(title: str) -> None:
    assert kind(html(BODY, POSTING, title), "/post/a", KNOWN) == (PageKind.ARTICLE, "rules")
    assert kind(html(STORY, json_ld("NewsArticle"), title), "/x", UNKNOWN)[0] is PageKind.ARTICLE
