"""The main job: what the newsroom's ground truth lists is captured, and is one row each."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.capture.reader import read_record
from zancrawler.newsroom import TruthArticle
from zancrawler.runs.reading import read_page
from zancrawler.runs.rows import text_digest

JOINERS = "\u200c\u200d\u200e\u200f"


def rows(crawled: Crawled, table: str = "articles") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(crawled.archive.table(table)).to_pylist()
    return found


def squeezed(text: str | None) -> str:
    """The text up to ASCII white space; everything else must match exactly."""
    return " ".join((text or "").split())


def test_every_true_article_is_one_row_and_nothing_else_is(crawled: Crawled) -> None:
    found = Counter(row["canonical_url"] for row in rows(crawled))
    expected = Counter(article.url for article in crawled.articles)
    assert len(expected) >= 60
    assert found == expected


@pytest.fixture(scope="session")
def pairs(crawled: Crawled) -> list[tuple[TruthArticle, dict[str, Any]]]:
    by_url = {row["canonical_url"]: row for row in rows(crawled)}
    return [(true, by_url[true.url]) for true in crawled.articles if true.url in by_url]


def test_title_authors_language_and_section(
    pairs: list[tuple[TruthArticle, dict[str, Any]]],
) -> None:
    for true, row in pairs:
        assert squeezed(row["title"]) == squeezed(true.title), true.url
        assert tuple(row["authors"]) == true.authors, true.url
        assert row["language"] == true.language, true.url
        if "/news/" not in true.url:
            # The older pages do not show theirs.
            assert row["section"] == true.section, true.url


def test_dates(pairs: list[tuple[TruthArticle, dict[str, Any]]]) -> None:
    for true, row in pairs:
        length = len("2025-09-01") if true.date_precision == "day" else len("2025-09-01T10:00:00")
        assert row["date_published"] is not None, true.url
        assert row["date_published"].isoformat()[:length] == true.date_published[:length], true.url
        assert row["date_published_raw"], true.url
        assert row["date_calendar"] in ("gregorian", "solar-hijri"), true.url
        assert row["date_source"], true.url


def test_text_is_intact(pairs: list[tuple[TruthArticle, dict[str, Any]]]) -> None:
    for true, row in pairs:
        assert squeezed(row["text"]) == squeezed(true.text), true.url
        for joiner in JOINERS:
            assert row["text"].count(joiner) == true.text.count(joiner), true.url
            assert row["title"].count(joiner) == true.title.count(joiner), true.url
        found = row["text"].split("\n\n")
        for paragraph in true.text.split("\n\n"):
            # The items of a list stand apart in the row and together in the truth.
            assert "\n" in paragraph or paragraph in found, true.url


def test_pictures_are_the_originals_with_their_credit(
    pairs: list[tuple[TruthArticle, dict[str, Any]]],
) -> None:
    for true, row in pairs:
        found = {image["url"]: image for image in row["images"]}
        for image in true.images:
            assert image.url in found, true.url
            if image.credit:
                assert found[image.url]["credit"] == image.credit.rpartition(": ")[2], true.url


def test_each_row_points_at_the_record_that_gives_it_again(crawled: Crawled) -> None:
    catalogue = crawled.catalogue
    for row in rows(crawled):
        path = crawled.archive.root / row["warc_filename"]
        record = read_record(path, row["warc_record_offset"])
        assert (record.type, record.length) == ("response", row["warc_record_length"])
        assert (record.target_uri, record.record_id) == (row["url"], row["warc_record_id"])
        assert record.payload_digest == row["content_digest"]
        http = record.http
        again = read_page(
            http.body,
            row["url"],
            catalogue.get(row["outlet"]),
            captured_at=record.date,
            headers=http.headers,
        )
        assert again.article is not None
        assert text_digest(again.article) == row["text_digest"]
        assert again.article.date_published == row["date_published"]


def test_every_advertised_article_is_accounted_for(crawled: Crawled) -> None:
    coverage = {row["url"]: row for row in rows(crawled, "coverage")}
    for true in crawled.articles:
        assert coverage[true.url]["state"] in ("captured", "unchanged"), true.url
        assert coverage[true.url]["sources"], true.url
    assert all(row["state"] != "advertised" for row in coverage.values())


def test_every_awkward_case_by_its_name(crawled: Crawled) -> None:
    urls = Counter(row["canonical_url"] for row in rows(crawled))
    truth = {article.id: article for article in crawled.newsroom.truth()}
    for case, url in crawled.newsroom.cases():
        if case.outcome == "article":
            assert case.article, case.name
            assert urls[truth[case.article].url] == 1, case.name
        elif case.outcome == "no_article":
            assert url not in urls, case.name
        else:
            assert case.path not in crawled.asked, case.name


def test_every_exchange_is_a_row_of_captures(crawled: Crawled) -> None:
    # An attempt on a connection that closed meanwhile is a row, and the server never saw it.
    captures = [row for row in rows(crawled, "captures") if row["fetch_status"] is not None]
    path_of = lambda row: row["url_path"] + (f"?{row['url_query']}" if row["url_query"] else "")  # noqa: E731
    assert Counter(map(path_of, captures)) == Counter(crawled.asked)
    assert any(row["url_path"] == "/robots.txt" for row in captures)
    assert {row["fetch_status"] for row in captures} >= {200, 404}


def test_a_second_run_asks_for_no_article(crawled: Crawled, tmp_path: Path) -> None:
    archive = shutil.copytree(crawled.archive.root, tmp_path / "archive")
    before = len(crawled.newsroom.requests())
    zancrawler(
        "crawl",
        *crawled.newsroom.homes,
        "--archive",
        archive,
        "--outlets",
        crawled.newsroom.catalogue,
    )
    asked = crawled.newsroom.requests()[before:]
    articles = {article.url for article in crawled.articles}
    homes = crawled.newsroom.homes
    assert not [r for r in asked if homes[r.outlet].rstrip("/") + r.path in articles]
