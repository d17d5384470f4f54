"""Pulling: an archive from its store, whole or without its WARCs, or what was pruned of one."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

from zancrawler.archive import Archive, put_durably
from zancrawler.storage.manifest import DECISIONS, MAX_DECISIONS, Entry, Manifest
from zancrawler.storage.pruned import Pruned, bring_back, download, empty_cache, pointer
from zancrawler.storage.state import State, local, shared_files, store_of
from zancrawler.storage.store import Store, StoreError


class ChangedError(StoreError):
    """Files here are not what was pulled or pushed last, and the store has moved on."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(
            f"{paths[0]} is not what was pulled or pushed last, and the store has moved on; "
            "pull into a new folder"
        )
        self.paths = paths


@dataclass(slots=True)
class Pulled:
    """What a pull did."""

    store: str
    files: list[str] = field(default_factory=list)
    """Paths that were brought here."""
    bytes: int = 0
    left: list[str] = field(default_factory=list)
    """WARCs that stay in the store alone."""


def pull(archive: Archive, uri: str | None = None, *, warcs: bool = True) -> Pulled:
    """Brings here what the store has and this archive has not, each file checked by its digest.

    `archive` may be a folder that is not there yet. Without `warcs`, these stay in the store and
    are read from it. What was changed here since the last push is never overwritten: raises
    ChangedError, and StoreError for all else.
    """
    archive.root.mkdir(parents=True, exist_ok=True)
    with store_of(archive, uri) as (store, state), ExitStack() as held:
        manifest = Manifest.required(store)
        for outlet in sorted({path.split("/")[1] for path in manifest.warcs()}):
            held.enter_context(archive.lock(outlet, "a pull from the store"))
        state = state or State(store.uri, "", None)
        changed = _changed(archive, state, manifest)
        if manifest.id != state.id and changed:
            raise ChangedError(changed)
        done = Pulled(store.uri)
        # Decisions first: nothing may show here that somebody withdrew.
        if DECISIONS not in changed:
            _pull_decisions(archive, store, state, manifest.entries.get(DECISIONS), done)
        for path in sorted(manifest.entries.keys() - {DECISIONS, *changed}):
            _pull(archive, store, state, manifest.entries[path], warcs, done)
        if manifest.id != state.id:
            for path in set(shared_files(archive)) - manifest.entries.keys():
                if path.startswith("tables/"):
                    local(archive, path).unlink()
            empty_cache(archive)
        state.id, state.previous = manifest.id, manifest.previous
        state.write(archive)
        return done


def _pull_decisions(
    archive: Archive, store: Store, state: State, entry: Entry | None, done: Pulled
) -> None:
    """The list may have grown since the manifest, where a push was killed. It is taken as it is."""
    data = store.read(DECISIONS, MAX_DECISIONS)
    if entry is not None and (data is None or not entry.begins(data)):
        raise StoreError(f"{store.uri}/{DECISIONS} is not what was pushed, so nothing may be shown")
    path = archive.withdrawn
    if data is None:
        return
    if not path.exists() or path.read_bytes() != data:
        with put_durably(path) as temporary:
            temporary.write_bytes(data)
        done.files.append(DECISIONS)
        done.bytes += len(data)
    with path.open("rb") as file:
        state.digest(DECISIONS, file)


def _pull(
    archive: Archive, store: Store, state: State, entry: Entry, warcs: bool, done: Pulled
) -> None:
    path = local(archive, entry.path)
    away = Pruned(store.uri, entry.object, entry.digest)
    is_warc = entry.path.startswith("warc/")
    if path.is_file():
        with path.open("rb") as file:
            if state.digest(entry.path, file) == entry.digest:
                return
    if is_warc and not warcs:
        path.parent.mkdir(parents=True, exist_ok=True)
        away.write(path)
        path.unlink(missing_ok=True)
        done.left.append(entry.path)
        return
    if is_warc and pointer(path).exists():
        away.write(path)
        bring_back(path)
    else:
        download(away, path)
    done.files.append(entry.path)
    done.bytes += entry.digest.size
    with path.open("rb") as file:
        state.digest(entry.path, file)


def _changed(archive: Archive, state: State, manifest: Manifest) -> list[str]:
    """The files here that differ from what was pushed or pulled last."""
    changed = []
    for path in shared_files(archive):
        pushed = state.known.get(path)
        with local(archive, path).open("rb") as file:
            here = State("", "", None, dict(state.known)).digest(path, file)
        there = manifest.entries.get(path)
        if (there is None or here != there.digest) and (pushed is None or here.sha256 != pushed[1]):
            changed.append(path)
    return changed
