"""Entering into the log what was closed and written. Whoever did it calls, when it is done.

Files are hashed before the log is held, so that runs side by side do not wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.capture.warcfile import Span

from .entry import Cause, Entry, FileDigest, FilesWritten, PurgeBegun, Taken, WarcClosed, now
from .files import (
    WITHDRAWN,
    closed_files,
    digest_of,
    is_torn,
    is_warc,
    members_of,
    outlet_in,
    stamp_of,
    warc_digest_of,
)
from .index import Known
from .log import appending
from .tree import root

_FILES = 1_000
"""That one entry names at most."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it is now."""

    stamp: str
    digest: FileDigest
    entry: WarcClosed | None = None
    """Of a WARC."""


def record(archive: Archive, outlet: str, cause: Cause, *, tables_only: bool = False) -> None:
    """Enters what is new or was rewritten of an outlet's closed files, and what is gone.

    Only files whose stamp is not the one they were entered with are read. A WARC that was entered
    is not looked at again: nothing of ours rewrites one but a purge, and if another did so, that is
    for `verify` to say. Raises ArchiveError, OSError.
    """
    with appending(archive) as log:
        known = log.known(outlet)
    paths = list(closed_files(archive, outlet, tables_only=tables_only))
    seen = dict(_seen(archive, paths, known, cause))
    standing = {archive.relative(path) for path in paths}
    gone = [
        path
        for path in known.keys() - standing
        if not is_warc(path)
        and (cause is Cause.PURGE or not is_torn(path))
        and (path.startswith("tables/") or not tables_only)
    ]
    if seen or gone:
        _enter(archive, outlet, cause, seen, gone)


def record_decisions(archive: Archive, cause: Cause) -> None:
    """Enters how far the list of decisions has grown. Raises ArchiveError, OSError."""
    if archive.withdrawn.exists():
        with appending(archive) as log:
            known = log.known(None)
        stamp = stamp_of(archive.withdrawn)
        before = known.get(WITHDRAWN)
        if before is None or before.stamp != stamp:
            seen = _Seen(stamp, digest_of(archive, archive.withdrawn))
            _enter(archive, None, cause, {WITHDRAWN: seen}, [])


def begin_purge(archive: Archive, warc: Path, spans: Sequence[Span]) -> None:
    """To be called before exchanges are taken out of a WARC; `record_warc` when they are.

    Raises ArchiveError, OSError.
    """
    members = list(members_of(warc))
    taken = tuple(
        Taken(
            span.offset,
            tuple(
                member.leaf.hex()
                for member in members
                if span.offset <= member.offset < span.offset + span.length
            ),
        )
        for span in spans
    )
    with appending(archive) as log:
        log.add(PurgeBegun(archive.relative(warc), now(), taken))


def record_warc(archive: Archive, warc: Path, cause: Cause) -> None:
    """Enters one WARC, new or rewritten by a purge. Raises ArchiveError, OSError."""
    path = archive.relative(warc)
    seen = _look(archive, warc, cause)
    with appending(archive) as log:
        known = log.known(outlet_in(path)).get(path)
        if seen.entry and (known is None or known.sha256 != seen.digest.sha256):
            log.add(seen.entry)


def _seen(
    archive: Archive, paths: Sequence[Path], known: Mapping[str, Known], cause: Cause
) -> Iterator[tuple[str, _Seen]]:
    for path in paths:
        name = archive.relative(path)
        before = known.get(name)
        if before and is_warc(name):
            continue
        try:
            if before is None or before.stamp != stamp_of(path):
                yield name, _look(archive, path, cause)
        except FileNotFoundError:
            # Replaced or taken out meanwhile; whoever did that enters it.
            continue


def _look(archive: Archive, path: Path, cause: Cause) -> _Seen:
    stamp = stamp_of(path)
    if not is_warc(archive.relative(path)):
        return _Seen(stamp, digest_of(archive, path))
    digest, members = warc_digest_of(archive, path)
    entry = WarcClosed(
        path=digest.path,
        at=now(),
        cause=cause,
        bytes=digest.bytes,
        sha256=digest.sha256,
        members=len(members),
        root=root(member.leaf for member in members).hex(),
    )
    return _Seen(stamp, digest, entry)


def _enter(
    archive: Archive,
    outlet: str | None,
    cause: Cause,
    seen: Mapping[str, _Seen],
    gone: Sequence[str],
) -> None:
    with appending(archive) as log:
        known = log.known(outlet)
        files: list[FileDigest] = []
        for path, file in sorted(seen.items()):
            before = known.get(path)
            if before is None or before.sha256 != file.digest.sha256:
                if not _is_still(archive.root / path, file.stamp):
                    continue
                if file.entry is None:
                    files.append(file.digest)
                elif before is None:
                    log.add(file.entry)
            log.note_stamp(path, file.stamp)
        left = sorted(path for path in gone if path in known and not (archive.root / path).exists())
        for entry in _entries(outlet, cause, files, left):
            log.add(entry)


def _entries(
    outlet: str | None, cause: Cause, files: list[FileDigest], gone: list[str]
) -> Iterator[Entry]:
    at = now()
    for start in range(0, len(files), _FILES):
        yield FilesWritten(outlet, at, cause, tuple(files[start : start + _FILES]))
    for start in range(0, len(gone), _FILES):
        yield FilesWritten(outlet, at, cause, (), tuple(gone[start : start + _FILES]))


def _is_still(path: Path, stamp: str) -> bool:
    """Whether a file is the one that was hashed. If not, whoever replaced it enters it."""
    try:
        return stamp_of(path) == stamp
    except FileNotFoundError:
        return False
