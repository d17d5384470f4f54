"""A part of the archive as one file that replays alone: WACZ 1.1.1.

Unsigned, the same captures give the same bytes: nothing in the package tells when it was packed.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from zancrawler import __version__
from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.wacz import DESCRIPTION, DIGEST, PAGES
from zancrawler.decisions import Decisions

from .encrypting import Recipients, encrypted_name
from .index import COMPRESSED, compressed, sorted_lines
from .pages import page_line, page_time, pages
from .profile import Profile
from .scratch import holding, remove_abandoned
from .selection import Asked, Part, select
from .signing import Signer, signed_data

WACZ_VERSION = "1.1.1"
PIECE = 1 << 20
NO_METADATA = (
    "a WACZ holds records whole, so there is none with metadata alone; "
    "take `zancrawler export dataset --profile metadata`"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP knows."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What came out."""

    path: Path
    warcs: int
    captures: int
    """Lines of its index."""
    pages: int
    """Versions of articles."""
    size: int
    """Bytes of the package."""


def export_wacz(
    archive: Archive,
    asked: Asked,
    out: Path | None = None,
    signer: Signer | None = None,
    recipients: Recipients | None = None,
) -> Packed:
    """Packs what was asked for and may be shown; the file is there whole or not at all.

    For recipients it is encrypted, and called `.age`. Raises ArchiveError when nothing is left to
    pack, the disk takes no more, or a time-stamp that the signer needs is not given.
    """
    if asked.profile is Profile.METADATA:
        raise ArchiveError(NO_METADATA)
    path = out or archive.root / "wacz" / f"{_stem(asked)}.wacz"
    path = encrypted_name(path) if recipients else path
    remove_abandoned(archive.root / "wacz", path)
    before = Decisions.read(archive)
    parts = select(archive, asked)
    if not parts:
        raise ArchiveError("nothing was captured of what you ask for that may be shown")
    try:
        with recipients.writing(path) if recipients else _file(path) as file:
            with zipfile.ZipFile(file, "w") as package:
                captures, page_count = _Writer(package).write(archive, asked, parts, signer)
            if Decisions.read(archive) != before:
                raise ArchiveError("something was withdrawn or released meanwhile; pack once more")
        size = path.stat().st_size
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror or error}") from error
    return Packed(path, len(parts), captures, page_count, size)


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    with put_durably(path) as temporary, temporary.open("w+b") as file, holding(temporary):
        yield file


def _stem(asked: Asked) -> str:
    days = (moment.strftime("%Y%m%d") for moment in (asked.since, asked.until) if moment)
    profile = [] if asked.profile is Profile.PRIVATE else [asked.profile.value]
    return "-".join([*(sorted(set(asked.outlets)) or ["archive"]), *profile, *days])


class _Writer:
    """Writes the files of a package one after another, and keeps a list of them."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._resources: list[dict[str, Any]] = []

    def write(
        self,
        archive: Archive,
        asked: Asked,
        parts: list[Part],
        signer: Signer | None,
    ) -> tuple[int, int]:
        """Returns the numbers of captures and pages."""
        for part in parts:
            name = f"archive/{part.name}"
            self._put(name, zipfile.ZIP_STORED, part.size, part.pieces(PIECE))
        with sorted_lines(archive, parts) as index:
            where: list[bytes] = []
            blocks = compressed(index.lines, where)
            self._put_lines(f"indexes/{COMPRESSED}", zipfile.ZIP_STORED, blocks)
            self._put_lines("indexes/index.idx", zipfile.ZIP_DEFLATED, where)
            captures = index.count
        latest, count = "", -1

        def lines() -> Iterator[bytes]:
            nonlocal latest, count
            for page in pages(archive, parts):
                latest, count = max(latest, page.get("ts", "")), count + 1
                yield page_line(page)

        self._put_lines(PAGES, zipfile.ZIP_DEFLATED, lines())
        if not count:
            raise ArchiveError("what you ask for holds no article that may be shown")
        created = page_time(datetime.now(UTC)) if signer else latest
        self._description(asked, parts, created, signer)
        return captures, count

    def _put_lines(self, name: str, compression: int, lines: Iterable[bytes]) -> None:
        # It has no name, and is gone with us however we end: a package may be a secret.
        with TemporaryFile() as file:
            file.writelines(lines)
            size = file.tell()
            file.seek(0)
            self._put(name, compression, size, iter(partial(file.read, PIECE), b""))

    def _put(self, name: str, compression: int, size: int, pieces: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        # Only where it must: zipfile then tells of it in one place of two, and ReplayWeb.page,
        # which looks in the other, would read at a wrong offset.
        force = size > zipfile.ZIP64_LIMIT
        with self._package.open(_entry(name, compression), "w", force_zip64=force) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self._resources.append(
            {
                "name": name.rpartition("/")[2].lower(),
                "path": name,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": size,
            }
        )

    def _description(
        self,
        asked: Asked,
        parts: Iterable[Part],
        created: str,
        signer: Signer | None,
    ) -> None:
        outlets = sorted({part.row_name.split("/")[1] for part in parts})
        description = {
            "profile": "data-package",
            "resources": self._resources,
            "wacz_version": WACZ_VERSION,
            "software": f"zancrawler {__version__}",
            "created": created,
            "title": ", ".join(outlets),
            "description": _selection(asked),
            "zancrawler": {
                "profile": asked.profile.value,
                "capturedBefore": asked.until.isoformat() if asked.until else None,
            },
        }
        data = json.dumps(description, indent=2, ensure_ascii=False).encode("utf-8")
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        proof: dict[str, Any] = {"path": DESCRIPTION, "hash": digest}
        if signer is not None:
            proof["signedData"] = signed_data(signer, digest, created)
        self._package.writestr(_entry(DESCRIPTION, zipfile.ZIP_DEFLATED), data)
        self._package.writestr(
            _entry(DIGEST, zipfile.ZIP_DEFLATED), json.dumps(proof, indent=2).encode()
        )


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry


def _selection(asked: Asked) -> str:
    days = [
        f"{word} {moment:%Y-%m-%d}"
        for word, moment in (("from", asked.since), ("until before", asked.until))
        if moment
    ]
    return " ".join(["Captures", *days])
