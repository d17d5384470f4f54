"""`zancrawler extract` on real Wix pages, and in batches."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from crawled_newsroom import Crawled, zancrawler
from typer.testing import CliRunner

from zancrawler.cli import app

POSTS = {
    "post_en_2026_girlplus_images.html.gz": "2025-",
    "post_en_2026_girlplus_b.html.gz": "20",
    "post_en_2024_mwas.html.gz": "20",
    "post_es_2025_cluster.html.gz": "20",
    "post_es_2025_cluster_b.html.gz": "20",
}
OTHERS = (
    "listing_page2_en_2026_girlplus.html.gz",
    "listing_blog_page8_es_cluster.html.gz",
    "tag_es_cluster.html.gz",
    "hashtag_es_cluster.html.gz",
    "category_es_cluster.html.gz",
    "home_en_multilingual_empty_blog_cluster.html.gz",
)


def url_of(shared: Path, name: str) -> str:
    sources = json.loads((shared / "pages/wix/SOURCES.json").read_text())
    path = next(source["path"] for source in sources if source["file"] == name)
    return "https://www.example.org/" + path.removeprefix("backup-actual/").removesuffix(".html")


@pytest.mark.parametrize("name", POSTS)
def test_a_real_wix_post(shared: Path, name: str) -> None:
    url = url_of(shared, name)
    found = json.loads(zancrawler("extract", shared / "pages/wix" / name, "--url", url))
    assert found["kind"] == "article"
    assert found["title"]
    assert found["authors"]
    assert found["date_published"].startswith(POSTS[name])
    lines = [line.strip() for line in found["text"].splitlines() if line.strip()]
    assert len(lines) > 3
    first = " ".join(lines[:3]).casefold()
    assert found["title"].casefold() not in first
    assert found["authors"][0].casefold() not in {line.casefold() for line in lines[:4]}
    for chrome in ("Updated:", "Actualizado:", "min read", "min de lectura"):
        assert not any(chrome in line for line in lines), chrome
    assert not {"top of page", "bottom of page"} & set(lines)


@pytest.mark.parametrize("name", OTHERS)
def test_other_real_wix_pages_are_no_article(shared: Path, name: str) -> None:
    url = url_of(shared, name)
    found = json.loads(zancrawler("extract", shared / "pages/wix" / name, "--url", url))
    assert found["kind"] != "article"
    assert found["reason"]
    assert found["text"] is None


def test_a_batch_keeps_its_order_and_survives_a_bad_line(crawled: Crawled, tmp_path: Path) -> None:
    pages = []
    for number in range(6):
        page = tmp_path / f"{number}.html.gz"
        body = f"<p>{'Some words about a school in the valley. ' * 20}</p>" * 4
        page.write_bytes(
            gzip.compress(
                f"<html lang=en><head><title>Story {number}</title>"
                f'<meta property="og:type" content="article"></head>'
                f"<body><article><h1>Story {number}</h1>{body}</article></body></html>".encode()
            )
        )
        pages.append({"file": page.name, "url": f"https://example.org/2025/01/0{number + 1}/s"})
    pages.insert(3, {"file": "missing.html", "url": "https://example.org/missing"})
    listed = tmp_path / "list.jsonl"
    listed.write_text("".join(json.dumps(page) + "\n" for page in pages) + "no json\n")
    found = [json.loads(line) for line in zancrawler("extract", "--batch", listed).splitlines()]
    assert [one["url"] for one in found] == [page["url"] for page in pages] + [None]
    assert [one["kind"] for one in found].count("error") == 2
    assert found[0]["title"] == "Story 0"
    for other in found[3], found[7]:
        assert other.keys() == found[0].keys()
        for key, value in found[0].items():
            assert value is None or other[key] is None or type(other[key]) is type(value), key
            assert isinstance(other[key], list) == isinstance(value, list), key


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_page_from_standard_input(pack: Callable[[bytes], bytes]) -> None:
    told = ["extract", "-", "--url", "https://example.org/2025/01/01/s"]
    page = pack(b"<title>A listing</title><p>Read more</p>")
    done = CliRunner().invoke(app, [*told, "--captured-at", "2025-01-02T10:00:00Z"], input=page)
    assert json.loads(done.stdout)["kind"] != "article"
    broken = CliRunner().invoke(app, told, input=gzip.compress(b"cut" * 99)[:-12])
    assert "cannot read" in str(broken.exception)


def test_mistakes_are_answered_with_a_sentence(tmp_path: Path) -> None:
    said = zancrawler("extract", tmp_path / "none.html", "--url", "https://example.org/", code=2)
    assert "cannot read" in said
    assert "Traceback" not in said
    assert "--url" in zancrawler("extract", tmp_path / "none.html", code=2)
