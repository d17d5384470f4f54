"""A worker: takes outlets by lease, runs them, and gives them back, until it is told to stop.

Any number of workers may share one store; each needs a folder and the same outlets' files. Outlets
that ask one host go by one lease, so that a host gets one request at a time from all of them.
"""

from __future__ import annotations

import os
import queue
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError
from zancrawler.cluster.lease import TERM, Held, Leases, LostLeaseError
from zancrawler.cluster.leash import hold
from zancrawler.cluster.shard import Shard
from zancrawler.cluster.shelf import shelf_of
from zancrawler.outlets import Outlet
from zancrawler.runs.alarms import Alarm, alarms
from zancrawler.runs.child import Child
from zancrawler.runs.crawl import SIDE_BY_SIDE, CrawlOptions, by_host
from zancrawler.runs.history import read_history, source_entries
from zancrawler.runs.hooks import Hook
from zancrawler.runs.pace import next_run, steady_clock
from zancrawler.runs.schedule import PATIENCE, Event, EventKind, Stop
from zancrawler.runs.summary import RunState, RunSummary

_POLL = 0.5
_LOOK = 10.0
"""Seconds between two looks at all leases: a request for each."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last word of a child: how each of its outlets fared."""

    due: datetime | None
    alarms: tuple[tuple[str, Alarm], ...]
    """With the outlets' names."""


@dataclass(slots=True)
class _Run:
    """The outlets of one lease, run one after the other by a child."""

    held: Held
    child: Child
    renewed: float
    """When, by the steady clock."""
    failed: bool = False


