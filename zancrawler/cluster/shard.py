"""One outlet's archive, in a folder of the worker that holds its lease and in a store of its own.

Before a run the folder is made to be what the store has; after it the store gets what the run
made. The manifest is written only if it is still the one that the run began from, so a worker that
is no longer the holder changes nothing. What a lost worker had captured and not pushed is a named
gap in `tables/crawls`; when its folder comes back, the WARCs in it are taken in.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.recovery import recover
from zancrawler.cluster.lease import Gap
from zancrawler.cluster.ledgers import fetch_ledger, put_ledger
from zancrawler.decisions import Decision, history, parse, record
from zancrawler.ledger import Ledger
from zancrawler.outlets import Outlet
from zancrawler.proofs.entry import Cause
from zancrawler.runs.adopting import adopt
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.entering import entering, entering_decisions
from zancrawler.runs.history import read_history
from zancrawler.runs.pace import check_due
from zancrawler.runs.rebuild import rebuild_ledger
from zancrawler.runs.schedule import Stop
from zancrawler.runs.series import catch_up
from zancrawler.runs.summary import RunState, RunSummary, crawl_row
from zancrawler.storage.manifest import DECISIONS, NAME, Manifest, is_shared
from zancrawler.storage.pruned import closed_warcs, digest_of
from zancrawler.storage.pull import ChangedError, pull
from zancrawler.storage.push import push
from zancrawler.storage.shelf import Shelf, shelf_of
from zancrawler.storage.state import State, local
from zancrawler.storage.store import Store
from zancrawler.tables import Tables, read

OUTLETS = "outlets"
"""The folder, in the cluster's store, of the outlets' own."""
_HOLDER = "a worker"
_LOST = "the worker was lost"
_IN = "what it captured and had not pushed is in {},"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run went."""

    summary: RunSummary
    pushed: bool = False
    """Whether the store has what it made, with the gaps by name."""
    left: bool = False
    """Whether captures are in the worker's folder alone."""


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
    def archive(self) -> Archive:
        return Archive(self.folder.absolute())

    @property
    def stranded(self) -> list[Path]:
        """Folders with what an earlier run of this worker never pushed."""
        return sorted(self.work.glob(f"{self.outlet.name}.stranded-*"))

    @property
    def owns(self) -> bool:
        """Whether captures are here that, for all that is known here, the store has not."""
        try:
            return bool(self.stranded) or any(self._own_warcs(self.archive, None))
        except ArchiveError:
            # The run will say what cannot be read.
            return True

    def run(
        self,
        options: CrawlOptions | None,
        catalogue: Path | None,
        gaps: Iterable[Gap],
        stop: Stop,
    ) -> Ran:
        """One run, from the store and back into it. To be called under the outlet's lease.

        Without `options` nothing is asked of the outlet: what is here goes into the store.
        `gaps` are those that no table names yet. A run that fails says so in its summary.
        """
        summary = RunSummary.failed(self.outlet.name, "the run ended without a word")
        manifest: Manifest | None = None
        pushed = False
        try:
            shelf = shelf_of(self.uri)
            begun = shelf.get(NAME)
            manifest = Manifest.parse(begun.data) if begun else None
            self._prepare(manifest, [gap for gap in gaps if not self._is_here(gap)])
            if stop.asked:
                summary = summary.ended(RunState.STOPPED, "stopped before it began")
            else:
                summary = self._crawl(options, catalogue) if options else self._derive()
                manifest = self._push(shelf, begun.tag if begun else None)
                pushed = True
                for folder in self.stranded:
                    shutil.rmtree(folder)
            left = bool(self.stranded) or any(self._own_warcs(self.archive, manifest))
        except (ArchiveError, OSError, ValueError) as error:
            left = bool(self.stranded) or any(self.archive.warcs(self.outlet.name).glob("*/*.gz*"))
            summary = summary.ended(RunState.FAILED, f"{error}; the next run goes on from there")
        return Ran(summary, pushed, left)

    def _is_here(self, gap: Gap) -> bool:
        return gap.where == self.where and (self.folder.exists() or bool(self.stranded))

    def _crawl(self, options: CrawlOptions, catalogue: Path | None) -> RunSummary:
        """The run and, once a week, a check of the outlet's file after it."""
        names = [self.outlet.name]
        summary = RunSummary.failed(self.outlet.name, "the run ended without a word")
        for said in crawl(self.archive, names, options, outlets=catalogue, turns=self.cluster):
            summary = said
        now = datetime.now(UTC)
        known = read_history(self.archive, self.outlet, now)
        since = known.check.at if known.check else known.runs[0].started if known.runs else now
        if summary.state is RunState.FINISHED and check_due(self.outlet.name, since, now):
            checked = replace(options, check=True)
            list(crawl(self.archive, names, checked, outlets=catalogue, turns=self.cluster))
        return summary

    def _derive(self) -> RunSummary:
        """As each run begins: makes WARCs whole, and tables and ledger of them."""
        archive, name, begun = self.archive, self.outlet.name, datetime.now(UTC)
        with archive.lock(name, _HOLDER), Ledger(archive.ledger(name)) as ledger:
            recover(archive, name)
            for committed in catch_up(archive, Tables(archive, name), self.outlet, ledger):
                ledger.record(committed.outcomes, committed.through)
        with entering(archive, [name], Cause.FOUND):
            pass
        summary = RunSummary(name, "", RunState.FINISHED, begun)
        return summary.ended(RunState.FINISHED, "what was left here was taken in")

    def _prepare(self, manifest: Manifest | None, gaps: list[Gap]) -> None:
        state = State.read(self.archive)
        if manifest and not (state and state.follows(manifest)):
            if any(self._own_warcs(self.archive, manifest)):
                self._set_aside()
            try:
                pull(self.archive, self.uri, warcs=False)
            except ChangedError:
                # Tables of a run that was lost before it captured anything, or half a pull.
                self._set_aside()
                pull(self.archive, self.uri, warcs=False)
            if not fetch_ledger(Store.open(self.uri), self.archive.ledger(self.outlet.name)):
                # The worker was lost between manifest and ledger.
                with self.archive.lock(self.outlet.name, _HOLDER):
                    rebuild_ledger(self.archive, self.outlet)
        archive = Archive.open(self.folder)
        for folder in self.stranded:
            self._take_in(archive, Archive(folder.absolute()), manifest)
        if gaps:
            self._take_uploaded(archive, manifest)
        for gap in gaps:
            self._name_gap(archive, gap)
        self._take_decisions(archive)

    def _set_aside(self) -> None:
        self.folder.rename(f"{self.folder}.stranded-{datetime.now(UTC):%Y%m%d%H%M%S%f}")

    def _own_warcs(self, archive: Archive, manifest: Manifest | None) -> Iterator[Path]:
        """WARCs here that the store does not have, also those that still grow.

        One that has a name of the store's and was never pushed or pulled is another's namesake; it
        is not by its bytes that it is known, for a purge changes them there.
        """
        state = State.read(archive)
        for path in sorted(archive.warcs(self.outlet.name).glob("*/*.warc.gz*")):
            name = archive.relative(path)
            if not name.endswith((".warc.gz", ".warc.gz.open")):
                continue
            is_known = state is not None and name in state.known
            if not is_known or (manifest is not None and name not in manifest.entries):
                yield path

    def _take_in(self, archive: Archive, stranded: Archive, manifest: Manifest | None) -> None:
        with stranded.lock(self.outlet.name, _HOLDER):
            recover(stranded, self.outlet.name)
        taken = list(self._own_warcs(stranded, manifest))
        known = closed_warcs(archive.warcs(self.outlet.name))
        for warc in taken:
            place = archive.root / stranded.relative(warc)
            if place not in known:
                with put_durably(place) as temporary:
                    shutil.copyfile(warc, temporary)
            elif digest_of(place) != digest_of(warc):
                # Another worker, with another clock, began a WARC in the same second.
                list(adopt(archive, [warc], [self.outlet]))
        self._record(archive, list(history(stranded)))
        if taken:
            self._close_gaps(archive)

    def _take_uploaded(self, archive: Archive, manifest: Manifest | None) -> None:
        """WARCs that a lost worker brought into the store, and no manifest names."""
        store = Store.open(self.uri)
        for name in sorted(store.objects()):
            is_warc = name.startswith(f"warc/{self.outlet.name}/") and is_shared(name)
            place = local(archive, name)
            if is_warc and not place.exists() and not (manifest and name in manifest.entries):
                with put_durably(place) as temporary, temporary.open("wb") as file:
                    store.fetch(name, file)

    def _name_gap(self, archive: Archive, gap: Gap) -> None:
        summary = RunSummary(
            outlet=self.outlet.name,
            crawl_id=f"{self.outlet.name}-{gap.since:%Y%m%d%H%M%S}",
            state=RunState.FAILED,
            started=gap.since,
            finished=datetime.now(UTC),
            reason=f"{_LOST}; {_IN.format(gap.where)} and is taken in when one is started there",
        )
        with archive.lock(self.outlet.name, _HOLDER):
            Tables(archive, self.outlet.name).put_crawl(crawl_row(summary, {}))

    def _close_gaps(self, archive: Archive) -> None:
        """What was named as being here is in the archive now."""
        tables = Tables(archive, self.outlet.name)
        for row in (
            read.Reader(read.LocalTables(archive)).crawls(outlet=self.outlet.name).to_pylist()
        ):
            if (row["outcome"] or "").startswith(f"{_LOST}; {_IN.format(self.where)}"):
                outcome = f"{_LOST}; what it captured was taken in from {self.where}"
                with archive.lock(self.outlet.name, _HOLDER):
                    tables.put_crawl({**row, "outcome": outcome})

    def _take_decisions(self, archive: Archive) -> None:
        """What people decided for the whole cluster. The run follows it."""
        item = shelf_of(self.cluster).get(DECISIONS)
        if item:
            self._record(archive, list(parse(item.data.decode(), f"{self.cluster}/{DECISIONS}")))

    def _record(self, archive: Archive, decided: list[Decision]) -> None:
        ours = [decision for decision in decided if decision.outlet == self.outlet.name]
        if new := missing(ours, list(history(archive))):
            with entering_decisions(archive):
                record(archive, new)

    def _push(self, shelf: Shelf, tag: str | None) -> Manifest:
        written: list[bytes] = []

        def put_manifest(_: Store, data: bytes) -> None:
            shelf.put(NAME, data, tag)
            written.append(data)

        archive = self.archive
        with archive.lock(self.outlet.name, _HOLDER):
            # Of a run that died: the bytes are safe in the store, and the next run has their rows.
            recover(archive, self.outlet.name)
        pushed = push(archive, self.uri, put_manifest=put_manifest)
        if pushed.waiting:
            raise ArchiveError(f"{archive.root} is in use by another command; the next run pushes")
        put_ledger(Store.open(self.uri), archive.ledger(self.outlet.name))
        return Manifest.parse(written[-1])


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
