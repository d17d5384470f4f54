"""One outlet handed from worker to worker: nothing fetched twice, nothing lost unnamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zancrawler.archive import Archive, ArchiveError
from zancrawler.cluster.gather import decide, gather
from zancrawler.cluster.lease import Lease
from zancrawler.cluster.shard import Shard
from zancrawler.cluster.shelf import FolderShelf, OvertakenError
from zancrawler.decisions import Decisions
from zancrawler.newsroom import Newsroom, serve
from zancrawler.outlets import Catalogue
from zancrawler.runs import withdrawing
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.verify import verify_archive
from zancrawler.tables import read

OUTLET = "newsroom-plain"
OPTIONS = CrawlOptions(log_level="ERROR")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve(outlets=[OUTLET]) as newsroom:
        yield newsroom


def shard(newsroom: Newsroom, folder: Path, worker: str) -> Shard:
    outlet = Catalogue.open(newsroom.catalogue).get(OUTLET)
    return Shard(outlet, str(folder / "cluster"), folder / worker, f"host:/{worker}")


def lost(worker: str) -> Lease:
    return Lease(OUTLET, worker, f"host:/{worker}", datetime(2026, 3, 1, tzinfo=UTC))


def asked(archive: Archive) -> Counter[str]:
    """How often each page was answered in full."""
    rows = read.open(archive).captures(columns=["url", "fetch_status", "article_id"]).to_pylist()
    return Counter(row["url"] for row in rows if row["fetch_status"] == 200 and row["article_id"])


def test_the_next_worker_goes_on_where_the_last_ended(newsroom: Newsroom, tmp_path: Path) -> None:
    first, second = (shard(newsroom, tmp_path, worker) for worker in ("a", "b"))
    begun = first.run(OPTIONS, newsroom.catalogue, None)
    assert begun.articles_new > 3
    after = second.run(OPTIONS, newsroom.catalogue, None)
    assert (after.articles_new, after.articles_changed) == (0, 0)
    # The first comes back, and must not take its own folder for the latest.
    again = first.run(OPTIONS, newsroom.catalogue, None)
    assert again.articles_new == 0

    whole = Archive.open(tmp_path / "whole")
    gathered = gather(whole, first.cluster)
    assert gathered.outlets == [OUTLET] and gathered.files > 10
    assert set(asked(whole).values()) == {1}
    assert len(read.open(whole).crawls()) == 3
    assert list(verify_archive(whole, Catalogue.open(newsroom.catalogue))) == []
    assert gather(whole, first.cluster).files == 0


def test_a_worker_that_is_late_changes_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    first, second = (shard(newsroom, tmp_path, worker) for worker in ("a", "b"))
    first.run(OPTIONS, newsroom.catalogue, None)
    late = FolderShelf(Path(first.uri))
    begun = late.get("manifest.json")
    assert begun
    second.run(OPTIONS, newsroom.catalogue, None)
    there = late.get("manifest.json")
    with pytest.raises(OvertakenError):
        late.put("manifest.json", begun.data, begun.tag)
    with pytest.raises(ArchiveError, match="another copy"):
        first._push(Archive(first.folder), late, begun.tag)
    assert late.get("manifest.json") == there


def test_what_a_lost_worker_captured_is_named_and_taken_in_later(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    first, second = (shard(newsroom, tmp_path, worker) for worker in ("a", "b"))
    # It crawled, and died before it pushed.
    archive = first._prepare(None)
    list(crawl(archive, [OUTLET], replace(OPTIONS, max_pages=8), outlets=newsroom.catalogue))
    own = asked(archive)
    assert own
    second.run(OPTIONS, newsroom.catalogue, lost("a"))
    row = read.open(Archive(second.folder)).crawls().sort_by("started").to_pylist()[0]
    assert "host:/a" in row["outcome"] and row["started"] == lost("a").since

    first.run(OPTIONS, newsroom.catalogue, None)
    assert first.stranded == []
    whole = Archive.open(tmp_path / "whole")
    gather(whole, first.cluster)
    found = asked(whole)
    assert all(found[url] == 2 for url in own)
    assert set(found.values()) <= {1, 2}
    rows = read.open(whole).articles(columns=["url", "n_versions"]).to_pylist()
    assert len({row["url"] for row in rows}) == len(rows)
    assert {row["n_versions"] for row in rows} == {1}
    assert list(verify_archive(whole, Catalogue.open(newsroom.catalogue))) == []


def test_a_decision_reaches_every_worker(newsroom: Newsroom, tmp_path: Path) -> None:
    first, second = (shard(newsroom, tmp_path, worker) for worker in ("a", "b"))
    first.run(OPTIONS, newsroom.catalogue, None)
    whole = Archive.open(tmp_path / "whole")
    gather(whole, first.cluster)
    row = read.open(whole).articles().to_pylist()[0]
    catalogue = Catalogue.open(newsroom.catalogue)
    found = withdrawing.find(whole, catalogue, row["url"])
    withdrawing.withdraw(whole, found, reason="safety", by="editor")
    # Before any worker has heard of it: what is gathered again does not show it again.
    gather(whole, first.cluster)
    hidden = read.open(whole).article(row["article_id"])
    assert hidden and hidden["text"] is None

    assert decide(whole, first.cluster) == 1
    assert decide(whole, first.cluster) == 0
    second.run(OPTIONS, newsroom.catalogue, None)
    archive = Archive(second.folder)
    assert Decisions.read(archive).is_withdrawn(row["article_id"])
    hidden = read.open(archive).article(row["article_id"])
    assert hidden and hidden["text"] is None
    store = Path(first.cluster)
    for path in store.rglob("*.parquet"):
        assert row["text"].encode() not in path.read_bytes()


def test_a_store_without_outlets_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no outlets"):
        gather(Archive.open(tmp_path / "whole"), str(tmp_path / "nothing"))
