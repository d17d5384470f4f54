"""One outlet's archive, in a folder of the worker that holds its lease and in a store of its own.

Before a run the folder is made to be what the store has; after it the store gets what the run
made. The manifest is written only if it is still the one that the run began from, so a worker that
is no longer the holder changes nothing. What a lost worker had captured and not pushed is a named
gap in `tables/crawls`; when its folder comes back, the WARCs in it are taken in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.recovery import recover
from zancrawler.cluster.lease import Lease
from zancrawler.cluster.ledgers import fetch_ledger, put_ledger
from zancrawler.cluster.shelf import Shelf, shelf_of
from zancrawler.decisions import Decision, history, parse, record
from zancrawler.outlets import Outlet
from zancrawler.runs.adopting import adopt
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.entering import entering_decisions
from zancrawler.runs.rebuild import rebuild_ledger
from zancrawler.runs.summary import RunState, RunSummary, crawl_row
from zancrawler.storage.manifest import DECISIONS, NAME, Manifest
from zancrawler.storage.pruned import closed_warcs, pointer
from zancrawler.storage.pull import pull
from zancrawler.storage.push import push
from zancrawler.storage.state import State
from zancrawler.storage.store import Store
from zancrawler.tables import Tables

OUTLETS = "outlets"
"""The folder, in the cluster's store, of the outlets' own."""
_HOLDER = "a worker"


@dataclass(frozen=True, slots=True)
class Shard:
    """One outlet of a cluster, as one worker sees it."""

    outlet: Outlet
    cluster: str
    """The address of the cluster's store."""
    work: Path
    """The worker's folder."""
    where: str
    """That folder, with the name of its host."""

    @property
    def uri(self) -> str:
        return f"{self.cluster.rstrip('/')}/{OUTLETS}/{self.outlet.name}"

    @property
    def folder(self) -> Path:
        return self.work / self.outlet.name

    @property
    def stranded(self) -> list[Path]:
        """Folders with captures that a lost run of this worker never pushed."""
        return sorted(self.work.glob(f"{self.outlet.name}.stranded-*"))

    def run(self, options: CrawlOptions, catalogue: Path | None, lost: Lease | None) -> RunSummary:
        """One run, from the store and back into it. To be called under the outlet's lease.

        `lost` is the lease of the worker that it was taken over from. Raises ArchiveError, OSError.
        """
        shelf = shelf_of(self.uri)
        begun = shelf.get(NAME)
        archive = self._prepare(Manifest.parse(begun.data) if begun else None)
        if lost is not None and lost.where != self.where:
            self._name_gap(archive, lost)
        self._take_decisions(archive)
        summary = RunSummary.failed(self.outlet.name, "the run ended without a word")
        for said in crawl(archive, [self.outlet.name], options, outlets=catalogue):
            summary = said
        self._push(archive, shelf, begun.tag if begun else None)
        for folder in self.stranded:
            shutil.rmtree(folder)
        return summary

    def _prepare(self, manifest: Manifest | None) -> Archive:
        archive = Archive(self.folder.absolute())
        state = State.read(archive)
        if manifest and not (state and state.follows(manifest)):
            if any(self._own_warcs(archive, manifest)):
                lost_at = datetime.now(UTC)
                self.folder.rename(f"{self.folder}.stranded-{lost_at:%Y%m%d%H%M%S%f}")
            pull(archive, self.uri, warcs=False)
            if not fetch_ledger(Store.open(self.uri), archive.ledger(self.outlet.name)):
                # The worker was lost between manifest and ledger.
                with archive.lock(self.outlet.name, _HOLDER):
                    rebuild_ledger(archive, self.outlet)
        archive = Archive.open(self.folder)
        for folder in self.stranded:
            self._take_in(archive, Archive(folder.absolute()), manifest)
        return archive

    def _own_warcs(self, archive: Archive, manifest: Manifest | None) -> Iterator[Path]:
        """WARCs here that the store does not have, also those that still grow."""
        for path in sorted(archive.warcs(self.outlet.name).glob("*/*.warc.gz*")):
            if not path.name.endswith((".warc.gz", ".warc.gz.open")):
                continue
            if manifest is None or archive.relative(path) not in manifest.entries:
                yield path

    def _take_in(self, archive: Archive, stranded: Archive, manifest: Manifest | None) -> None:
        with stranded.lock(self.outlet.name, _HOLDER):
            recover(stranded, self.outlet.name)
        known = {pointer(path).name for path in closed_warcs(archive.warcs(self.outlet.name))}
        for warc in self._own_warcs(stranded, manifest):
            place = archive.root / stranded.relative(warc)
            if pointer(place).name in known:
                # Another worker began a WARC in the same second.
                list(adopt(archive, [warc], [self.outlet]))
                continue
            with put_durably(place) as temporary:
                shutil.copyfile(warc, temporary)

    def _name_gap(self, archive: Archive, lost: Lease) -> None:
        now = datetime.now(UTC)
        summary = RunSummary(
            outlet=self.outlet.name,
            crawl_id=f"{self.outlet.name}-{lost.since:%Y%m%d%H%M%S}",
            state=RunState.FAILED,
            started=lost.since,
            finished=now,
            reason=(
                f"the worker was lost; what it captured and had not pushed is in {lost.where}, "
                "and is taken in when a worker is started there"
            ),
        )
        with archive.lock(self.outlet.name, _HOLDER):
            Tables(archive, self.outlet.name).put_crawl(crawl_row(summary, {}))

    def _take_decisions(self, archive: Archive) -> None:
        """What people decided for the whole cluster. The run follows it."""
        item = shelf_of(self.cluster).get(DECISIONS)
        if item is None:
            return
        where = f"{self.cluster}/{DECISIONS}"
        decided = parse(item.data.decode("utf-8"), where)
        new = missing([d for d in decided if d.outlet == self.outlet.name], list(history(archive)))
        if new:
            with entering_decisions(archive):
                record(archive, new)

    def _push(self, archive: Archive, shelf: Shelf, tag: str | None) -> None:
        def put_manifest(_: Store, data: bytes) -> None:
            shelf.put(NAME, data, tag)

        pushed = push(archive, self.uri, put_manifest=put_manifest)
        if pushed.waiting:
            raise ArchiveError(f"{archive.root} is in use by another command; the next run pushes")
        put_ledger(Store.open(self.uri), archive.ledger(self.outlet.name))


def missing(wanted: list[Decision], known: list[Decision]) -> list[Decision]:
    """Those of `wanted` that are not known, and are not older than what is known of the article."""
    latest = {decision.article_id: decision.at for decision in known}
    there = {decision.line() for decision in known}
    return [
        decision
        for decision in wanted
        if decision.line() not in there
        and decision.at >= latest.get(decision.article_id, decision.at)
    ]
