"""Pushing an archive to its store: only what changed, each file read back, the manifest last.

Decisions go first, so that whoever reads there knows what is withdrawn. Then closed WARCs, their
indexes and whatever else nothing locks, then, outlet by outlet and with its lock held, the tables.
What was rewritten goes under a name of its own. Then the manifest, and only then are the copies
under the old names renewed and what it does not name is removed. Killed at any moment, the store is
as the last whole push left it, or as this one does, but for decisions, which are the newest; the
next push goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO

from zancrawler.archive import Archive, ArchiveError, ArchiveLockedError
from zancrawler.storage.manifest import DECISIONS, FOLDERS, NAME, SNAPSHOT, Entry, Manifest
from zancrawler.storage.pruned import Pruned
from zancrawler.storage.state import State, local, pruned_files, shared_files, store_of
from zancrawler.storage.store import Object, Store, StoreError

_HOLDER = "a push to the store"


@dataclass(slots=True)
class Pushed:
    """What a push did."""

    store: str
    files: int = 0
    """That the manifest names."""
    uploaded: list[str] = field(default_factory=list)
    """Paths of what was not there yet, or otherwise."""
    bytes: int = 0
    """Of these."""
    removed: list[str] = field(default_factory=list)
    """Objects that no manifest names any more."""
    waiting: list[str] = field(default_factory=list)
    """Outlets that are being crawled: their tables go with the next push."""
    keeps_versions: bool = False
    """Whether what was replaced or removed there can still be read as an older version."""


def _put_manifest(store: Store, data: bytes) -> None:
    store.put(NAME, BytesIO(data))


def push(
    archive: Archive,
    uri: str | None = None,
    *,
    put_manifest: Callable[[Store, bytes], None] = _put_manifest,
) -> Pushed:
    """Brings the store up to the archive. `uri` is needed the first time.

    `put_manifest` writes the manifest, or raises where others may have written one meanwhile.
    Raises StoreError, also where the store holds what this archive does not know.
    """
    with store_of(archive, uri) as (store, state):
        if local_root(store) and archive.root.is_relative_to(local_root(store) or ""):
            raise StoreError(f"{store.uri} holds the archive itself; name another place")
        before = Manifest.of_store(store)
        if before and (state is None or not state.follows(before)):
            raise StoreError(
                f"{store.uri} holds what another copy of this archive, or another archive, pushed; "
                "name an empty place, or `zancrawler store pull` it into a folder of its own"
            )
        state = state or State(store.uri, "", None)
        return _Push(archive, store, state, before, put_manifest).run()


def follow(archive: Archive) -> Pushed | None:
    """Brings the archive's store up to a decision; None where it has no store. Raises as `push`."""
    return push(archive) if State.read(archive) else None


def local_root(store: Store) -> str | None:
    return str(store.root) if store.filesystem.type_name == "local" else None


class _Push:
    def __init__(
        self,
        archive: Archive,
        store: Store,
        state: State,
        before: Manifest | None,
        put_manifest: Callable[[Store, bytes], None],
    ) -> None:
        self._archive = archive
        self._store = store
        self._state = state
        self._put_manifest = put_manifest
        self._before = dict(before.entries) if before else {}
        self._previous = before.id if before else None
        self._standing: dict[str, Object] = store.objects()
        self._entries: dict[str, Entry] = {}
        self._done = Pushed(store.uri)

    def run(self) -> Pushed:
        paths = shared_files(self._archive)
        self._put(path for path in paths if path == DECISIONS)
        self._put(path for path in paths if not path.startswith("tables/"))
        for outlet in self._outlets(paths):
            self._put_outlet(outlet)
        self._keep_pruned()
        self._finish()
        return self._done

    def _outlets(self, paths: Iterable[str]) -> list[str]:
        parts = [path.split("/") for path in (*paths, *self._before)]
        of_tables = {p[2].removeprefix("site=") for p in parts if p[0] == "tables" and len(p) > 3}
        return sorted(of_tables | {p[1] for p in parts if p[0] == "warc" and len(p) > 2})

    def _put_outlet(self, outlet: str) -> None:
        """Its tables, and what was closed meanwhile that they point into."""
        prefixes = (f"warc/{outlet}/", f"cdxj/{outlet}/")
        try:
            with self._archive.lock(outlet, _HOLDER):
                paths = shared_files(self._archive)
                self._put(path for path in paths if path.startswith(prefixes))
                self._put(path for path in paths if _is_table_of(path, outlet))
        except ArchiveLockedError:
            kept = {p: e for p, e in self._before.items() if _is_table_of(p, outlet)}
            self._entries.update(kept)
            self._done.waiting.append(outlet)

    def _put(self, paths: Iterable[str]) -> None:
        for path in paths:
            try:
                file = local(self._archive, path).open("rb")
            except FileNotFoundError:
                # A crawl or a command replaced or removed it since it was listed.
                continue
            with file:
                digest = self._state.digest(path, file)
                entry = Entry.following(self._before.get(path), path, digest)
                if self._entries.get(path) != entry and not self._is_there(entry):
                    if self._store.put(entry.object, file, digest.size) != digest:
                        raise StoreError(f"{path} changed while it was pushed; push once more")
                    self._done.uploaded.append(path)
                    self._done.bytes += entry.digest.size
                self._entries[path] = entry

    def _is_there(self, entry: Entry) -> bool:
        standing = self._standing.get(entry.object)
        if standing is None or standing.size != entry.digest.size:
            return False
        if self._before.get(entry.path) == entry:
            return True
        # A push that was killed may have left it.
        return self._store.fetch(entry.object) == entry.digest

    def _keep_pruned(self) -> None:
        """WARCs are never removed from a store because they are gone here."""
        pruned = set(pruned_files(self._archive))
        for path, entry in self._before.items():
            if path.startswith(("warc/", "cdxj/")):
                self._entries.setdefault(path, entry)
        for path in sorted(pruned - self._entries.keys()):
            away = Pruned.read(local(self._archive, path))
            raise ArchiveError(
                f"{path} was pruned, and {self._store.uri} does not name it"
                + (f"; it is in {away.uri}" if away else "")
            )

    def _finish(self) -> None:
        after = Manifest.of(self._entries.values(), self._previous)
        self._state.id, self._state.previous = after.id, self._previous
        self._state.known = {p: k for p, k in self._state.known.items() if p in self._entries}
        # Known here first: a manifest that the archive did not know would be another copy's.
        self._state.write(self._archive)
        self._put_manifest(self._store, after.encode())
        for entry in after.entries.values():
            if entry.copy and self._is_stale(entry):
                self._store.copy(entry.object, entry.copy)
        ours = (*FOLDERS, SNAPSHOT)
        for name in sorted(self._standing.keys() - after.objects()):
            if name.split("/")[0] in ours:
                self._store.remove(name)
                self._done.removed.append(name)
        self._done.files = len(after.entries)
        self._done.keeps_versions = self._store.is_versioned(NAME)

    def _is_stale(self, entry: Entry) -> bool:
        """Whether a file's copy is of an earlier push. Times there are of whole seconds."""
        copy, source = self._standing.get(entry.path), self._standing.get(entry.object)
        if copy is None or source is None or copy.size != source.size:
            return True
        return not (copy.written and source.written and copy.written > source.written)


def _is_table_of(path: str, outlet: str) -> bool:
    return path.startswith("tables/") and path.split("/")[2] == f"site={outlet}"
