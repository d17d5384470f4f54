"""A place outside the archive's folder, S3 or any other that Arrow knows, and its objects.

Credentials come from where the store's own tools look for them (for S3 the AWS environment
variables and files); they are never part of an address, and written nowhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from zancrawler.archive import ArchiveError, UsageError, sync_folder

PIECE = 8 << 20
"""Bytes read at a time; S3 takes no part of an upload under 5 MiB."""
CONNECT_TIMEOUT = 10
REQUEST_TIMEOUT = 60
"""Seconds without a byte."""
ATTEMPTS = 3
_RENAMED = ("local", "hdfs")
"""Stores in which a half-written file would show under its name. In the others it does not."""
_REFUSED = re.compile(r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE|TOKEN|CLIENT_ID|HTTP (401|403)")
_UNREACHED = re.compile(r"NETWORK_CONNECTION|timed? ?out|resolve|TIMEOUT", re.IGNORECASE)


class StoreError(ArchiveError):
    """The store does not do what was asked of it; the message says why."""


class NoStoreError(StoreError, UsageError):
    """No store is named, or by an address that is none."""


@dataclass(frozen=True, slots=True)
class Object:
    """What stands in a store under one name."""

    name: str
    """From the store's root, with `/`."""
    size: int
    """Bytes."""
    written: datetime | None


@dataclass(frozen=True, slots=True)
class Digest:
    """Of what was read or written."""

    size: int
    sha256: str


def digest(file: IO[bytes], limit: int = sys.maxsize) -> Digest:
    """Of the next `limit` bytes of a file, or of what there is of them. Raises OSError."""
    sha256 = hashlib.sha256()
    size = 0
    for piece in _pieces_of(file, limit):
        sha256.update(piece)
        size += len(piece)
    return Digest(size, sha256.hexdigest())


