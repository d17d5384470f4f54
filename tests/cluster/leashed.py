"""What a run is made of, as far as a leash goes: a leader, and what it started."""

from __future__ import annotations

import subprocess
import time
from multiprocessing.connection import Connection

from zancrawler.clock import steady_clock
from zancrawler.cluster.leash import hold


def lead(pipe: Connection, seconds: float, left: float) -> None:
    """Of its leash so many seconds are left when it begins. Says the pid of what it started."""
    hold(pipe, steady_clock() - seconds + left, seconds)
    pipe.send(subprocess.Popen(["sleep", "300"]).pid)
    time.sleep(300)
