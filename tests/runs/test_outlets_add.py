"""`zancrawler outlets add`: told nothing but a URL, it finds what a person would write down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler
from scripted_site import Reply, Script, page, plain_site, scripted_site

from zancrawler.capture.conformance import check_warc
from zancrawler.newsroom import Newsroom, TruthArticle, serve
from zancrawler.newsroom.imprints import IMPRINTS
from zancrawler.outlets import (
    Catalogue,
    Outlet,
    OutletError,
    UrlKind,
    canonical_url,
    parse_outlet,
    read_outlet,
    url_kind,
)
from zancrawler.runs.learning.add import home_of, unused_name
from zancrawler.runs.learning.hosts import name_for
from zancrawler.runs.learning.site import MAX_REQUESTS

PRECISION = {"day": 10, "minute": 16, "second": 19}
"""How many characters of an ISO date the page itself tells."""
MIRROR = "newsroom-mirror"
CRAWLED = "newsroom-newspaper"
"""One that is crawled after it was learnt: the others take the same path."""
NO_ARTICLES = ("/", "/about", "/about/", "/category/news/", "/tag/x/", "/fa", "/en/", "/search?q=x")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve(outlets=tuple(IMPRINTS)) as newsroom:
        yield newsroom


@dataclass(frozen=True)
class Added:
    said: dict[str, Any]
    outlet: Outlet
    described: Outlet
    """As the newsroom's own file has it."""
    truth: dict[str, TruthArticle]
    archive: Path
    folder: Path

    @property
    def trial(self) -> list[dict[str, Any]]:
        return [each for each in self.said["trial"]["articles"] if each["kind"] == "article"]


def add(url: str, name: str, folder: Path, *more: object, code: int = 0) -> str:
    return zancrawler(
        *("outlets", "add", url, "--name", name, "--json", "--archive", folder / "archive"),
        *("--outlets", folder / "outlets", *more),
        code=code,
    )


