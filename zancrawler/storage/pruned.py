"""A WARC that was pruned: its bytes are in the store, and a small file stands in its place.

`<name>.warc.gz.stored` says where they are and their digest. Who reads the WARC gets a copy in
`store/cache/`, looked through once when it is fetched; the copies together stay under a bound.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, put_durably, sync_folder
from zancrawler.storage.store import Digest, Store, StoreError, digest

SUFFIX = ".stored"
MAX_CACHE = 8 << 30
"""Bytes of fetched WARCs that are kept; one that is larger is kept alone."""
_MAX_POINTER = 10_000


@dataclass(frozen=True, slots=True)
class Pruned:
    """Where a WARC is that is not here."""

    uri: str
    """Of the store."""
    name: str
    """Of the object in it."""
    digest: Digest

    @classmethod
    def read(cls, warc: Path) -> Pruned | None:
        """What stands in the place of a WARC, if it was pruned. Raises ArchiveError."""
        path = pointer(warc)
        try:
            with path.open("rb") as file:
                fields = json.loads(file.read(_MAX_POINTER))
            digest = Digest(int(fields["bytes"]), str(fields["sha256"]))
            return cls(str(fields["store"]), str(fields["path"]), digest)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise ArchiveError(
                f"{path} cannot be read ({error}); `zancrawler store pull` brings the WARC back"
            ) from error

    def write(self, warc: Path) -> None:
        fields = {
            "store": self.uri,
            "path": self.name,
            "bytes": self.digest.size,
            "sha256": self.digest.sha256,
        }
        with put_durably(pointer(warc)) as temporary:
            temporary.write_text(json.dumps(fields) + "\n", encoding="utf-8")


def pointer(warc: Path) -> Path:
    """The file that stands in a pruned WARC's place."""
    return warc.with_name(warc.name + SUFFIX)


def closed_warcs(folder: Path) -> list[Path]:
    """The closed WARCs of an outlet's folder by name, whether they are here or in the store."""
    here = set(folder.glob("*/*.warc.gz"))
    away = {p.with_name(p.name.removesuffix(SUFFIX)) for p in folder.glob(f"*/*.warc.gz{SUFFIX}")}
    return sorted(here | away)


def size_of(warc: Path) -> int:
    """Bytes of a closed WARC, wherever it is. Raises OSError, ArchiveError."""
    with suppress(FileNotFoundError):
        return warc.stat().st_size
    pruned = Pruned.read(warc)
    return pruned.digest.size if pruned else warc.stat().st_size


def digest_of(warc: Path) -> Digest:
    """Size and SHA-256 of a closed WARC, wherever it is. Raises OSError, ArchiveError."""
    with suppress(FileNotFoundError), warc.open("rb") as file:
        return digest(file)
    pruned = Pruned.read(warc)
    if pruned is None:
        raise FileNotFoundError(2, "there is no such WARC", str(warc))
    return pruned.digest


def fetched(warc: Path) -> Path | None:
    """A copy of a pruned WARC on local disk; None for a WARC that was not pruned.

    Others may need its room as soon as it is closed. Raises ArchiveError where it cannot be had,
    or is not what was pruned.
    """
    pruned = Pruned.read(warc)
    if pruned is None:
        return None
    cache = _cache(Archive.of_warc(warc))
    copy = cache / f"{pruned.digest.sha256}.warc.gz"
    with _locked(cache):
        if copy.exists():
            os.utime(copy)
        else:
            _make_room(cache, pruned.digest.size)
            download(pruned, copy)
    return copy


def bring_back(warc: Path) -> bool:
    """Puts a pruned WARC into its place again, for good; whether it was pruned."""
    pruned = Pruned.read(warc)
    if pruned is None:
        return False
    if not warc.exists():
        download(pruned, warc)
    (_cache(Archive.of_warc(warc)) / f"{pruned.digest.sha256}.warc.gz").unlink(missing_ok=True)
    pointer(warc).unlink()
    sync_folder(warc.parent)
    return True


def empty_cache(archive: Archive) -> None:
    """Removes all copies: what a purge took out may be in them."""
    for copy in _cache(archive).glob("*.warc.gz"):
        copy.unlink()


def download(pruned: Pruned, path: Path) -> None:
    """Puts an object of a store into a file. Raises ArchiveError, also for other bytes."""
    try:
        with put_durably(path) as temporary, temporary.open("wb") as file:
            found = Store.open(pruned.uri).fetch(pruned.name, file, pruned.digest.size)
            if found != pruned.digest:
                raise StoreError(
                    f"{pruned.uri}/{pruned.name} is not what was pushed; "
                    "`zancrawler store check` says what else is wrong there"
                )
    except FileNotFoundError as error:
        raise StoreError(f"{pruned.uri}/{pruned.name} is gone from the store") from error
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror or error}") from error


def _cache(archive: Archive) -> Path:
    return archive.store / "cache"


def _make_room(cache: Path, size: int) -> None:
    """Removes what was not read for longest; who reads it now keeps what is open."""
    copies = sorted(cache.glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)
    left = sum(path.stat().st_size for path in copies)
    for path in copies:
        if left + size <= MAX_CACHE:
            return
        left -= path.stat().st_size
        path.unlink()


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """One process fetches at a time: several that rebuild want the same WARC."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
