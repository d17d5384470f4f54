"""What reading one page costs, for a process that does nothing else."""

from __future__ import annotations

import resource
import time

from made_pages import NOW, URL, outlet

from zancrawler.runs.reading import Reading, read_page

UNKNOWN = outlet(languages=())


def reading(body: bytes) -> Reading:
    return read_page(body, URL, UNKNOWN, captured_at=NOW)


def cost(body: bytes) -> tuple[str, float, int]:
    """The reading's reason, its seconds of processor time, and the process's highest memory in
    kilobytes."""
    start = time.process_time()
    reason = reading(body).reason
    return reason, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
