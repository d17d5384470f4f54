"""Small objects that many workers write, and only if nobody else has written them meanwhile.

S3 does that by conditional requests (If-None-Match: *, If-Match), which Arrow's filesystem cannot
send: `obstore` can. In a folder that the workers share, a lock on the file does it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from zancrawler.archive import ArchiveError, put_durably
from zancrawler.storage.store import ATTEMPTS, CONNECT_TIMEOUT

MAX_BYTES = 256 << 20
"""Of an object: a manifest is the largest."""
_REQUEST_TIMEOUT = 30
"""Seconds: whoever waits longer for a lease cannot hold it."""


class OvertakenError(ArchiveError):
    """Another worker has written the object since it was read."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object as it was read."""

    data: bytes
    tag: str
    """Of these bytes: it changes with them."""


class Shelf(Protocol):
    """A place for such objects."""

    def get(self, name: str) -> Item | None:
        """The object, or None where there is none. Raises ArchiveError."""

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        """Writes it if it still has this tag (None: if there is none); its new tag.

        Raises OvertakenError, ArchiveError.
        """

    def names(self, folder: str) -> list[str]:
        """Of the objects that stand under a folder, without it."""


def shelf_of(uri: str) -> Shelf:
    """The shelf of an address as `zancrawler store` takes them. Raises ArchiveError."""
    parts = urlsplit(uri)
    if parts.scheme == "s3":
        return S3Shelf.open(uri)
    if parts.scheme in ("", "file"):
        return FolderShelf(Path(unquote(parts.path) if parts.scheme else uri).absolute())
    raise ArchiveError(f"workers cannot share {uri}; name s3://BUCKET/FOLDER or a shared folder")


@dataclass(frozen=True, slots=True)
class FolderShelf:
    """A folder that all workers see: on one machine, or on NFS 4, where locks reach every host."""

    folder: Path

    def get(self, name: str) -> Item | None:
        try:
            data = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        return Item(data, hashlib.sha256(data).hexdigest())

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f".{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            standing = self.get(name)
            if (standing.tag if standing else None) != tag:
                raise OvertakenError(f"another worker has written {path}")
            with put_durably(path) as temporary:
                temporary.write_bytes(data)
        return hashlib.sha256(data).hexdigest()

    def names(self, folder: str) -> list[str]:
        found = (self.folder / folder).glob("*")
        return sorted(path.name for path in found if not path.name.startswith("."))


@dataclass(frozen=True, slots=True)
class S3Shelf:
    """A bucket."""

    uri: str
    bucket: Any

    @classmethod
    def open(cls, uri: str) -> S3Shelf:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise ArchiveError(
                "workers that share a bucket need obstore: pip install 'zancrawler[cluster]'"
            ) from error
        server = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        bucket = S3Store.from_url(
            uri,
            config={"endpoint": server} if server else {},
            client_options={
                "allow_http": bool(server and server.startswith("http://")),
                "connect_timeout": f"{CONNECT_TIMEOUT}s",
                "timeout": f"{_REQUEST_TIMEOUT}s",
            },
            retry_config={"max_retries": ATTEMPTS},
        )
        return cls(uri, bucket)

    def get(self, name: str) -> Item | None:
        import obstore
        from obstore.exceptions import BaseError

        try:
            found = obstore.get(self.bucket, name)
            if found.meta["size"] > MAX_BYTES:
                raise ArchiveError(f"{self.uri}/{name} is larger than anything of ours")
            return Item(bytes(found.bytes()), found.meta["e_tag"] or "")
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise ArchiveError(f"cannot read {self.uri}/{name}: {_first(error)}") from error

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        try:
            mode: Any = "create" if tag is None else {"e_tag": tag}
            return str(obstore.put(self.bucket, name, data, mode=mode)["e_tag"])
        except (AlreadyExistsError, PreconditionError) as error:
            standing = self.get(name)
            if standing and standing.data == data:
                # Ours: the answer to a first try was lost, and the second found it there.
                return standing.tag
            raise OvertakenError(f"another worker has written {self.uri}/{name}") from error
        except BaseError as error:
            raise ArchiveError(f"cannot write {self.uri}/{name}: {_first(error)}") from error

    def names(self, folder: str) -> list[str]:
        import obstore
        from obstore.exceptions import BaseError

        try:
            found = obstore.list_with_delimiter(self.bucket, folder)
        except BaseError as error:
            raise ArchiveError(f"cannot list {self.uri}/{folder}: {_first(error)}") from error
        paths = [*found["common_prefixes"], *(item["path"] for item in found["objects"])]
        return sorted(path.rstrip("/").rpartition("/")[2] for path in paths)


def _first(error: Exception) -> str:
    return str(error).split("\n")[0][:300]
