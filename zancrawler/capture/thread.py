"""The thread that writes: one, in the order it is asked, and as much at once as has gathered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


@dataclass(slots=True)
class _Task:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    deferred: Deferred[Any]
    outcome: Any = None
    """What the function returned, or a Failure."""


class WriterThread:
    """Runs functions beside the reactor. All methods are called in the reactor's thread.

    To hand a task over and back takes as long as compressing a small page. So what is asked for
    while the thread works is handed over together when it has done.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._waiting: list[_Task] = []
        self._batches: SimpleQueue[list[_Task] | None] = SimpleQueue()
        self._is_working = False
        # A process that ends without `stop` has crashed; the next run recovers what it left.
        self._thread = threading.Thread(target=self._work, name="warc-writer", daemon=True)
        self._thread.start()

    def run(self, function: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        """Fires with what the function returns or raises, once it has."""
        task = _Task(function, arguments, Deferred())
        self._waiting.append(task)
        if not self._is_working:
            self._hand_over()
        return task.deferred

    def stop(self) -> None:
        """To be called when nothing is under way."""
        self._batches.put(None)
        self._thread.join()

    def _hand_over(self) -> None:
        batch, self._waiting = self._waiting, []
        self._is_working = bool(batch)
        if batch:
            self._batches.put(batch)

    def _work(self) -> None:
        while (batch := self._batches.get()) is not None:
            for task in batch:
                try:
                    task.outcome = task.function(*task.arguments)
                except Exception:
                    # Whatever it is, it is raised again where it was asked for.
                    task.outcome = Failure()  # type: ignore[no-untyped-call]
            self._reactor.callFromThread(self._done, batch)

    def _done(self, batch: list[_Task]) -> None:
        self._hand_over()
        for task in batch:
            task.deferred.callback(task.outcome)