@pytest.fixture(scope="module", params=list(IMPRINTS))
def added(
    newsroom: Newsroom, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Added:
    name: str = request.param
    described = Catalogue.open(newsroom.catalogue).get(name)
    folder = tmp_path_factory.mktemp(name)
    said = json.loads(add(described.home, "learnt", folder))
    outlet = read_outlet(folder / "outlets" / "learnt.toml")
    truth = [article for article in newsroom.truth() if article.outlet == name]
    return Added(
        said=said,
        outlet=outlet,
        described=described,
        truth={canonical_url(article.url, outlet): article for article in truth},
        archive=folder / "archive",
        folder=folder / "outlets",
    )


@pytest.mark.slow
def test_a_newsroom_is_learnt_and_its_trial_is_the_truth(added: Added, newsroom: Newsroom) -> None:
    """One test, for one look at each site is slow enough."""
    found, described = added.outlet, added.described
    assert found.platform == described.platform
    assert set(found.languages) == set(described.languages)
    assert found.home == described.home
    _holds_the_pattern(added, newsroom)
    _has_the_sources(added)
    _has_few_lines(added)
    _agrees_with_the_truth(added, newsroom)
    _was_polite_and_kept_its_records(added)
    if added.described.name == CRAWLED:
        _can_be_crawled_with_no_further_step(added, newsroom)


def _holds_the_pattern(added: Added, newsroom: Newsroom) -> None:
    missed = [url for url in added.truth if url_kind(url, added.outlet) is not UrlKind.ARTICLE]
    assert missed == []
    for path in NO_ARTICLES:
        assert url_kind(added.outlet.home.rstrip("/") + path, added.outlet) is not UrlKind.ARTICLE


def _has_the_sources(added: Added) -> None:
    """All that the newsroom's own file names, where the site has any: its API and home too."""
    found, named = added.outlet.sources, added.described.sources
    if added.described.name == MIRROR:
        assert found.listings == (added.outlet.home,)
        return
    dead = {f"{added.outlet.home}wp-sitemap.xml", f"{added.outlet.home}sitemap.xml"}
    assert set(named.feeds) <= set(found.feeds)
    assert set(named.sitemaps) - dead <= set(found.sitemaps)
    assert bool(found.sitemaps) == (added.described.platform != "plain")
    assert set(named.apis) <= set(found.apis)
    assert len(found.listings) >= 1


def _has_few_lines(added: Added) -> None:
    """A file whose every fact has a reason, and that says what is not known."""
    lines = added.said["file"].splitlines()
    effective = [line for line in lines if line and not line.startswith(("#", "[politeness]"))]
    assert len([line for line in effective if not line.startswith("delay")]) <= 20
    if not added.said["rules"]:
        assert len([line for line in effective if not line.startswith("delay")]) <= 15
    assert added.outlet.checked in added.said["file"].splitlines()[0]
    facts = added.said["facts"]
    assert {"title", "platform", "languages"} <= facts.keys()
    assert all(fact["where"] in added.said["file"] for fact in facts.values())


def _agrees_with_the_truth(added: Added, newsroom: Newsroom) -> None:
    never = {url for case, url in newsroom.cases() if case.outcome == "no_article"}
    tried = {each["url"] for each in added.said["trial"]["articles"]}
    assert len(added.trial) == min(5, len(added.truth))
    assert {each["url"] for each in added.trial} <= added.truth.keys()
    assert tried - {each["url"] for each in added.trial} <= never
    for each in added.trial:
        true = added.truth[each["url"]]
        told = PRECISION[true.date_precision]
        assert each["title"] == true.title, true.url
        assert each["date_published"][:told] == true.date_published[:told], true.url
        assert tuple(each["authors"]) == true.authors, true.url
        assert each["language"] == true.language, true.url
        assert each["word_count"] == len(true.text.split()), true.url
        assert true.text.split()[:12] == each["beginning"].split(), true.url
    assert added.said["trial"]["sound"], added.said["trial"]["faults"]


def _was_polite_and_kept_its_records(added: Added) -> None:
    assert 0 < added.said["requests"] <= MAX_REQUESTS
    assert 0 < added.said["trial"]["requests"] <= MAX_REQUESTS
    warcs = sorted((added.archive / "warc" / "learnt").glob("*/*.warc.gz"))
    assert len(warcs) == 2
    assert [fault for warc in warcs for fault in check_warc(warc)] == []
    captures = pq.read_table(added.archive / "tables" / "captures").to_pylist()
    asked = added.said["requests"] + added.said["trial"]["requests"]
    assert len(captures) == asked
    assert {row["crawl_id"].rpartition("-")[0] for row in captures} == {"learnt-check"}


def _can_be_crawled_with_no_further_step(added: Added, newsroom: Newsroom) -> None:
    never = {url for case, url in newsroom.cases() if case.outcome == "no_article"}
    zancrawler("crawl", "learnt", "--archive", added.archive, "--outlets", added.folder)
    rows = pq.read_table(added.archive / "tables" / "articles").to_pylist()
    by_url = {row["canonical_url"]: row for row in rows}
    assert by_url.keys() == added.truth.keys() - never
    for url, row in by_url.items():
        assert " ".join(row["text"].split()) == " ".join(added.truth[url].text.split()), url
    status = json.loads(
        zancrawler("status", "--json", "--archive", added.archive, "--outlets", added.folder)
    )
    assert status["outlets"][0]["check"]["sound"]


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted_site() as script:
        yield script


@pytest.mark.long
def test_a_site_with_neither_feed_nor_sitemap(script: Script, tmp_path: Path) -> None:
    paths = plain_site(script)
    said = json.loads(add(script.home, "valley", tmp_path))
    unknown = " ".join(said["unknown"])
    assert "a feed" in unknown
    assert "a sitemap" in unknown
    assert "older than the listings show may be missed" in unknown
    outlet = read_outlet(tmp_path / "outlets" / "valley.toml")
    assert outlet.platform == "plain"
    assert outlet.title == "The Valley"
    assert outlet.languages == ("en",)
    assert outlet.sources.listings[0] == f"{script.home}/"
    kinds = {path: url_kind(script.home + path, outlet) for path in (*paths, "/about")}
    assert {path for path, kind in kinds.items() if kind is UrlKind.ARTICLE} == set(paths)
    assert [each["kind"] for each in said["trial"]["articles"]] == ["article"] * 5
    assert all(each["date_published"] for each in said["trial"]["articles"])
    assert all(each["beginning"].startswith("On the 4th day") for each in said["trial"]["articles"])
    requests = said["requests"] + said["trial"]["requests"]
    captures = pq.read_table(tmp_path / "archive" / "tables" / "captures").to_pylist()
    # An attempt on a connection that closed is counted, and the server never saw it.
    answered = [row for row in captures if row["fetch_status"] is not None]
    asked = len(script.asked)
    assert len(answered) == asked
    assert len(captures) == requests <= 2 * MAX_REQUESTS
    again = add(script.home, "valley", tmp_path, code=2)
    assert "already" in again
    assert len(script.asked) == asked


COMMON = ("robots", "elsewhere", "nothing")
FORBIDDEN = Reply("User-agent: *\nDisallow: /\n", content_type="text/plain")
REFUSED = {
    "robots": ({"/robots.txt": FORBIDDEN}, "robots.txt forbids us"),
    "no robots": ({"/robots.txt": Reply("", 503)}, "robots.txt answers 503"),
    "wall": ({"/": Reply("<title>Forbidden</title>", 403)}, "it turns us away (http-403)"),
    "elsewhere": (
        {"/": Reply("", 302, headers={"Location": "http://other.invalid/"})},
        "it leads to another site, other.invalid",
    ),
    "loop": ({"/": Reply("", 302, headers={"Location": "/?again"})}, "too many redirects"),
    "no page": ({"/": Reply(b"%PDF-1.7", content_type="application/pdf")}, "is no web page"),
    "a feed": ({"/": Reply("<rss><channel></channel></rss>")}, "it is a feed"),
    "huge": ({"/": Reply("x" * 17_000_000)}, "it sends more than 16,000,000 bytes"),
    "nothing": ({"/": Reply(page("Nothing", "<p>Welcome.</p>"))}, "no article was found"),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.slow if case in COMMON else pytest.mark.long)
        for case in REFUSED
    ],
)
def test_a_site_that_gives_too_little_is_told_in_one_sentence(
    case: str, script: Script, tmp_path: Path
) -> None:
    replies, sentence = REFUSED[case]
    script.replies |= replies
    if case == "loop":
        script.otherwise = lambda path: Reply("", 302, headers={"Location": path + "x"})
    said = add(script.home, "little", tmp_path, code=1)
    assert sentence in said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "outlets").exists()
    assert "other.invalid" not in " ".join(script.asked)