@dataclass(slots=True)
class Worker:
    """`events()` runs it; everything else is what it runs with."""

    cluster: str
    """The address of the store."""
    work: Path
    outlets: Sequence[Outlet]
    options: CrawlOptions
    folder: Path | None = None
    """Of the user's own outlets' files."""
    hook: Hook = field(default_factory=Hook)
    term: float = TERM
    clock: Callable[[], float] = steady_clock
    random: random.Random = field(default_factory=random.Random)
    _alarms: dict[str, set[tuple[str, str | None, str | None]]] = field(default_factory=dict)
    _troubles: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    @property
    def where(self) -> str:
        return f"{socket.gethostname()}:{self.work.absolute()}"

    def events(self, stop: Stop) -> Iterator[Event]:
        """Runs until `stop` is asked for, then at most PATIENCE and a moment longer."""
        self.work.mkdir(parents=True, exist_ok=True)
        holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        leases = Leases(shelf_of(self.cluster), holder, self.where, self.term, self.clock)
        groups = {sorted(names)[0]: names for names in by_host(self.outlets)}
        running: dict[str, _Run] = {}
        look = self.clock()
        try:
            while not stop.asked:
                if self.clock() >= look:
                    look = self.clock() + min(_LOOK, self.term / 4)
                    yield from self._take(leases, groups, running)
                yield from self._renew(leases, running)
                yield from self._listen(leases, running)
                while not self._troubles.empty():
                    yield self._event(EventKind.TROUBLE, self._troubles.get())
            yield self._event(EventKind.STOPPING, f"stopping; {len(running)} runs are ended")
            for run in running.values():
                run.child.terminate()
            deadline = self.clock() + PATIENCE
            while running and self.clock() < deadline:
                yield from self._renew(leases, running)
                yield from self._listen(leases, running)
        finally:
            for run in running.values():
                run.child.kill()
        late = f"; {', '.join(running)} had to be killed, and are not pushed" if running else ""
        yield self._event(EventKind.STOPPED, f"stopped; what was captured is kept{late}")

    def _take(
        self, leases: Leases, groups: dict[str, list[str]], running: dict[str, _Run]
    ) -> Iterator[Event]:
        names = [name for name in groups if name not in running]
        # Not all workers in the same order: each would find what another has just taken.
        self.random.shuffle(names)
        for name in names:
            if len(running) >= SIDE_BY_SIDE:
                return
            now = self.clock()
            try:
                held = leases.take(name)
            except ArchiveError as error:
                yield self._event(EventKind.TROUBLE, f"{name}: {error}", name)
                continue
            if held is None:
                continue
            if held.lost:
                yield self._event(
                    EventKind.TROUBLE, f"{name}: taken over from {held.lost.where}", name
                )
            by_name = {outlet.name: outlet for outlet in self.outlets}
            shards = [
                Shard(by_name[each], self.cluster, self.work, self.where) for each in groups[name]
            ]
            leash = now, self.term * 2 / 3
            child = Child.start(_run, shards, self.options, self.folder, held, leash)
            running[name] = _Run(held, child, now)
            yield self._event(EventKind.STARTED, f"{name}: a run begins", name)

    def _renew(self, leases: Leases, running: dict[str, _Run]) -> Iterator[Event]:
        for name, run in list(running.items()):
            now = self.clock()
            if now - run.renewed < self.term / 4:
                continue
            try:
                run.held = leases.renew(run.held)
                run.renewed = now
                run.child.pipe.send(now)
            except LostLeaseError as error:
                run.child.kill()
                del running[name]
                yield self._event(EventKind.TROUBLE, f"{name}: {error}; its run is ended", name)
            except (ArchiveError, OSError) as error:
                # The child ends itself when this lasts.
                yield self._event(EventKind.TROUBLE, f"{name}: {error}", name)

    def _listen(self, leases: Leases, running: dict[str, _Run]) -> Iterator[Event]:
        ready = wait([run.child.pipe for run in running.values()], _POLL) if running else []
        if not running:
            time.sleep(_POLL)
        for name, run in list(running.items()):
            if run.child.pipe not in ready:
                continue
            try:
                said: RunSummary | Ended = run.child.pipe.recv()
            except (EOFError, OSError):
                run.child.kill()
                del running[name]
                # The lease is not given back: what was captured is in our folder alone.
                yield self._event(EventKind.TROUBLE, f"{name}: its run died", name)
                continue
            if isinstance(said, RunSummary):
                run.failed = run.failed or said.state is RunState.FAILED
                yield self._end_of(said)
                continue
            run.child.join()
            del running[name]
            yield from self._give_back(leases, name, run, said)

    def _give_back(self, leases: Leases, name: str, run: _Run, ended: Ended) -> Iterator[Event]:
        failures = run.held.lease.failures + 1 if run.failed else 0
        try:
            leases.give_back(run.held, ended.due, failures)
        except ArchiveError as error:
            yield self._event(EventKind.TROUBLE, f"{name}: {error}", name)
        at = f"{ended.due:%Y-%m-%d %H:%M} UTC" if ended.due else "once"
        yield self._event(EventKind.WAITS, f"{name}: next run at {at}", name, due=ended.due)
        before, self._alarms[name] = (
            self._alarms.get(name, set()),
            {alarm.key for _, alarm in ended.alarms},
        )
        for outlet, alarm in ended.alarms:
            if alarm.key not in before:
                yield self._event(EventKind.RAISED, alarm.message, outlet, alarm=alarm)
                self._tell(alarm)

    def _tell(self, alarm: Alarm) -> None:
        """In a thread: a hook that hangs holds up neither the runs nor the leases."""

        def tell() -> None:
            for failure in self.hook.tell(alarm):
                self._troubles.put(failure)

        threading.Thread(target=tell, daemon=True).start()

    def _end_of(self, summary: RunSummary) -> Event:
        return self._event(
            EventKind.ENDED,
            f"{summary.outlet}: {summary.state.value}; {summary.requests} requests, "
            f"{summary.articles_new} new articles" + f" ({summary.reason})" * bool(summary.reason),
            summary.outlet,
            summary=summary,
        )

    def _event(
        self,
        kind: EventKind,
        message: str,
        outlet: str | None = None,
        summary: RunSummary | None = None,
        alarm: Alarm | None = None,
        due: datetime | None = None,
    ) -> Event:
        return Event(datetime.now(UTC), kind, message, outlet, summary, alarm, due)


def _run(
    pipe: Connection,
    shards: Sequence[Shard],
    options: CrawlOptions,
    folder: Path | None,
    held: Held,
    leash: tuple[float, float],
) -> None:
    """The child: a summary for each outlet, then `Ended`."""
    hold(pipe, *leash)
    failures = held.lease.failures + 1
    due: list[datetime] = []
    raised: list[tuple[str, Alarm]] = []
    for shard in shards:
        try:
            summary = shard.run(options, folder, held.lost)
        except (ArchiveError, OSError) as error:
            summary = RunSummary.failed(shard.outlet.name, str(error))
        pipe.send(summary)
        now = datetime.now(UTC)
        archive = Archive(shard.folder.absolute())
        try:
            history = read_history(archive, shard.outlet, now)
            sources = list(source_entries(archive, shard.outlet).values())
            failed = failures if summary.state is RunState.FAILED else 0
            due.append(next_run(history.last, sources, failures=failed) or now)
            raised += [(shard.outlet.name, alarm) for alarm in alarms(history, now)]
        except (ArchiveError, OSError) as error:
            pipe.send(RunSummary.failed(shard.outlet.name, str(error)))
    pipe.send(Ended(min(due, default=None), tuple(raised)))
