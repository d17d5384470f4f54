"""What a store is asked for by the leases of many outlets, counted with a clock of our own.

    python -m benchmarks.engines.leases [--outlets 5000] [--workers 30] [--hours 2]

The leases are the real ones; the shelf is in memory, and a run is two minutes in which nothing is
done. The first hour, in which all is new, is not counted.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from zancrawler.cluster.lease import TERM, Held, Leases, Next
from zancrawler.cluster.worker import _LOOK as LOOK
from zancrawler.runs.crawl import SIDE_BY_SIDE
from zancrawler.storage.shelf import Item, OvertakenError

RUN = 120.0
PACE = timedelta(hours=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class MemoryShelf:
    """Counts what it is asked."""

    items: dict[str, Item] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    written: int = 0

    def get(self, name: str) -> Item | None:
        self.asked["GET"] += 1
        return self.items.get(name)

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        self.asked["PUT"] += 1
        standing = self.items.get(name)
        if (standing.tag if standing else None) != tag:
            self.asked["refused"] += 1
            raise OvertakenError(name)
        self.written += 1
        self.items[name] = Item(data, str(self.written))
        return self.items[name].tag

    def names(self, folder: str) -> list[str]:
        return sorted(self.items)


@dataclass
class Worker:
    leases: Leases
    running: dict[str, tuple[Held, float, float]] = field(default_factory=dict)
    """The lease, when it was taken, when it was renewed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--outlets", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=30)
    parser.add_argument("--hours", type=float, default=2.0)
    arguments = parser.parse_args()
    begun = time.process_time()
    asked, runs, late = simulate(arguments.outlets, arguments.workers, arguments.hours * 3600)
    seconds = (arguments.hours - 1) * 3600
    print(
        f"{runs} runs of {arguments.outlets} outlets by {arguments.workers} workers, an hour each"
    )
    for what, count in sorted(asked.items()):
        print(f"  {what:10}{count / seconds:10,.1f} a second{count / runs:10,.1f} a run")
    print(f"  dollars a day, at 0.4 and 5 a million: {dollars(asked, seconds):,.2f}")
    print(f"  runs began {late / runs:,.0f} seconds after they were due, on average")
    print(f"  {time.process_time() - begun:,.0f} processor seconds")


def dollars(asked: Counter[str], seconds: float) -> float:
    return (asked["GET"] * 0.4e-6 + asked["PUT"] * 5e-6) * 24 * 3600 / seconds


def simulate(outlets: int, workers: int, seconds: float) -> tuple[Counter[str], int, float]:
    """Requests, runs and the sum of their lateness, after the first hour."""
    chance = random.Random(1)
    shelf = MemoryShelf()
    clock = [0.0]

    def now() -> datetime:
        return START + timedelta(seconds=clock[0])

    every = [
        Worker(Leases(shelf, str(n), f"host{n}:/", TERM, lambda: clock[0], now))
        for n in range(workers)
    ]
    names = [f"outlet{n}" for n in range(outlets)]
    runs, late = 0, 0.0
    while clock[0] < seconds:
        if clock[0] == 3600:
            shelf.asked.clear()
            runs, late = 0, 0.0
        # One looks after another, not all at one moment.
        chance.shuffle(every)
        for worker in every:
            for name, (held, since, renewed) in list(worker.running.items()):
                if clock[0] - since >= RUN:
                    del worker.running[name]
                    due = now() + PACE * chance.uniform(0.9, 1.1)
                    lease = held.lease.after(name, Next(due), named=True, gap=None)
                    worker.leases.give_back(replace(held, lease=lease), [name])
                elif clock[0] - renewed >= TERM / 4:
                    worker.running[name] = worker.leases.renew(held), since, clock[0]
            chance.shuffle(names)
            for name in names:
                if len(worker.running) == SIDE_BY_SIDE:
                    break
                if held := worker.leases.take(name, [name]):
                    worker.running[name] = held, clock[0], clock[0]
                    runs += 1
                    before = held.lease.next.get(name)
                    late += (now() - before.due).total_seconds() if before else 0.0
        clock[0] += LOOK
    return shelf.asked, runs, late


if __name__ == "__main__":
    main()
