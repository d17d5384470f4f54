"""Holding an archive against its log: each file that is not as the log says, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zancrawler.archive import Archive, ArchiveError, ArchiveLockedError

from .checkpoint import Checkpoint
from .entry import Begun, FileDigest, WarcClosed, parse_line
from .files import (
    WITHDRAWN,
    digest_of,
    is_torn,
    is_warc,
    members_of,
    outlet_in,
    prefix_digests,
    standing_files,
)
from .history import History
from .log import LogDamagedError, NoLogError, checkpoint_of, leaves_at, read_lines
from .tree import consistency_proof, is_consistent

_HOLDER = "a look at its files"


@dataclass(frozen=True, slots=True)
class ProofFault:
    """A file that is not as the log says, or what is wrong with the log."""

    file: str
    code: str
    message: str
    is_open: bool = False
    """It may be so while a run holds the outlet, which enters it when it is done."""


@dataclass(frozen=True, slots=True)
class Grown:
    """The log grew out of an older checkpoint, and nothing else happened to it."""

    before: int
    """Entries."""
    now: int


def grown_since(archive: Archive, older: Checkpoint) -> Grown:
    """Shows by a consistency proof (RFC 9162 section 2.1.4) that the log only grew.

    Raises NoLogError, and LogDamagedError where it did something else.
    """
    checkpoint = checkpoint_of(archive)
    _, leaves = leaves_at(archive, checkpoint)
    if older.origin != checkpoint.origin:
        raise LogDamagedError(archive, f"this is {checkpoint.origin} and that was {older.origin}")
    if not 0 < older.size <= checkpoint.size:
        raise LogDamagedError(archive, f"it has {checkpoint.size} entries and had {older.size}")
    proof = consistency_proof(leaves, older.size)
    if not is_consistent(older.size, older.root, checkpoint.size, checkpoint.root, proof):
        raise LogDamagedError(archive, f"its first {older.size} entries are not those of then")
    return Grown(older.size, checkpoint.size)


def audit(archive: Archive, outlets: Collection[str] | None = None) -> Iterator[ProofFault]:
    """Every fault of the log and of the files of these outlets, or of all.

    What a run has not entered yet is no fault while it holds its outlet. Raises NoLogError for an
    archive without a log.
    """
    yield from _log_faults(archive)
    if not archive.proof_log.exists():
        return
    history = History.of(read_lines(archive))
    for _, message in history.faults:
        yield ProofFault(archive.relative(archive.proof_log), "log", message)
    yield from _decision_faults(archive, history)
    for outlet, faults in _by_outlet(archive, history, outlets).items():
        if outlet and any(fault.is_open for fault in faults):
            if is_busy(archive, outlet):
                faults = [fault for fault in faults if not fault.is_open]
            else:
                # A run may have ended since we read the log, and have entered them.
                later = History.of(read_lines(archive))
                faults = _by_outlet(archive, later, [outlet]).get(outlet, [])
        yield from faults


def _log_faults(archive: Archive) -> Iterator[ProofFault]:
    """Whether the log is the one of its checkpoint."""
    log, checkpoint = (archive.relative(p) for p in (archive.proof_log, archive.checkpoint))
    has_entries = archive.proof_log.exists() and archive.proof_log.stat().st_size
    if not has_entries and not archive.checkpoint.exists():
        raise NoLogError(archive)
    for path in (archive.proof_log, archive.checkpoint):
        if not path.exists():
            yield ProofFault(archive.relative(path), "missing-file", "it is gone")
            return
    try:
        # The checkpoint is read first: a run that goes on may add to the log meanwhile.
        told = checkpoint_of(archive)
    except ArchiveError as error:
        yield ProofFault(checkpoint, "log", str(error))
        return
    try:
        lines, _ = leaves_at(archive, told)
    except LogDamagedError as error:
        yield ProofFault(log, "log", str(error))
        return
    begun = parse_line(lines[0])
    if not isinstance(begun, Begun) or begun.origin != told.origin:
        yield ProofFault(checkpoint, "log", f"it is of {told.origin}, which is another log")
    elif archive.checkpoint.read_bytes() != told.text.encode():
        yield ProofFault(checkpoint, "log", "more stands in it than a checkpoint of ours has")


def is_busy(archive: Archive, outlet: str) -> bool:
    """Whether somebody writes to the outlet at this moment."""
    if not archive.lock_file(outlet).exists():
        return False
    try:
        with archive.lock(outlet, _HOLDER):
            return False
    except ArchiveLockedError:
        return True
    except OSError:
        # An archive that can only be read is in nobody's work.
        return False


def _by_outlet(
    archive: Archive, history: History, outlets: Collection[str] | None
) -> dict[str | None, list[ProofFault]]:
    faults: dict[str | None, list[ProofFault]] = {}
    for fault in _file_faults(archive, history, outlets):
        faults.setdefault(outlet_in(fault.file), []).append(fault)
    return faults


def _file_faults(
    archive: Archive, history: History, outlets: Collection[str] | None
) -> Iterator[ProofFault]:
    def is_asked(path: str) -> bool:
        return outlets is None or outlet_in(path) in outlets

    standing = {archive.relative(path) for path in standing_files(archive)}
    for path, warc in sorted(history.warcs.items()):
        if not is_asked(path):
            continue
        if not warc.told:
            yield ProofFault(path, "log", f"the log tells of a purge of {path} that it never had")
            continue
        yield from _warc_faults(archive, history, path, path in standing)
    for path, digest in sorted(history.files.items()):
        if is_asked(path):
            yield from _digest_faults(archive, digest, path in standing)
    for path in sorted(standing - history.warcs.keys() - history.files.keys()):
        if is_asked(path):
            message = "no entry of the log knows this file; `zancrawler checkpoint` enters it"
            yield ProofFault(path, "unknown-file", message, is_open=True)


def _warc_faults(
    archive: Archive, history: History, path: str, stands: bool
) -> Iterator[ProofFault]:
    warc = history.warcs[path]
    faults = list(_digest_faults(archive, warc.latest, stands))
    if not faults and len(warc.told) > 1:
        told = warc.fault(list(members_of(archive.root / path)))
        if told is not None:
            message = f"a purge took more out of it than it says since entry {told.number}"
            faults = [ProofFault(path, "purge", message)]
    yield from faults


def _digest_faults(
    archive: Archive, told: FileDigest | WarcClosed, stands: bool
) -> Iterator[ProofFault]:
    path = told.path
    is_open = not is_warc(path) and not is_torn(path)
    if not stands:
        message = "the log has this file, and it is not there"
        yield ProofFault(path, "missing-file", message, is_open)
        return
    try:
        found = digest_of(archive, archive.root / path)
    except OSError as error:
        yield ProofFault(path, "missing-file", f"it cannot be read: {error.strerror}", is_open)
        return
    if found.bytes != told.bytes:
        message = f"it has {found.bytes} bytes, and had {told.bytes} when the log took it in"
        yield ProofFault(path, "changed-file", message, is_open)
    elif found.sha256 != told.sha256:
        message = "its bytes are not those that the log took in"
        yield ProofFault(path, "changed-file", message, is_open)


def _decision_faults(archive: Archive, history: History) -> Iterator[ProofFault]:
    """The list of decisions only grows: it began with every older state of it."""
    path = archive.withdrawn
    size = path.stat().st_size if path.exists() else 0
    known = max((told.bytes for told in history.decisions), default=0)
    if size > known:
        message = f"the log does not know its last {size - known} bytes"
        yield ProofFault(WITHDRAWN, "changed-file", message)
    if size < known:
        message = f"it has {size} bytes, and had {known} when the log took it in"
        yield ProofFault(WITHDRAWN, "changed-file", message)
        return
    if not history.decisions:
        return
    digests = prefix_digests(path, [told.bytes for told in history.decisions])
    for told in history.decisions:
        if digests[told.bytes] != told.sha256:
            message = f"its first {told.bytes} bytes are not those that the log took in"
            yield ProofFault(WITHDRAWN, "changed-file", message)
            return
