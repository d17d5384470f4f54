"""The closed files of an archive: which they are, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isal import isal_zlib

from zancrawler.archive import Archive
from zancrawler.capture.codecs import GZIP_WINDOW
from zancrawler.capture.warcfile import open_warc
from zancrawler.storage.pruned import SUFFIX, closed_warcs, pointer

from .entry import FileDigest
from .tree import LEAF

PIECE = 1 << 20
SMALL_PIECE = 1 << 16
"""Bytes. What is left of a piece is copied after each member, so it holds a few of them."""
WITHDRAWN = "withdrawn.jsonl"
_NEVER_REWRITTEN = (".warc.gz",)
_TORN = ".torn-at-"
_OPEN = (".open", ".tmp")
_IN_WORK = {".unfinished", ".rebuild"}
_FOLDERS = ("warc", "cdxj", "tables", "memory")


class Hash(Protocol):
    """One of hashlib's."""

    def update(self, data: bytes, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A leaf of a WARC's tree, and where it stands."""

    offset: int
    length: int
    leaf: bytes


def is_warc(path: str) -> bool:
    return path.startswith("warc/") and path.endswith(_NEVER_REWRITTEN)


def is_torn(path: str) -> bool:
    """Whether it is the end that was cut off a WARC after a crash."""
    return path.startswith("warc/") and _TORN in path


def outlet_in(path: str) -> str | None:
    """Whose file it is; None for what belongs to the whole archive."""
    parts = path.split("/")
    match parts:
        case ["warc" | "cdxj", outlet, *_]:
            return outlet
        case ["tables", _, site, *_]:
            return site.removeprefix("site=")
        case ["memory", name]:
            return name.removesuffix(".json")
        case _:
            return None


def closed_files(archive: Archive, outlet: str, *, tables_only: bool = False) -> Iterator[Path]:
    """Every file of an outlet that is not being written to as long as no run holds it."""
    yield from sorted(archive.tables.glob(f"*/site={outlet}/year=*/*.parquet"))
    if tables_only:
        return
    warcs = archive.warcs(outlet)
    yield from closed_warcs(warcs)
    yield from sorted(warcs.glob(f"*/*{_TORN}*"))
    yield from sorted((archive.root / "cdxj" / outlet).glob("*/*.cdxj"))
    if archive.memory(outlet).exists():
        yield archive.memory(outlet)


def standing_files(archive: Archive) -> Iterator[Path]:
    """Whatever stands where closed files stand, but for what is being written or made from them."""
    for name in _FOLDERS:
        found = {_in_place(path) for path in (archive.root / name).rglob("*")}
        for path in sorted(found):
            parts = path.relative_to(archive.root).parts
            is_index = name == "cdxj" and path.name.startswith("originals.sqlite")
            is_open = path.name.endswith(_OPEN) or _IN_WORK & set(parts)
            if (
                not is_index
                and not is_open
                and (path.is_file() or path.is_symlink() or pointer(path).is_file())
            ):
                yield path


def _in_place(path: Path) -> Path:
    """The WARC that was pruned, where a file stands for it."""
    return path.with_name(path.name.removesuffix(SUFFIX))


def stamp_of(path: Path) -> str:
    """What tells a file from the one that it replaced. Raises OSError."""
    file = (path if path.exists() else pointer(path)).stat()
    return f"{file.st_mtime_ns}-{file.st_size}-{file.st_ino}"


def digest_of(archive: Archive, path: Path) -> FileDigest:
    """Size and SHA-256 of a file. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    with open_warc(path) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return FileDigest(archive.relative(path), size, digest.hexdigest())


def prefix_digests(path: Path, sizes: Iterable[int]) -> dict[int, str]:
    """The SHA-256 of a file's beginnings of these sizes, in one reading. Raises OSError."""
    digest, at, found = hashlib.sha256(), 0, {}
    wanted = sorted(set(sizes))
    with path.open("rb") as file:
        for size in wanted:
            while at < size and (piece := file.read(min(PIECE, size - at))):
                digest.update(piece)
                at += len(piece)
            found[size] = digest.hexdigest()
    return found


def warc_digest_of(archive: Archive, path: Path) -> tuple[FileDigest, list[Member]]:
    """A WARC's digest and its members, in one reading. Raises OSError."""
    whole = hashlib.sha256()
    members = list(members_of(path, whole))
    size = sum(member.length for member in members)
    return FileDigest(archive.relative(path), size, whole.hexdigest()), members


def members_of(path: Path, whole: Hash | None = None) -> Iterator[Member]:
    """The gzip members of a WARC, whose bytes one after another are the file.

    From the first byte that begins no whole member on, the rest of the file is one. All bytes go
    through `whole` too. Raises OSError.
    """
    with open_warc(path) as file:

        def read() -> bytes:
            piece = file.read(SMALL_PIECE)
            if whole is not None:
                whole.update(piece)
            return piece

        offset, raw = 0, read()
        while raw:
            digest, length = hashlib.sha256(LEAF), 0
            gzip = isal_zlib.decompressobj(GZIP_WINDOW)
            while raw and not gzip.eof:
                try:
                    gzip.decompress(raw, PIECE)
                    rest = gzip.unused_data if gzip.eof else gzip.unconsumed_tail
                except isal_zlib.error:  # type: ignore[misc]
                    # Nothing can be made of the rest, so it is taken as it is.
                    while raw:
                        digest.update(raw)
                        length += len(raw)
                        raw = read()
                    break
                used = len(raw) - len(rest)
                digest.update(memoryview(raw)[:used])
                length += used
                raw = bytes(rest) or read()
            yield Member(offset, length, digest.digest())
            offset += length
