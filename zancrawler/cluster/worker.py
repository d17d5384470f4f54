"""A worker: takes outlets by lease, runs them, and gives them back, until it is told to stop.

Any number of workers may share one store; each needs a folder of its own and the same outlets'
files. Outlets that ask one host go by one lease, so that a host gets one request at a time from all
of them.
"""

from __future__ import annotations

import os
import random
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import wait
from pathlib import Path

from zancrawler.archive import ArchiveError
from zancrawler.clock import steady_clock
from zancrawler.cluster.lease import (
    TERM,
    BadLeaseError,
    Gap,
    Held,
    Leases,
    LostLeaseError,
    Next,
)
from zancrawler.cluster.shard import Ran, Shard
from zancrawler.cluster.turn import Ended, run_once
from zancrawler.outlets import Outlet
from zancrawler.runs.child import Child
from zancrawler.runs.crawl import SIDE_BY_SIDE, CrawlOptions, by_host
from zancrawler.runs.hooks import Hook
from zancrawler.runs.notices import Event, EventKind, Notices
from zancrawler.runs.pace import SHORTEST, wait_for
from zancrawler.runs.schedule import PATIENCE, Stop
from zancrawler.runs.summary import RunState, RunSummary
from zancrawler.storage.shelf import prove, shelf_of

_POLL = 0.5
_LOOK = 10.0
"""Seconds between two looks through the leases, of which few are asked for (`Leases.take`)."""
_SLICE = 1.0
"""Seconds at a time for that: renewals must not wait for it."""
_AGAIN = 5.0
"""Seconds until the store is tried again after it failed."""


@dataclass(slots=True)
class _Run:
    """The outlets of one lease, run one after the other, each by a child of its own."""

    held: Held
    renewed: float
    """When the lease was written last, by the steady clock."""
    left: list[str]
    """Outlets still to be run, the first of them now."""
    child: Child | None = None
    """None: all are run, and the lease is to be given back."""
    tried: float = 0.0
    """When the store failed last."""
    died: int = 0
    """How often the child of this outlet did."""
    asked: bool = False
    """Whether its hosts were, by a run before this one."""
    untold: bool = False
    """Whether the lease on the shelf lacks how an outlet fared."""


