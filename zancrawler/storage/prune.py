"""Pruning: closed WARCs leave the local disk once the store is seen to give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from zancrawler.archive import Archive, sync_folder
from zancrawler.storage.manifest import Entry, Manifest
from zancrawler.storage.pruned import Pruned
from zancrawler.storage.state import local, shared_files, store_of
from zancrawler.storage.store import Store, StoreError, digest


@dataclass(slots=True)
class PrunedWarcs:
    """What a pruning did."""

    store: str
    warcs: list[str] = field(default_factory=list)
    bytes: int = 0
    """Of room that was made."""
    kept: dict[str, str] = field(default_factory=dict)
    """WARCs that stay, and why."""


def prune(archive: Archive) -> PrunedWarcs:
    """Removes the closed WARCs of which the store gives the same bytes, now, when it is asked."""
    with store_of(archive) as (store, state):
        manifest = Manifest.required(store)
        if state is None or not state.follows(manifest):
            raise StoreError(f"{store.uri} is not as this archive left it; push or pull first")
        done = PrunedWarcs(store.uri)
        for path in manifest.warcs():
            warc = local(archive, path)
            if warc.is_file() and not warc.is_symlink():
                with archive.lock(path.split("/")[1], "a pruning"):
                    _prune(store, manifest.entries[path], warc, done)
        here = {path for path in shared_files(archive) if path.startswith("warc/")}
        for path in sorted(here - manifest.entries.keys()):
            done.kept[path] = "not pushed"
        return done


def _prune(store: Store, entry: Entry, warc: Path, done: PrunedWarcs) -> None:
    with warc.open("rb") as file:
        here = digest(file)
    try:
        there = store.fetch(entry.object)
    except FileNotFoundError:
        done.kept[entry.path] = "gone from the store"
        return
    if not here == there == entry.digest:
        done.kept[entry.path] = "other bytes in the store" if here != there else "changed since"
        return
    Pruned(store.uri, entry.object, here).write(warc)
    warc.unlink()
    sync_folder(warc.parent)
    done.warcs.append(entry.path)
    done.bytes += here.size
