"""The manifest of a store: what one push left there. It is written last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import PurePosixPath
from uuid import uuid4

from zancrawler.storage.store import Digest, Store, StoreError, digest

NAME = "manifest.json"
FORMAT = "zancrawler-store-1"
MAX_BYTES = 256 << 20
"""A million files."""
SNAPSHOT = "snapshot"
"""Where what is rewritten stands, under names of its own."""
DECISIONS = "withdrawn.jsonl"
MAX_DECISIONS = 256 << 20
"""Bytes; a decision has about 5 KB."""
FILES = ("README.md", DECISIONS, "masked-names.txt")
FOLDERS = ("warc", "cdxj", "tables", "memory", "checks", "proofs")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive in the store."""

    path: str
    """From the archive's root."""
    digest: Digest
    object: str
    """Its name in the store: its path, or one that tells of its bytes."""

    @classmethod
    def following(cls, before: Entry | None, path: str, digest: Digest) -> Entry:
        """The entry of a push after the one that left `before` of the same path.

        What may be rewritten stands under a name that tells of its bytes: whoever reads by a
        manifest reads what that push left. A closed WARC is only by a purge. The list of decisions
        only grows, and readers obey the newest, so it keeps its name.
        """
        if before and before.digest == digest:
            return before
        is_new_warc = path.startswith("warc/") and before is None
        keeps_name = is_new_warc or path == DECISIONS
        return cls(path, digest, path if keeps_name else _name_by_content(path, digest))

    @property
    def copy(self) -> str | None:
        """Where it stands as well, for tools that take all files of a folder."""
        return self.path if self.object != self.path else None

    def begins(self, data: bytes) -> bool:
        """Whether data is the file as it was pushed, or grown from that."""
        return digest(BytesIO(data[: self.digest.size])) == self.digest


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of one push."""

    id: str
    previous: str | None
    """Of the push before it."""
    pushed: datetime
    entries: dict[str, Entry]
    """By path."""

    @classmethod
    def of(cls, entries: Iterable[Entry], previous: str | None) -> Manifest:
        by_path = {entry.path: entry for entry in entries}
        return cls(uuid4().hex, previous, datetime.now(UTC), dict(sorted(by_path.items())))

    @classmethod
    def of_store(cls, store: Store) -> Manifest | None:
        """The store's, or None where nothing was pushed yet. Raises StoreError."""
        data = store.read(NAME, MAX_BYTES)
        if data is None:
            return None
        try:
            return cls.parse(data)
        except ValueError as error:
            raise StoreError(
                f"{store.uri}/{NAME} is no manifest of this zancrawler: {error}"
            ) from error

    @classmethod
    def required(cls, store: Store) -> Manifest:
        """The store's. Raises StoreError, also where nothing was pushed yet."""
        manifest = cls.of_store(store)
        if manifest is None:
            raise StoreError(
                f"{store.uri} holds no archive; `zancrawler store push` puts one there"
            )
        return manifest

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Raises ValueError: whoever wrote the store may have meant harm."""
        try:
            fields = json.loads(data)
            if fields["format"] != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            entries = [_entry(item) for item in fields["files"]]
            return cls(
                str(fields["id"]),
                None if fields["previous"] is None else str(fields["previous"]),
                datetime.fromisoformat(fields["pushed"]),
                {entry.path: entry for entry in entries},
            )
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"it lacks {error}") from error

    def encode(self) -> bytes:
        fields = {
            "format": FORMAT,
            "id": self.id,
            "previous": self.previous,
            "pushed": self.pushed.isoformat(timespec="seconds"),
            "files": [
                {"path": e.path, "bytes": e.digest.size, "sha256": e.digest.sha256}
                | ({} if e.object == e.path else {"object": e.object})
                for e in self.entries.values()
            ],
        }
        return json.dumps(fields, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"

    def warcs(self) -> list[str]:
        """Their paths."""
        return [path for path in self.entries if path.startswith("warc/")]

    def objects(self) -> set[str]:
        """The names of all that the store must hold."""
        names = {name for e in self.entries.values() for name in (e.object, e.copy) if name}
        return {NAME, *names}


def _entry(item: dict[str, object]) -> Entry:
    path, size, sha256 = item["path"], item["bytes"], item["sha256"]
    if not (isinstance(path, str) and isinstance(sha256, str) and isinstance(size, int)):
        raise ValueError("a file in it has no path, size and digest")
    if not is_shared(path) or not _SHA256.fullmatch(sha256) or size < 0:
        raise ValueError(f"it names the file {path[:100]!r}")
    told = Digest(size, sha256)
    name = item.get("object", path)
    if not isinstance(name, str) or name not in (path, _name_by_content(path, told)):
        raise ValueError(f"it names the object {str(name)[:100]!r}")
    return Entry(path, told, name)


def _name_by_content(path: str, digest: Digest) -> str:
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return "/".join(filter(None, (SNAPSHOT, folder, f"{stem}-{digest.sha256[:16]}{dot}{ending}")))


def is_shared(path: str) -> bool:
    """Whether a path, from the archive's root, is one that a store keeps."""
    parts = PurePosixPath(path).parts
    if path != "/".join(parts) or "\\" in path or not path.isprintable():
        return False
    if any(part.startswith(".") for part in parts):
        return False
    if len(parts) == 1:
        return path in FILES
    if parts[0] not in FOLDERS or ".sqlite" in parts[-1]:
        return False
    ending = {"warc": ".warc.gz", "cdxj": ".cdxj", "tables": ".parquet"}.get(parts[0], "")
    return path.endswith(ending)
