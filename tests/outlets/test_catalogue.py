"""The catalogue: what each outlet's file makes of the URLs that it was written from."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.outlets import (
    Catalogue,
    Outlet,
    UrlKind,
    canonical_url,
    parse_outlet,
    story_id,
    url_kind,
)
from zancrawler.outlets.platforms import PRESETS

OUTLETS = {outlet.name: outlet for outlet in Catalogue.open().all()}
STATE = {"bakhtar", "rta", "kabultimes"}
# fmt: off
WANTED = {
    "zannews", "zantimes", "rukhshana", "nimrokh", "gowharshad", "awna", "afghanwomennews",
    "hashtesubh", "etilaatroz", "kabulnow", "amu", "afintl", "subhekabul", "tolonews", "pajhwok",
    "khaama", "ariananews", "azadi-dari", "azadi-pashto", "mashaal", "voa-dari", "voa-pashto",
    "bbc-persian", "bbc-pashto", "dw-dari", "dw-pashto", "independent-persian", "aan", "jomhor",
    "avapress", "rasc", "bakhtar", "rta", "kabultimes",
}
# fmt: on

ARTICLE, LISTING, MEDIA = UrlKind.ARTICLE, UrlKind.LISTING, UrlKind.MEDIA
SKIP, OTHER, FOREIGN = UrlKind.SKIP, UrlKind.OTHER, UrlKind.FOREIGN

EXAMPLES = [
    ("zannews", "https://zantvnetwork.com/post/a-story", ARTICLE, None),
    ("zannews", "https://www.zantvnetwork.com/search?page=2&type=blogs", LISTING, None),
    ("zantimes", "https://zantimes.com/2024/02/01/a-story", ARTICLE, None),
    ("zantimes", "https://zantimes.com/about/", OTHER, None),
    ("rukhshana", "https://rukhshana.com/ps/2025/11/07/a-story/", ARTICLE, None),
    ("rukhshana", "https://rukhshana.com/?p=20209", ARTICLE, "20209"),
    ("nimrokh", "https://nimrokhmedia.com/category/articles-analysis/page/2/", LISTING, None),
    ("gowharshad", "https://gowharshadmedia.com/fa/category/news-fa/page/49", LISTING, None),
    ("awna", "https://www.awna.af/?p=48103", ARTICLE, "48103"),
    ("awna", "https://www.afghanwomennews.com/en/a-story/", FOREIGN, None),
    ("afghanwomennews", "https://www.afghanwomennews.com/en/a-story/", ARTICLE, None),
    ("afghanwomennews", "https://www.afghanwomennews.com/با-به-قدرت-۱۴۰۰/", ARTICLE, None),
    ("hashtesubh", "https://8am.media/eng/the-taliban-did-this/", ARTICLE, None),
    ("hashtesubh", "https://8am.media/eng/category/afghanistan-news/", LISTING, None),
    ("hashtesubh", "https://8am.media/contact-us/", OTHER, None),
    ("etilaatroz", "https://www.etilaatroz.com/43917/", ARTICLE, "43917"),
    ("kabulnow", "https://kabulnow.com/2025/05/a-story/", ARTICLE, None),
    ("kabulnow", "https://kabulnow.com/category/news/", LISTING, None),
    ("amu", "https://amu.tv/60502/", ARTICLE, "60502"),
    ("amu", "https://amu.tv/fa/90412", ARTICLE, "90412"),
    ("amu", "https://amu.tv/ps/?p=118238", ARTICLE, "118238"),
    ("afintl", "https://www.afintl.com/pa/202512222149", ARTICLE, "202512222149"),
    ("afintl", "https://v1.afintl.com/202410294262", ARTICLE, "202410294262"),
    ("afintl", "https://www.afintl.com/fa/video/ott_0a1b2c", MEDIA, None),
    ("subhekabul", "https://subhekabul.com/خبرها/a-story/", ARTICLE, None),
    ("tolonews", "https://tolonews.com/index.php/fa/world-200408", ARTICLE, "200408"),
    ("tolonews", "https://tolonews.com/news-hour/tolonews-10pm-news-12-june-2017", MEDIA, None),
    ("tolonews", "https://tolonews.com/business/afghanistan’s-economy-thriving-cso", ARTICLE, None),
    ("tolonews", "https://tolonews.com/fa", LISTING, None),
    ("tolonews", "https://tolonews.com/pa/opinion", LISTING, None),
    ("pajhwok", "https://pajhwok.com/fa/2026/08/08/ii/", ARTICLE, None),
    ("khaama", "https://www.khaama.com/a-story-of-kabul/", ARTICLE, None),
    ("khaama", "https://www.khaama.com/persian/archives/171022/", ARTICLE, "171022"),
    ("ariananews", "https://www.ariananews.af/zerbena-an-evening/", MEDIA, None),
    ("azadi-dari", "https://da.azadiradio.com/amp/33672165.html", ARTICLE, "33672165"),
    ("azadi-dari", "https://da.azadiradio.com/s?k=a", SKIP, None),
    ("azadi-pashto", "https://pa.azadiradio.com/z/2201/2025/2/10", LISTING, None),
    ("voa-dari", "https://www.darivoa.com/a/a-story-/5786652.html", ARTICLE, "5786652"),
    ("gandhara", "https://gandhara.rferl.org/a/a-story/31056131.html", ARTICLE, "31056131"),
    ("bbc-persian", "http://www.bbc.com/persian/afghanistan-42130655", ARTICLE, "42130655"),
    ("bbc-persian", "https://www.bbc.com/persian/42948951", ARTICLE, "42948951"),
    ("bbc-persian", "https://www.bbc.com/persian/articles/c4n1ppz0y8ro", ARTICLE, "c4n1ppz0y8ro"),
    ("bbc-persian", "https://www.bbc.com/persian/afghanistan", LISTING, None),
    ("bbc-pashto", "https://www.bbc.com/pashto/afghanistan-51715002", ARTICLE, "51715002"),
    ("bbc-pashto", "https://www.bbc.com/pashto/bbc_pashto_radio/programmes/p056", MEDIA, None),
    ("bbc-pashto", "https://www.bbc.com/persian/42948951", OTHER, None),
    ("dw-dari", "http://m.dw.com/fa-af/نقش-دویچه/a-18683678", ARTICLE, "18683678"),
    ("dw-dari", "https://www.dw.com/fa-af/افغانستان/s-11360", LISTING, None),
    ("dw-pashto", "https://www.dw.com/ps/د-آلمان/a-18683184", ARTICLE, "18683184"),
    (
        "independent-persian",
        "https://www.independentpersian.com/node/1234/سیاسی/زن‌ها،-یک",
        ARTICLE,
        "1234",
    ),
    ("aan", "https://www.afghanistan-analysts.org/en/reports/a-long-report/", ARTICLE, None),
    ("aan", "https://www.afghanistan-analysts.org/en/category/reports/page/4/", LISTING, None),
    ("aan", "https://www.afghanistan-analysts.org/en/2023/07/", LISTING, None),
    ("aan", "https://www.afghanistan-analysts.org/en/author/a-name/page/6/", LISTING, None),
    ("jomhor", "http://www.jomhornews.com/ps/news/123251/print/", ARTICLE, "123251"),
    ("avapress", "https://www.avapress.com/fa/news/123/یک-خبر", ARTICLE, "123"),
    ("avapress", "https://www.avapress.com/fa/gallery/123/a", MEDIA, None),
    ("rasc", "https://rudabe.org/?p=123", ARTICLE, "123"),
    ("taand", "https://www.taand.com/main/?cat=871", LISTING, None),
    ("bakhtar", "https://bakhtarnews.com.af/dari/x/itemlist/user/1?start=89670", LISTING, None),
    ("rta", "https://rta.af/fa/article3449/", ARTICLE, "3449"),
]


@pytest.mark.parametrize(("name", "url", "kind", "story"), EXAMPLES)
def test_each_outlet_knows_its_urls(name: str, url: str, kind: UrlKind, story: str | None) -> None:
    assert url_kind(url, OUTLETS[name]) is kind
    assert story_id(url, OUTLETS[name]) == story


@pytest.mark.parametrize(
    ("name", "url", "canonical"),
    [
        (
            "etilaatroz",
            "https://storage.googleapis.com/qurium/www.etilaatroz.com/43917-زن.html",
            "https://www.etilaatroz.com/43917/%D8%B2%D9%86/",
        ),
        (
            "etilaatroz",
            "https://storage.googleapis.com/qurium/www.other.com/43917-a.html",
            "https://storage.googleapis.com/qurium/www.other.com/43917-a.html",
        ),
        (
            "azadi-pashto",
            "https://rfe.pangea-cms.com/preview/pus-AF/a/31053793.html",
            "https://pa.azadiradio.com/a/31053793.html",
        ),
        (
            "azadi-dari",
            "https://d1o1dnkfyuudx9.cloudfront.net/a/زن/33672165.html?nocache=1",
            "https://da.azadiradio.com/a/33672165.html",
        ),
        (
            "voa-pashto",
            "http://pashtovoa.com/amp/a-story-/5786652.html",
            "https://www.pashtovoa.com/a/5786652.html",
        ),
        (
            "tolonews",
            "https://www.tolonews.com/index.ph%70/fa/world-200408/",
            "https://tolonews.com/fa/world-200408",
        ),
        (
            "jomhor",
            "http://www.jomhornews.com/ps/news/123251/print/",
            "http://www.jomhornews.com/ps/news/123251/",
        ),
        (
            "khaama",
            "https://khaama.com/persian/archives/171022/?utm_source=a",
            "https://www.khaama.com/persian/archives/171022",
        ),
        (
            "zantimes",
            "https://zantimes.com/2024/02/01/a-story/amp/?share=x",
            "https://zantimes.com/2024/02/01/a-story/",
        ),
        ("afintl", "http://v1.afintl.com/202410294262/", "https://www.afintl.com/202410294262"),
        ("rukhshana", "http://www.rukhshana.com/?p=20209#a", "https://rukhshana.com/?p=20209"),
    ],
)
def test_canonical_form_and_mirrors(name: str, url: str, canonical: str) -> None:
    assert canonical_url(url, OUTLETS[name]) == canonical
    assert canonical_url(canonical, OUTLETS[name]) == canonical


def test_the_catalogue_holds_what_it_should() -> None:
    assert OUTLETS.keys() >= WANTED
    for outlet in OUTLETS.values():
        assert outlet.checked == "never"
        assert outlet.source.startswith("# "), outlet.name
        assert re.search(r"# .*(?:[Ss]een in|Measured on)", outlet.source), outlet.name
        assert re.search(r"# .*(?:Not (?:known|checked)|Inferred)", outlet.source), outlet.name
        assert outlet.name not in STATE or not outlet.active
        assert outlet.rights.permission == "none"
        sources = outlet.sources
        assert sources.feeds or sources.sitemaps or sources.listings, outlet.name


def test_what_an_outlet_names_as_listings_are_listings() -> None:
    """Rebuilding a ledger from WARCs tells a listing by its URL alone."""
    for outlet in OUTLETS.values():
        for listing in outlet.sources.listings:
            assert url_kind(listing, outlet) is LISTING, (outlet.name, listing)


def test_an_outlet_is_found_by_its_hosts_mirrors_and_paths() -> None:
    catalogue = Catalogue.open()
    for url, name in (
        ("https://www.bbc.com/pashto/afghanistan-51715002", "bbc-pashto"),
        ("https://www.bbc.com/persian", "bbc-persian"),
        ("https://www.dw.com/ps/a/a-1", "dw-pashto"),
        ("https://storage.googleapis.com/qurium/www.etilaatroz.com/1-a.html", "etilaatroz"),
        ("https://d36fe2ht431omh.cloudfront.net/a/1.html", "mashaal"),
    ):
        outlet = catalogue.of_url(url)
        assert outlet and outlet.name == name
    assert catalogue.of_url("https://storage.googleapis.com/somebody/else") is None


@pytest.mark.parametrize("name", PRESETS)
def test_an_outlet_on_a_known_platform_is_a_few_lines(name: str) -> None:
    text = (
        'title = "New"\nhome = "https://new.example.org/"\ndomains = ["new.example.org"]\n'
        f'languages = ["fa-AF"]\nplatform = "{name}"\n'
    )
    outlet = parse_outlet("new", text, where="test")
    assert outlet.articles
    assert any((outlet.sources.feeds, outlet.sources.sitemaps))


def test_most_files_need_few_lines() -> None:
    """Fifteen lines are enough for an outlet whose rights and sources need no words."""
    folder = Path(next(iter(Catalogue.open().folders)))
    short = 0
    for file in folder.glob("*.toml"):
        lines = file.read_text(encoding="utf-8").splitlines()
        tomllib.loads("\n".join(lines))
        short += sum(1 for line in lines if line and not line.startswith("#")) <= 15
    assert short >= len(OUTLETS) / 2


STEPS = st.sampled_from(
    [
        "a",
        "amp",
        "print",
        "index.php",
        "fa",
        "ps",
        "persian",
        "archives",
        "news",
        "12345.html",
        "123456",
        "12-زن.html",
        "2025",
        "01",
        "a-b",
        "۱۲",
        "preview",
        "page",
        "..",
        "a.b",
        "//",
    ]
)
URLS = st.builds(
    lambda outlet, steps, end: (outlet, f"{outlet.home.rstrip('/')}/{'/'.join(steps)}{end}"),
    st.sampled_from(sorted(OUTLETS.values(), key=lambda outlet: outlet.name)),
    st.lists(STEPS, max_size=6),
    st.sampled_from(["", "/", "?p=1", "/?page=2&amp=1", ".html"]),
)


@given(URLS)
def test_the_rewrites_of_every_outlet_are_idempotent(case: tuple[Outlet, str]) -> None:
    outlet, url = case
    once = canonical_url(url, outlet)
    assert canonical_url(once, outlet) == once
    assert url_kind(once, outlet) is url_kind(url, outlet)


def test_no_pattern_is_slow_on_a_hostile_path() -> None:
    """Each within MAX_URL_LENGTH; all outlets together in a few seconds of processor time."""
    hostile = ["a-" * 1000, "1" * 2000, "a/" * 1000, "amp/" * 500 + "x", "?" + "p=1&" * 500 + "x"]
    hostile += [piece + "?x" for piece in hostile[:4]]
    before = time.process_time()
    for outlet in OUTLETS.values():
        for piece in hostile:
            url_kind(f"{outlet.home}{piece}", outlet)
    assert time.process_time() - before < 10
