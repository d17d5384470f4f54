"""What a run is made of, as far as a leash goes: a leader, and what it started."""

from __future__ import annotations

import subprocess
import time
from multiprocessing.connection import Connection

from zancrawler.cluster.leash import hold


def lead(pipe: Connection, renewed: float, seconds: float) -> None:
    """Says the pid of what it started."""
    hold(pipe, renewed, seconds)
    pipe.send(subprocess.Popen(["sleep", "300"]).pid)
    time.sleep(300)
