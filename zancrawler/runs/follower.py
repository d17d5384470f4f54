"""The follower: a process that makes tables of a crawl's records while the crawl goes on.

The crawl tells it where each exchange stands in a WARC; it reads the exchange back, extracts the
article on the other core, makes the WARC durable, commits the tables and only then reports the
outcome, which the crawl puts into the ledger: WARC, tables, ledger, in that order.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from zancrawler.archive import Archive, ArchiveError
from zancrawler.interrupts import out_of_reach
from zancrawler.outlets import Outlet
from zancrawler.proofs.entry import Cause
from zancrawler.runs.entering import enter
from zancrawler.runs.memories import memory_of
from zancrawler.runs.series import BATCH, Committed, commit_spans
from zancrawler.runs.spans import Span
from zancrawler.tables import Tables

_SECONDS = 30.0
"""The longest that an exchange waits for its commit. Every commit replaces files that a reader may
be about to open, and the WARC keeps the exchange safe in the meantime."""

_SAFE = "what was captured is safe in the WARCs"


@dataclass(frozen=True, slots=True)
class Failed:
    """The follower had to stop; what it committed before is safe."""

    message: str
    """Why, and what is safe."""


@dataclass(frozen=True, slots=True)
class Done:
    """Everything that was told is committed."""


Report = Committed | Failed | Done


class Follower:
    """The crawl's side. Not thread-safe; call it from the reactor's thread only."""

    def __init__(self, archive: Archive, outlet: Outlet, crawl_id: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_follow, args=(theirs, archive, outlet, crawl_id), name=f"follow-{outlet.name}"
        )
        with out_of_reach():
            self._process.start()
        theirs.close()

    def tell(self, span: Span | None) -> None:
        """An exchange to derive; None: there will be no more. A dead follower is told nothing."""
        try:
            self._pipe.send(span)
        except OSError:
            return

    def reports(self) -> Iterator[Report]:
        """What has come since the last call. The last is `Done` or `Failed`, also for a death."""
        try:
            while self._pipe.poll():
                report: Report = self._pipe.recv()
                yield report
                if not isinstance(report, Committed):
                    return
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            yield Failed(f"the extraction process ended with code {code}; {_SAFE}")

    def close(self) -> None:
        self._pipe.close()
        self._process.join()


def _follow(pipe: Connection, archive: Archive, outlet: Outlet, crawl_id: str) -> None:
    """The follower's main loop, in its own process."""
    # Ctrl-C reaches the whole process group; the crawl decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    told: queue.SimpleQueue[Span | None] = queue.SimpleQueue()
    # A thread empties the pipe at once, so that the crawl never waits on a slow page.
    threading.Thread(target=_listen, args=(pipe, told), daemon=True).start()
    try:
        tables = Tables(archive, outlet.name)
        memory = memory_of(archive, outlet.name)
        for batch in _batches(told):
            committed = commit_spans(batch, archive, tables, outlet, crawl_id, memory)
            # What stands in the way, the run's end says.
            enter(archive, outlet.name, Cause.CRAWL, tables_only=True)
            pipe.send(committed)
        pipe.send(Done())
    except FileNotFoundError as error:
        pipe.send(
            Failed(
                f"{error.filename} was deleted while the run needed it; what else was captured is "
                "safe in the WARCs. Crawl again to fetch anew what is lost"
            )
        )
    except (OSError, ArchiveError) as error:
        pipe.send(Failed(f"{error}; {_SAFE}"))


def _listen(pipe: Connection, told: queue.SimpleQueue[Span | None]) -> None:
    try:
        while True:
            span = pipe.recv()
            told.put(span)
            if span is None:
                return
    except (EOFError, OSError):
        # The crawl died, and another may hold the outlet from now on: write nothing more. What was
        # captured is derived at the next start, and a commit cut short leaves whole files.
        os._exit(1)


def _batches(told: queue.SimpleQueue[Span | None]) -> Iterator[list[Span]]:
    batch: list[Span] = []
    deadline = 0.0
    while True:
        try:
            wait = max(0.0, deadline - time.monotonic()) if batch else None
            span = told.get(timeout=wait)
        except queue.Empty:
            yield batch
            batch = []
            continue
        if span is None:
            break
        if not batch:
            deadline = time.monotonic() + _SECONDS
        batch.append(span)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
