"""One archive of all outlets of a cluster, to read, to search and to decide in.

Outlets share no file but the list of decisions, so their archives are laid beside each other. Each
is pulled into a folder of its own first, and linked from there: a second time brings only what is
new, and takes no room twice.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from zancrawler.archive import Archive, ArchiveError
from zancrawler.cluster.ledgers import fetch_ledger, lay_ledger
from zancrawler.cluster.shard import OUTLETS, missing
from zancrawler.decisions import Action, Decision, history, parse, record
from zancrawler.ledger import Ledger
from zancrawler.proofs.entry import Cause
from zancrawler.runs.entering import entering, entering_decisions
from zancrawler.runs.standing import apply_decisions
from zancrawler.storage.manifest import DECISIONS, Manifest
from zancrawler.storage.pruned import SUFFIX, closed_warcs, pointer
from zancrawler.storage.pull import ChangedError, pull
from zancrawler.storage.shelf import Item, OvertakenError, shelf_of
from zancrawler.storage.state import local, pruned_files, shared_files
from zancrawler.storage.store import Store, StoreError

_FOLDERS = ("warc", "cdxj", "tables", "memory", "checks")
"""What outlets do not share. The log of proofs is each archive's own: here a new one begins."""
_ATTEMPTS = 5
"""At what others write as well."""


@dataclass(slots=True)
class Gathered:
    """What was brought together."""

    outlets: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Outlets whose first run is not over."""
    files: int = 0
    """New or changed here."""
    decisions: int = 0
    """New here."""


def gather(archive: Archive, cluster: str, *, warcs: bool = True) -> Gathered:
    """Raises ArchiveError, also where the store has no outlet."""
    done = Gathered()
    parts: dict[str, Archive] = {}
    manifests: dict[str, Manifest] = {}
    for name in shelf_of(cluster).names(OUTLETS):
        part = Archive((archive.root / "store" / OUTLETS / name).absolute())
        manifest = _bring(part, name, f"{cluster.rstrip('/')}/{OUTLETS}/{name}", warcs)
        if manifest is None:
            done.waiting.append(name)
        else:
            parts[name], manifests[name] = part, manifest
    done.outlets = list(parts)
    if not parts and not done.waiting:
        raise ArchiveError(f"{cluster} has no outlets; `zancrawler schedule --store` fills it")
    # Nothing may show here that somebody withdrew.
    decided = [d for part in parts.values() for d in history(part)] + _shared(cluster)
    new = missing(sorted(decided, key=lambda d: d.at), list(history(archive)))
    new = list({decision.line(): decision for decision in new}.values())
    if new:
        with entering_decisions(archive):
            record(archive, new)
    done.decisions = len(new)
    with entering(archive, done.outlets, Cause.FOUND):
        for name, part in parts.items():
            with archive.lock(name, "a gathering"):
                _refuse_strange(archive, name, part)
                _refuse_purged(archive, name, part)
                done.files += _lay(archive, name, part, manifests[name].id)
                with Ledger(archive.ledger(name)) as ledger:
                    apply_decisions(archive, name, ledger)
    return done


def decide(archive: Archive, cluster: str) -> int:
    """Tells all workers what was decided here; each run takes it in. Returns how much is new."""
    shelf = shelf_of(cluster)
    ours = list(history(archive))
    for _ in range(_ATTEMPTS):
        item = shelf.get(DECISIONS)
        there = _parsed(item, cluster)
        new = missing(ours, there)
        if not new:
            return 0
        text = "".join(decision.line() + "\n" for decision in [*there, *new])
        try:
            shelf.put(DECISIONS, text.encode(), item.tag if item else None)
        except OvertakenError:
            continue
        return len(new)
    raise ArchiveError(f"others keep writing {cluster}/{DECISIONS}; try again")


def _shared(cluster: str) -> list[Decision]:
    return _parsed(shelf_of(cluster).get(DECISIONS), cluster)


def _parsed(item: Item | None, cluster: str) -> list[Decision]:
    where = f"{cluster}/{DECISIONS}"
    try:
        return list(parse(item.data.decode("utf-8"), where)) if item else []
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{where} is no UTF-8 text, so that nothing may be shown") from error


def _bring(part: Archive, outlet: str, uri: str, warcs: bool) -> Manifest | None:
    """Pulls one outlet's archive with its ledger; None where its first run is not over.

    Its worker may push meanwhile, and remove what the manifest before named: then once more.
    """
    store = Store.open(uri)
    for _ in range(_ATTEMPTS):
        before = Manifest.of_store(store)
        if before is None:
            return None
        try:
            pull(part, uri, warcs=warcs)
            has_ledger = fetch_ledger(store, part.ledger(outlet))
        except ChangedError as error:
            # Half of a gathering that was killed: nothing else writes here.
            for path in error.paths:
                local(part, path).unlink()
            continue
        except StoreError:
            after = Manifest.of_store(store)
            if after and after.id == before.id:
                raise
            continue
        after = Manifest.of_store(store)
        if after and after.id == before.id:
            return after if has_ledger else None
    raise ArchiveError(f"a worker keeps writing {uri}; gather again")


def _refuse_strange(archive: Archive, outlet: str, part: Archive) -> None:
    """Tables are laid over those that are here, so here may be no more than there."""
    known = {part.relative(path) for path in closed_warcs(part.warcs(outlet))}
    here = (archive.relative(path) for path in closed_warcs(archive.warcs(outlet)))
    if strange := sorted(set(here) - known):
        raise ArchiveError(
            f"{archive.root} holds {strange[0]}, which the workers' store has not; gather into "
            "another folder"
        )


def _refuse_purged(archive: Archive, outlet: str, part: Archive) -> None:
    """What was purged here must not come back from a store in which it still stands."""
    purged, there = (
        {d.article_id for d in history(each) if d.action is Action.PURGE and d.outlet == outlet}
        for each in (archive, part)
    )
    if purged - there:
        raise ArchiveError(
            f"articles of {outlet} were purged here, and not where it is crawled; pull its store "
            "into a folder of its own, purge them there, push, and gather again"
        )


def _lay(archive: Archive, outlet: str, part: Archive, manifest: str) -> int:
    """Links the files of one outlet's archive into the whole; removes chunks that are gone.

    What was laid by the same manifest stays: stories and decisions were written into it since.
    """
    wanted = {path for path in shared_files(part) if path.split("/")[0] in _FOLDERS}
    pruned = {f"{path}{SUFFIX}" for path in pruned_files(part)}
    mark = part.store / "laid"
    is_laid = mark.exists() and mark.read_text() == manifest
    count = 0
    for path in sorted(wanted | pruned):
        source, target = local(part, path), local(archive, path)
        if target.exists() and (is_laid or target.samefile(source)):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = target.with_name(f".{target.name}.tmp")
        hidden.unlink(missing_ok=True)
        os.link(source, hidden)
        hidden.replace(target)
        if path in wanted:
            pointer(target).unlink(missing_ok=True)
        count += 1
    for chunk in (archive.root / "tables").glob(f"*/site={outlet}/**/*.parquet"):
        if archive.relative(chunk) not in wanted:
            chunk.unlink()
    if not is_laid or not archive.ledger(outlet).exists():
        with part.ledger(outlet).open("rb") as ledger:
            lay_ledger(ledger, archive.ledger(outlet))
    mark.write_text(manifest)
    return count
