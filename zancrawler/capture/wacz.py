"""Does a WACZ keep to its standard (WACZ 1.1.1)? Stricter than `wacz validate`, which passes a
package without pages.jsonl, with an unsorted index, or with WARCs that were altered and rehashed.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from .cdxj import Capture
from .conformance import Fault, FaultCode, check_index, check_warcs
from .wacz_signature import signature_fault, signer
from .zipnum import check_blocks

MAX_ENTRIES = 100_000
MAX_JSON = 64 << 20
MAX_INDEX = 1 << 29
"""Bytes; a million captures have 300 MB."""
MAX_LINE = 1 << 20
MAX_GROWTH = 20
"""How many times its own size a package may unpack to. Its WARCs are stored as they are, and JSON
and logs shrink to a tenth; a zip bomb grows a thousandfold and more."""
ALWAYS_ALLOWED = 64 << 20
"""Bytes that any package may unpack to."""
PIECE = 1 << 20
_EXTRA_LENGTH = 28
"""Where in a file's header stands how long its extra field is (APPNOTE.TXT 4.3.7)."""
DESCRIPTION = "datapackage.json"
DIGEST = "datapackage-digest.json"
PAGES = "pages/pages.jsonl"
WARC_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
# What zipfile and its decompressors raise: RuntimeError for a member that is encrypted, its child
# NotImplementedError for a compression that Python does not have, UnicodeDecodeError for a name.
_UNREADABLE = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    UnicodeDecodeError,
)


def is_wacz(file: IO[bytes]) -> bool:
    """Whether it is a package with a description, be it one of before 1.0; nothing else is read."""
    try:
        with zipfile.ZipFile(file) as package:
            return not {DESCRIPTION, "webarchive.yaml"}.isdisjoint(package.namelist())
    except (*_UNREADABLE, OSError):
        return False


def check_wacz(path: Path) -> Iterator[Fault]:
    """The faults of a WACZ, those of its WARCs and index included.

    Needs room for the WARCs in the folder for temporary files. Raises OSError.
    """
    try:
        with zipfile.ZipFile(path) as package:
            yield from _Package(path, package).faults()
    except _UNREADABLE as error:
        yield Fault(path.name, 0, FaultCode.DAMAGED, str(error))
    except OSError as error:
        # bz2's only error, and what seeking to an offset before the file's start raises.
        if error.errno not in (None, errno.EINVAL):
            raise
        yield Fault(path.name, 0, FaultCode.DAMAGED, str(error))


def signed_by(path: Path) -> str | None:
    """Who signed a WACZ in which no fault was found, in one sentence; None: nobody.

    Raises OSError.
    """
    with zipfile.ZipFile(path) as package:
        if DIGEST not in package.namelist():
            return None
        signed = json.loads(package.read(DIGEST)).get("signedData")
    return None if signed is None else signer(signed)


def growth_fault(package: zipfile.ZipFile, size: int) -> str | None:
    """Why a package of `size` bytes must not be unpacked; None: it may.

    Python reads no more of a file in it than the package says that the file has.
    """
    unpacked = sum(entry.file_size for entry in package.infolist())
    if unpacked <= max(ALWAYS_ALLOWED, MAX_GROWTH * size):
        return None
    return f"its {size} bytes would unpack to {unpacked}"


