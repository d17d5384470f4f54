"""A refresh measured in a process of its own, whose memory is nobody else's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.stories import refresh
from zancrawler.tables import read


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{what}: {cpu:.1f} CPU s ({wall:.1f} s), {count / cpu:,.0f} rows a CPU second")


def memory() -> int:
    """The most that this program ever held, in MB. `ru_maxrss` counts what its parent held too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def measure(what: str, root: Path) -> None:
    """A refresh, in a process of its own."""
    before = memory()
    rows = read.open(root).articles(columns=["article_id"]).num_rows
    with timed(what, rows):
        done = refresh(Archive(root), [])
    print(f"  {done}; {memory()} MB, of which {before} MB are the program")
