"""`zancrawler rebuild`: the same tables, byte for byte, and the same ledger, from WARCs alone."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.ledger import Entry, Kind, Ledger
from zancrawler.runs.accounts import ONLY_RECORDS
from zancrawler.tables import Access, Tables

DERIVED = ("articles", "versions", "captures")


def digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for table in DERIVED
        for path in root.glob(f"tables/{table}/**/*.parquet")
    }


def entries(archive: Archive, outlet: str) -> dict[str, Entry]:
    """Without what depends on when the ledger was told: the live spider tells of sources at once,
    and by its own clock."""
    with Ledger(archive.ledger(outlet)) as ledger:
        return {
            entry.url: replace(
                entry,
                first_advertised=entry.first_advertised.replace(microsecond=0, second=0),
                next_due=None,
                interval=None,
                why="",
            )
            for entry in ledger.entries(Kind.ARTICLE)
        }


def test_rebuilt_from_the_warcs_alone(crawled: Crawled, tmp_path: Path) -> None:
    copy = Archive(tmp_path / "copy")
    shutil.copytree(crawled.archive.root / "warc", copy.root / "warc")
    zancrawler("rebuild", "--ledger", "--archive", copy.root)
    assert digests(copy.root) == digests(crawled.archive.root)
    for outlet in crawled.newsroom.homes:
        live, again = entries(crawled.archive, outlet), entries(copy, outlet)
        assert live.keys() == again.keys()
        for url, entry in again.items():
            known = live[url]
            assert (entry.state, entry.reason) == (known.state, known.reason), url
            assert (entry.etag, entry.text_digest) == (known.etag, known.text_digest), url
            assert entry.published == known.published, url
            assert entry.first_captured == known.first_captured, url


def test_what_is_backed_up_gives_all_tables_again(crawled: Crawled, tmp_path: Path) -> None:
    copy = Archive(tmp_path / "copy")
    shutil.copytree(crawled.archive.root / "warc", copy.root / "warc")
    end = ("--archive", copy.root, "--outlets", crawled.newsroom.catalogue)
    assert "rebuild --ledger" in zancrawler("coverage", "--archive", copy.root, code=1)
    zancrawler("rebuild", "--ledger", *end)
    tables = [path.name for path in sorted(crawled.archive.tables.iterdir()) if path.is_dir()]
    assert [path.name for path in sorted(copy.tables.iterdir()) if path.is_dir()] == tables
    kept, again = (
        {table: pq.read_table(a.table(table)).to_pylist() for table in ("coverage", "crawls")}
        for a in (crawled.archive, copy)
    )
    assert {row["url"]: row["state"] for row in again["coverage"]} == {
        row["url"]: row["state"] for row in kept["coverage"]
    }
    for row in again["crawls"]:
        (known,) = (one for one in kept["crawls"] if one["crawl_id"] == row["crawl_id"])
        assert row["outcome"] == ONLY_RECORDS
        assert row["started"] == known["started"]
        assert sorted(row["warc_filenames"]) == sorted(known["warc_filenames"])
    assert len(again["crawls"]) == len(kept["crawls"])
    # Nobody is told that runs died.
    zancrawler("status", *end)


def test_rebuilding_in_place_changes_nothing(crawled: Crawled, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(crawled.archive.root, copy)
    before = digests(copy)
    zancrawler("rebuild", "--workers", 1, "--archive", copy)
    assert digests(copy) == before
    assert not (copy / "tables" / ".rebuild").exists()


def test_a_rebuild_shows_nothing_that_was_held(crawled: Crawled, tmp_path: Path) -> None:
    copy = Archive(tmp_path / "copy")
    shutil.copytree(crawled.archive.root, copy.root)
    ids = pq.read_table(copy.table("articles"))["article_id"].to_pylist()[:2]
    for outlet in crawled.newsroom.homes:
        tables = Tables(copy, outlet)
        tables.mark_gone(ids[:1])
        tables.mark(ids[1:], access=Access.HELD)
    zancrawler("rebuild", "--workers", 1, "--archive", copy.root)
    rows = {row["article_id"]: row for row in pq.read_table(copy.table("articles")).to_pylist()}
    assert [(rows[i]["status"], rows[i]["access"]) for i in ids] == [
        ("gone", "held"),
        ("live", "held"),
    ]
    assert {row["access"] for i, row in rows.items() if i not in ids} == {"open"}
