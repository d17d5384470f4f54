"""`verify` against the log: any byte of any closed file, and every other way to change one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small_archive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zancrawler.archive import Archive
from zancrawler.capture.purge import purge
from zancrawler.capture.reader import read_exchanges
from zancrawler.capture.warcfile import Span
from zancrawler.decisions import Action, Decision, record
from zancrawler.proofs.audit import audit
from zancrawler.proofs.entry import Cause
from zancrawler.proofs.files import closed_files
from zancrawler.proofs.log import NoLogError
from zancrawler.proofs.recording import record_warc
from zancrawler.runs.entering import enter, entering_decisions, entering_purge

OTHERS = ("withdrawn.jsonl", "proofs/log.jsonl", "proofs/checkpoint")


def decide(archive: Archive, name: str) -> None:
    url = f"http://news.example/story/{name}"
    with entering_decisions(archive):
        record(
            archive,
            [
                Decision(
                    action=Action.WITHDRAW,
                    article_id=name,
                    outlet="tester",
                    url=url,
                    at=datetime(2026, 3, 4, tzinfo=UTC),
                    by="a test",
                    reason="safety",
                )
            ],
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A small closed archive, with a decision, a memory and the torn end of a WARC."""
    archive = Archive.open(tmp_path_factory.mktemp("made"))
    small_archive.make(archive)
    archive.memory("tester").parent.mkdir()
    archive.memory("tester").write_text("{}")
    put(archive, "warc/tester/2026/tester-x.torn-at-5", b"torn")
    assert enter(archive, "tester", Cause.CRAWL) == ()
    decide(archive, "one")
    decide(archive, "another")
    return archive


def put(archive: Archive, name: str, content: bytes) -> None:
    """In a folder that is there or not: one of WARCs is called after the year of this test."""
    (archive.root / name).parent.mkdir(exist_ok=True)
    (archive.root / name).write_bytes(content)


@pytest.fixture
def archive(made: Archive, tmp_path: Path) -> Archive:
    return Archive(Path(shutil.copytree(made.root, tmp_path / "archive")))


def faulty(archive: Archive) -> list[str]:
    return [fault.file for fault in audit(archive)]


def files(archive: Archive) -> list[str]:
    closed = [archive.relative(path) for path in closed_files(archive, "tester")]
    return sorted([*closed, *OTHERS])


def test_a_closed_archive_is_as_its_log_says(archive: Archive) -> None:
    assert faulty(archive) == []
    kinds = {Path(name).suffix for name in files(archive)}
    assert kinds == {".gz", ".cdxj", ".parquet", ".json", ".jsonl", ".torn-at-5", ""}


