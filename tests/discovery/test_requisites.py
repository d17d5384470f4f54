"""What a page needs to be shown, and what it never makes us ask for."""

from __future__ import annotations

import re
from dataclasses import replace
from time import process_time
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from news_outlet import OUTLET

from zancrawler.discovery.requisites import (
    Requisite,
    RequisiteKind,
    left_out,
    page_requisites,
    stylesheet_requisites,
)
from zancrawler.discovery.srcset import candidates, chosen, slot_width
from zancrawler.discovery.stylesheets import MAX_URLS, CssUrl, Wanted, wanted_by, wanted_by_style
from zancrawler.markup import parse_html
from zancrawler.outlets import Outlet, RequisiteRules, Take

PAGE = "https://news.example/post/1"


def needed(html: str, outlet: Outlet = OUTLET, charset: str | None = None) -> list[str]:
    found = page_requisites(html.encode(charset or "utf-8"), PAGE, outlet, charset)
    return [each.url.removeprefix("https://news.example") for each in found]


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        ("<link rel='stylesheet' href='/a.css?v=1'>", ["/a.css?v=1"]),
        ("<link rel='alternate stylesheet' href='/a.css'>", []),
        ("<link rel='stylesheet' media='print' href='/a.css'>", []),
        ("<link rel='shortcut icon' href='//cdn.example/i.ico'>", ["https://cdn.example/i.ico"]),
        ("<link rel=preload as=font href=/f.woff><link rel=preload as=fetch href=j>", ["/f.woff"]),
        ("<link rel=modulepreload href=/m.mjs>", ["/m.mjs"]),
        ("<link rel=preload as=image imagesrcset='/s.png 600w, /l.png 1400w'>", ["/l.png"]),
        ("<script src=/s.js></script><script nomodule src=/old.js></script>", ["/s.js"]),
        ("<base href=/deep/><img src=p.png>", ["/deep/p.png"]),
        ("<img src='data:image/gif;base64,R0' data-src=/lazy.jpg>", ["/lazy.jpg"]),
        ("<img data-srcset='/1.jpg 1x, /2.jpg 2x'>", ["/1.jpg", "/2.jpg"]),
        ("<picture><source type=image/jxl srcset=/x.jxl><source srcset=/x.webp><img src=/x.jpg>"
         "</picture>", ["/x.webp", "/x.jpg"]),
        ("<picture><source media='(max-width: 600px)' srcset=/s.webp><img src=/x.jpg></picture>",
         ["/x.jpg"]),
        ("<video poster=/p.jpg src=/v.mp4></video>", ["/p.jpg"]),
        ("<svg><use href='#a'/><use xlink:href='/i.svg#b'/><image href='/c.png'/></svg>",
         ["/i.svg", "/c.png"]),
        ("<div style=\"background:url('/b.png') #fff\"></div>", ["/b.png"]),
        ("<body background=/old.gif>", ["/old.gif"]),
        ("<style>@import '/t.css';p{background:url(/u.png)}</style>", ["/t.css", "/u.png"]),
        ("<img src='/عکس.jpg#x'>", ["/%D8%B9%DA%A9%D8%B3.jpg"]),
    ],
)  # fmt: skip
def test_what_is_needed(html: str, urls: list[str]) -> None:
    assert needed(html) == urls


def test_a_wix_picture_is_the_uploaded_file_where_its_resized_forms_hang() -> None:
    html = (
        '<wow-image data-image-info=\'{"imageData": {"uri": "a_b~mv2.png"}}\'>'
        '<img src="https://static.example/media/a_b~mv2.png/v1/fill/w_9/a.png"></wow-image>'
    )
    at = "https://static.example/media/a_b~mv2.png"
    assert needed(html) == [at, f"{at}/v1/fill/w_9/a.png"]
    assert needed("<wow-image data-image-info='[['><img src=/a.png></wow-image>") == ["/a.png"]


@pytest.mark.parametrize(
    "html",
    [
        "<img src=/pixel.gif width=1 height=1>",
        "<noscript><img src='https://www.facebook.com/tr?id=1'></noscript>",
        "<script src='https://www.googletagmanager.com/gtag/js?id=G-1'></script>",
        "<iframe src='https://maps.example/'></iframe>",
        "<form action=/search><input type=image src=/go.png></form>",
        "<a href=/post/2><img src=/post/2></a>",
        "<img src='http://127.0.0.1:8080/admin'>",
        "<img src='http://169.254.169.254/latest/meta-data/'>",
        "<img src='http://[::1]/'>",
        "<img src='http://2130706433/'>",
        "<img src='http://0x7f.1/'>",
        "<img src='http://127.1/'>",
        "<img src='http://router/'>",
        "<img src='http://nas.local/p.png'>",
        "<img src='http://cdn.example:22/p.png'>",
        "<img src='https://user:word@cdn.example/p.png'>",
        "<img src='file:///etc/passwd'>",
        "<img src='javascript:alert(1)'>",
        f"<img src='/{'a' * 3000}.png'>",
        "<img src='http://[bad/'>",
    ],
)
def test_what_is_never_asked_for(html: str) -> None:
    assert needed(html) == []


