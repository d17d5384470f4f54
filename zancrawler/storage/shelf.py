"""Small objects that many workers write, and only if nobody else has written them meanwhile.

S3 does that by conditional requests (If-None-Match: *, If-Match), which Arrow's filesystem cannot
send: `obstore` can. In a folder that the workers share, a lock on the file does it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from zancrawler.archive import ArchiveError, UsageError, put_durably
from zancrawler.storage.store import ATTEMPTS, CONNECT_TIMEOUT, Store

MAX_BYTES = 256 << 20
"""Of an object: a manifest is the largest."""
_REQUEST_TIMEOUT = 30
"""Seconds: whoever waits longer for a lease cannot hold it."""
_ROLE = "169.254.169.254"
"""Asked for credentials where the environment has none: where that fails, there are none."""
_NO_BUCKET = "NoSuchBucket"
_PROBE = "conditional-writes"
_PLAIN = re.compile(r"[\w./-]*", re.ASCII)
"""Names that Arrow and obstore, which see the same bucket, take for the same."""


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
        """Of the objects and folders that stand in a folder, without it. Raises ArchiveError."""


def shelf_of(uri: str) -> Shelf:
    """The shelf of an address as `zancrawler store` takes them. Raises UsageError."""
    parts = urlsplit(uri)
    if parts.scheme == "s3":
        Store.open(uri)
        return S3Shelf.open(uri)
    if parts.scheme in ("", "file"):
        return FolderShelf(Path(unquote(parts.path) if parts.scheme else uri).absolute())
    raise UsageError(f"workers cannot share {uri}; name s3://BUCKET/FOLDER or a shared folder")


def prove(shelf: Shelf) -> None:
    """Tries whether the store refuses what somebody else has written first.

    Some that speak S3 take a condition, ignore it and answer 200: two workers would run one outlet.
    Raises ArchiveError.
    """
    standing = shelf.get(_PROBE)
    try:
        shelf.put(_PROBE, uuid4().bytes, standing.tag if standing else None)
    except OvertakenError:
        # Another worker tries as well, and one of us was refused.
        return
    for tag in (None, standing.tag if standing else "0"):
        try:
            shelf.put(_PROBE, uuid4().bytes, tag)
        except OvertakenError:
            continue
        raise ArchiveError(
            "this store writes over what was written meanwhile (it has no conditional writes), so "
            "workers cannot share it; name a store of another maker, or a shared folder"
        )


@dataclass(frozen=True, slots=True)
class FolderShelf:
    """A folder that all workers see: on one machine, or on NFS 4, where locks reach every host."""

    folder: Path

    def get(self, name: str) -> Item | None:
        try:
            with self._said("read", name), (self.folder / name).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        if len(data) > MAX_BYTES:
            raise ArchiveError(f"{self.folder / name} is larger than anything of ours")
        return Item(data, hashlib.sha256(data).hexdigest())

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        path = self.folder / name
        with self._said("write", name):
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
        try:
            with self._said("list", folder):
                found = [path.name for path in (self.folder / folder).iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in found if not name.startswith("."))

    @contextmanager
    def _said(self, doing: str, name: str) -> Iterator[None]:
        """Raises ArchiveError for what the system raises, but FileNotFoundError as it is."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            reason = error.strerror or error
            raise ArchiveError(f"cannot {doing} {self.folder / name}: {reason}") from error


@dataclass(frozen=True, slots=True)
class S3Shelf:
    """A bucket."""

    uri: str
    bucket: Any

    @classmethod
    def open(cls, uri: str) -> S3Shelf:
        """Asks the network nothing. Raises ArchiveError."""
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise ArchiveError(
                "workers that share a bucket need obstore: pip install 'zancrawler[cluster]'"
            ) from error
        parts = urlsplit(uri)
        if not _PLAIN.fullmatch(parts.netloc + parts.path):
            raise ArchiveError(
                f"workers cannot share {uri}; let its name be of letters, digits, '.', '-' and '_'"
            )
        server = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        bucket = S3Store.from_url(
            uri,
            config={"endpoint": server} if server else {},
            client_options={
                "allow_http": bool(server and server.startswith("http://")),
                "connect_timeout": f"{CONNECT_TIMEOUT}s",
                "timeout": f"{_REQUEST_TIMEOUT}s",
            },
            retry_config={
                "max_retries": ATTEMPTS,
                "retry_timeout": timedelta(seconds=_REQUEST_TIMEOUT),
            },
        )
        return cls(uri.rstrip("/"), bucket)

    def get(self, name: str) -> Item | None:
        import obstore

        with self._said(f"read {self.uri}/{name}"):
            try:
                found = obstore.get(self.bucket, name)
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise
                return None
            if found.meta["size"] > MAX_BYTES:
                raise ArchiveError(f"{self.uri}/{name} is larger than anything of ours")
            tag = found.meta["e_tag"]
            if not tag:
                raise ArchiveError(f"{self.uri} gives no ETags, so workers cannot share it")
            return Item(bytes(found.bytes()), tag)

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        mode: Any = "create" if tag is None else {"e_tag": tag}
        with self._said(f"write {self.uri}/{name}"):
            try:
                return str(obstore.put(self.bucket, name, data, mode=mode)["e_tag"])
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise
                raise OvertakenError(f"somebody has removed {self.uri}/{name}") from error
            except (AlreadyExistsError, PreconditionError) as error:
                standing = self.get(name)
                if standing and standing.data == data:
                    # Ours: the answer to a first try was lost, and the second found it there.
                    return standing.tag
                raise OvertakenError(f"another worker has written {self.uri}/{name}") from error

    def names(self, folder: str) -> list[str]:
        import obstore

        with self._said(f"list {self.uri}/{folder}"):
            found = obstore.list_with_delimiter(self.bucket, folder)
        paths = [*found["common_prefixes"], *(item["path"] for item in found["objects"])]
        return sorted(path.rstrip("/").rpartition("/")[2] for path in paths)

    @contextmanager
    def _said(self, doing: str) -> Iterator[None]:
        """Raises ArchiveError for what obstore raises, in one sentence."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            text = str(error)
            if isinstance(error, PermissionDeniedError | UnauthenticatedError) or _ROLE in text:
                advice = (
                    "access was refused; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those "
                    "of somebody who may read and write there"
                )
            elif _NO_BUCKET in text:
                advice = "there is no such bucket; make it, or name another"
            elif "HTTP error" in text:
                advice = "it cannot be reached; look at the network and at AWS_ENDPOINT_URL"
            else:
                advice = text.split("\n")[0][:300]
            raise ArchiveError(f"cannot {doing}: {advice}") from error