@given(st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_byte_of_any_file(made: Archive, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(files(made)))
    path = made.root / name
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        path.write_bytes(changed)
        found = faulty(made)
    finally:
        path.write_bytes(content)
    named = {name} if name not in OTHERS[1:] else set(OTHERS[1:])
    assert named & set(found), found


@pytest.mark.parametrize("end", [-1, 0])
def test_a_file_that_was_cut(archive: Archive, end: int) -> None:
    for name in files(archive):
        content = (archive.root / name).read_bytes()
        (archive.root / name).write_bytes(content[:end])
        named = [name] if name not in OTHERS[1:] else OTHERS[1:]
        assert set(named) & set(faulty(archive)), name
        (archive.root / name).write_bytes(content)
    assert faulty(archive) == []


def test_a_file_that_is_gone(archive: Archive) -> None:
    for name in files(archive):
        content = (archive.root / name).read_bytes()
        (archive.root / name).unlink()
        assert name in faulty(archive)
        (archive.root / name).write_bytes(content)


def test_bytes_behind_the_end(archive: Archive) -> None:
    for name in files(archive):
        if name == "proofs/log.jsonl":
            # What no checkpoint covers was never told to anybody: a run that goes on adds there.
            continue
        content = (archive.root / name).read_bytes()
        (archive.root / name).write_bytes(content + b"\n")
        assert name in faulty(archive)
        (archive.root / name).write_bytes(content)


@pytest.mark.parametrize(
    "name",
    [
        "tables/articles/site=tester/year=2026/more.parquet",
        "tables/articles/.hidden.parquet",
        "warc/tester/2026/another.warc.gz",
        "cdxj/tester/2026/another.cdxj",
        "memory/stranger.json",
    ],
)
def test_a_file_that_nobody_entered(archive: Archive, name: str) -> None:
    put(archive, name, b"x")
    (fault,) = audit(archive)
    assert (fault.file, fault.code) == (name, "unknown-file")


def test_two_files_that_changed_places(archive: Archive) -> None:
    one, other = sorted(archive.root.glob("warc/*/*/*.warc.gz"))[:2]
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    assert faulty(archive) == [archive.relative(one), archive.relative(other)]


def test_a_run_that_goes_on_is_no_fault(archive: Archive) -> None:
    path = next(archive.root.glob("tables/articles/*/*/*.parquet"))
    path.write_bytes(b"a commit that is not entered yet")
    put(archive, "warc/tester/2026/new.warc.gz", b"just closed")
    with archive.lock("tester", "a run"):
        assert faulty(archive) == []
        warc = next(archive.root.glob("warc/*/*/tester-2*.warc.gz"))
        warc.write_bytes(b"this is")
        assert faulty(archive) == [archive.relative(warc)]
    assert len(faulty(archive)) == 3


def test_what_was_found_changed_is_told_apart(archive: Archive) -> None:
    path = next(archive.root.glob("tables/articles/*/*/*.parquet"))
    path.write_bytes(b"by a stranger's hand")
    enter(archive, "tester", Cause.FOUND)
    assert faulty(archive) == []
    last = archive.proof_log.read_bytes().splitlines()[-1]
    assert b'"cause":"found"' in last and archive.relative(path).encode() in last


def test_a_warc_that_was_changed_never_enters_again(archive: Archive) -> None:
    warc = next(archive.root.glob("warc/*/*/tester-2*.warc.gz"))
    warc.write_bytes(warc.read_bytes() + b"x")
    for cause in Cause:
        enter(archive, "tester", cause)
    assert faulty(archive) == [archive.relative(warc)]


def test_only_one_outlet(archive: Archive) -> None:
    next(archive.root.glob("warc/*/*/tester-2*.warc.gz")).write_bytes(b"")
    assert list(audit(archive, ["another"])) == []
    assert len(list(audit(archive, ["tester"]))) == 1


def test_no_log(archive: Archive) -> None:
    shutil.rmtree(archive.root / "proofs")
    with pytest.raises(NoLogError, match="zancrawler checkpoint"):
        faulty(archive)


def spans_of(warc: Path) -> list[Span]:
    return [Span(exchange.offset, exchange.length) for exchange in read_exchanges(warc)]


def purged(archive: Archive, *numbers: int) -> Path:
    """A WARC of which these exchanges were taken out, one purge after another."""
    warc = min(archive.root.glob("warc/*/*/tester-2*.warc.gz"))
    spans = spans_of(warc)
    for number in numbers:
        with entering_purge(archive, warc, [spans[number]]):
            purge(archive, warc, "tester", [spans[number]], datetime.now(UTC))
    enter(archive, "tester", Cause.PURGE)
    return warc


def test_a_purge_is_accepted(archive: Archive) -> None:
    purged(archive, 1, 3)
    assert faulty(archive) == []


def take_another(archive: Archive, warc: Path) -> None:
    purge(archive, warc, "tester", spans_of(warc)[:1], datetime.now(UTC))


def flip(archive: Archive, warc: Path) -> None:
    content = bytearray(warc.read_bytes())
    content[-20] ^= 1
    warc.write_bytes(content)


@pytest.mark.parametrize("harm", [take_another, flip])
def test_a_purge_that_does_more_than_it_says(
    archive: Archive, harm: Callable[[Archive, Path], None]
) -> None:
    """Even where it enters what it did: the older entry shows it."""
    warc = min(archive.root.glob("warc/*/*/tester-2*.warc.gz"))
    span = spans_of(warc)[1]
    with entering_purge(archive, warc, [span]):
        purge(archive, warc, "tester", [span], datetime.now(UTC))
        harm(archive, warc)
    enter(archive, "tester", Cause.PURGE)
    (fault,) = audit(archive)
    assert (fault.file, fault.code) == (archive.relative(warc), "purge")


def test_a_purge_that_was_stopped_half_way_and_done_again(archive: Archive) -> None:
    warc = min(archive.root.glob("warc/*/*/tester-2*.warc.gz"))
    spans = spans_of(warc)[1:3]
    with pytest.raises(KeyboardInterrupt), entering_purge(archive, warc, spans):
        raise KeyboardInterrupt
    assert faulty(archive) == []
    purged(archive, 2, 3)
    assert faulty(archive) == []


def test_a_warc_given_anew_without_a_purge(archive: Archive) -> None:
    warc = purged(archive, 1)
    take_another(archive, warc)
    enter(archive, "tester", Cause.CRAWL)
    record_warc(archive, warc, Cause.PURGE)
    assert "without a purge" in " ".join(fault.message for fault in audit(archive))
