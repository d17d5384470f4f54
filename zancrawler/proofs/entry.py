"""What stands in the log: one JSON object a line, whose bytes are a leaf of the tree.

Every entry tells digests, never a word of what was captured.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated

import msgspec

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256, or the hash of a leaf or a tree, in hexadecimal."""
Bytes = Annotated[int, msgspec.Meta(ge=0)]


class Cause(StrEnum):
    """What brought a file into the log as it is."""

    FOUND = "found"
    """It was there, or was changed, before the run that entered it began: an archive from before
    there was a log, a run that was killed, or a stranger's hand."""
    CRAWL = "crawl"
    REBUILD = "rebuild"
    ADOPTION = "adoption"
    """Of a WARC that somebody else made."""
    DECISION = "decision"
    """A person withdrew, restored or released something."""
    PURGE = "purge"
    STORIES = "stories"
    MIGRATION = "migration"


class Begun(msgspec.Struct, frozen=True, tag="log", tag_field="kind"):
    """The first entry: which log this is."""

    origin: str
    at: datetime
    software: str


class WarcClosed(msgspec.Struct, frozen=True, tag="warc", tag_field="kind"):
    """A closed WARC. After a purge it has another entry, and must have one of PurgeBegun before."""

    path: str
    """From the archive's root, with `/`; so everywhere here."""
    at: datetime
    """By the clock of the machine that entered it."""
    cause: Cause
    bytes: Bytes
    sha256: Digest
    members: Bytes
    """Leaves of its own tree: the gzip members; from where no whole member stands, the rest."""
    root: Digest


class Taken(msgspec.Struct, frozen=True):
    """What a purge takes out at one place: the hashes of the members that stood there."""

    offset: Bytes
    leaves: tuple[Digest, ...]


class PurgeBegun(msgspec.Struct, frozen=True, tag="purge", tag_field="kind"):
    """A WARC that is about to be rewritten, at the same length, without some exchanges.

    With the hashes of what goes, the root of the older entry can be had from the newer file: so it
    shows that nothing else was touched, and what is left can still be proved from the older entry.
    """

    path: str
    at: datetime
    taken: tuple[Taken, ...]


class FileDigest(msgspec.Struct, frozen=True):
    path: str
    bytes: Bytes
    sha256: Digest


class FilesWritten(msgspec.Struct, frozen=True, tag="files", tag_field="kind"):
    """Files that are replaced whole: a commit of tables, indexes, what was learnt. Also the list of
    decisions, which only grows: of it the first `bytes` bytes are meant."""

    outlet: str | None
    """None: of the whole archive."""
    at: datetime
    cause: Cause
    files: tuple[FileDigest, ...]
    gone: tuple[str, ...] = ()


Entry = Begun | WarcClosed | PurgeBegun | FilesWritten
_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def line_of(entry: Entry) -> bytes:
    """The entry's line, without its end."""
    return msgspec.json.encode(entry)


def parse_line(line: bytes) -> Entry:
    """Raises ValueError for what is no entry, or names a file outside the archive."""
    entry: Entry = _DECODER.decode(line)
    for path in paths_of(entry):
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts or "\0" in path:
            raise ValueError(f"{path!r} is no path in an archive")
    return entry


def paths_of(entry: Entry) -> tuple[str, ...]:
    match entry:
        case WarcClosed(path=path) | PurgeBegun(path=path):
            return (path,)
        case FilesWritten(files=files, gone=gone):
            return (*(file.path for file in files), *gone)
        case _:
            return ()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
