"""Every outlet of the catalogue, by its own spider, against a site of its platform under its names.

No network: each host name leads to loopback. What comes out must be what was published there.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from catalogue_crawl import start
from catalogue_sites import SHAPES, OutletSite

from zancrawler.archive import Archive
from zancrawler.newsroom import TruthArticle
from zancrawler.outlets import Catalogue, canonical_url, parse_outlet

CATALOGUE = Catalogue.open()
NAMES = CATALOGUE.names()
JOINERS = "\u200c\u200d\u200e\u200f"
PRECISION = {"day": 10, "minute": 16, "second": 19}
"""Characters of an ISO 8601 time that the page itself tells."""
LONGEST = 15
"""Lines of TOML that an outlet on a known platform needs, if it has one kind of page. What is there
for people is not counted: comments, other names, and what is said of rights and safety."""
LONGER = {
    # Made by hand, or by systems that have no preset.
    *("avapress", "bbc-pashto", "bbc-persian", "dw-dari", "dw-pashto", "jomhor", "rta"),
    # With two kinds of pages.
    *("tolonews", "zannews"),
}
FOR_PEOPLE = ("#", "aliases", "sensitivity", "mirrors", "[rights]", "holder", "notes", "checked")


@dataclass(frozen=True)
class Crawled:
    rows: list[dict[str, Any]]
    summaries: dict[str, dict[str, Any]]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["outlet"] == name]


def truth_of(name: str) -> dict[str, TruthArticle]:
    """By canonical URL."""
    outlet = CATALOGUE.get(name)
    return {canonical_url(true.url, outlet): true for true in OutletSite.of(outlet).truth()}


def squeezed(text: str | None) -> str:
    """The text up to ASCII white space; everything else must match exactly."""
    return " ".join((text or "").split())


def test_every_outlet_has_a_site() -> None:
    assert set(NAMES) == set(SHAPES)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    root = tmp_path_factory.mktemp("archive")
    processes = [start(root, NAMES[place::2]) for place in range(2)]
    with ThreadPoolExecutor() as readers:
        outputs = list(readers.map(lambda each: each.communicate(timeout=500)[0], processes))
    said = [json.loads(line) for output in outputs for line in output.splitlines()]
    assert [each.returncode for each in processes] == [0, 0]
    rows = pq.read_table(Archive(Path(root)).table("articles")).to_pylist()
    return Crawled(rows, {each["outlet"]: each for each in said})


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_spider_finds_all_that_is_published(crawled: Crawled, name: str) -> None:
    """Each article is one row, whatever stands around it; every source was asked for."""
    assert crawled.summaries[name]["state"] == "finished"
    assert sorted(row["canonical_url"] for row in crawled.of(name)) == sorted(truth_of(name))
    asked = dict(crawled.summaries[name]["asked"])
    sources = CATALOGUE.get(name).sources
    for url in (*sources.feeds, *sources.listings):
        assert asked[url] in (200, 301), url
    # Where two are named, they are those of WordPress and of Yoast, and a site has one of them.
    assert not sources.sitemaps or 200 in {asked[url] for url in sources.sitemaps}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_its_rows_equal_the_truth(crawled: Crawled, name: str) -> None:
    outlet, truth = CATALOGUE.get(name), truth_of(name)
    tells_section = any(rules.section for rules in outlet.articles)
    for row in crawled.of(name):
        true = truth[row["canonical_url"]]
        length = PRECISION[true.date_precision]
        assert squeezed(row["title"]) == squeezed(true.title), true.url
        assert tuple(row["authors"]) == true.authors, true.url
        assert row["date_published"].isoformat()[:length] == true.date_published[:length], true.url
        assert squeezed(row["text"]) == squeezed(true.text), true.url
        for joiner in JOINERS:
            assert row["text"].count(joiner) == true.text.count(joiner), true.url
        # A text without a word that tells is in the outlet's main language.
        either = {true.language, outlet.languages[0]} if "fa-IR" in outlet.languages else set()
        assert row["language"] in either | {true.language}, true.url
        if tells_section and "/news/" not in true.url:
            # Zan News's older pages do not show theirs.
            assert row["section"] == true.section, true.url


@pytest.mark.parametrize("name", NAMES)
def test_an_outlet_on_a_known_platform_is_short(name: str) -> None:
    outlet = CATALOGUE.get(name)
    lines = outlet.source.splitlines()
    if outlet.platform == "plain" or lines.count("[[articles]]") > 1:
        assert name in LONGER
        return
    counted = [line for line in lines if line.strip() and not line.startswith(FOR_PEOPLE)]
    assert len(counted) <= LONGEST, (len(counted), counted)


def test_contributing_shows_a_short_outlet_that_loads() -> None:
    shown = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    toml = shown.partition("```toml\n")[2].partition("```")[0]
    lines = [line for line in toml.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= LONGEST
    outlet = parse_outlet("example", toml, where="CONTRIBUTING.md")
    assert outlet.platform == "wordpress"
    assert outlet.articles
    assert outlet.sources.sitemaps or outlet.sources.feeds
