"""One outlet handed from worker to worker: nothing fetched twice, nothing lost unnamed."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
import small_archive
from small_archive import Page, story

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture import writer
from zancrawler.cluster.gather import gather
from zancrawler.cluster.lease import Gap
from zancrawler.cluster.ledgers import NAME as LEDGER
from zancrawler.cluster.shard import Ran, Shard
from zancrawler.ledger import Kind, Ledger
from zancrawler.outlets import Catalogue, parse_outlet
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.schedule import Stop
from zancrawler.runs.summary import RunState, RunSummary, crawl_row
from zancrawler.runs.verify import verify_archive
from zancrawler.storage.manifest import NAME as MANIFEST
from zancrawler.storage.manifest import Manifest
from zancrawler.storage.shelf import FolderShelf, OvertakenError
from zancrawler.storage.store import Store
from zancrawler.tables import Tables, read

OUTLET = "tester"
FIRST = small_archive.FIRST
ONE, TWO, THREE = story("saffron"), story("library"), story("well")
Run = Callable[..., Ran]


class Noon(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Noon:
        return cls(2026, 3, 2, 12, tzinfo=tz)


def lost(worker: str, hour: int = 5) -> Gap:
    return Gap(OUTLET, f"host:/{worker}", datetime(2026, 3, 1, hour, tzinfo=UTC))


@pytest.fixture
def shard(tmp_path: Path) -> Callable[[str], Shard]:
    outlet = parse_outlet(OUTLET, small_archive.TOML, where="a test")
    return lambda worker: Shard(
        outlet, str(tmp_path / "cluster"), tmp_path / worker, f"host:/{worker}"
    )


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that captures certain pages; the crawl itself needs no process and no network."""

    def run(
        shard: Shard,
        at: datetime,
        pages: Iterable[Page],
        *gaps: Gap,
        stop: Stop | None = None,
        fails: bool = False,
    ) -> Ran:
        def crawled(shard: Shard, *_: object) -> RunSummary:
            small_archive.crawl(shard.archive, at, pages)
            if fails:
                raise ArchiveError("the store is gone")
            row = RunSummary(OUTLET, f"{OUTLET}-{at:%Y%m%d%H%M%S}", RunState.FINISHED, at, at)
            Tables(shard.archive, OUTLET).put_crawl(crawl_row(row, {}))
            return row

        monkeypatch.setattr(Shard, "_crawl", crawled)
        return shard.run(CrawlOptions(), None, gaps, stop or Stop())

    return run


def hours(number: float) -> datetime:
    return FIRST + timedelta(hours=number)


def manifest(shard: Shard) -> Manifest:
    return Manifest.required(Store.open(shard.uri))


def captured(archive: Archive) -> Counter[str]:
    return Counter(read.open(archive).captures()["url_path"].to_pylist())


def outcomes(archive: Archive) -> list[str]:
    rows = read.open(archive).crawls().sort_by("started").to_pylist()
    return [row["outcome"] for row in rows if row["outcome"] != "finished"]


def gathered(shard: Shard, folder: Path) -> Archive:
    """All there is, which must be sound."""
    outlets = folder.parent / "outlets"
    outlets.mkdir(exist_ok=True)
    (outlets / f"{OUTLET}.toml").write_text(small_archive.TOML)
    whole = Archive.open(folder)
    gather(whole, shard.cluster)
    assert list(verify_archive(whole, Catalogue.open(outlets))) == []
    rows = read.open(whole).captures()
    places = list(zip(rows["warc_filename"], rows["exchange_offset"], strict=True))
    assert len(set(places)) == len(places)
    return whole


