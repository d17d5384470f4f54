"""What reading one page costs, for a process that does nothing else."""

from __future__ import annotations

import re
import time
from pathlib import Path

from made_pages import NOW, URL, outlet

from zancrawler.runs.reading import Reading, read_page

UNKNOWN = outlet(languages=())


def _peak() -> int:
    """KiB, of this program alone: `ru_maxrss` counts what the process was before it was it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def reading(body: bytes) -> Reading:
    return read_page(body, URL, UNKNOWN, captured_at=NOW)


def cost(body: bytes) -> tuple[str, float, int]:
    """The reading's reason, its seconds of processor time, and the process's highest memory in
    kilobytes."""
    start = time.process_time()
    reason = reading(body).reason
    return reason, time.process_time() - start, _peak()