class _Package:
    def __init__(self, path: Path, package: zipfile.ZipFile) -> None:
        self._file = path.name
        self._size = path.stat().st_size
        self._zip = package
        self._entries = {
            entry.filename: entry for entry in package.infolist() if not entry.is_dir()
        }

    def _fault(self, name: str, message: str) -> Fault:
        entry = self._entries.get(name)
        offset = 0 if entry is None else entry.header_offset
        whole = f"{name}: {message}" if name else message
        return Fault(self._file, offset, FaultCode.PACKAGE, whole)

    def faults(self) -> Iterator[Fault]:
        names = [entry.filename for entry in self._zip.infolist() if not entry.is_dir()]
        if len(names) > MAX_ENTRIES:
            yield self._fault("", f"{len(names)} files are more than anyone can check")
            return
        if growth := growth_fault(self._zip, self._size):
            yield self._fault("", growth)
            return
        for name, count in sorted(Counter(names).items()):
            if count > 1:
                yield self._fault(name, "is there twice")
        for name in self._entries:
            if _leads_out(name):
                yield self._fault(name, "leads out of the package")
            if self._is_misread(name):
                yield self._fault(name, "has an extra field that players overlook")
        yield from self._description()
        yield from self._warcs_and_index()

    def _description(self) -> Iterator[Fault]:
        described = self._json(DESCRIPTION)
        if not isinstance(described, dict):
            yield self._fault(DESCRIPTION, "is missing, or is no JSON object")
            return
        if described.get("profile") != "data-package":
            yield self._fault(DESCRIPTION, "its profile is not 'data-package'")
        if not isinstance(described.get("wacz_version"), str):
            yield self._fault(DESCRIPTION, "does not say its wacz_version")
        resources = described.get("resources")
        listed: set[str] = set()
        for resource in resources if isinstance(resources, list) else ():
            if not isinstance(resource, dict) or not isinstance(resource.get("path"), str):
                yield self._fault(DESCRIPTION, "has a resource without a path")
                continue
            listed.add(resource["path"])
            yield from self._resource(resource["path"], resource)
        for name in self._entries.keys() - listed - {DESCRIPTION, DIGEST}:
            yield self._fault(name, "is not listed in datapackage.json")
        if DIGEST in self._entries:
            digest = self._json(DIGEST)
            due = self._digest(DESCRIPTION, "sha256")
            if not isinstance(digest, dict) or digest.get("hash") != due:
                yield self._fault(DIGEST, "is not the digest of datapackage.json")
            elif "signedData" in digest and (fault := signature_fault(digest["signedData"], due)):
                yield self._fault(DIGEST, fault)

    def _resource(self, name: str, resource: dict[str, Any]) -> Iterator[Fault]:
        entry = self._entries.get(name)
        if entry is None:
            yield self._fault(name, "is listed in datapackage.json and is not there")
            return
        if resource.get("bytes") != entry.file_size:
            yield self._fault(name, f"has {entry.file_size} bytes, not {resource.get('bytes')}")
        algorithm = str(resource.get("hash")).partition(":")[0]
        if algorithm not in ("sha256", "md5", "sha1", "sha512"):
            yield self._fault(name, "has no hash that we know")
        elif self._digest(name, algorithm) != resource["hash"]:
            yield self._fault(name, "is not the file that its hash was taken of")

    def _warcs_and_index(self) -> Iterator[Fault]:
        warcs = [
            name for name in self._entries if name.startswith("archive/") and not _leads_out(name)
        ]
        if not any(name.endswith(WARC_SUFFIXES) for name in warcs):
            yield self._fault("archive/", "holds no WARC")
        urls: set[str] = set()
        with tempfile.TemporaryDirectory() as folder:
            paths: list[Path] = []
            for name, count in Counter(map(_base, warcs)).items():
                if count > 1:
                    yield self._fault(
                        f"archive/{name}", "no index can tell WARCs of one name apart"
                    )
            for name in warcs:
                if self._entries[name].compress_type != zipfile.ZIP_STORED:
                    yield self._fault(name, "is compressed in the package, so no player can seek")
                place = Path(folder) / str(len(paths))
                place.mkdir()
                paths.append(place / _base(name))
                with self._zip.open(name) as source, paths[-1].open("wb") as target:
                    shutil.copyfileobj(source, target, PIECE)
            for fault in check_warcs(paths):
                message = f"archive/{fault.file}: {fault.message}"
                yield Fault(self._file, fault.offset, fault.code, message)
            indexes = [name for name in self._entries if name.startswith("indexes/")]
            lines: list[bytes] = []
            for name in indexes:
                if name.endswith((".cdx", ".cdxj", ".cdx.gz", ".cdxj.gz")):
                    found = [line for line in self._lines(name) if not line.startswith(b"!")]
                    lines += found
            if not lines:
                yield self._fault("indexes/", "holds no index")
            yield from self._blocks(indexes)
            for fault in check_index("indexes", lines, paths):
                message = f"indexes/ at byte {fault.offset} of its lines: {fault.message}"
                yield Fault(self._file, fault.offset, fault.code, message)
            urls.update(_urls(lines))
        yield from self._pages(urls)

    def _blocks(self, indexes: list[str]) -> Iterator[Fault]:
        """Players find the blocks of a compressed index by another one."""
        for name in indexes:
            if not name.endswith((".cdx.gz", ".cdxj.gz")):
                continue
            if self._entries[name].compress_type != zipfile.ZIP_STORED:
                yield self._fault(name, "is compressed once more, so no player can seek in it")
                continue
            guide = name.rpartition(".cdx")[0] + ".idx"
            if guide not in self._entries:
                yield self._fault(name, f"cannot be used without {guide}")
                continue
            with self._zip.open(name) as packed:

                def read(offset: int, length: int, packed: IO[bytes] = packed) -> bytes:
                    packed.seek(offset)
                    return packed.read(length)

                size = self._entries[name].file_size
                for fault in check_blocks(self._lines(guide), read, size):
                    yield self._fault(guide, fault)

    def _is_misread(self, name: str) -> bool:
        """ReplayWeb.page skips a file's extra field only where the directory has one as well."""
        entry = self._entries[name]
        file = self._zip.fp
        if entry.extra or file is None:
            return False
        file.seek(entry.header_offset + _EXTRA_LENGTH)
        return file.read(2) not in (b"\0\0", b"")

    def _pages(self, urls: set[str]) -> Iterator[Fault]:
        if PAGES not in self._entries:
            yield self._fault(PAGES, "is missing, and the standard says MUST")
            return
        pages = 0
        for number, line in enumerate(self._lines(PAGES), 1):
            try:
                page = json.loads(line)
            except (ValueError, RecursionError):
                page = None
            if not isinstance(page, dict):
                yield self._fault(PAGES, f"line {number} is no JSON object")
            elif number == 1:
                if page.get("format") != "json-pages-1.0":
                    yield self._fault(PAGES, "does not begin with its format, json-pages-1.0")
            else:
                pages += 1
                if not isinstance(page.get("ts"), str):
                    yield self._fault(PAGES, f"line {number} has no time (ts)")
                if str(page.get("url")) not in urls:
                    yield self._fault(PAGES, f"line {number}: {page.get('url')} is not captured")
        if not pages:
            yield self._fault(PAGES, "names no page")

    def _json(self, name: str) -> Any:
        entry = self._entries.get(name)
        if entry is None or entry.file_size > MAX_JSON:
            return None
        try:
            return json.loads(self._zip.read(name))
        except (ValueError, RecursionError):
            return None

    def _digest(self, name: str, algorithm: str) -> str | None:
        if name not in self._entries:
            return None
        digest = hashlib.new(algorithm, usedforsecurity=False)
        with self._zip.open(name) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        return f"{algorithm}:{digest.hexdigest()}"

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._zip.open(name) as stored:
            zipped = name.endswith(".gz")
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=stored) if zipped else stored)
            size = 0
            while (line := file.readline(MAX_LINE)) and size < MAX_INDEX:
                size += len(line)
                yield line


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name


def _urls(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        with suppress(ValueError):
            yield Capture.parse(line).url
