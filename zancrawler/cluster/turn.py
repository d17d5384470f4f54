"""One run under a lease, in a process of its own that is on a leash."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from zancrawler.archive import ArchiveError
from zancrawler.clock import steady_clock
from zancrawler.cluster.lease import Lease
from zancrawler.cluster.leash import hold
from zancrawler.cluster.shard import Ran, Shard
from zancrawler.runs.alarms import Alarm, alarms
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.history import read_history, source_entries
from zancrawler.runs.pace import SHORTEST, next_run
from zancrawler.runs.schedule import Stop, latest
from zancrawler.runs.summary import RunState

_POLL = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """The last word of a child."""

    ran: Ran
    due: datetime
    """Before the jitter."""
    alarms: tuple[Alarm, ...]


def run_once(
    pipe: Connection,
    shard: Shard,
    options: CrawlOptions,
    folder: Path | None,
    lease: Lease,
    leash: tuple[float, float],
    pause: float,
) -> None:
    """For `Child.start`; says `Ended` when it is over.

    `leash` is when the lease was written, by the steady clock, and for how many seconds from then
    nobody else may have it. `pause` is how many seconds to leave the outlet's hosts in peace first.
    """
    stop = Stop()
    # While a crawl goes on it takes the signal itself; a push is let come to its end.
    signal.signal(signal.SIGTERM, stop.ask)
    hold(pipe, *leash)
    until = steady_clock() + pause
    while not stop.asked and steady_clock() < until:
        time.sleep(_POLL)
    outlet = shard.outlet
    gaps = [gap for gap in lease.gaps if gap.outlet == outlet.name]
    before = lease.next.get(outlet.name)
    now = datetime.now(UTC)
    if before and before.due > now and not gaps:
        ran = shard.run(None, folder, gaps, stop)
        pipe.send(Ended(ran, before.due, before.alarms))
        return
    ran = shard.run(options, folder, gaps, stop)
    failed = ran.summary.state is RunState.FAILED
    failures = (before.failures if before else 0) + 1 if failed else 0
    now = datetime.now(UTC)
    due, found = now, before.alarms if before else ()
    try:
        history = read_history(shard.archive, outlet, now)
        sources = list(source_entries(shard.archive, outlet).values())
        if not (stop.asked and not ran.summary.requests):
            due = next_run(latest(history.last, ran.summary), sources, failures=failures) or now
        found = alarms(history, now)
    except (ArchiveError, OSError) as error:
        ran = replace(ran, summary=ran.summary.ended(RunState.FAILED, str(error)))
        due = now + SHORTEST
    pipe.send(Ended(ran, due, found))