def test_the_next_worker_goes_on_where_the_last_ended(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    first, second = shard("a"), shard("b")
    assert run(first, hours(0), [ONE]).pushed
    assert run(second, hours(1), [TWO]).pushed
    # The first comes back, and must not take its own folder for the latest.
    ran = run(first, hours(2), [THREE])
    assert ran.pushed and not ran.left
    assert captured(first.archive) == captured(gathered(first, tmp_path / "whole"))
    assert set(captured(first.archive)) == {"/story/saffron", "/story/library", "/story/well"}
    assert outcomes(first.archive) == []


def test_a_worker_that_is_late_changes_nothing(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    late = FolderShelf(Path(first.uri))
    begun = late.get("manifest.json")
    assert begun
    run(second, hours(1), [TWO])
    there = late.get("manifest.json")
    with pytest.raises(OvertakenError):
        late.put("manifest.json", begun.data, begun.tag)
    with pytest.raises(ArchiveError, match="another copy"):
        first._push(late, begun.tag)
    assert late.get("manifest.json") == there


def strand(shard: Shard, at: datetime, pages: Iterable[Page], *, torn: bool = True) -> Path:
    """A run whose worker is lost before it pushes; its WARC still grows."""
    there = Manifest.of_store(Store.open(shard.uri))
    shard._prepare(there, [])
    small_archive.crawl(shard.archive, at, pages)
    warc = sorted(shard.archive.warcs(OUTLET).glob("*/*.warc.gz"))[-1]
    if torn:
        shard.archive.cdxj(warc).unlink(missing_ok=True)
        warc = warc.rename(f"{warc}.open")
        with warc.open("ab") as file:
            file.write(b"torn")
    return warc


@pytest.mark.parametrize("same_second", [False, True])
@pytest.mark.parametrize("pushed_before", [False, True])
def test_what_a_lost_worker_captured_is_named_and_taken_in_later(
    shard: Callable[[str], Shard],
    run: Run,
    tmp_path: Path,
    pushed_before: bool,
    same_second: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if same_second:
        # Clocks that differ by as much as lies between two runs: all WARCs want the same name.
        monkeypatch.setattr(writer, "datetime", Noon)
    first, second = shard("a"), shard("b")
    if pushed_before:
        run(first, hours(-5), [TWO])
    strand(first, hours(0), [ONE, TWO])
    run(second, hours(1), [TWO, THREE], lost("a"))
    (gap,) = outcomes(second.archive)
    assert "the worker was lost" in gap and "is in host:/a, " in gap
    whole = gathered(second, tmp_path / "whole")
    assert "/story/saffron" not in captured(whole)

    assert run(first, hours(2), []).pushed
    assert first.stranded == []
    whole = gathered(second, tmp_path / "whole")
    assert captured(whole)["/story/saffron"] == 1
    (gap,) = outcomes(whole)
    assert "taken in from host:/a" in gap
    # Once more: nothing comes twice.
    run(first, hours(3), [])
    assert captured(gathered(second, tmp_path / "whole")) == captured(whole)


def test_a_taking_in_that_is_cut_short_is_done_once(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    first, second = shard("a"), shard("b")
    strand(first, hours(0), [ONE])
    run(second, hours(1), [TWO], lost("a"))
    # Killed when all of it was copied and derived, and nothing pushed.
    assert not run(first, hours(2), [], fails=True).pushed
    assert len(first.stranded) == 1
    run(first, hours(3), [])
    assert first.stranded == []
    assert captured(gathered(first, tmp_path / "whole"))["/story/saffron"] == 1


def test_a_worker_that_was_lost_before_it_captured_anything_can_go_on(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    """Its folder differs from what it pulled, though no WARC is its own."""
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    second._prepare(manifest(second), [lost("x")])
    run(first, hours(1), [TWO], lost("x"))
    ran = run(second, hours(2), [THREE])
    assert ran.pushed, ran.summary.reason
    assert len(outcomes(gathered(second, tmp_path / "whole"))) == 1


def test_half_a_pull_is_begun_again(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    second._prepare(manifest(second), [])
    (second.archive.store / "state.json").unlink()
    run(first, hours(1), [TWO])
    assert run(second, hours(2), [THREE]).pushed
    assert len(captured(gathered(second, tmp_path / "whole"))) == 3


def test_a_warc_that_came_into_the_store_is_kept_though_its_worker_was_lost(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    """Before the manifest was written. The next push would remove what no manifest names."""
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    warc = strand(first, hours(1), [TWO], torn=False)
    place = Path(first.uri) / first.archive.relative(warc)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(warc, place)
    shutil.rmtree(first.folder)
    run(second, hours(2), [THREE], lost("a"))
    # Derived by the run, which here is none of the crawl's.
    small_archive.crawl(second.archive, hours(3), [])
    run(second, hours(4), [])
    assert set(captured(gathered(second, tmp_path / "whole"))) == {
        "/story/saffron",
        "/story/library",
        "/story/well",
    }


def test_a_run_that_was_lost_between_manifest_and_ledger_is_not_asked_again(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path
) -> None:
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    before = (Path(first.uri) / LEDGER).read_bytes()
    run(first, hours(1), [TWO])
    for old in (before, None):
        place = Path(first.uri) / LEDGER
        place.unlink() if old is None else place.write_bytes(old)
        shutil.rmtree(second.work, ignore_errors=True)
        second._prepare(manifest(second), [])
        second._derive()
        with Ledger(second.archive.ledger(OUTLET)) as ledger:
            found = {entry.url for entry in ledger.entries(Kind.ARTICLE) if entry.last_look}
        assert found == {ONE.url, TWO.url}


def test_a_push_that_fails_leaves_a_gap_for_the_lease(
    shard: Callable[[str], Shard], run: Run
) -> None:
    first = shard("a")
    ran = run(first, hours(0), [ONE], fails=True)
    assert (ran.pushed, ran.left, ran.summary.state) == (False, True, RunState.FAILED)
    assert "the store is gone" in (ran.summary.reason or "")
    # Its own folder is here, so there is no gap to name.
    ran = run(first, hours(1), [TWO], lost("a"))
    assert (ran.pushed, ran.left) == (True, False)
    assert outcomes(first.archive) == []
    shutil.rmtree(first.folder)
    assert run(first, hours(2), [THREE], lost("a")).pushed
    assert len(outcomes(first.archive)) == 1


def test_what_a_push_wrote_before_it_was_lost_keeps_nobody_from_going_on(
    shard: Callable[[str], Shard], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = shard("a"), shard("b")
    run(first, hours(0), [ONE])
    small_archive.learn(first.archive, "Share this")
    run(first, hours(1), [])
    small_archive.learn(first.archive, "Share this", "Read more")
    put = FolderShelf.put

    def lost_before(shelf: FolderShelf, name: str, data: bytes, tag: str | None) -> str:
        if name == MANIFEST:
            raise ArchiveError("the worker is lost")
        return put(shelf, name, data, tag)

    monkeypatch.setattr(FolderShelf, "put", lost_before)
    assert not run(first, hours(1), [TWO]).pushed
    monkeypatch.setattr(FolderShelf, "put", put)
    ran = run(second, hours(2), [THREE], lost("a"))
    assert ran.pushed, ran.summary.reason
    small_archive.crawl(second.archive, hours(3), [])
    assert run(second, hours(4), []).pushed
    assert len(captured(gathered(second, tmp_path / "whole"))) == 3


def test_a_worker_that_is_stopped_before_its_run_began_asks_for_nothing(
    shard: Callable[[str], Shard], run: Run
) -> None:
    first = shard("a")
    ran = run(first, hours(0), [ONE], stop=Stop(asked=True))
    assert (ran.summary.state, ran.pushed, ran.left) == (RunState.STOPPED, False, False)
    assert Manifest.of_store(Store.open(first.uri)) is None


def test_a_store_that_is_none_of_ours_is_said(shard: Callable[[str], Shard], run: Run) -> None:
    first = shard("a")
    Path(first.uri).mkdir(parents=True)
    (Path(first.uri) / "manifest.json").write_text("[]")
    ran = run(first, hours(0), [ONE])
    assert ran.summary.state is RunState.FAILED and not ran.pushed
    (Path(first.uri) / "manifest.json").unlink()
    assert run(first, hours(0), [ONE]).pushed
    (Path(first.uri) / LEDGER).write_bytes(gzip.compress(b"not a ledger"))
    assert run(shard("b"), hours(1), [TWO]).summary.state is RunState.FAILED
