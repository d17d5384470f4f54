"""What an archive knows of its store: where it is, what was pushed last, and files' digests."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.storage.manifest import FILES, FOLDERS, Manifest, is_shared
from zancrawler.storage.pruned import SUFFIX
from zancrawler.storage.store import Digest, NoStoreError, Store, StoreError, digest

Stamp = tuple[int, int]
"""Size and time of change of a file whose digest is known."""


@dataclass(slots=True)
class State:
    """`store/state.json`. It can be lost: then `zancrawler store pull` makes it again."""

    uri: str
    id: str
    """Of the push that was made or begun last."""
    previous: str | None
    known: dict[str, tuple[Stamp, str]] = field(default_factory=dict)
    """By path: a stamp, and the SHA-256 of the file while it has it."""

    @classmethod
    def read(cls, archive: Archive) -> State | None:
        """None for an archive that was never pushed. Raises ArchiveError."""
        path = archive.store / "state.json"
        try:
            fields = json.loads(path.read_bytes())
            known = {p: ((s[0], s[1]), s[2]) for p, s in fields["known"].items()}
            return cls(fields["store"], fields["id"], fields["previous"], known)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise ArchiveError(
                f"{path} cannot be read ({error}); remove it, and pull from the store"
            ) from error

    def write(self, archive: Archive) -> None:
        """Raises OSError."""
        known = {path: [*stamp, digest] for path, (stamp, digest) in self.known.items()}
        fields = {"store": self.uri, "id": self.id, "previous": self.previous, "known": known}
        with put_durably(archive.store / "state.json") as temporary:
            temporary.write_text(json.dumps(fields), encoding="utf-8")

    def follows(self, manifest: Manifest | None) -> bool:
        """Whether the store is as this archive left it, and not as another copy of it did."""
        return manifest is None or manifest.id in (self.id, self.previous)

    def digest(self, path: str, file: IO[bytes]) -> Digest:
        """Of an open file, read only if it changed since. It is left at its beginning.

        Logs may grow meanwhile; of them it is what was there at first.
        """
        status = os.fstat(file.fileno())
        stamp = (status.st_size, status.st_mtime_ns)
        before, sha256 = self.known.get(path, (None, ""))
        if before != stamp:
            sha256 = digest(file, status.st_size).sha256
            file.seek(0)
            self.known[path] = (stamp, sha256)
        return Digest(status.st_size, sha256)


@contextmanager
def store_of(archive: Archive, uri: str | None = None) -> Iterator[tuple[Store, State | None]]:
    """The archive's store, for one process at a time.

    Raises NoStoreError where none is known or given, StoreError for another than the known one.
    """
    state = State.read(archive)
    if state is None and uri is None:
        raise NoStoreError("this archive has no store; name one: zancrawler store push URI")
    store = Store.open(uri or (state.uri if state else ""))
    if state and store.uri != state.uri:
        raise StoreError(
            f"this archive's store is {state.uri}; to move to another, pull what was pruned, "
            f"and remove {archive.store}"
        )
    archive.store.mkdir(parents=True, exist_ok=True)
    with (archive.store / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("another command works on the store; wait until it ends") from None
        yield store, state


def note_tables(archive: Archive) -> None:
    """Takes the tables as they are for what was pulled, so that the next pull may replace them."""
    with store_of(archive) as (_, state):
        if state is None:
            return
        for path in shared_files(archive):
            if path.startswith("tables/"):
                with local(archive, path).open("rb") as file:
                    state.digest(path, file)
        state.write(archive)


def shared_files(archive: Archive) -> list[str]:
    """The paths of all files that belong into a store, as the archive is now.

    Not what can be made again (ledger, search, browse), nor packages, nor what still grows. A
    link may lead out of the archive, so it is passed over.
    """
    found = [archive.root / name for name in FILES]
    for name in FOLDERS:
        found += (archive.root / name).rglob("*")
    files = (path for path in found if path.is_file() and not path.is_symlink())
    return sorted(path for path in map(archive.relative, files) if is_shared(path))


def pruned_files(archive: Archive) -> list[str]:
    """The paths of the WARCs that are in the store alone."""
    found = (archive.root / "warc").rglob(f"*.warc.gz{SUFFIX}")
    return sorted(archive.relative(path).removesuffix(SUFFIX) for path in found)


def local(archive: Archive, path: str) -> Path:
    """Where a file of a manifest is, or belongs, in the archive's folder."""
    return archive.root / path
