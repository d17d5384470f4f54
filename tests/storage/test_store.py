"""The archive in a store on another disk: pushed, pruned, read, pulled, purged."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import small_archive
from stored_archive import Kept, contents
from typer.testing import CliRunner

import zancrawler
from zancrawler.archive import Archive, ArchiveError
from zancrawler.cli import app
from zancrawler.proofs.entry import Cause
from zancrawler.proofs.recording import record
from zancrawler.runs import purging, withdrawing
from zancrawler.runs.pulling import pull_archive
from zancrawler.runs.verify import verify_archive
from zancrawler.storage import pruned, store
from zancrawler.storage.check import check
from zancrawler.storage.manifest import is_shared
from zancrawler.storage.prune import prune
from zancrawler.storage.pull import pull
from zancrawler.storage.push import push
from zancrawler.storage.store import Digest, Store, StoreError


def test_a_store_holds_what_the_archive_does_and_a_second_push_has_nothing_to_do(
    kept: Kept,
) -> None:
    first = push(kept.archive, kept.uri)
    for path in kept.warcs():
        name = kept.archive.relative(path)
        assert (kept.folder / name).read_bytes() == path.read_bytes()
        assert name in first.uploaded
    assert list(check(kept.archive)) == []
    again = push(kept.archive)
    assert (again.uploaded, again.removed, again.files) == ([], [], first.files)


def test_other_tools_read_the_tables_there(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    ours = zancrawler.open(kept.archive.root).articles()
    assert zancrawler.open(kept.uri).articles().equals(ours)
    columns = zancrawler.open(kept.uri).articles(outlet="tester", columns=["title"])
    assert columns.num_rows == ours.num_rows == 3
    folder = kept.folder / "tables" / "articles"
    assert list(pd.read_parquet(folder)["article_id"]) == ours["article_id"].to_pylist()
    found = duckdb.sql(f"SELECT count(*) FROM '{folder}/**/*.parquet'").fetchall()
    assert found == [(3,)]


def test_only_what_changed_is_uploaded(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    before = zancrawler.open(kept.uri).captures().num_rows
    later = small_archive.SECOND.replace(day=9)
    small_archive.crawl(kept.archive, later, [small_archive.story("well", "It rained at last.")])
    pushed = push(kept.archive)
    warcs = [path for path in pushed.uploaded if path.startswith("warc/")]
    assert len(warcs) == 1
    assert zancrawler.open(kept.uri).captures().num_rows == before + 1
    # The chunks of the push before are gone, and their copies are renewed.
    assert all(name.startswith("snapshot/") for name in pushed.removed)
    assert list(check(kept.archive)) == []


def test_every_reader_reads_a_pruned_archive(kept: Kept, tmp_path: Path) -> None:
    bodies, tables = kept.bodies(), contents(kept.archive.tables)
    push(kept.archive, kept.uri)
    done = prune(kept.archive)
    assert len(done.warcs) == 2 and done.kept == {} and kept.warcs() == []
    assert kept.bodies() == bodies
    assert list(verify_archive(kept.archive, kept.catalogue)) == []
    told = ["--archive", str(kept.archive.root), "--outlets", str(tmp_path / "outlets")]
    CliRunner().invoke(app, ["rebuild", "tester", *told], catch_exceptions=False)
    assert tables.items() <= contents(kept.archive.tables).items()
    assert not [path for path in push(kept.archive).uploaded if path.startswith(("warc/", "cdxj/"))]
    assert list(check(kept.archive)) == []
    # The next run knows what is there, and keeps it once.
    again = small_archive.SECOND.replace(day=9)
    small_archive.crawl(kept.archive, again, [small_archive.story("well")])
    rows = zancrawler.open(kept.archive.root).captures(since=again).to_pylist()
    assert [row["warc_type"] for row in rows] == ["revisit"]


def test_the_copies_of_pruned_warcs_stay_under_a_bound(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(kept.archive, kept.uri)
    largest = max(path.stat().st_size for path in kept.warcs())
    prune(kept.archive)
    monkeypatch.setattr(pruned, "MAX_CACHE", largest)
    kept.bodies()
    copies = list((kept.archive.store / "cache").glob("*.warc.gz"))
    assert sum(path.stat().st_size for path in copies) <= largest
    assert kept.bodies()


def test_what_is_pruned_is_on_the_stores_disk_for_good(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each object, and each folder on the way to it, was synced before its WARC is unlinked."""
    synced: set[int] = set()
    sync = os.fsync

    def noted(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    push(kept.archive, kept.uri)
    for path in kept.folder.rglob("*"):
        assert path.name == "lock" or path.stat().st_ino in synced, path
    assert {kept.folder.stat().st_ino, kept.folder.parent.stat().st_ino} <= synced


def test_the_log_and_the_decisions_may_grow_while_they_are_pushed(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdraw(kept)
    record(kept.archive, "tester", Cause.FOUND)
    put, grown = Store.put, []

    def put_growing(store: Store, name: str, *arguments: Any) -> Digest:
        if "log" in name or name == "withdrawn.jsonl":
            path = kept.archive.proof_log if "log" in name else kept.archive.withdrawn
            data = path.read_bytes()
            grown.append(path)
            with path.open("ab") as file:
                file.write(data.splitlines(keepends=True)[-1])
        return put(store, name, *arguments)

    monkeypatch.setattr(Store, "put", put_growing)
    files = kept.archive.withdrawn, kept.archive.proof_log
    before = [path.read_bytes() for path in files]
    push(kept.archive, kept.uri)
    assert set(grown) == set(files)
    other = Archive(tmp_path / "other")
    monkeypatch.undo()
    pull(other, kept.uri)
    for path, there, first in zip(files, (other.withdrawn, other.proof_log), before, strict=True):
        assert there.read_bytes().startswith(first)
        assert path.read_bytes().startswith(there.read_bytes())
    again = {kept.archive.root / path for path in push(kept.archive).uploaded}
    assert again == set(files)
    assert list(check(kept.archive)) == []


def test_no_more_is_written_of_an_object_than_was_pushed(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(kept.archive, kept.uri)
    monkeypatch.setattr(store, "PIECE", 1 << 10)
    stored = kept.folder / kept.archive.relative(kept.warcs()[0])
    size = stored.stat().st_size
    with stored.open("ab") as file:
        file.truncate(1 << 30)
    written = []

    class Counted(io.BytesIO):
        def write(self, data: Any) -> int:
            written.append(len(data))
            return super().write(data)

    found = Store.open(kept.uri).fetch(kept.archive.relative(kept.warcs()[0]), Counted(), size)
    assert found.size > size and sum(written) <= size
    with pytest.raises(StoreError, match="is not what was pushed"):
        pull(Archive(tmp_path / "other"), kept.uri)


def test_a_warc_that_is_not_whole_in_the_store_is_not_pruned(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    first, second = kept.warcs()
    stored = kept.folder / kept.archive.relative(first)
    stored.write_bytes(b"\0" + stored.read_bytes()[1:])
    (kept.folder / kept.archive.relative(second)).unlink()
    done = prune(kept.archive)
    assert done.warcs == [] and len(done.kept) == 2
    assert kept.warcs() == [first, second]
    assert {fault.code for fault in check(kept.archive)} == {"digest", "missing"}


def test_other_bytes_in_the_store_are_never_read_for_the_record(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    names = [kept.archive.relative(path) for path in kept.warcs()]
    prune(kept.archive)
    for name in names:
        data = bytearray((kept.folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (kept.folder / name).write_bytes(data)
    with pytest.raises(ArchiveError, match="is not what was pushed"):
        kept.bodies()


def test_a_pull_gives_the_archive_again(kept: Kept, tmp_path: Path) -> None:
    push(kept.archive, kept.uri)
    whole, light = Archive(tmp_path / "whole"), Archive(tmp_path / "light")
    pull(whole, kept.uri)
    here, there = contents(kept.archive.root), contents(whole.root)
    shared = {path for path in here if is_shared(path)}
    assert {path: here[path] for path in shared} == {
        path: digest for path, digest in there.items() if is_shared(path)
    }
    done = pull(light, kept.uri, warcs=False)
    assert len(done.left) == 2 and not list(light.root.rglob("*.warc.gz"))
    assert Kept(light, kept.folder).bodies() == kept.bodies()
    pull(light)
    assert len(Kept(light, kept.folder).warcs()) == 2


def test_what_was_pruned_comes_back(kept: Kept) -> None:
    before = contents(kept.archive.root / "warc")
    push(kept.archive, kept.uri)
    prune(kept.archive)
    pull(kept.archive)
    assert contents(kept.archive.root / "warc") == before


def test_two_copies_of_an_archive_cannot_push_over_each_other(kept: Kept, tmp_path: Path) -> None:
    push(kept.archive, kept.uri)
    other = Archive(tmp_path / "other")
    pull(other, kept.uri)
    small_archive.crawl(other, small_archive.SECOND.replace(day=9), [small_archive.story("well")])
    push(other)
    with pytest.raises(StoreError, match="another copy of this archive"):
        push(kept.archive)
    pull(kept.archive)
    assert push(kept.archive).uploaded == []
    stranger = Archive.open(tmp_path / "stranger")
    small_archive.make(stranger)
    with pytest.raises(StoreError, match="another archive"):
        push(stranger, kept.uri)


def test_a_pull_overwrites_no_decision_made_here(kept: Kept, tmp_path: Path) -> None:
    push(kept.archive, kept.uri)
    other = Archive(tmp_path / "other")
    pull(other, kept.uri)
    withdraw(Kept(other, kept.folder))
    small_archive.crawl(
        kept.archive, small_archive.SECOND.replace(day=9), [small_archive.story("well")]
    )
    push(kept.archive)
    with pytest.raises(StoreError, match="is not what was pulled"):
        pull(other)
    assert other.withdrawn.exists()


def withdraw(kept: Kept) -> list[withdrawing.Known]:
    found = withdrawing.find(kept.archive, kept.catalogue, small_archive.story("library").url)
    withdrawing.withdraw(kept.archive, found, reason="safety", by="steward")
    return found


def test_what_is_withdrawn_shows_no_more_even_before_the_tables_follow(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    assert "Professor" in str(zancrawler.open(kept.uri).articles()["text"])
    withdraw(kept)
    assert {fault.code for fault in check(kept.archive)} == {"behind"}
    # The push is killed right after the decisions.
    name = kept.archive.withdrawn.name
    Store.open(kept.uri).put(name, kept.archive.withdrawn.open("rb"))
    reader = zancrawler.open(kept.uri)
    assert "Professor" not in str(reader.articles().to_pylist())
    assert "Professor" not in str(reader.versions().to_pylist())
    push(kept.archive)
    assert zancrawler.open(kept.uri).articles().num_rows == 3
    assert "Professor" not in str(reader.articles().to_pylist())


def test_a_purge_takes_the_bytes_out_of_the_store_as_well(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    prune(kept.archive)
    kept.bodies()
    articles = withdraw(kept)
    purging.purge(kept.archive, articles, kept.catalogue, reason="safety", by="steward")
    push(kept.archive)
    words = "sixty books in two baskets"
    assert not any(words.encode() in body for body in kept.bodies())
    for root in (kept.folder, kept.archive.root):
        for path in root.rglob("*"):
            if path.is_file():
                assert words not in everything_in(path), path
    assert list(check(kept.archive)) == []


def test_a_push_that_ends_anywhere_leaves_a_store_that_others_can_pull(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of a push leaves the store as a kill before it does; each is pulled elsewhere."""
    small_archive.learn(kept.archive, "Share this")
    push(kept.archive, kept.uri)
    before = set(kept.bodies())
    small_archive.learn(kept.archive, "Share this", "Read more")
    later = small_archive.SECOND.replace(day=9)
    small_archive.crawl(kept.archive, later, [small_archive.story("well", "It rained at last.")])
    articles = withdraw(kept)
    purging.purge(kept.archive, articles, kept.catalogue, reason="safety", by="steward")
    after = set(kept.bodies())
    steps: list[Path] = []

    def stepping(method: str) -> None:
        whole = getattr(Store, method)

        def step(store: Store, *arguments: object) -> object:
            steps.append(tmp_path / f"{len(steps):03}-{method}")
            shutil.copytree(kept.folder, steps[-1])
            return whole(store, *arguments)

        monkeypatch.setattr(Store, method, step)

    for method in ("put", "copy", "remove"):
        stepping(method)
    push(kept.archive)
    monkeypatch.undo()
    known = {fault.file for fault in verify_archive(kept.archive, kept.catalogue)}
    known.add("withdrawn.jsonl")
    assert {path.name[4:] for path in steps} == {"put", "copy", "remove"}
    for step in steps[1:]:
        # From the second on, the decisions are there.
        copy = Kept(Archive(tmp_path / f"{step.name}-pulled"), step)
        pull_archive(copy.archive, step.as_uri())
        assert "Professor" not in str(zancrawler.open(copy.archive.root).articles().to_pylist())
        pull_archive(copy.archive)
        assert set(copy.bodies()) in (before, after), step
        assert copy.archive.withdrawn.read_bytes() == kept.archive.withdrawn.read_bytes()
        assert "Professor" not in str(zancrawler.open(copy.uri).articles().to_pylist()), step
        faults = {fault.file for fault in verify_archive(copy.archive, kept.catalogue)}
        assert faults <= known, step
        push(copy.archive)
        assert list(check(copy.archive)) == [], step


def test_the_commands_bring_the_store_up_to_a_decision(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    assert kept.catalogue
    told = ["withdraw", small_archive.story("library").url, "--reason", "safety", "--by", "steward"]
    told += ["--archive", str(kept.archive.root), "--outlets", str(kept.folder.parent / "outlets")]
    assert CliRunner().invoke(app, told).exit_code == 0
    assert "Professor" not in str(pd.read_parquet(kept.folder / "tables" / "articles").to_dict())
    away = kept.folder.rename(kept.folder.with_name("away"))
    kept.folder.write_text("a disk that is not there")
    result = CliRunner().invoke(app, [*told, "--purge"])
    assert result.exit_code == 1 and "not in its store yet" in result.output
    kept.folder.unlink()
    away.rename(kept.folder)
    assert CliRunner().invoke(app, [*told, "--purge"]).exit_code == 0
    for path in kept.folder.rglob("*.warc.gz"):
        assert "sixty books" not in everything_in(path)


def test_a_withdrawal_says_that_a_running_crawl_keeps_the_text_in_the_store(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    assert kept.catalogue
    places = ["--archive", str(kept.archive.root)]
    places += ["--outlets", str(kept.folder.parent / "outlets")]
    why = ["--reason", "safety", "--by", "steward"]
    runner = CliRunner()
    with kept.archive.lock("tester", "a crawl"):
        told = ["withdraw", small_archive.story("library").url, *why, *places]
        result = runner.invoke(app, told)
        # Again, since nothing is there to decide any more.
        again = runner.invoke(app, told)
    for each in (result, again):
        assert each.exit_code == 1
        assert "Run `zancrawler store push` when the crawl of tester ends" in each.stderr
    other = kept.archive.warcs("another") / "2026" / "another.warc.gz"
    other.parent.mkdir(parents=True)
    other.write_bytes(kept.warcs()[0].read_bytes())
    with kept.archive.lock("another", "a crawl"):
        result = runner.invoke(app, ["withdraw", small_archive.story("well").url, *why, *places])
    assert (result.exit_code, result.stderr) == (0, "")


def everything_in(path: Path) -> str:
    """What a file says, decompressed."""
    import gzip

    if path.suffix == ".parquet":
        return str(pd.read_parquet(path, partitioning=None).to_dict("records"))
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode("utf-8", "replace")


def test_an_outlet_that_is_being_crawled_keeps_its_tables_of_the_push_before(kept: Kept) -> None:
    push(kept.archive, kept.uri)
    before = zancrawler.open(kept.uri).articles()
    withdraw(kept)
    with kept.archive.lock("tester", "a crawl"):
        done = push(kept.archive)
    assert done.waiting == ["tester"] and done.uploaded[0] == "withdrawn.jsonl"
    assert not [path for path in done.uploaded if path.startswith("tables/")]
    rows = zancrawler.open(kept.uri).articles()
    assert rows.num_rows == before.num_rows - 1
    assert push(kept.archive).waiting == []
