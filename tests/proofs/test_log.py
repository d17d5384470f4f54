"""The log on disk: several writers, a writer that is killed, and what was done to it by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import log_writer
import pytest

from zancrawler.archive import Archive, ArchiveError
from zancrawler.proofs.audit import grown_since
from zancrawler.proofs.entry import Begun, Cause, FileDigest, FilesWritten, line_of, now, parse_line
from zancrawler.proofs.log import (
    LogDamagedError,
    NoLogError,
    appending,
    checkpoint_of,
    leaves_at,
    read_lines,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def add(archive: Archive, *names: str) -> None:
    for name in names:
        digest = FileDigest(f"tables/articles/site=tester/year=2026/{name}.parquet", 1, "0" * 64)
        with appending(archive) as log:
            log.add(FilesWritten("tester", now(), Cause.CRAWL, (digest,)))


def paths(archive: Archive) -> list[str]:
    """The files that the log names, after a look that it is the one of its checkpoint."""
    lines, _ = leaves_at(archive, checkpoint_of(archive))
    entries = [parse_line(line) for line in lines]
    assert isinstance(entries[0], Begun)
    return [file.path for entry in entries[1:] for file in entry.files]


def writer(archive: Archive, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, log_writer.__file__, str(archive.root), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_no_log_yet(archive: Archive) -> None:
    for look in (read_lines, checkpoint_of):
        with pytest.raises(NoLogError, match="no log"):
            look(archive)


def test_two_processes_at_a_time(archive: Archive) -> None:
    running = [writer(archive, name, 20) for name in ("one", "other")]
    told = [line.strip() for process in running for line in process.communicate()[0].splitlines()]
    assert len(told) == 40
    assert sorted(paths(archive)) == sorted(told)
    assert checkpoint_of(archive).size == 41


@pytest.mark.slow
def test_a_writer_that_is_killed(archive: Archive) -> None:
    """Whatever the moment: what was told is in the log, once, and the log goes on."""
    told: list[str] = []
    for turn in range(10):
        process = writer(archive, f"turn{turn}", 10_000)
        assert process.stdout is not None
        told += [process.stdout.readline().strip() for _ in range(1 + turn)]
        process.kill()
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.wait()
        add(archive, f"after{turn}")
    found = paths(archive)
    assert len(found) == len(set(found))
    assert set(told) <= set(found)


@pytest.mark.parametrize("torn", [b"{", b'{"kind":"files"', b"\0\0\0\n", b'{"kind":"log"}\n{'])
def test_a_torn_end_is_cut_off(archive: Archive, torn: bytes) -> None:
    add(archive, "a", "b")
    with archive.proof_log.open("ab") as file:
        file.write(torn)
    add(archive, "c")
    assert [Path(path).stem for path in paths(archive)] == ["a", "b", "c"]


@pytest.mark.parametrize("kept", [0, 1, 25, 48, 50])
def test_nothing_but_a_torn_end_is_cut_off_where_no_checkpoint_is(
    archive: Archive, kept: int
) -> None:
    """The checkpoint and the index are gone, and one byte of an entry is another."""
    add(archive, *(f"file{number}" for number in range(50)))
    lines = archive.proof_log.read_bytes().splitlines(keepends=True)
    lines[kept] = b"[" + lines[kept][1:]
    archive.proof_log.write_bytes(b"".join(lines))
    for path in archive.proof_log.parent.iterdir():
        if path != archive.proof_log:
            path.unlink()
    with pytest.raises(LogDamagedError, match=f"entry {kept}:"):
        add(archive, "more")
    assert archive.proof_log.read_bytes() == b"".join(lines)


def test_a_first_end_that_is_torn_is_cut_off(archive: Archive) -> None:
    add(archive, "a", "b")
    for path in archive.proof_log.parent.iterdir():
        if path != archive.proof_log:
            path.unlink()
    with archive.proof_log.open("ab") as file:
        file.write(b'{"kind":"files"')
    add(archive, "c")
    assert [Path(path).stem for path in paths(archive)] == ["a", "b", "c"]


def test_an_end_without_its_checkpoint_is_kept(archive: Archive) -> None:
    """The process was killed when its entries were durable and the checkpoint was not."""
    add(archive, "a")
    checkpoint, index = archive.checkpoint.read_bytes(), archive.proof_index.read_bytes()
    add(archive, "b")
    archive.checkpoint.write_bytes(checkpoint)
    for path in archive.proof_index.parent.glob("index.sqlite-*"):
        path.unlink()
    archive.proof_index.write_bytes(index)
    add(archive, "c")
    assert [Path(path).stem for path in paths(archive)] == ["a", "b", "c"]


@pytest.mark.parametrize("how", ["gone", "damaged", "ahead"])
def test_the_index_is_made_again(archive: Archive, how: str) -> None:
    add(archive, "a", "b")
    for path in archive.proof_index.parent.glob("index.sqlite-*"):
        path.unlink()
    if how == "gone":
        archive.proof_index.unlink()
    elif how == "damaged":
        archive.proof_index.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 16)
    else:
        with appending(archive) as log:
            log._index.end += 1
            log._index.tree.size += 1
    add(archive, "c")
    assert [Path(path).stem for path in paths(archive)] == ["a", "b", "c"]


def change_an_entry(archive: Archive) -> None:
    archive.proof_log.write_bytes(
        archive.proof_log.read_bytes().replace(b"/a.parquet", b"/x.parquet")
    )


def cut_the_end(archive: Archive) -> None:
    archive.proof_log.write_bytes(b"\n".join(read_lines(archive)[:-1]) + b"\n")


def take_the_checkpoint(archive: Archive) -> None:
    archive.checkpoint.unlink()


@pytest.mark.parametrize("harm", [change_an_entry, cut_the_end, take_the_checkpoint])
def test_a_log_that_was_changed_takes_no_entry(archive: Archive, harm) -> None:
    add(archive, "a", "b")
    if harm is change_an_entry:
        # Who looks at the whole log sees it; who only adds to it does when the index is gone.
        for path in archive.proof_index.parent.glob("index.sqlite*"):
            path.unlink()
    harm(archive)
    before = archive.proof_log.read_bytes()
    with pytest.raises(LogDamagedError):
        add(archive, "c")
    assert archive.proof_log.read_bytes() == before


def test_an_error_leaves_the_log_as_it_was(archive: Archive) -> None:
    add(archive, "a")
    before = archive.proof_log.read_bytes()
    with pytest.raises(ZeroDivisionError), appending(archive) as log:
        log.add(FilesWritten("tester", now(), Cause.CRAWL, ()))
        _ = 1 / 0
    assert archive.proof_log.read_bytes() == before
    add(archive, "b")
    assert [Path(path).stem for path in paths(archive)] == ["a", "b"]


def test_growth_is_shown(archive: Archive) -> None:
    add(archive, "a")
    older = checkpoint_of(archive)
    add(archive, "b", "c")
    grown = grown_since(archive, older)
    assert (grown.before, grown.now) == (2, 4)
    assert grown_since(archive, checkpoint_of(archive)).before == 4


def test_a_log_made_anew_is_not_the_old_one(archive: Archive, tmp_path: Path) -> None:
    add(archive, "a")
    older = checkpoint_of(archive)
    for path in archive.proof_log.parent.iterdir():
        path.unlink()
    add(archive, "a", "b")
    with pytest.raises(LogDamagedError, match="and that was"):
        grown_since(archive, older)


def test_the_same_log_with_another_past(archive: Archive) -> None:
    add(archive, "a", "b")
    older = checkpoint_of(archive)
    for path in archive.proof_log.parent.iterdir():
        if path != archive.proof_log:
            path.unlink()
    change_an_entry(archive)
    add(archive, "c")
    with pytest.raises(LogDamagedError, match="not those of then"):
        grown_since(archive, older)


def test_a_path_outside_of_the_archive_is_no_entry() -> None:
    for path in ("../x", "/etc/passwd", "a/../../b", ""):
        entry = FilesWritten(None, now(), Cause.FOUND, (FileDigest(path, 1, "0" * 64),))
        with pytest.raises(ValueError, match="no path"):
            parse_line(line_of(entry))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "proofs").write_text("a file is in the way")
    with pytest.raises((OSError, ArchiveError)):
        add(Archive(tmp_path), "a")
