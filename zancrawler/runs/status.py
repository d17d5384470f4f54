"""Status: the last run of each outlet, and what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zancrawler.archive import Archive
from zancrawler.outlets import Catalogue
from zancrawler.runs.alarms import Alarm, alarms, disk_low
from zancrawler.runs.checks import Check
from zancrawler.runs.history import Run, read_history
from zancrawler.runs.provenance import outlet_of, outlets_in


@dataclass(frozen=True, slots=True)
class OutletStatus:
    outlet: str
    last: Run | None
    """The last run that ended in good order."""
    running: bool
    check: Check | None
    """The last look whether the outlet's file holds."""
    alarms: tuple[Alarm, ...]

    def as_json(self) -> dict[str, Any]:
        last = self.last
        return {
            "outlet": self.outlet,
            "running": self.running,
            "last_run": last
            and {
                "crawl_id": last.crawl_id,
                "started": last.started,
                "finished": last.finished,
                "state": last.state.value,
                "outcome": last.outcome,
                "requests": last.requests,
                "articles_new": last.articles_new,
            },
            "check": self.check and self.check.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Status:
    outlets: tuple[OutletStatus, ...]
    archive_alarms: tuple[Alarm, ...]
    """Those that concern no single outlet."""

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return (*self.archive_alarms, *(alarm for one in self.outlets for alarm in one.alarms))

    def as_json(self) -> dict[str, Any]:
        return {
            "outlets": [one.as_json() for one in self.outlets],
            "alarms": [alarm.as_json() for alarm in self.alarms],
        }


def status(archive: Archive, catalogue: Catalogue, names: Sequence[str], now: datetime) -> Status:
    """Of the outlets named; of all that the archive holds if none is.

    Raises UnknownOutletError for one that neither the catalogue nor the archive knows.
    """
    return Status(
        outlets=tuple(
            outlet_status(archive, catalogue, name, now) for name in names or outlets_in(archive)
        ),
        archive_alarms=archive_alarms(archive, now),
    )


def outlet_status(archive: Archive, catalogue: Catalogue, name: str, now: datetime) -> OutletStatus:
    history = read_history(archive, outlet_of(archive, name, catalogue), now)
    return OutletStatus(name, history.last, history.running, history.check, alarms(history, now))


def archive_alarms(archive: Archive, now: datetime) -> tuple[Alarm, ...]:
    return tuple(disk_low(shutil.disk_usage(archive.root).free, now))