@pytest.mark.slow
def test_endless_sitemaps_leave_requests_for_articles(script: Script, tmp_path: Path) -> None:
    paths = plain_site(script)
    lines = "".join(f"Sitemap: {script.home}/sitemap-{n}.xml\n" for n in range(1_000))
    script.replies["/robots.txt"] = Reply(lines, content_type="text/plain")

    def endless(path: str) -> Reply:
        children = "".join(
            f"<sitemap><loc>{script.home}{path}-{n}.xml</loc></sitemap>" for n in range(50)
        )
        return Reply(f"<sitemapindex>{children}</sitemapindex>", content_type="text/xml")

    script.otherwise = endless
    said = json.loads(add(script.home, "endless", tmp_path))
    assert said["requests"] <= MAX_REQUESTS
    assert len(said["trial"]["articles"]) == 5
    outlet = parse_outlet("endless", said["file"], where="")
    assert url_kind(script.home + paths[0], outlet) is UrlKind.ARTICLE


def test_others_must_be_told_who_asks(tmp_path: Path) -> None:
    assert "--contact" in add("https://unknown.example/", "unknown", tmp_path, code=2)


def test_what_is_known_is_not_learnt_again(tmp_path: Path) -> None:
    catalogue = Catalogue.open()
    with pytest.raises(OutletError, match="is the outlet 'zantimes' already"):
        unused_name("https://www.zantimes.com/", None, catalogue)
    with pytest.raises(OutletError, match="an outlet is called 'zannews' already"):
        unused_name("https://unknown.example/", "zannews", catalogue)
    assert unused_name("https://zantimes.com/", "zantimes-again", catalogue) == "zantimes-again"


@pytest.mark.parametrize(
    ("typed", "home", "name"),
    [
        ("example.org", "https://example.org/", "example"),
        ("https://www.example.com.af/?x=1#y", "https://www.example.com.af/", "example"),
        ("http://DA.azadiradio.com/", "http://da.azadiradio.com/", "da-azadiradio"),
        ("https://www.bbc.com/pashto", "https://www.bbc.com/pashto", "bbc-pashto"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/", "127-0-0-1-8080"),
    ],
)
def test_what_a_user_types_is_a_home_and_a_name(typed: str, home: str, name: str) -> None:
    assert home_of(typed) == home
    assert name_for(home_of(typed)) == name


@pytest.mark.parametrize("typed", ["", "ftp://x.example/", "https://", "http://[", "https://a b/"])
def test_what_is_no_web_site_is_refused(typed: str) -> None:
    with pytest.raises(OutletError, match="no address of a web site"):
        home_of(typed)


def test_a_folder_outlets_beside_the_archive_needs_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outlets").mkdir()
    text = (
        'title = "Mine"\nhome = "https://mine.example/"\ndomains = ["mine.example"]\n'
        'languages = ["en"]\nplatform = "plain"\n'
    )
    (tmp_path / "outlets" / "mine.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert '"title": "Mine"' in zancrawler("outlets", "show", "mine", "--json")
