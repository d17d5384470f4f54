"""The sites that are served on demand: each has the traps of its platform, and answers alike."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import lxml.etree
import lxml.html
import pytest
from newsroom_client import get

from zancrawler.archive import UsageError
from zancrawler.newsroom import DEFAULT, IMPRINTS, Newsroom, TruthArticle, serve
from zancrawler.outlets import Catalogue, canonical_url, parse_outlet, recognise

SITES = [name for name in IMPRINTS if name not in DEFAULT]
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def sites() -> Iterator[Newsroom]:
    with serve(outlets=SITES) as served:
        yield served


def articles(sites: Newsroom, site: str, language: str | None = None) -> list[TruthArticle]:
    return [
        each for each in sites.truth() if each.outlet == site and language in (None, each.language)
    ]


def page_of(true: TruthArticle) -> lxml.html.HtmlElement:
    got = get(true.url)
    assert got.status == 200
    return lxml.html.document_fromstring(got.body)


def locs(url: str) -> list[str]:
    got = get(url)
    body = gzip.decompress(got.body) if url.endswith(".gz") else got.body
    return [loc.text or "" for loc in lxml.etree.fromstring(body).iter(LOC)]


def test_only_what_is_named_is_served(sites: Newsroom) -> None:
    assert list(sites.homes) == SITES
    assert {each.outlet for each in sites.published()} == set(SITES)
    assert {case.outlet for case, _ in sites.cases()} == set(SITES)


def test_an_outlet_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="no outlet 'newsroom-joomla'; it has newsroom-wix"):
        serve(outlets=["newsroom-joomla"]).__enter__()
    command = [sys.executable, "-m", "zancrawler", "newsroom", "newsroom-joomla"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "newsroom-pangea" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("site", SITES)
def test_twelve_articles_in_three_languages(sites: Newsroom, site: str) -> None:
    languages = Counter(each.language for each in articles(sites, site))
    each_has = 2 if site == "newsroom-mirror" else 4
    assert languages == {"fa-AF": each_has, "ps": each_has, "en": each_has}


@pytest.mark.parametrize("site", SITES)
def test_every_page_holds_its_article(sites: Newsroom, site: str) -> None:
    for true in articles(sites, site):
        shown = " ".join(page_of(true).text_content().split())
        for line in true.text.split("\n"):
            assert " ".join(line.split()) in shown, true.url
        assert true.title in shown


@pytest.mark.parametrize("site", [site for site in SITES if site != "newsroom-plain"])
def test_its_pages_give_the_platform_away(sites: Newsroom, site: str) -> None:
    outlet = Catalogue.open(sites.catalogue).get(site)
    for true in articles(sites, site):
        assert recognise(get(true.url).body).name == outlet.platform


@pytest.mark.parametrize(
    ("site", "sitemap"),
    [
        ("newsroom-pangea", "/sitemap.xml"),
        ("newsroom-drupal", "/sitemap.xml"),
        ("newsroom-nextjs", "/sitemap.xml"),
        ("newsroom-newspaper", "/sitemap_index.xml"),
    ],
)
def test_sitemaps_list_every_article(sites: Newsroom, site: str, sitemap: str) -> None:
    index = locs(sites.homes[site] + sitemap)
    listed = {url for each in index for url in locs(each)}
    assert {each.url for each in articles(sites, site)} <= listed


def test_pangea_shows_the_time_of_the_visit_and_a_player(sites: Newsroom) -> None:
    for true in articles(sites, "newsroom-pangea"):
        page = page_of(true)
        (clock,) = page.cssselect(".date-time-area")
        (day,) = page.cssselect(".published time")
        assert clock.text_content() != day.text_content()
        assert "0:04:59" in page.cssselect("#article-content .wsw")[0].text_content()
        number = true.url.rsplit("/", 1)[1]
        home = sites.homes["newsroom-pangea"]
        assert get(f"{home}/a/{number}").body == get(f"{home}/amp/{number}").body


def test_drupal_repeats_headline_and_standfirst(sites: Newsroom) -> None:
    for true in articles(sites, "newsroom-drupal"):
        node = page_of(true).cssselect("article")[0].text_content()
        standfirst = page_of(true).cssselect(".field--name-field-standfirst")[0].text_content()
        assert node.count(standfirst) >= 2
        assert true.title in node


def test_nextjs_appends_the_next_story_and_keeps_its_data(sites: Newsroom) -> None:
    for true in articles(sites, "newsroom-nextjs"):
        page = page_of(true)
        own, following = page.cssselect("main article")
        assert own.cssselect("h1")[0].text_content() == true.title
        assert following.cssselect("h1")[0].text_content() != true.title
        first = true.text.split("\n")[0]
        assert own.text_content().count(first) == 2
        (data,) = page.cssselect("script#__NEXT_DATA__")
        props = json.loads(data.text_content())["props"]["pageProps"]
        assert props["article"]["headline"] == true.title


def test_the_newspaper_appends_whole_stories_under_a_heading(sites: Newsroom) -> None:
    for true in articles(sites, "newsroom-newspaper"):
        stories = page_of(true).cssselect(".td-post-content")
        assert len(stories) == 3
        assert page_of(true).cssselect("form input[type=email]")


def test_the_hand_made_site_says_nothing_to_machines(sites: Newsroom) -> None:
    home = sites.homes["newsroom-plain"]
    for path in ("/robots.txt", "/sitemap.xml", "/feed/", "/rss.xml"):
        assert get(home + path).status == 404
    for true in articles(sites, "newsroom-plain", "en"):
        got = get(true.url)
        assert got.headers["Content-Type"] == "text/html"
        assert b"charset=windows-1252" in got.body
        with pytest.raises(UnicodeDecodeError):
            got.body.decode("utf-8")


def test_a_copy_is_known_as_its_origins_page(sites: Newsroom) -> None:
    """Etilaatroz's rule: the mirror's path below the folder, and the origin's number and slug."""
    source = (sites.catalogue / "newsroom-newspaper.toml").read_text(encoding="utf-8")
    mirror = sites.homes["newsroom-mirror"].removeprefix("http://")
    mirrored = f'mirrors = ["{mirror}/copy/www.abshar.example"]\n\n[urls]\n'
    mirrored += r"rewrites = [{ search = '/([0-9]+)-([^/]+)\.html$', replace = '/\1/\2/' }]"
    outlet = parse_outlet(
        "newspaper",
        source.replace("\n[[articles]]", f"{mirrored}\n\n[[articles]]"),
        where="here",
    )
    origins = {each.url for each in articles(sites, "newsroom-newspaper")}
    copies = {canonical_url(each.url, outlet) for each in articles(sites, "newsroom-mirror")}
    assert len(copies) == 6
    assert copies <= origins