@dataclass(slots=True)
class Worker:
    """`events()` runs it; everything else is what it runs with."""

    cluster: str
    """The address of the store."""
    work: Path
    outlets: Sequence[Outlet]
    """That it runs."""
    options: CrawlOptions
    folder: Path | None = None
    """Of the user's own outlets' files."""
    hook: Hook = field(default_factory=Hook)
    known: Sequence[Outlet] = ()
    """All of the catalogue, where `outlets` are some of it: leases must have the same names
    whichever of its outlets a worker runs."""
    term: float = TERM
    clock: Callable[[], float] = steady_clock
    random: random.Random = field(default_factory=random.Random)
    _running: dict[str, _Run] = field(default_factory=dict)
    _unseen: list[str] = field(default_factory=list)
    """Leases still to be looked at in this look."""
    _ours: set[str] = field(default_factory=set)
    """Outlets of which captures are here that the store has not."""
    _notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        self._notices = Notices(self.hook, lambda: datetime.now(UTC))

    @property
    def where(self) -> str:
        return f"{socket.gethostname()}:{self.work.absolute()}"

    def events(self, stop: Stop) -> Iterator[Event]:
        """Runs until `stop` is asked for, then at most PATIENCE and a moment longer.

        Raises ArchiveError where the store cannot be reached, or cannot be shared.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        shelf = shelf_of(self.cluster)
        prove(shelf)
        leases = Leases(shelf, holder, self.where, self.term, self.clock)
        groups = self._groups()
        self._ours = {outlet.name for outlet in self.outlets if self._shard(outlet.name).owns}
        look = self.clock()
        try:
            while not stop.asked:
                if self.clock() >= look:
                    look = self.clock() + min(_LOOK, self.term / 4)
                    self._unseen = list(groups)
                    # Not all workers in the same order: each would find what another has taken.
                    self.random.shuffle(self._unseen)
                yield from self._take(leases, groups)
                yield from self._renew(leases, groups)
                yield from self._listen(leases, groups, stop)
                yield from self._notices.troubles()
            yield self._notices.event(
                EventKind.STOPPING, f"stopping; {len(self._running)} runs are ended"
            )
            for run in self._running.values():
                if run.child:
                    run.child.terminate()
            deadline = self.clock() + PATIENCE
            while self._running and self.clock() < deadline:
                yield from self._renew(leases, groups)
                yield from self._listen(leases, groups, stop)
        finally:
            for run in self._running.values():
                if run.child:
                    run.child.kill()
        killed = [run.left[0] for run in self._running.values() if run.child]
        late = f"; {', '.join(killed)} had to be killed, and are not pushed" if killed else ""
        yield self._notices.event(EventKind.STOPPED, f"stopped; what was captured is kept{late}")

    def _groups(self) -> dict[str, list[str]]:
        """The outlets that it runs, by the name of their lease."""
        ours = {outlet.name for outlet in self.outlets}
        groups = {min(names): sorted(names) for names in by_host(self.known or self.outlets)}
        found = {lease: [n for n in names if n in ours] for lease, names in groups.items()}
        return {lease: names for lease, names in found.items() if names}

    def _take(self, leases: Leases, groups: dict[str, list[str]]) -> Iterator[Event]:
        until = self.clock() + _SLICE
        while self._unseen and len(self._running) < SIDE_BY_SIDE and self.clock() < until:
            name = self._unseen.pop()
            if name in self._running:
                continue
            now = self.clock()
            try:
                held = leases.take(name, groups[name], self._ours.intersection(groups[name]))
            except BadLeaseError as error:
                yield self._notices.event(EventKind.TROUBLE, f"{name}: {error}", name)
                continue
            except ArchiveError as error:
                # The store's trouble is that of all leases.
                self._unseen.clear()
                yield self._notices.event(EventKind.TROUBLE, f"{name}: {error}", name)
                return
            if held is None:
                continue
            if held.lost:
                yield self._notices.event(
                    EventKind.TROUBLE, f"{name}: taken over from {held.lost}", name
                )
            run = self._running[name] = _Run(held, now, list(held.lease.left))
            yield from self._begin(run)

    def _begin(self, run: _Run) -> Iterator[Event]:
        """The first outlet that is left, if there is one."""
        if not run.left:
            return
        name = run.left[0]
        shard = self._shard(name)
        pause = shard.outlet.politeness.delay if run.asked else 0.0
        run.asked = True
        leash = run.renewed, self.term * 2 / 3
        run.child = Child.start(
            run_once, shard, self.options, self.folder, run.held.lease, leash, pause
        )
        yield self._notices.event(EventKind.STARTED, f"{name}: a run begins", name)

    def _shard(self, name: str) -> Shard:
        outlet = next(outlet for outlet in self.outlets if outlet.name == name)
        return Shard(outlet, self.cluster, self.work, self.where)

    def _renew(self, leases: Leases, groups: dict[str, list[str]]) -> Iterator[Event]:
        for name, run in list(self._running.items()):
            now = self.clock()
            is_due = now - run.renewed >= self.term / 4 or run.untold or not run.child
            if not is_due or now - run.tried < _AGAIN:
                continue
            try:
                if not run.child:
                    leases.give_back(run.held, groups[name])
                    del self._running[name]
                    continue
                run.held = leases.renew(run.held)
                run.renewed, run.untold = now, False
                run.child.pipe.send(now)
            except LostLeaseError as error:
                if run.child:
                    run.child.kill()
                self._ours |= {each for each in groups[name] if self._shard(each).owns}
                del self._running[name]
                yield self._notices.event(
                    EventKind.TROUBLE, f"{name}: {error}; its run is ended", name
                )
            except (ArchiveError, OSError) as error:
                # The child ends itself when this lasts.
                run.tried = now
                yield self._notices.event(EventKind.TROUBLE, f"{name}: {error}", name)

    def _listen(self, leases: Leases, groups: dict[str, list[str]], stop: Stop) -> Iterator[Event]:
        pipes = {run.child.pipe: run for run in self._running.values() if run.child}
        patience = 0.0 if self._unseen and len(self._running) < SIDE_BY_SIDE else _POLL
        if not pipes:
            time.sleep(patience)
        for pipe in wait(list(pipes), patience) if pipes else []:
            run = pipes[pipe]  # type: ignore[index]
            assert run.child
            try:
                said: Ended = run.child.pipe.recv()
            except (EOFError, OSError):
                run.child.kill()
                run.child = None
                yield from self._died(run, stop)
            else:
                run.child.join()
                run.child = None
                yield from self._ended(run, said)
            if stop.asked:
                run.left.clear()
            if not run.child:
                yield from self._begin(run)
        yield from self._renew(leases, groups)

    def _died(self, run: _Run, stop: Stop) -> Iterator[Event]:
        name = run.left[0]
        yield self._notices.event(EventKind.TROUBLE, f"{name}: its run died", name)
        run.died += 1
        is_ours = self.clock() - run.renewed < self.term / 2
        if run.died == 1 and is_ours and not stop.asked:
            # Here is what it captured, so it is begun again here, once.
            return
        summary = RunSummary.failed(name, "the run died; the next one repairs what it left")
        before = run.held.lease.next.get(name)
        failures = before.failures if before else 0
        due = datetime.now(UTC)
        if not stop.asked:
            due += SHORTEST * 2 ** min(failures, 10)
        standing = before.alarms if before else ()
        ran = Ran(summary, left=self._shard(name).owns)
        yield from self._ended(run, Ended(ran, due, standing))

    def _ended(self, run: _Run, ended: Ended) -> Iterator[Event]:
        name, lease, summary = run.left.pop(0), run.held.lease, ended.ran.summary
        run.died = 0
        self._ours.discard(name)
        before = lease.next.get(name)
        failed = summary.state is RunState.FAILED
        failures = (before.failures if before else 0) + 1 if failed else 0
        now = datetime.now(UTC)
        due = now + timedelta(seconds=wait_for(ended.due, now, self.random.random()))
        gap = Gap(name, self.where, lease.since) if ended.ran.left else None
        after = Next(due, failures, ended.alarms)
        told = lease.after(name, after, named=ended.ran.pushed, gap=gap)
        run.held, run.untold = replace(run.held, lease=told), True
        yield self._notices.event(
            EventKind.ENDED,
            f"{name}: {summary.state.value}; {summary.requests} requests, "
            f"{summary.articles_new} new articles" + f" ({summary.reason})" * bool(summary.reason),
            name,
            summary=summary,
        )
        message = f"{name}: next run at {due:%Y-%m-%d %H:%M} UTC"
        yield self._notices.event(EventKind.WAITS, message, name, due=due)
        standing = before.alarms if before else ()
        yield from self._notices.compare(name, standing, ended.alarms)
