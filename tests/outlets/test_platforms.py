"""The presets: recognised by a page of their kind, and finding what stands on it.

The pages are our own, in the image of each platform.
"""

from __future__ import annotations

import pytest
from lxml import html

from zancrawler.outlets import UrlKind, parse_outlet, recognise, url_kind
from zancrawler.outlets.platforms import PRESETS

PAGES = {
    "wix": (
        '<html><head><meta name="generator" content="Wix.com Website Builder"></head><body>'
        '<article data-hook="post"><h1 data-hook="post-title">عنوان</h1>'
        '<section data-hook="post-description"><p>متن</p></section></article></body></html>'
    ),
    "pangea": (
        '<html><body><div class="clock">جمعه ۲۵ عقرب ۱۴۰۳ کابل ۰۲:۳۵</div>'
        '<h1 class="title pg-title">عنوان</h1><div class="published">'
        '<time pubdate="pubdate" datetime="2024-11-15T02:00:00+00:00">۲۵ عقرب</time></div>'
        '<div id="article-content"><div class="wsw"><div class="wsw__embed">'
        "<p>No media source currently available</p></div><p>متن</p></div></div></body></html>"
    ),
    "nextjs": (
        "<html><body><main><article><h1>عنوان</h1><p>متن</p></article>"
        "<article><h1>دیگر</h1><p>متن دیگر</p></article></main>"
        '<script id="__NEXT_DATA__" type="application/json">{}</script></body></html>'
    ),
    "drupal": (
        '<html><head><meta name="Generator" content="Drupal 8 (https://www.drupal.org)" /></head>'
        '<body><h1 class="page-title">عنوان</h1><article><div class="node__content">'
        '<div class="field field--name-body"><div class="field__label">Thumbnail</div>'
        "<p>متن</p></div></div></article></body></html>"
    ),
    "wordpress": (
        '<html><head><link rel="https://api.w.org/" href="/wp-json/"></head><body>'
        '<h1 class="jeg_post_title">عنوان</h1><div class="jeg_main"><div class="content-inner">'
        '<p>متن</p><form class="newsletter">Sign up</form></div></div></body></html>'
    ),
    "plain": "<html><body><h1>عنوان</h1><p>متن</p></body></html>",
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_page_gives_its_platform_away(name: str) -> None:
    assert recognise(PAGES[name].encode()).name == name


def test_a_picture_from_elsewhere_gives_nothing_away() -> None:
    """A Drupal or Next.js page may show a picture from some WordPress site."""
    picture = b'<img src="https://other.example.org/wp-content/uploads/a.jpg">'
    for name in ("drupal", "nextjs", "pangea"):
        assert recognise(PAGES[name].encode() + picture).name == name


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "plain"])
def test_title_and_text_are_found_without_what_is_dropped(name: str) -> None:
    tree = html.document_fromstring(PAGES[name])
    rules = PRESETS[name].articles[0]
    body = next(found[0] for selector in rules.body if (found := tree.cssselect(selector)))
    for selector in rules.drop:
        for element in body.cssselect(selector):
            element.drop_tree()
    text = body.text_content().replace("عنوان", "").strip()
    assert text == "متن"
    titles = [element.text for selector in rules.title for element in tree.cssselect(selector)]
    assert titles[0] == "عنوان"


def test_pangeas_date_is_the_storys_and_not_the_clock() -> None:
    tree = html.document_fromstring(PAGES["pangea"])
    selector = PRESETS["pangea"].articles[0].date[0]
    assert [e.get("datetime") for e in tree.cssselect(selector)] == ["2024-11-15T02:00:00+00:00"]


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("pangea", "/a/31035948.html", UrlKind.ARTICLE),
        ("pangea", "/a/ناټو-پرېکړه-نه-ده-کړې/31110721.html", UrlKind.ARTICLE),
        ("pangea", "/amp/a-story/31110721.html", UrlKind.ARTICLE),
        ("pangea", "/z/16197", UrlKind.LISTING),
        ("pangea", "/ویډیو/2019/12/26", UrlKind.LISTING),
        ("pangea", "/author/a/ryitqp", UrlKind.LISTING),
        ("pangea", "/live/audio/78/31056131", UrlKind.MEDIA),
        ("pangea", "/خپرونه/about", UrlKind.OTHER),
        ("pangea", "/s?k=a", UrlKind.SKIP),
        ("drupal", "/node/112071", UrlKind.ARTICLE),
        ("drupal", "/fa/node/112071/سیاسی/یک-خبر", UrlKind.ARTICLE),
        ("drupal", "/index.php/ps/content/یو-خبر", UrlKind.ARTICLE),
        ("drupal", "/ps/taxonomy/term/12", UrlKind.LISTING),
        ("drupal", "/en/news?page=0%2C1", UrlKind.LISTING),
        ("drupal", "/user/login", UrlKind.SKIP),
        ("drupal", "/about", UrlKind.OTHER),
        ("nextjs", "/fa/202310021358", UrlKind.ARTICLE),
        ("nextjs", "/en/politics/a-story-of-kabul", UrlKind.ARTICLE),
        ("nextjs", "/en", UrlKind.LISTING),
        ("nextjs", "/tag/women", UrlKind.LISTING),
        ("nextjs", "/_next/data/a.html", UrlKind.SKIP),
        ("nextjs", "/en/about-us", UrlKind.OTHER),
        ("wordpress", "/fa?p=12", UrlKind.ARTICLE),
        ("wordpress", "/?lang=fa&p=12", UrlKind.ARTICLE),
        ("wordpress", "/?page_id=12", UrlKind.OTHER),
        ("wordpress", "/?cat=12", UrlKind.LISTING),
        ("wordpress", "/2025/11/07/۱زنان/amp/", UrlKind.ARTICLE),
        ("wordpress", "/privacy-policy/", UrlKind.OTHER),
        ("wordpress", "/en/about/", UrlKind.OTHER),
        ("plain", "/", UrlKind.LISTING),
    ],
)
def test_kind(name: str, path: str, kind: UrlKind) -> None:
    outlet = parse_outlet(
        "example",
        'title = "E"\nhome = "https://example.org/"\ndomains = ["example.org"]\n'
        f'languages = ["fa-AF"]\nplatform = "{name}"\n',
        where="test",
    )
    assert url_kind("https://example.org" + path, outlet) is kind
