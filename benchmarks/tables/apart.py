"""Work in processes of their own, so that each has its own peak of memory, told with its result."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Cost:
    """What work took: seconds by the clock and of the processor, and megabytes at the peak."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = field(default=0.0, init=False)

    @contextmanager
    def added(self) -> Iterator[None]:
        """Adds what is done inside."""
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += _cpu() - cpu
        self.peak = peak()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """Megabytes that this process held at most. (Its ru_maxrss would begin with its parent's.)"""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """The result of a call in a fresh process."""
    with _pool(1) as pool:
        return pool.submit(work, *arguments).result()


def each_apart(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """A fresh process for each item, as many at once as there are processors; in their order."""
    with _pool(os.cpu_count() or 1) as pool:
        yield from pool.map(work, items)


def _pool(workers: int) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawn, max_tasks_per_child=1)
