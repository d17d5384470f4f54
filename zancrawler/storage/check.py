"""Checking a store: every object read, and held against what was pushed and what is here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zancrawler.archive import Archive
from zancrawler.storage.manifest import DECISIONS, MAX_DECISIONS, NAME, Manifest
from zancrawler.storage.pruned import Pruned, pointer
from zancrawler.storage.state import State, local, pruned_files, store_of


@dataclass(frozen=True, slots=True)
class StoreFault:
    """What is wrong in a store."""

    name: str
    """Of the object, or the path of the file."""
    code: str
    message: str


def check(archive: Archive) -> Iterator[StoreFault]:
    """Reads every object of the store. Raises StoreError where it cannot be read at all."""
    with store_of(archive) as (store, state):
        manifest = Manifest.required(store)
        if state and not state.follows(manifest):
            yield StoreFault(NAME, "other-copy", "another copy of this archive pushed since")
        if store.is_versioned(NAME):
            yield StoreFault(
                store.uri,
                "keeps-versions",
                "the bucket keeps old versions: what is purged can still be read in them",
            )
        for entry in manifest.entries.values():
            if entry.path == DECISIONS:
                continue
            for name in filter(None, (entry.object, entry.copy)):
                try:
                    found = store.fetch(name)
                except FileNotFoundError:
                    yield StoreFault(name, "missing", "the manifest names it, and it is not there")
                    continue
                if found != entry.digest:
                    yield StoreFault(name, "digest", "it is not what was pushed")
        decided = manifest.entries.get(DECISIONS)
        there = store.read(DECISIONS, MAX_DECISIONS)
        if decided and there is None:
            yield StoreFault(DECISIONS, "missing", "the manifest names it, and it is not there")
        elif decided and there is not None and not decided.begins(there):
            yield StoreFault(DECISIONS, "digest", "it is not what was pushed")
        if archive.withdrawn.exists():
            with archive.withdrawn.open("rb") as file:
                here = (state or State(store.uri, "", None)).digest(DECISIONS, file)
            if decided is None or decided.digest != here:
                yield StoreFault(DECISIONS, "behind", "decisions made here are not there yet: push")
        for path in pruned_files(archive):
            away = Pruned.read(local(archive, path))
            named = manifest.entries.get(path)
            if away and (named is None or named.digest != away.digest):
                yield StoreFault(path, "pruned", "it was pruned here, and the store has another")
        for path in manifest.warcs():
            warc = local(archive, path)
            if not warc.exists() and not pointer(warc).exists():
                yield StoreFault(path, "lost-here", "it is in the store alone, and was not pruned")
