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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric import ec

from zancrawler import __version__
from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.wacz import DESCRIPTION, DIGEST, PAGES
from zancrawler.decisions import Decisions

from .index import COMPRESSED, MAX_PLAIN, Index, write_blocks
from .pages import page_line, page_time, pages
from .selection import Asked, Part, select
from .signing import signed_data

WACZ_VERSION = "1.1.1"
PIECE = 1 << 20
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
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Packed:
    """Packs what was asked for and may be shown; the file is there whole or not at all.

    Raises ArchiveError when nothing is left to pack, or the disk takes no more.
    """
    path = out or archive.root / "wacz" / f"{_stem(asked)}.wacz"
    before = Decisions.read(archive)
    parts = select(archive, asked)
    if not parts:
        raise ArchiveError("nothing was captured of what you ask for that may be shown")
    try:
        with put_durably(path) as temporary:
            with zipfile.ZipFile(temporary, "w") as package:
                captures, page_count = _Writer(package).write(archive, asked, parts, key)
            if Decisions.read(archive) != before:
                raise ArchiveError("something was withdrawn or released meanwhile; pack once more")
            size = temporary.stat().st_size
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror or error}") from error
    return Packed(path, len(parts), captures, page_count, size)


def _stem(asked: Asked) -> str:
    days = (moment.strftime("%Y%m%d") for moment in (asked.since, asked.until) if moment)
    return "-".join([*(sorted(set(asked.outlets)) or ["archive"]), *days])


class _Writer:
    """Writes the files of a package one after another, and keeps count of them."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._resources: list[dict[str, Any]] = []

    def write(
        self,
        archive: Archive,
        asked: Asked,
        parts: list[Part],
        key: ec.EllipticCurvePrivateKey | None,
    ) -> tuple[int, int]:
        """Returns the numbers of captures and pages."""
        for part in parts:
            with self._file(f"archive/{part.name}", zipfile.ZIP_STORED) as file:
                file.writelines(part.pieces(PIECE))
        with TemporaryDirectory() as folder, Index(Path(folder)) as index:
            for part in parts:
                index.add(archive, part)
            self._index(index)
            captures = index.count
        latest, page_count = self._pages(pages(archive, parts))
        created = page_time(datetime.now(UTC)) if key else latest
        self._description(asked, parts, created, key)
        return captures, page_count

    def _index(self, index: Index) -> None:
        if index.count <= MAX_PLAIN:
            with self._file("indexes/index.cdxj", zipfile.ZIP_DEFLATED) as file:
                file.writelines(index.lines())
            return
        with self._file(f"indexes/{COMPRESSED}", zipfile.ZIP_STORED) as file:
            blocks = list(write_blocks(index.lines(), file.write))
        with self._file("indexes/index.idx", zipfile.ZIP_DEFLATED) as file:
            file.writelines(blocks)

    def _pages(self, found: Iterable[dict[str, Any]]) -> tuple[str, int]:
        """Returns the time of the newest page, and how many there are."""
        latest, count = "", -1
        with self._file(PAGES, zipfile.ZIP_DEFLATED) as file:
            for page in found:
                file.write(page_line(page))
                latest = max(latest, page.get("ts", ""))
                count += 1
        if not count:
            raise ArchiveError("what you ask for holds no article that may be shown")
        return latest, count

    def _description(
        self,
        asked: Asked,
        parts: Iterable[Part],
        created: str,
        key: ec.EllipticCurvePrivateKey | None,
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
        }
        data = json.dumps(description, indent=2, ensure_ascii=False).encode("utf-8")
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        proof: dict[str, Any] = {"path": DESCRIPTION, "hash": digest}
        if key is not None:
            proof["signedData"] = signed_data(key, digest, created)
        self._package.writestr(_entry(DESCRIPTION, zipfile.ZIP_DEFLATED), data)
        self._package.writestr(
            _entry(DIGEST, zipfile.ZIP_DEFLATED), json.dumps(proof, indent=2).encode()
        )

    @contextmanager
    def _file(self, name: str, compression: int) -> Iterator[_Counted]:
        entry = _entry(name, compression)
        with self._package.open(entry, "w", force_zip64=True) as file:
            counted = _Counted(file)
            yield counted
        self._resources.append(
            {
                "name": name.rpartition("/")[2].lower(),
                "path": name,
                "hash": f"sha256:{counted.digest.hexdigest()}",
                "bytes": counted.size,
            }
        )


class _Counted:
    """Counts and digests what is written to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def writelines(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.write(line)


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
