"""The schedule: every outlet crawled at its own pace, for years, until it is told to stop.

It keeps no state of its own. When an outlet is due follows from its last run and its ledger, so
that whatever was missed while nothing ran is caught up once, at the next start. Waiting is by a
clock that nobody sets; the time of day is only looked at when a run has ended.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError
from zancrawler.clock import steady_clock
from zancrawler.ledger import Entry
from zancrawler.outlets import Outlet
from zancrawler.runs.alarms import Alarm, alarms
from zancrawler.runs.child import Child
from zancrawler.runs.crawl import SIDE_BY_SIDE, CrawlOptions, crawl
from zancrawler.runs.history import History, Run, read_history, source_entries
from zancrawler.runs.hooks import Hook
from zancrawler.runs.notices import Event, EventKind, Notices
from zancrawler.runs.pace import check_due, next_run, wait_for
from zancrawler.runs.status import archive_alarms
from zancrawler.runs.summary import RunState, RunSummary

CHECK_EVERY = 3600.0
"""Seconds between two looks for alarms that no run brings: a full disk, a run that hangs."""
PATIENCE = 6.0
"""Seconds that a run gets to end after SIGTERM. What it has captured is safe either way."""
_POLL = 0.5
"""Seconds at most until a signal or a due outlet is noticed."""


@dataclass(slots=True)
class Stop:
    """A wish to stop, that a signal may set at any moment."""

    asked: bool = False

    def ask(self, *_: object) -> None:
        self.asked = True


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """A Stop that SIGTERM and SIGINT set. For the main thread."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class _Running:
    """One outlet's run, in a process of its own."""

    outlet: str
    child: Child
    """Brings the run's last summary."""

    @classmethod
    def start(
        cls, outlet: str, archive: Archive, options: CrawlOptions, folder: Path | None
    ) -> _Running:
        return cls(outlet, Child.start(_run, archive, outlet, options, folder))

    def result(self) -> RunSummary:
        """Of a run whose pipe has something to say, if only that it broke."""
        try:
            summary: RunSummary = self.child.pipe.recv()
        except EOFError:
            summary = RunSummary.failed(self.outlet, "the run ended without a word")
        self.child.join()
        return summary


def _take_ended(running: dict[str, _Running]) -> list[RunSummary]:
    """Waits a moment for runs to end; takes those that have out of `running`."""
    if not running:
        time.sleep(_POLL)
    ready = wait([run.child.pipe for run in running.values()], _POLL) if running else []
    ended = [run for run in running.values() if run.child.pipe in ready]
    for run in ended:
        del running[run.outlet]
    return [run.result() for run in ended]


def latest(last: Run | None, after: RunSummary | None) -> Run | None:
    """The run that just ended counts by its own summary where it left no row."""
    if after is None or (last and last.crawl_id == after.crawl_id):
        return last
    finished = after.finished or after.started
    return Run(after.crawl_id, after.started, finished, after.state, after.reason or "", 0, 0)


