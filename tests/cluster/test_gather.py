"""Gathering what many workers crawled into one archive, and deciding there for all of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import small_archive
from small_archive import FIRST, Page, story
from typer.testing import CliRunner

from zancrawler.archive import Archive, ArchiveError
from zancrawler.cli import app
from zancrawler.cluster import gather as gathering
from zancrawler.cluster.gather import decide, gather
from zancrawler.cluster.shard import Shard
from zancrawler.decisions import Action, Decision, Decisions, history, record
from zancrawler.outlets import Catalogue, parse_outlet
from zancrawler.runs import withdrawing
from zancrawler.runs.verify import verify_archive
from zancrawler.storage.pull import pull
from zancrawler.storage.shelf import shelf_of
from zancrawler.storage.store import Store, StoreError
from zancrawler.tables import read

OUTLET = "tester"
STORIES = [story("saffron"), story("library"), story("well")]


@pytest.fixture
def cluster(tmp_path: Path) -> Shard:
    """A worker's outlet, run once."""
    outlet = parse_outlet(OUTLET, small_archive.TOML, where="a test")
    shard = Shard(outlet, str(tmp_path / "cluster"), tmp_path / "worker", "host:/worker")
    add(shard, 0, STORIES[:2])
    return shard


def add(shard: Shard, hour: int, pages: Iterable[Page]) -> None:
    """One run of the worker."""
    shelf = shelf_of(shard.uri)
    begun = shelf.get("manifest.json")
    shard._prepare(None, [])
    small_archive.crawl(shard.archive, FIRST + timedelta(hours=hour), pages)
    shard._push(shelf, begun.tag if begun else None)


def catalogue(folder: Path) -> Catalogue:
    (folder / "outlets").mkdir(exist_ok=True)
    (folder / "outlets" / f"{OUTLET}.toml").write_text(small_archive.TOML)
    return Catalogue.open(folder / "outlets")


def sound(archive: Archive, folder: Path) -> set[str]:
    """The stories in it."""
    assert list(verify_archive(archive, catalogue(folder))) == []
    return set(read.open(archive).articles()["url"].to_pylist())


def test_a_second_gathering_brings_what_is_new(cluster: Shard, tmp_path: Path) -> None:
    whole = Archive.open(tmp_path / "whole")
    done = gather(whole, cluster.cluster)
    assert done.outlets == [OUTLET] and done.files >= 4 and done.waiting == []
    assert sound(whole, tmp_path) == {page.url for page in STORIES[:2]}
    again = gather(whole, cluster.cluster)
    assert (again.files, again.decisions) == (0, 0)
    add(cluster, 1, STORIES[2:])
    assert gather(whole, cluster.cluster).files > 0
    assert sound(whole, tmp_path) == {page.url for page in STORIES}
    with closing(sqlite3.connect(whole.ledger(OUTLET))) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_warcs_may_stay_in_the_store_and_be_brought_later(cluster: Shard, tmp_path: Path) -> None:
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster, warcs=False)
    assert list(whole.root.glob("warc/*/*/*.warc.gz")) == []
    assert sound(whole, tmp_path) == {page.url for page in STORIES[:2]}
    gather(whole, cluster.cluster)
    assert len(list(whole.root.glob("warc/*/*/*.warc.gz"))) == 1
    assert list(whole.root.glob("warc/**/*.stored")) == []
    sound(whole, tmp_path)


def test_outlets_whose_first_run_is_not_over_hold_up_no_other(
    cluster: Shard, tmp_path: Path
) -> None:
    begun = Path(cluster.cluster) / "outlets" / "radio" / "warc" / "radio"
    begun.mkdir(parents=True)
    (begun / "a.warc.gz").write_bytes(b"")
    done = gather(Archive.open(tmp_path / "whole"), cluster.cluster)
    assert (done.outlets, done.waiting) == ([OUTLET], ["radio"])
    (Path(cluster.uri) / "ledger.sqlite.gz").unlink()
    done = gather(Archive.open(tmp_path / "other"), cluster.cluster)
    assert done.waiting == ["radio", OUTLET]
    with pytest.raises(ArchiveError, match="no outlets"):
        gather(Archive.open(tmp_path / "whole"), str(tmp_path / "nothing"))


def test_a_worker_that_pushes_meanwhile_is_waited_for(
    cluster: Shard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[int] = []

    def slowly(part: Archive, uri: str, *, warcs: bool) -> None:
        if len(pushed) < 2:
            pushed.append(1)
            add(cluster, len(pushed), [STORIES[2]])
            if len(pushed) == 2:
                raise StoreError("a chunk is gone from the store")
        pull(part, uri, warcs=warcs)

    monkeypatch.setattr(gathering, "pull", slowly)
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster)
    assert sound(whole, tmp_path) == {page.url for page in STORIES}


