"""Every platform's newsroom site through the whole path: what Parquet holds is the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler

from zancrawler.archive import Archive
from zancrawler.newsroom import DEFAULT, IMPRINTS, Newsroom, TruthArticle, serve
from zancrawler.outlets import Catalogue, canonical_url

pytestmark = pytest.mark.slow

SITES = [name for name in IMPRINTS if name not in DEFAULT]
JOINERS = "\u200c\u200d\u200e\u200f"
PRECISION = {"day": 10, "minute": 16, "second": 19}
"""Characters of an ISO 8601 time that the page itself tells."""


@dataclass(frozen=True)
class CrawledSites:
    newsroom: Newsroom
    rows: list[dict[str, Any]]

    def articles(self, site: str) -> dict[str, TruthArticle]:
        """The true ones by their canonical URL."""
        outlet = Catalogue.open(self.newsroom.catalogue).get(site)
        return {
            canonical_url(true.url, outlet): true
            for true in self.newsroom.truth()
            if true.outlet == site
        }


@pytest.fixture(scope="module")
def crawled_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrawledSites]:
    root = tmp_path_factory.mktemp("archive")
    with serve(outlets=SITES) as newsroom:
        zancrawler("crawl", *SITES, "--archive", root, "--outlets", newsroom.catalogue)
        rows = pq.read_table(Archive(root).table("articles")).to_pylist()
        yield CrawledSites(newsroom, rows)


def squeezed(text: str | None) -> str:
    """The text up to ASCII white space; everything else must match exactly."""
    return " ".join((text or "").split())


@pytest.mark.parametrize("site", SITES)
def test_every_true_article_is_one_row_and_nothing_else_is(
    crawled_sites: CrawledSites, site: str
) -> None:
    found = Counter(r["canonical_url"] for r in crawled_sites.rows if r["outlet"] == site)
    assert found == Counter(crawled_sites.articles(site).keys())
    assert len(found) >= (6 if "mirror" in site else 12)


@pytest.mark.parametrize("site", SITES)
def test_rows_equal_the_truth(crawled_sites: CrawledSites, site: str) -> None:
    truth = crawled_sites.articles(site)
    for row in (row for row in crawled_sites.rows if row["outlet"] == site):
        true = truth[row["canonical_url"]]
        length = PRECISION[true.date_precision]
        assert squeezed(row["title"]) == squeezed(true.title), true.url
        assert tuple(row["authors"]) == true.authors, true.url
        assert row["language"] == true.language, true.url
        assert row["section"] == true.section, true.url
        assert row["date_published"], true.url
        assert row["date_published"].isoformat()[:length] == true.date_published[:length], true.url
        assert squeezed(row["text"]) == squeezed(true.text), true.url
        for joiner in JOINERS:
            assert row["text"].count(joiner) == true.text.count(joiner), true.url
            assert row["title"].count(joiner) == true.title.count(joiner), true.url


@pytest.mark.parametrize("site", SITES)
def test_every_awkward_case_by_its_name(crawled_sites: CrawledSites, site: str) -> None:
    rows = Counter(row["canonical_url"] for row in crawled_sites.rows)
    urls = {true.id: url for url, true in crawled_sites.articles(site).items()}
    asked = {r.path for r in crawled_sites.newsroom.requests() if r.outlet == site}
    outlet = Catalogue.open(crawled_sites.newsroom.catalogue).get(site)
    cases = [(case, url) for case, url in crawled_sites.newsroom.cases() if case.outlet == site]
    assert cases
    for case, url in cases:
        if case.outcome == "article":
            assert case.article, case.name
            assert rows[urls[case.article]] == 1, case.name
            other = canonical_url(url, outlet)
            assert other == urls[case.article] or other not in rows, case.name
        elif case.outcome == "no_article":
            assert canonical_url(url, outlet) not in rows, case.name
        else:
            assert case.path not in asked, case.name