@dataclass(slots=True)
class Schedule:
    """Crawls outlets for ever. `events()` runs it; everything else is what it runs with."""

    archive: Archive
    outlets: Sequence[Outlet]
    options: CrawlOptions
    folder: Path | None = None
    """Of the user's own outlets' files."""
    hook: Hook = field(default_factory=Hook)
    clock: Callable[[], float] = steady_clock
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: random.Random = field(default_factory=random.Random)
    _due: dict[str, float] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)
    _checked: dict[str, datetime] = field(default_factory=dict)
    """When each outlet's file was looked at last or, if it never was, since when we know it."""
    _checking: set[str] = field(default_factory=set)
    _alarms: dict[str | None, tuple[Alarm, ...]] = field(default_factory=dict)
    _notices: Notices = field(init=False)

    def __post_init__(self) -> None:
        self._notices = Notices(self.hook, self.now)

    def events(self, stop: Stop) -> Iterator[Event]:
        """Runs until `stop` is asked for, then at most PATIENCE and a moment longer."""
        running: dict[str, _Running] = {}
        for outlet in self.outlets:
            yield from self._look_at(outlet)
        check = self.clock() + CHECK_EVERY
        yield from self._compare(None, archive_alarms(self.archive, self.now()))
        try:
            while not stop.asked:
                yield from self._start_due(running)
                for summary in _take_ended(running):
                    yield from self._ended(summary)
                if self.clock() >= check:
                    check = self.clock() + CHECK_EVERY
                    yield from self._compare(None, archive_alarms(self.archive, self.now()))
                    for outlet in self.outlets:
                        yield from self._look_at(outlet, plan=False)
                yield from self._notices.troubles()
            yield self._notices.event(
                EventKind.STOPPING, f"stopping; {len(running)} runs are ended"
            )
            for run in running.values():
                run.child.terminate()
            deadline = self.clock() + PATIENCE
            while running and self.clock() < deadline:
                for summary in _take_ended(running):
                    yield self._end_of(summary)
        finally:
            for run in running.values():
                run.child.kill()
        late = f"; {', '.join(running)} had to be killed, the next run repairs" if running else ""
        yield self._notices.event(EventKind.STOPPED, f"stopped; what was captured is kept{late}")

    def _start_due(self, running: dict[str, _Running]) -> Iterator[Event]:
        clock = self.clock()
        for name, due in sorted(self._due.items(), key=lambda pair: pair[1]):
            if due > clock or len(running) >= SIDE_BY_SIDE:
                return
            if self._hosts(name) & {host for other in running for host in self._hosts(other)}:
                # A host gets one request at a time, whoever's outlets it serves.
                continue
            del self._due[name]
            now, what = self.now(), "run"
            if check_due(name, self._checked.get(name, now), now):
                what = "check"
                self._checked[name] = now
                self._checking.add(name)
            options = replace(self.options, check=what == "check")
            running[name] = _Running.start(name, self.archive, options, self.folder)
            yield self._notices.event(EventKind.STARTED, f"{name}: a {what} begins", name)

    def _hosts(self, name: str) -> set[str]:
        return {host for o in self.outlets if o.name == name for host in o.domains}

    def _ended(self, summary: RunSummary) -> Iterator[Event]:
        name = summary.outlet
        yield self._end_of(summary)
        outlet = next(outlet for outlet in self.outlets if outlet.name == name)
        if name in self._checking:
            # The crawl is due as it was before.
            self._checking.discard(name)
            yield from self._look_at(outlet)
            return
        failed = summary.state is RunState.FAILED
        self._failures[name] = self._failures.get(name, 0) + 1 if failed else 0
        yield from self._look_at(outlet, after=summary)

    def _end_of(self, summary: RunSummary) -> Event:
        return self._notices.event(
            EventKind.ENDED,
            f"{summary.outlet}: {summary.state.value}; {summary.requests} requests, "
            f"{summary.articles_new} new articles" + f" ({summary.reason})" * bool(summary.reason),
            summary.outlet,
            summary=summary,
        )

    def _look_at(
        self, outlet: Outlet, *, plan: bool = True, after: RunSummary | None = None
    ) -> Iterator[Event]:
        """Compares the outlet's alarms with those known, and notes when it is due."""
        last: Run | None = None
        sources: list[Entry] = []
        try:
            history = read_history(self.archive, outlet, self.now())
            last = history.last
            self._note_check(outlet.name, history)
            sources = list(source_entries(self.archive, outlet).values())
            yield from self._compare(outlet.name, alarms(history, self.now()))
        except ArchiveError as error:
            yield self._notices.event(EventKind.TROUBLE, f"{outlet.name}: {error}", outlet.name)
        if plan:
            yield self._plan(outlet.name, latest(last, after), sources)

    def _note_check(self, name: str, history: History) -> None:
        """One that was never checked is first, when its hour comes after its first run."""
        known = history.runs[0].started if history.runs else self.now()
        found = history.check.at if history.check else known
        self._checked[name] = max(found, self._checked.get(name, found))

    def _plan(self, name: str, last: Run | None, sources: list[Entry]) -> Event:
        now = self.now()
        due = next_run(last, sources, failures=self._failures.get(name, 0))
        seconds = wait_for(due, now, self.random.random())
        self._due[name] = self.clock() + seconds
        at = now + timedelta(seconds=seconds)
        message = f"{name}: next run at {at:%Y-%m-%d %H:%M} UTC"
        return self._notices.event(EventKind.WAITS, message, name, due=at)

    def _compare(self, name: str | None, found: tuple[Alarm, ...]) -> Iterator[Event]:
        """What has been raised and cleared since the last look."""
        before, self._alarms[name] = self._alarms.get(name, ()), found
        yield from self._notices.compare(name, before, found)


def _run(
    pipe: Connection, archive: Archive, name: str, options: CrawlOptions, folder: Path | None
) -> None:
    """One run, in a process whose main thread passes SIGTERM on (`crawl`)."""
    last = RunSummary.failed(name, "the run ended without a word")
    for summary in crawl(archive, [name], options, outlets=folder):
        last = summary
    try:
        pipe.send(last)
    except BrokenPipeError:
        return