def test_half_a_gathering_is_no_hindrance(cluster: Shard, tmp_path: Path) -> None:
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster)
    (whole.root / "store" / "outlets" / OUTLET / "store" / "state.json").unlink()
    add(cluster, 1, STORIES[2:])
    gather(whole, cluster.cluster)
    assert sound(whole, tmp_path) == {page.url for page in STORIES}


def test_a_store_that_is_gone_is_said_and_takes_nothing_away(
    cluster: Shard, tmp_path: Path
) -> None:
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster)
    before = len(list(whole.root.rglob("*.parquet")))
    for path in Path(cluster.uri).rglob("snapshot/**/*.parquet"):
        path.write_bytes(b"other bytes")
    part = whole.root / "store" / "outlets" / OUTLET
    for path in part.glob("tables/**/*.parquet"):
        path.unlink()
    with pytest.raises(StoreError, match="is not what was pushed"):
        gather(whole, cluster.cluster)
    assert len(list((whole.root / "tables").rglob("*.parquet"))) <= before
    sound(whole, tmp_path)


def test_captures_of_an_archive_that_the_workers_do_not_know_are_not_laid_over(
    cluster: Shard, tmp_path: Path
) -> None:
    own = Archive.open(tmp_path / "own")
    # A WARC is named by the second in which it was begun.
    time.sleep(1.1)
    small_archive.crawl(own, FIRST - timedelta(days=9), [STORIES[2]])
    with pytest.raises(ArchiveError, match="gather into another folder"):
        gather(own, cluster.cluster)
    assert sound(own, tmp_path) == {STORIES[2].url}


def test_a_decision_reaches_every_worker_and_is_kept_by_whoever_gathers(
    cluster: Shard, tmp_path: Path
) -> None:
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster)
    row = read.open(whole).articles().to_pylist()[0]
    found = withdrawing.find(whole, catalogue(tmp_path), row["url"])
    withdrawing.withdraw(whole, found, reason="safety", by="editor")
    # Before any worker has heard of it: what is gathered again does not show it again.
    gather(whole, cluster.cluster)
    hidden = read.open(whole).article(row["article_id"])
    assert hidden and hidden["text"] is None
    told = CliRunner().invoke(
        app, ["cluster", "decide", cluster.cluster, "--archive", str(whole.root)]
    )
    assert told.exit_code == 0 and told.output.startswith("1 decisions")
    assert decide(whole, cluster.cluster) == 0

    cluster._take_decisions(cluster.archive)
    assert Decisions.read(cluster.archive).is_withdrawn(row["article_id"])
    # In another archive, where nobody has decided anything yet.
    other = Archive.open(tmp_path / "other")
    assert gather(other, cluster.cluster).decisions == 1
    hidden = read.open(other).article(row["article_id"])
    assert hidden and hidden["text"] is None


def test_what_was_purged_here_does_not_come_back(cluster: Shard, tmp_path: Path) -> None:
    whole = Archive.open(tmp_path / "whole")
    gather(whole, cluster.cluster)
    row = read.open(whole).articles().to_pylist()[0]
    purge = Decision(
        Action.PURGE, row["article_id"], OUTLET, row["url"], FIRST, by="editor", reason="safety"
    )
    record(whole, [purge])
    with pytest.raises(ArchiveError, match="were purged here"):
        gather(whole, cluster.cluster)


def test_of_two_who_decide_at_once_both_are_heard(cluster: Shard, tmp_path: Path) -> None:
    archives = [Archive.open(tmp_path / name) for name in "ab"]
    for archive, name in zip(archives, "ab", strict=True):
        decision = Decision(
            Action.WITHDRAW, name * 8, OUTLET, f"http://news.example/{name}", FIRST, "me", "safety"
        )
        record(archive, [decision, replace(decision, action=Action.RESTORE)])
        assert decide(archive, cluster.cluster) == 2
    both = Archive.open(tmp_path / "both")
    gather(both, cluster.cluster)
    actions = [(d.article_id[0], d.action) for d in history(both)]
    assert sorted(actions) == sorted(
        (name, action) for name in "ab" for action in (Action.WITHDRAW, Action.RESTORE)
    )
    assert not Decisions.read(both).withdrawn()


def test_a_list_that_is_no_text_is_said(cluster: Shard, tmp_path: Path) -> None:
    (Path(cluster.cluster) / "withdrawn.jsonl").write_bytes(b"\xff\xfe")
    archive = Archive.open(tmp_path / "whole")
    for take in (gather, decide):
        with pytest.raises(ArchiveError, match=r"withdrawn\.jsonl is no UTF-8 text"):
            take(archive, cluster.cluster)


def test_the_store_tells_nothing_but_what_it_must(cluster: Shard) -> None:
    store = Store.open(cluster.uri)
    names = {name.split("/")[0] for name in store.objects() if name.split("/")[-1][0] != "."}
    assert names <= {
        "README.md",
        "cdxj",
        "ledger.sqlite.gz",
        "manifest.json",
        "memory",
        "proofs",
        "snapshot",
        "tables",
        "warc",
    }
