"""Notices: what a schedule or a worker says as it goes on, and of what somebody must be told."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zancrawler.runs.alarms import Alarm
from zancrawler.runs.hooks import Hook
from zancrawler.runs.summary import RunSummary


class EventKind(StrEnum):
    STARTED = "started"
    ENDED = "ended"
    WAITS = "waits"
    RAISED = "alarm"
    CLEARED = "cleared"
    TROUBLE = "trouble"
    """Something of the schedule's own: a hook that failed, a ledger that cannot be read."""
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the schedule's log."""

    at: datetime
    kind: EventKind
    message: str
    outlet: str | None = None
    summary: RunSummary | None = None
    alarm: Alarm | None = None
    due: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "time": self.at,
            "event": self.kind.value,
            "outlet": self.outlet,
            "message": self.message,
            "summary": self.summary.as_json() if self.summary else None,
            "alarm": self.alarm.as_json() if self.alarm else None,
            "due": self.due,
        }


@dataclass(frozen=True, slots=True)
class Notices:
    """Makes events, and tells the hook of alarms."""

    hook: Hook
    now: Callable[[], datetime]
    _failures: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def event(self, kind: EventKind, message: str, outlet: str | None = None, **more: Any) -> Event:
        return Event(self.now(), kind, message, outlet, **more)

    def compare(
        self, outlet: str | None, before: Collection[Alarm], after: Collection[Alarm]
    ) -> Iterator[Event]:
        """What was raised and cleared between two looks; who must know is told once."""
        for alarm in after:
            if alarm.key not in {each.key for each in before}:
                yield self.event(EventKind.RAISED, alarm.message, outlet, alarm=alarm)
                self._tell(alarm)
        for alarm in before:
            if alarm.key not in {each.key for each in after}:
                message = f"{alarm.code.value} is over"
                yield self.event(EventKind.CLEARED, message, outlet, alarm=alarm)

    def troubles(self) -> Iterator[Event]:
        """How telling failed since this was asked last."""
        while not self._failures.empty():
            yield self.event(EventKind.TROUBLE, self._failures.get())

    def _tell(self, alarm: Alarm) -> None:
        """In a thread: a hook that hangs holds up no run, no lease and no end."""

        def tell() -> None:
            for failure in self.hook.tell(alarm):
                self._failures.put(failure)

        threading.Thread(target=tell, daemon=True).start()
