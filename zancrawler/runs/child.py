"""A process that does one thing for us, in a session of its own, so that all of it can be ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from zancrawler.interrupts import out_of_reach


@dataclass(frozen=True, slots=True)
class Child:
    """Ctrl-C does not reach it: whoever started it decides, and may end all of its session."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    """To it and from it."""

    @classmethod
    def start(cls, target: Callable[..., None], *arguments: Any) -> Child:
        """Runs `target(pipe, *arguments)`."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_lead, args=(target, theirs, *arguments))
        with out_of_reach():
            process.start()
        theirs.close()
        return cls(process, ours)

    def terminate(self) -> None:
        """Asks for a clean end."""
        self.process.terminate()

    def join(self) -> None:
        """After its last word."""
        self.pipe.close()
        self.process.join()

    def kill(self) -> None:
        """Ends it and all its processes at once."""
        pid = self.process.pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        # It may not have had the time for a group of its own.
        self.process.kill()
        self.process.join()


def _lead(target: Callable[..., None], pipe: Connection, *arguments: Any) -> None:
    os.setsid()
    target(pipe, *arguments)
