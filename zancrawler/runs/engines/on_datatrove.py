"""The engine of Hugging Face's datatrove: the same parts, by its executors, markers and logs.

Here its local executor is run. `MakeParts` is one step of a pipeline, so that its Slurm and Ray
executors take it as well; docs/decisions/0001-engine-for-rebuild.md shows how.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import Any

from zancrawler.archive import ArchiveError, in_words
from zancrawler.interrupts import out_of_reach
from zancrawler.runs.parts import SECONDS, Extraction, bound_memory, bound_time
from zancrawler.runs.spans import Span

try:
    import multiprocess
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.base import PipelineStep
except ImportError as missing:
    raise ArchiveError(
        "datatrove is not installed; install it with: pip install 'zancrawler[datatrove]'"
    ) from missing

_RANKS = 16
"""A worker, for datatrove to hand out; each writes its own log and marker."""
DEATHS = 6
"""In a row without a part made between them."""
_POLL = 0.1


class MakeParts(PipelineStep):  # type: ignore[misc]
    """Makes the parts of every `world_size`-th span. What is made already is passed over."""

    name = "zancrawler parts"
    type = "extract"

    def __init__(self, extraction: Extraction, spans: Sequence[Span]) -> None:
        super().__init__()
        self.extraction = extraction
        self.spans = spans

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        bound_memory()
        for span in self.spans[rank::world_size]:
            bound_time()
            try:
                self.extraction.make(span)
            except ArchiveError as error:
                # Those with arguments of their own do not come through datatrove's pipes.
                raise ArchiveError(str(error)) from error
            self.stat_update("spans")
        yield from data or ()


def make_on_datatrove(
    extraction: Extraction, spans: Sequence[Span], workers: int
) -> Iterator[Span]:
    """As `make_parts`. The executor runs in a process of its own, which ends when a worker of it
    dies and is started again: left to itself it waits for the dead one for ever."""
    missing = list(spans)
    deaths = 0
    context = get_context("forkserver")
    while missing:
        ours, theirs = context.Pipe(duplex=False)
        executor = context.Process(target=_execute, args=(extraction, spans, workers, theirs))
        with out_of_reach():
            executor.start()
        theirs.close()
        try:
            running = True
            while running and missing:
                executor.join(_POLL)
                running = executor.is_alive()
                for span in [span for span in missing if extraction.has(span)]:
                    missing.remove(span)
                    deaths = 0
                    yield span
        finally:
            if missing and executor.pid:
                executor.kill()
                with suppress(ProcessLookupError):
                    os.killpg(executor.pid, SIGKILL)
            executor.join()
        with ours, suppress(EOFError):
            raise ArchiveError(ours.recv())
        deaths += 1
        if missing and (executor.exitcode != -SIGKILL or deaths == DEATHS):
            late = f", as one took more than {SECONDS // 60} minutes"
            raise ArchiveError(
                f"datatrove ended with {len(missing)} of {len(spans)} spans missing"
                f"{late * (executor.exitcode == -SIGXCPU)}, the first of "
                f"them in {missing[0].warc_filename} at byte {missing[0].offset}; its logs are in "
                f"{_logs(extraction, spans)}"
            )


def _logs(extraction: Extraction, spans: Sequence[Span]) -> str:
    """One folder for one list of spans: a rank that is marked as done is not run again."""
    plan = hashlib.sha256(repr(spans).encode()).hexdigest()[:16]
    return str(extraction.staging.root / "datatrove" / plan)


def _execute(
    extraction: Extraction, spans: Sequence[Span], workers: int, faults: Connection
) -> None:
    os.setpgrp()
    logs = Path(_logs(extraction, spans))
    logs.mkdir(parents=True, exist_ok=True)
    # For the terminal there is our own progress; the workers' output goes where ours does.
    with (logs / "output.txt").open("ab") as output:
        os.dup2(output.fileno(), 2)
    threading.Thread(target=_watch, args=(extraction, spans), daemon=True).start()
    try:
        _executor(extraction, spans, workers).run()
    except (ArchiveError, OSError) as error:
        faults.send(in_words(error))


def _executor(extraction: Extraction, spans: Sequence[Span], workers: int) -> LocalPipelineExecutor:
    return LocalPipelineExecutor(
        pipeline=[MakeParts(extraction, spans)],
        tasks=min(len(spans), _RANKS * workers),
        workers=workers,
        logging_dir=_logs(extraction, spans),
    )


def _watch(extraction: Extraction, spans: Sequence[Span]) -> None:
    """Ends this process and its workers when one of them, or whoever started it, has died."""
    parent = os.getppid()
    known: set[Any] = set()
    while os.getppid() == parent and not any(child.exitcode for child in known):
        time.sleep(_POLL)
        known |= set(multiprocess.active_children())
    if not all(map(extraction.has, spans)):
        # One that took too long would do so again; any other is replaced.
        is_late = any(child.exitcode == -SIGXCPU for child in known)
        os.killpg(0, SIGXCPU if is_late else SIGKILL)