def test_the_newsroom_may_name_its_own_machine() -> None:
    here = replace(OUTLET, home="http://127.0.0.1:81/", domains=("127.0.0.1:81",))
    html = "<img src='http://127.0.0.1:82/p.png'><img src='https://cdn.example/q.png'>"
    found = page_requisites(html.encode(), "http://127.0.0.1:81/post/1", here)
    assert [each.url for each in found] == ["http://127.0.0.1:82/p.png"]


def test_the_outlets_own_rules() -> None:
    html = (
        "<figure><img src=/a.jpg><figcaption>Kabul. Photo: Agence/AFP</figcaption></figure>"
        "<figure><img src=/b.jpg alt='by GETTY images'></figure><img src=/c.jpg><img src=/ad/d.jpg>"
    )
    rules = RequisiteRules(not_by=("AFP", "Getty"), leave_out=(re.compile("/ad/"),))
    assert needed(html, replace(OUTLET, requisites=rules)) == ["/c.jpg"]
    assert needed(html, replace(OUTLET, requisites=RequisiteRules(take=Take.NONE))) == []
    few = RequisiteRules(most_per_page=2)
    html = "<script src=/s.js></script><img src=/p.png><link rel=stylesheet href=/a.css>"
    assert needed(html, replace(OUTLET, requisites=few)) == ["/a.css", "/p.png"]


def test_a_picture_of_an_agency_is_left_out_wherever_the_page_names_it() -> None:
    rules = RequisiteRules(not_by=("AFP",))
    html = (
        "<link rel=preload as=image href=/a.jpg><figure><img src=/a.jpg srcset='/a2.jpg 2x'>"
        "<figcaption>AFP</figcaption></figure><a href=/><img src=/a.jpg></a><img src=/c.jpg>"
    )
    assert needed(html, replace(OUTLET, requisites=rules)) == ["/c.jpg"]


def test_what_is_missing_on_purpose() -> None:
    html = (
        "<img src=/count.gif?p=1 width=1 height=1><img src=/c.jpg><img src=/ad/d.jpg>"
        "<figure><img src=/a.jpg><figcaption>AFP</figcaption></figure>"
    )
    asked = [f"https://news.example/{name}" for name in ("count.gif?p=1", "c.jpg", "a.jpg", "e")]
    asked += ["https://www.google-analytics.com/collect", "https://cdn.example/ad/x.js"]
    rules = RequisiteRules(not_by=("AFP",), leave_out=(re.compile("/ad/"),))
    outlet = replace(OUTLET, requisites=rules)
    out = left_out(asked, html.encode(), PAGE, outlet)
    assert out == {asked[0], asked[2], *asked[4:]}
    none = replace(OUTLET, requisites=RequisiteRules(take=Take.NONE))
    assert left_out(asked, html.encode(), PAGE, none) == {*asked[:3], asked[4]}
    assert left_out(asked, b"", PAGE, outlet) == set(asked[4:])


