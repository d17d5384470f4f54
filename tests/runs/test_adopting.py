"""Other people's WARCs become rows: wget's, and a WACZ."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.runs.verify import verify_archive

OUTLET = "newsroom-wp"


def adopted(crawled: Crawled, file: Path, root: Path) -> dict[str, str]:
    zancrawler(
        "rebuild",
        OUTLET,
        "--adopt",
        file,
        "--archive",
        root,
        "--outlets",
        crawled.newsroom.catalogue,
    )
    archive = Archive(root)
    assert list(verify_archive(archive, crawled.catalogue)) == []
    table = pq.read_table(archive.table("articles"), columns=["canonical_url", "text_digest"])
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def expected(crawled: Crawled) -> dict[str, str]:
    folder = crawled.archive.table("articles") / f"site={OUTLET}"
    table = pq.read_table(folder, columns=["canonical_url", "text_digest"])
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_a_warc_of_wget(crawled: Crawled, tmp_path: Path) -> None:
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    ours = expected(crawled)
    urls = sorted(ours)[:6]
    subprocess.run(
        ["wget", "-q", "--warc-file", tmp_path / "w", "-O", tmp_path / "pages", *urls], check=False
    )
    found = adopted(crawled, tmp_path / "w.warc.gz", tmp_path / "archive")
    assert found == {url: ours[url] for url in urls}


def test_a_package(crawled: Crawled, tmp_path: Path) -> None:
    package = tmp_path / "theirs.wacz"
    with zipfile.ZipFile(package, "w") as wacz:
        for warc in crawled.archive.warcs(OUTLET).glob("*/*.warc.gz"):
            wacz.write(warc, f"archive/{warc.name}")
    assert adopted(crawled, package, tmp_path / "archive") == expected(crawled)


def test_what_is_no_warc_is_refused(crawled: Crawled, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>no WARC</p>")
    said = zancrawler(
        "rebuild", OUTLET, "--adopt", tmp_path / "page.html", "--archive", tmp_path / "a", code=1
    )
    assert "Traceback" not in said
