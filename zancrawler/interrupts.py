"""Ctrl-C: it ends a command quietly, at any moment, with the exit code that shells know.

A terminal sends SIGINT to a command and to every process that it started. Only the command heeds
it; the others are started `out_of_reach` of it, and it ends them as each must be ended.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

INTERRUPTED = 130
"""128 and the signal's number, as a shell would have it."""
_AGAIN = 0.05
"""Seconds until an interrupt that was swallowed is raised anew."""


def leave() -> NoReturn:
    """Ends this process at once. All that is written survives that, as it does `kill -9`."""
    os._exit(INTERRUPTED)


@dataclass(slots=True)
class _Interrupt:
    """The handler of SIGINT: the first is raised, and at the second nothing is waited for."""

    seen: bool = False

    def __call__(self, *_: object) -> None:
        if self.seen:
            leave()
        self.seen = True
        raise KeyboardInterrupt

    def unraisable(self, lost: sys.UnraisableHookArgs) -> None:
        """Python drops what is raised in a destructor, and tells of it by a traceback."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        import threading

        self.seen = False
        # Not from here: what is raised here is dropped too.
        threading.Timer(_AGAIN, os.kill, (os.getpid(), signal.SIGINT)).start()


def run(command: Callable[[], object]) -> None:
    """Runs a command, its imports as well, so that Ctrl-C shows a sentence and no traceback."""
    interrupt = _Interrupt()
    # Under `nohup` and behind `&` it is ignored, and is to stay so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
        sys.unraisablehook = interrupt.unraisable
        # By then all is done and said, and Python would no longer heed a handler.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    try:
        command()
    except BaseException as error:
        # What it was raised in may have made any other error of it.
        is_interrupted = interrupt.seen or isinstance(error, KeyboardInterrupt)
        if not is_interrupted and not (isinstance(error, SystemExit) and error.code == INTERRUPTED):
            raise
        with suppress(OSError, ValueError):
            print("zancrawler: stopped; what was captured is kept", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)
    finally:
        interrupt.seen = True


@contextmanager
def out_of_reach() -> Iterator[None]:
    """A process of `multiprocessing` that is started in this block gets no SIGINT, not even while
    Python starts in it: the signal is blocked here, and a signal mask is inherited.
    """
    from multiprocessing.resource_tracker import ensure_running

    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    # It comes with the first process and, in Python 3.11, unblocks the signal in ours.
    ensure_running()
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
