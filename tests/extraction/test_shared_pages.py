"""Real pages, read from beside the project: skipped, saying so, where they are absent."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from made_pages import NOW

from zancrawler.discovery.kind import PageKind
from zancrawler.runs.reading import Reading, read_page

POSTS = {
    "post_en_2026_girlplus_images": ("Danait Issac", "2025-09-03", "Dear Diary,"),
    "post_en_2026_girlplus_b": ("Lorraine Thomas", "2023-06-02", "FOR IMMEDIATE RELEASE"),
    "post_es_2025_cluster": ("Clara Hoffmann", "2019-11-28", "yellow is the color of her eyes"),
    "post_es_2025_cluster_b": ("Daniel Montoya", "2022-01-12", "La representación jazzística"),
    "post_en_2024_mwas": ("mwas-wix", "2019-02-01", "DCU - Dublin City University"),
}
NO_POSTS = {
    "listing_blog_page8_es_cluster": PageKind.LISTING,
    "listing_page2_en_2026_girlplus": PageKind.LISTING,
    "hashtag_es_cluster": PageKind.LISTING,
    "tag_es_cluster": PageKind.LISTING,
    "category_es_cluster": PageKind.LISTING,
    "home_en_multilingual_empty_blog_cluster": PageKind.EMPTY,
}
HEAD_LINE = re.compile(r"^(?:-\s|Updated:|Actualizado:|Writer:|\d+ (?:min|Min)|top of page)", re.M)


def reading(shared: Path, name: str) -> Reading:
    folder = shared / "pages" / "wix"
    sources = json.loads((folder / "SOURCES.json").read_text("utf-8"))
    path = next(s["path"] for s in sources if s["file"] == f"{name}.html.gz")
    url = "https://site.example/" + path.removeprefix("backup-actual/").removesuffix(".html")
    body = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
    return read_page(body, url, None, captured_at=NOW)


@pytest.mark.parametrize("name", POSTS)
def test_wix_posts(shared: Path, name: str) -> None:
    author, day, start = POSTS[name]
    article = reading(shared, name).article
    assert article is not None
    assert article.title
    assert article.authors == (author,)
    assert f"{article.date_published:%Y-%m-%d}" == day
    assert article.text.startswith(start)
    assert not HEAD_LINE.search(article.text)
    assert article.title not in article.text.split("\n\n")
    assert all("/v1/" not in image.url for image in article.images)


@pytest.mark.parametrize("name", NO_POSTS)
def test_wix_pages_that_are_no_posts(shared: Path, name: str) -> None:
    found = reading(shared, name)
    assert found.kind is NO_POSTS[name]
    assert found.article is None


def rows(shared: Path, name: str) -> list[tuple[dict[str, Any], Reading]]:
    folder = shared / "pages" / name
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    return [
        (
            row,
            read_page(
                gzip.decompress((folder / row["file"]).read_bytes()),
                row["url"],
                None,
                captured_at=NOW,
            ),
        )
        for row in map(json.loads, lines)
    ]


@pytest.mark.slow
def test_articles_stay_articles_and_other_pages_do_not(shared: Path) -> None:
    found = [*rows(shared, "wcxb"), *rows(shared, "fundus-evaluation")]
    articles = [r.kind is PageKind.ARTICLE for row, r in found if row["kind"] == "article"]
    others = [r.kind is not PageKind.ARTICLE for row, r in found if row["kind"] != "article"]
    assert sum(articles) / len(articles) >= 0.95
    assert sum(others) / len(others) >= 0.8