HOSTILE = {
    "images and sources of a picture": "<picture>"
    + "<source type=x></source>" * 6_000
    + "<img>" * 6_000,
    "images and nothing of a picture": "<picture>" + "<img><b></b>" * 24_000,
    "sources in pictures in pictures": "<picture><img>" * 240 + "<source type=x></source>" * 40_000,
    "images and captions of a figure": "<figure>" + "<img><figcaption>a</figcaption>" * 6_000,
    "captions in figures in figures": "<figure><img>" * 240 + "<p class=credit></p>" * 40_000,
    "videos beside captions": "<div>" + "<video></video><i class=credit>a</i>" * 6_000,
    "images in widgets": "<wow-image>" * 240 + "<img>" * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    outlet = replace(OUTLET, requisites=RequisiteRules(not_by=("AFP",)))
    body = HOSTILE[name].encode()
    parse_html(body)
    start = process_time()
    assert page_requisites(body, PAGE, outlet) == ()
    # Most took minutes: for each image all that stands around it was read.
    assert process_time() - start < 4


def test_a_figure_says_it_of_all_its_pictures_and_a_wrapper_of_its_only_one() -> None:
    rules = RequisiteRules(not_by=("AFP",))
    html = (
        "<figure><img src=/a.jpg><img src=/b.jpg><p class=credit>a <b>Afp</b></p></figure>"
        "<section><img src=/c.jpg><div><img src=/d.jpg></div><p class=credit>AFP</p></section>"
        "<section><div><img src=/e.jpg></div><p class=credit>AFP</p></section>"
        f"<figure><img src=/f.jpg><figcaption>AFP{' word' * 300}</figcaption></figure>"
    )
    assert needed(html, replace(OUTLET, requisites=rules)) == ["/c.jpg", "/d.jpg", "/f.jpg"]


@pytest.mark.parametrize("charset", ["windows-1256", "base64", "punycode", "undefined", "rot13"])
def test_a_charset_that_is_none_does_no_harm(charset: str) -> None:
    body = "<img src='/پ.png'>".encode("windows-1256")
    found = page_requisites(body, PAGE, OUTLET, charset)
    assert len(found) == 1
    assert (charset == "windows-1256") == found[0].url.endswith("%D9%BE.png")


@given(st.text(alphabet="<>'\"=/ imgsrcelinkhfuvd-0:;(){},\n\\@#", max_size=300))
def test_any_page(html: str) -> None:
    for each in page_requisites(html.encode(), PAGE, OUTLET):
        parts = urlsplit(each.url)
        assert parts.scheme in ("http", "https") and parts.hostname
        assert not parts.fragment


# srcset


def test_candidates_as_browsers_read_them() -> None:
    assert [(c.url, c.width, c.density) for c in candidates("a.png 1x, b,c.png 640w,d.png")] == [
        ("a.png", None, 1.0),
        ("b,c.png", 640.0, None),
        ("d.png", None, 1.0),
    ]


@pytest.mark.parametrize(
    ("srcset", "sizes", "urls"),
    [
        ("a 320w, b 640w, c 1280w, d 2560w, e 4000w", "", ("c", "d")),
        ("a 320w, b 640w, c 1280w", "320px", ("a", "b")),
        ("a 300w, b 1024w", "(max-width: 44rem) 100vw, 44rem", ("b",)),
        ("a 300w, b 1024w", "(max-width: 2000px) 25vw, 99px", ("b",)),
        ("a, b 2x", "", ("a", "b")),
        ("a 1x, b 1.5x, c 3x", "", ("a", "b")),
        ("", "", ()),
        ("a 10q, b 0w", "", ("b",)),
    ],
)
def test_what_two_screens_choose(srcset: str, sizes: str, urls: tuple[str, ...]) -> None:
    assert chosen(srcset, sizes) == urls


@given(st.text(max_size=200), st.text(alphabet="(maxin-width:0123456789.pxemrvw), ", max_size=60))
def test_any_srcset(srcset: str, sizes: str) -> None:
    assert slot_width(sizes) > 0
    named = {candidate.url for candidate in candidates(srcset)}
    picked = chosen(srcset, sizes)
    assert set(picked) <= named and len(picked) <= 2
    assert bool(picked) == bool(named)


# Stylesheets


def test_what_a_stylesheet_needs() -> None:
    css = """@charset "utf-8"; @import url(a.css) screen; @import "b.css"; @namespace url(http://n/);
    p { background: url( "c.png" ), image-set("no.png" 1x, url(d.png) 2x); }
    @media screen { @font-face { src: url(e.eot); src: url(f.woff) , url("g.woff2") } q{x:url(h)} }
    @font-face { src: url(i.woff2); unicode-range: U+400-4FF }
    @font-face { src: url(j.ttf); unicode-range: U+600-6FF, U+200C }
    /* url(no.png) */ p::after { content: "url(no.png)" }"""
    found = [(wanted.url, wanted.kind.value) for wanted in wanted_by(css)]
    assert found == [
        ("a.css", "stylesheet"),
        ("b.css", "stylesheet"),
        ("c.png", "image"),
        ("d.png", "image"),
        ("g.woff2", "font"),
        ("h", "image"),
        ("j.ttf", "font"),
    ]
    assert wanted_by_style("background:url(x.png)") == (Wanted("x.png", CssUrl.IMAGE),)


def test_a_stylesheets_urls_are_its_own() -> None:
    found = stylesheet_requisites(
        b"a{b:url(../i.png)}c{d:url(data:x)}", "https://cdn.example/t/s.css", OUTLET
    )
    assert found == (Requisite("https://cdn.example/i.png", RequisiteKind.IMAGE),)


def test_bounds_of_a_stylesheet() -> None:
    many = "".join(f"a{{b:url({n}.png)}}" for n in range(2 * MAX_URLS))
    assert len(wanted_by(many)) == MAX_URLS
    for nest in ("a{" * 20_000, "(" * 20_000, "@media x{" * 20_000, "url(" * 20_000):
        assert len(wanted_by(nest)) <= 1


@settings(max_examples=200)
@given(st.text(alphabet="{}()[]@;:'\"\\/*u rl(importfacensd-,!<>#\n", max_size=200))
def test_any_stylesheet(css: str) -> None:
    assert all(isinstance(wanted.url, str) for wanted in (*wanted_by(css), *wanted_by_style(css)))
    wanted_by(css.encode(), "base64")
