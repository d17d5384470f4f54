"""The leash of a run: without word from its worker it ends at once, with all its processes.

So no outlet is asked by two: a run whose worker was killed, or hangs, or has lost its lease, or
whose machine slept, is dead before another worker may take the lease. (A machine that wakes after
that has a moment, at most `_POLL`, in which its processes go on before they are ended.)
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from multiprocessing.connection import Connection

from zancrawler.clock import steady_clock

_POLL = 1.0
_WATCH = "read _; kill -9 0"
"""In a shell of the same session: the leader may be killed alone, and its worker with it."""


def hold(pipe: Connection, renewed: float, seconds: float) -> None:
    """To be called by the leader of a session, once.

    `renewed` is when the worker last took or renewed the lease, and so is what it sends after
    that, by the steady clock that all processes of a machine share: what waited in the pipe while
    the machine slept is old by then. Raises RuntimeError in a session of somebody else's.
    """
    if os.getpgrp() != os.getpid():
        raise RuntimeError("a leash ends all of its session, so it must have one of its own")
    # Its standard input ends when we do. Ctrl-C and SIGTERM are for us to judge.
    subprocess.Popen(["/bin/sh", "-c", f"trap '' TERM INT; {_WATCH}"], stdin=subprocess.PIPE)

    def watch() -> None:
        last = renewed
        while steady_clock() - last < seconds:
            try:
                if pipe.poll(min(_POLL, seconds / 4)):
                    last = max(last, float(pipe.recv()))
            except (EOFError, OSError):
                break
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
