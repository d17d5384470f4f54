"""A clock that nobody sets."""

from __future__ import annotations

import time


def steady_clock() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them (Linux)."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
