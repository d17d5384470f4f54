"""The newsroom's days, each crawled once, a little after it ends, by processes with its clock."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import libfaketime
import pyarrow.parquet as pq

from zancrawler.archive import Archive
from zancrawler.ledger import Kind, Ledger
from zancrawler.newsroom import Newsroom
from zancrawler.newsroom.desk import LoggedRequest

FIRST_RUN = datetime(2025, 9, 1, 19, 35, tzinfo=UTC)
"""Five minutes after the newsroom's day 0."""
FAKETIME = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
KEYS = {
    "articles": ("article_id",),
    "versions": ("article_id", "version"),
    "captures": ("warc_filename", "exchange_offset"),
    "coverage": ("url",),
    "crawls": ("crawl_id",),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What one outlet's run of one day said, and what the newsroom received of it."""

    outlet: str
    summary: Row
    requests: tuple[LoggedRequest, ...]
    due: frozenset[str]
    """Known articles that were due by the ledger's rule when it began."""


@dataclass
class Simulation:
    newsroom: Newsroom
    archive: Archive
    seen: int = 0
    """Requests in the newsroom's log that belong to runs before."""
    kill: dict[int, random.Random] = field(default_factory=dict)
    """Days whose runs are killed once before they may end, with what draws the moment."""
    killed: list[str] = field(default_factory=list)
    """The outlets whose runs were, one entry a kill."""

    def crawl(self, day: int, *, later: timedelta = timedelta(0)) -> list[Run]:
        """Both outlets, side by side, on the day that the newsroom is at."""
        now = FIRST_RUN + timedelta(days=day) + later
        due = {outlet: self.due(outlet, now) for outlet in self.newsroom.homes}
        with ThreadPoolExecutor() as pool:
            summaries = list(pool.map(lambda name: self._run(name, day, now), due))
        log = self.newsroom.requests()
        new, self.seen = log[self.seen :], len(log)
        return [
            Run(outlet, summary, tuple(r for r in new if r.outlet == outlet), due[outlet])
            for outlet, summary in zip(due, summaries, strict=True)
        ]

    def due(self, outlet: str, now: datetime) -> frozenset[str]:
        path = self.archive.ledger(outlet)
        if not path.exists():
            return frozenset()
        with Ledger(path) as ledger:
            found = ledger.due(now, 10_000)
            return frozenset(due.url for due in found if due.kind is Kind.ARTICLE)

    def rows(self, table: str) -> list[Row]:
        folder = self.archive.table(table)
        return [
            row
            for path in sorted(folder.glob("**/*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]

    def _run(self, outlet: str, day: int, now: datetime) -> Row:
        ahead = round(now.timestamp() - time.time())
        if day in self.kill:
            process = self._start(outlet, ahead)
            time.sleep(self.kill[day].uniform(0.5, 3.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            if process.returncode == -signal.SIGKILL:
                self.killed.append(outlet)
        process = self._start(outlet, ahead)
        said, complaints = process.communicate(timeout=300)
        assert process.returncode in (0, 1), complaints
        summary: Row = json.loads(said.splitlines()[-1])
        assert summary["state"] in ("finished", "blocked"), (summary["reason"], complaints)
        return summary

    def _start(self, outlet: str, ahead: int) -> subprocess.Popen[str]:
        """The crawl and its follower in a group of their own, some seconds ahead of our clock."""
        return subprocess.Popen(
            [sys.executable, "-m", "zancrawler.runs", outlet, "LOG_LEVEL=ERROR"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={
                **os.environ,
                "ZANCRAWLER_ARCHIVE": str(self.archive.root),
                "ZANCRAWLER_OUTLETS": str(self.newsroom.catalogue),
                **with_clock(timedelta(seconds=ahead)),
                "TZ": "UTC",
            },
        )


def with_clock(ahead: timedelta) -> dict[str, str]:
    """The environment of a process whose clock is ahead of ours."""
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"{round(ahead.total_seconds()):+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Without this Python's threads spin where they should wait for one another.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
    }


def days(simulation: Simulation, last: int) -> Iterator[tuple[int, list[Run]]]:
    """Each day with its runs, from day 0."""
    for day in range(last + 1):
        simulation.newsroom.set_day(day)
        yield day, simulation.crawl(day)
