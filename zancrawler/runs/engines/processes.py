"""The engine that needs nothing: processes of this machine, any of which may die.

`ProcessPoolExecutor` gives up all its work when one process dies, does not say over what it died,
and can hang when its processes are to be renewed (CPython issue 115634); so these are our own.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from zancrawler.archive import ArchiveError, in_words
from zancrawler.interrupts import out_of_reach
from zancrawler.runs.parts import SECONDS, Extraction, bound_memory, bound_time
from zancrawler.runs.spans import Span

SPANS = 200
"""That one process makes: then another takes its place, and what leaked is gone with it."""
DEATHS = 6
"""Over one span. Whoever kills processes at random does not meet the same span as often."""
_FAULT, _NO_MEMORY = 1, 2
"""Exit codes: Python's for an exception that nobody expected, and ours."""
_AHEAD = 2
"""Spans that a worker has at hand, so that it does not wait while its rows are committed."""


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    spans: deque[Span] = field(default_factory=deque)
    """What it has at hand; the first is what it is at."""
    given: int = 0

    @classmethod
    def start(cls, extraction: Extraction) -> _Worker:
        context = get_context("forkserver")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, extraction), daemon=True)
        # The first starts the server that all are forked from.
        with out_of_reach():
            process.start()
        theirs.close()
        return cls(process, ours)

    def give(self, todo: deque[Span]) -> None:
        """As much as it may have. If it is dead, the pipe says so when it is read."""
        while todo and len(self.spans) < _AHEAD and self.given < SPANS:
            self.spans.append(todo.popleft())
            self.given += 1
            try:
                self.pipe.send(self.spans[-1])
            except OSError:
                return

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def make_in_processes(
    extraction: Extraction, spans: Sequence[Span], workers: int
) -> Iterator[Span]:
    """As `make_parts`: each worker a process, held to its memory and renewed now and then."""
    todo = deque(spans)
    # Imported once, in the process that all of them are forked from: a dead one costs no second.
    get_context("forkserver").set_forkserver_preload([Extraction.__module__])
    deaths: Counter[Span] = Counter()
    busy: list[_Worker] = []
    try:
        while todo or busy:
            while todo and len(busy) < workers:
                worker = _Worker.start(extraction)
                worker.give(todo)
                busy.append(worker)
            waited = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in waited]:
                try:
                    fault = worker.pipe.recv()
                except (EOFError, OSError):
                    _count(deaths, worker)
                    todo.extendleft(reversed(worker.spans))
                    worker.spans.clear()
                else:
                    if fault is not None:
                        raise ArchiveError(fault)
                    done = worker.spans.popleft()
                    worker.give(todo)
                    yield done
                if not worker.spans:
                    worker.end()
                    busy.remove(worker)
    finally:
        for worker in busy:
            worker.end()


def _count(deaths: Counter[Span], worker: _Worker) -> None:
    """Notes a death. Raises ArchiveError where it was a fault of ours, or one death too many."""
    span = worker.spans[0]
    place = f"{span.warc_filename}, bytes {span.offset} to {span.end}"
    worker.process.join()
    if worker.process.exitcode == _FAULT:
        raise ArchiveError(f"a worker failed over {place}, as told above; the old tables stand")
    if worker.process.exitcode == -signal.SIGXCPU:
        # It would take as long again.
        raise ArchiveError(
            f"a worker took more than {SECONDS // 60} minutes over {place}; the old tables stand. "
            "Look there with `zancrawler verify`"
        )
    deaths[span] += 1
    if deaths[span] == DEATHS:
        raise ArchiveError(
            f"{DEATHS} workers died over {place}; the old tables stand. Look there with "
            "`zancrawler verify`, or rebuild where there is more memory"
        )


def _work(pipe: Connection, extraction: Extraction) -> None:
    """A worker: makes what it is told until nobody tells it any more."""
    bound_memory()
    try:
        while True:
            pipe.send(_fault(extraction, pipe.recv()))
    except (EOFError, OSError):
        return


def _fault(extraction: Extraction, span: Span) -> str | None:
    bound_time()
    try:
        extraction.make(span)
    except (ArchiveError, OSError) as error:
        return in_words(error)
    except MemoryError:
        # Another process, in which nothing has leaked yet, may have enough.
        sys.exit(_NO_MEMORY)
    return None