def _pieces_of(file: IO[bytes], limit: int) -> Iterator[bytes]:
    while limit and (piece := file.read(min(PIECE, limit))):
        limit -= len(piece)
        yield piece


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of an Arrow filesystem."""

    uri: str
    root: str
    """As the filesystem names it."""
    filesystem: Any

    @classmethod
    def open(cls, uri: str) -> Store:
        """The store of an address such as `s3://bucket/archive`, or of a folder.

        Asks the network nothing. Raises NoStoreError for an address that is none.
        """
        from pyarrow import ArrowInvalid, fs

        if "://" not in uri:
            uri = Path(uri).absolute().as_uri()
        uri = uri.rstrip("/")
        parts = urlsplit(uri)
        if "@" in parts.netloc or parts.query:
            raise NoStoreError(
                "an address of a store holds no credentials and no options; give credentials as "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the server as AWS_ENDPOINT_URL"
            )
        try:
            if parts.scheme == "s3":
                if not parts.netloc:
                    raise NoStoreError(f"{uri} names no bucket; write s3://BUCKET/FOLDER")
                return cls(uri, f"{parts.netloc}{parts.path}", _s3())
            filesystem, root = fs.FileSystem.from_uri(uri)
        except (ArrowInvalid, OSError, ImportError) as error:
            raise NoStoreError(f"{uri} is no store that can be opened: {_reason(error)}") from error
        return cls(uri, root, filesystem)

    def path(self, name: str) -> str:
        """As the filesystem names an object."""
        return f"{self.root}/{name}"

    def objects(self) -> dict[str, Object]:
        """All that stands there, by name. Raises StoreError, also where there is no bucket."""
        from pyarrow import fs

        with self._said("list"):
            found = self.filesystem.get_file_info(
                fs.FileSelector(self.root, allow_not_found=True, recursive=True)
            )
        names = ((info.path[len(self.root) :].lstrip("/"), info) for info in found if info.is_file)
        return {name: Object(name, info.size, info.mtime) for name, info in names}

    def read(self, name: str, limit: int) -> bytes | None:
        """An object, or None where there is none. Raises StoreError for one over `limit` bytes."""
        try:
            with self._said(f"read {name} in"), self._stream(name) as file:
                data: bytes = file.read(limit + 1)
        except FileNotFoundError:
            return None
        if len(data) > limit:
            raise StoreError(f"{self.uri}/{name} has more than {limit} bytes; it is none of ours")
        return data

    def is_versioned(self, name: str) -> bool:
        """Whether the store keeps what an object was before it was replaced or removed."""
        with self._said(f"read {name} in"), self._stream(name) as file:
            metadata = file.metadata() or {}
        return metadata.get("VersionId", b"null") not in (b"", b"null")

    def fetch(self, name: str, file: IO[bytes] | None = None, limit: int = sys.maxsize) -> Digest:
        """Reads an object, into a file where one is given, and says what it was.

        Of one that has more than `limit` bytes no more are written, and what is said is a greater
        size. Raises FileNotFoundError where there is none, StoreError, and OSError of the file.
        """
        digest = hashlib.sha256()
        size = 0
        for piece in self._pieces(name):
            digest.update(piece)
            size += len(piece)
            if size > limit:
                break
            if file is not None:
                file.write(piece)
        return Digest(size, digest.hexdigest())

    def put(self, name: str, content: IO[bytes], limit: int = sys.maxsize) -> Digest:
        """Writes an object, whole or not at all, and reads it back.

        It is of the next `limit` bytes, or of what there is of them. S3 may check what it receives,
        but Arrow does not tell what it checked: reading back is what holds of every store. Raises
        StoreError, also when it reads back otherwise.
        """
        digest = hashlib.sha256()
        size = 0
        with self._said(f"write {name} to"), self._writing(self.path(name)) as file:
            for piece in _pieces_of(content, limit):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        written = Digest(size, digest.hexdigest())
        if self.fetch(name) != written:
            raise StoreError(f"{self.uri}/{name} reads back otherwise than it was written")
        return written

    def copy(self, source: str, target: str) -> None:
        """Makes an object of another one, within the store."""
        if self.filesystem.type_name in _RENAMED:
            with self._stream(source) as file:
                self.put(target, file)
            return
        with self._said(f"copy {source} in"):
            self.filesystem.copy_file(self.path(source), self.path(target))

    def remove(self, name: str) -> None:
        """Removes an object, if it is there."""
        try:
            with self._said(f"remove {name} from"):
                self.filesystem.delete_file(self.path(name))
        except FileNotFoundError:
            return

    def _stream(self, name: str) -> Any:
        # By default Arrow decompresses what is called .gz.
        return self.filesystem.open_input_stream(self.path(name), compression=None)

    @contextmanager
    def _writing(self, path: str) -> Iterator[Any]:
        """A stream into an object that shows when it is whole, and on a disk stays for good."""
        kind = self.filesystem.type_name
        if kind not in _RENAMED:
            with self.filesystem.open_output_stream(path, compression=None) as file:
                yield file
            return
        place = Path(path)
        hidden = place.with_name(f".{place.name}.tmp")
        new = [folder for folder in place.parents if kind == "local" and not folder.exists()]
        self.filesystem.create_dir(str(place.parent), recursive=True)
        with self.filesystem.open_output_stream(str(hidden), compression=None) as file:
            yield file
        if kind == "local":
            with hidden.open("rb") as written:
                os.fsync(written.fileno())
        self.filesystem.move(str(hidden), path)
        if kind == "local":
            for folder in (place.parent, *(folder.parent for folder in new)):
                sync_folder(folder)

    def _pieces(self, name: str) -> Iterator[bytes]:
        with self._said(f"read {name} in"):
            file = self._stream(name)
        with file:
            while True:
                with self._said(f"read {name} in"):
                    piece = file.read(PIECE)
                if not piece:
                    return
                yield piece

    @contextmanager
    def _said(self, doing: str) -> Iterator[None]:
        """Raises StoreError for what the filesystem raises, but FileNotFoundError as it is."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            text = str(error)
            if "NO_SUCH_BUCKET" in text:
                advice = "there is no such bucket; make it, or name another"
            elif _REFUSED.search(text):
                advice = (
                    "access was refused; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those "
                    "of somebody who may read and write there"
                )
            elif _UNREACHED.search(text):
                advice = "it cannot be reached; look at the network and at AWS_ENDPOINT_URL"
            else:
                advice = _reason(error)
            raise StoreError(f"cannot {doing} {self.uri}: {advice}") from error


def _s3() -> Any:
    from pyarrow import fs

    # Arrow looks at neither variable, though it is what other tools for S3 are told a server by.
    server = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return fs.S3FileSystem(
        endpoint_override=server,
        connect_timeout=CONNECT_TIMEOUT,
        request_timeout=REQUEST_TIMEOUT,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    )


def _reason(error: BaseException) -> str:
    """One line of it, without what no user can use."""
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(re.sub(r"\(Request ID: [^)]*\)", "", text).split())[:300]
