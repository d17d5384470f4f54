"""A purge leaves nothing behind that it cannot look into or reach."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import small_archive
from typer.testing import CliRunner

from zancrawler.archive import Archive
from zancrawler.capture.reader import read_exchanges
from zancrawler.capture.warcfile import page_warcs
from zancrawler.cli import app
from zancrawler.cluster.gather import gather
from zancrawler.cluster.shard import Shard
from zancrawler.decisions import history
from zancrawler.outlets import parse_outlet
from zancrawler.storage.shelf import shelf_of


def purge(archive: Archive, folder: Path) -> tuple[int, str]:
    (folder / "outlets").mkdir()
    (folder / "outlets" / "tester.toml").write_text(small_archive.TOML)
    url = small_archive.story("library").url
    told = ["withdraw", url, "--purge", "--reason", "safety", "--by", "steward"]
    result = CliRunner().invoke(
        app, [*told, "--archive", str(archive.root), "--outlets", str(folder / "outlets")]
    )
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_what_was_gathered_is_purged_where_it_is_crawled(tmp_path: Path) -> None:
    outlet = parse_outlet("tester", small_archive.TOML, where="a test")
    shard = Shard(outlet, str(tmp_path / "cluster"), tmp_path / "worker", "host:/worker")
    shard._prepare(None, [])
    small_archive.crawl(shard.archive, small_archive.FIRST, small_archive.STORIES)
    shard._push(shelf_of(shard.uri), None)
    whole = Archive.open(tmp_path / "whole")
    gather(whole, shard.cluster)
    code, said = purge(whole, tmp_path)
    assert code == 1 and "must be done in the outlet's own store" in said
    assert list(history(whole)) == []


def test_no_encrypted_package_stays(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    small_archive.make(archive)
    packages = ["datasets/2026/research.tar.age", "datasets/set.age", "wacz/a.wacz.age"]
    for name in packages:
        (archive.root / name).parent.mkdir(parents=True, exist_ok=True)
        (archive.root / name).write_bytes(b"age-encryption.org/v1\n")
    (archive.root / "datasets" / "notes.txt").write_text("A steward's own.")
    code, said = purge(archive, tmp_path)
    assert code == 0, said
    for name in packages:
        assert name in said and not (archive.root / name).exists()
    assert (archive.root / "datasets" / "notes.txt").exists()


def test_a_purge_that_leaves_nothing_leaves_no_row(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    # Each of its pages links to the others by their titles and shares their words.
    small_archive.crawl(archive, small_archive.FIRST, small_archive.STORIES)
    code, said = purge(archive, tmp_path)
    assert code == 0, said
    offsets = {
        exchange.offset
        for warc in page_warcs(archive, "tester")
        for exchange in read_exchanges(warc)
    }
    chunks = archive.table("captures").rglob("*.parquet")
    assert offsets == {at for c in chunks for at in pq.read_table(c)["exchange_offset"].to_pylist()}
