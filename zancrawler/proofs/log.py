"""The log on disk: read by anybody, added to by one process at a time, and never changed.

Its order of durability is entries, checkpoint, index. What stands behind the last checkpoint may be
torn by a crash and is cut off then: nobody was ever shown it, and what it named is entered anew.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import IO

from zancrawler import __version__
from zancrawler.archive import Archive, ArchiveError, put_durably, sync_folder

from .checkpoint import Checkpoint, read_checkpoint
from .entry import Begun, Entry, line_of, now, parse_line
from .index import Index, Known
from .tree import Frontier, leaf_hash, root

MAX_LINE = 64 << 20
"""Bytes. An entry of ours has some hundred; that of a purge a hundred for each record."""


class LogDamagedError(ArchiveError):
    """The log is not the one that it was; nothing more may be entered into it."""

    def __init__(self, archive: Archive, fault: str) -> None:
        super().__init__(
            f"{archive.proof_log} was changed: {fault}; put it back from a copy, with its "
            "checkpoint, or move both away for a new log to begin"
        )


class NoLogError(ArchiveError):
    """The archive is from before there was a log."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(
            f"{archive.root} has no log of its files yet; the next run begins it, and "
            "`zancrawler checkpoint` does so now"
        )


class Appender:
    """The log, while we hold its lock."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stamps: dict[str, str] = {}
        self.lines: list[bytes] = []

    def known(self, outlet: str | None) -> dict[str, Known]:
        """The files of an outlet, or of the whole archive, as the log has them last, by path."""
        return self._index.known(outlet)

    def add(self, entry: Entry) -> None:
        if not self._index.tree.size and not isinstance(entry, Begun):
            origin = f"zancrawler/{uuid.uuid4().hex}"
            self.add(Begun(origin, now(), f"zancrawler {__version__}"))
        line = line_of(entry)
        self.lines.append(line + b"\n")
        self._index.take(entry, leaf_hash(line), len(line) + 1)

    def note_stamp(self, path: str, stamp: str) -> None:
        """The file of this stamp is as the log says."""
        self._stamps[path] = stamp

    def save(self) -> None:
        self._index.save(self._stamps)

    @property
    def tree(self) -> Frontier:
        return self._index.tree


@contextmanager
def appending(archive: Archive) -> Iterator[Appender]:
    """Holds the log's lock; what is added is durable when this is left, all of it or nothing.

    The kernel lets go of the lock if the process dies. Raises ArchiveError where the log was
    changed or SQLite cannot write the index, and OSError.
    """
    path = archive.proof_log
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            with closing(_index(archive, file)) as index:
                appender = Appender(index)
                yield appender
                if appender.lines:
                    _write(archive, file, appender)
                appender.save()
        except sqlite3.Error as error:
            raise ArchiveError(f"cannot write {archive.proof_index}: {error}") from error
    if is_new:
        sync_folder(archive.root)


def _write(archive: Archive, file: IO[bytes], appender: Appender) -> None:
    end = file.seek(0, os.SEEK_END)
    try:
        file.write(b"".join(appender.lines))
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        # Should even this fail, the next to come cuts off what no checkpoint covers.
        with suppress(OSError):
            file.truncate(end)
        raise
    file.seek(0)
    checkpoint = Checkpoint(_origin(file), appender.tree.size, appender.tree.root())
    with put_durably(archive.checkpoint) as temporary:
        temporary.write_text(checkpoint.text, encoding="utf-8")


def _origin(file: IO[bytes]) -> str:
    begun = parse_line(file.readline(MAX_LINE).rstrip(b"\n"))
    assert isinstance(begun, Begun)
    return begun.origin


def _index(archive: Archive, file: IO[bytes]) -> Index:
    try:
        return _caught_up(archive, file)
    except (sqlite3.DatabaseError, LogDamagedError):
        if not archive.checkpoint.exists() and archive.proof_log.stat().st_size:
            raise
        # It may be the index that is wrong, and that is easily made again.
        for left in archive.proof_index.parent.glob(f"{archive.proof_index.name}*"):
            left.unlink()
        return _caught_up(archive, file)


def _caught_up(archive: Archive, file: IO[bytes]) -> Index:
    """The index, with all that the log holds and held against the checkpoint on the way."""
    checkpoint = read_checkpoint(archive.checkpoint) if archive.checkpoint.exists() else None
    index = Index(archive.proof_index)
    try:
        if checkpoint is None and index.tree.size:
            raise LogDamagedError(archive, "its checkpoint is gone")
        if index.end > file.seek(0, os.SEEK_END):
            raise LogDamagedError(archive, "its end is gone")
        for line, entry in _entries_from(archive, file, index, checkpoint):
            index.take(entry, leaf_hash(line), len(line) + 1)
        if checkpoint is not None and index.tree.size < checkpoint.size:
            raise LogDamagedError(
                archive, f"it has {index.tree.size} entries and had {checkpoint.size}"
            )
    except BaseException:
        index.close()
        raise
    return index


def _entries_from(
    archive: Archive, file: IO[bytes], index: Index, checkpoint: Checkpoint | None
) -> Iterator[tuple[bytes, Entry]]:
    """What the index has not taken in yet. A torn end is cut off.

    That is what stands behind the checkpoint, and where there is none yet, a last line without end.
    """
    file.seek(index.end)
    while True:
        is_there = checkpoint is not None and index.tree.size == checkpoint.size
        if checkpoint and is_there and index.tree.root() != checkpoint.root:
            raise LogDamagedError(archive, "its entries are not those of its checkpoint")
        line = file.readline(MAX_LINE)
        if not line:
            return
        try:
            if not line.endswith(b"\n"):
                raise ValueError("it has no end")
            yield line[:-1], parse_line(line[:-1])
        except ValueError as error:
            is_torn = not line.endswith(b"\n") and not file.read(1)
            was_told = checkpoint is not None and index.tree.size < checkpoint.size
            if was_told or (checkpoint is None and not is_torn):
                raise LogDamagedError(archive, f"entry {index.tree.size}: {error}") from error
            file.truncate(index.end)
            os.fsync(file.fileno())
            return


def read_lines(archive: Archive) -> list[bytes]:
    """The log's entries as they stand, without line ends and without a torn end.

    Raises NoLogError where there is none.
    """
    try:
        return archive.proof_log.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        raise NoLogError(archive) from None


def checkpoint_of(archive: Archive) -> Checkpoint:
    """The log's own. Raises NoLogError where there is none, ArchiveError for what is none."""
    if not archive.checkpoint.exists():
        raise NoLogError(archive)
    return read_checkpoint(archive.checkpoint)


def leaves_at(archive: Archive, checkpoint: Checkpoint) -> tuple[list[bytes], list[bytes]]:
    """The log as it was at a checkpoint: its lines and their hashes.

    Raises NoLogError, and LogDamagedError where the log did not grow out of that one.
    """
    lines = read_lines(archive)[: checkpoint.size]
    leaves = [leaf_hash(line) for line in lines]
    if len(lines) < checkpoint.size:
        raise LogDamagedError(
            archive, f"it has {len(lines)} entries, and the checkpoint says {checkpoint.size}"
        )
    if root(leaves) != checkpoint.root:
        raise LogDamagedError(
            archive, f"its first {checkpoint.size} entries are not those of the checkpoint"
        )
    return lines, leaves
