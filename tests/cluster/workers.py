"""Workers as processes, what they said, and judging what they did by others' records."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from zancrawler.archive import Archive
from zancrawler.newsroom import Newsroom
from zancrawler.tables import read

DRIVER = Path(__file__).with_name("short_term.py")
PATIENCE = 240
"""Seconds until a test gives up; nothing is judged by them."""
CHANGING = {
    *("fetch_time", "first_seen", "last_seen", "crawl_id", "content_digest"),
    *("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id"),
}
"""What differs from one crawl of the same pages to the next: when and where they were captured, and
the digests of bodies that carry the time or a number of their own."""


@dataclass
class Process:
    """One worker. Its contact, sent in the User-Agent, is its name in the newsroom's log."""

    name: str
    folder: Path
    run: subprocess.Popen[bytes]
    log: Path

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        lines = self.log.read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [event for event in found if kind in (None, event["event"])]

    def children(self) -> list[int]:
        """The leaders of its runs."""
        return [pid for pid in _children(self.run.pid) if "spawn_main" in _command(pid)]

    def processes(self) -> list[int]:
        """All that it started, runs and what these started."""
        found, generation = [], self.children()
        while generation:
            found += generation
            generation = [child for pid in generation for child in _children(pid)]
        return found

    @property
    def where(self) -> str:
        return f"{socket.gethostname()}:{self.folder}"

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.run.kill()
        self.run.wait()

    def stop(self) -> int:
        self.run.terminate()
        return self.run.wait(timeout=300)


@dataclass
class Cluster:
    """A store, a newsroom, and the workers between them."""

    store: str
    newsroom: Newsroom
    root: Path
    term: float | None = None
    """None: as the command has it."""
    since: float = 0.0
    """What the newsroom was asked before is another's."""
    workers: list[Process] = field(default_factory=list)

    def start(self, folder: str, *, before: Iterable[str] = (), **environment: str) -> Process:
        name = f"worker{len(self.workers)}"
        place, contact = self.root / folder, f"{name}@example.org"
        catalogue = self.newsroom.catalogue
        command: list[object]
        if self.term is None:
            command = ["-m", "zancrawler", "schedule", "--engine", "leases", "--store", self.store]
            command += ["--archive", place, "--outlets", catalogue, "--contact", contact]
            command += ["--log-json"]
        else:
            command = [DRIVER, self.store, place, catalogue, contact, self.term]
        command += self.newsroom.homes
        log = self.root / f"{name}.log"
        with log.open("wb") as file:
            run = subprocess.Popen(
                [*before, sys.executable, *map(str, command)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                start_new_session=True,
            )
        self.workers.append(Process(name, place, run, log))
        return self.workers[-1]

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [event for worker in self.workers for event in worker.events(kind)]

    def until(self, happened: Callable[[], object], *, alive: int = 1) -> None:
        """Waits for it while at least so many workers live."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            living = sum(worker.run.poll() is None for worker in self.workers)
            assert living >= alive, [worker.log.read_text()[-2000:] for worker in self.workers]
            assert time.monotonic() < deadline, [w.log.read_text()[-2000:] for w in self.workers]
            time.sleep(0.4)

    def all_pushed(self) -> bool:
        """Whether each outlet has come to the end of a run in good order."""
        ended = {
            event["outlet"]
            for event in self.said("ended")
            if event["summary"]["state"] == "finished" and not event["summary"]["reason"]
        }
        return ended >= self.newsroom.homes.keys()

    def asked(self) -> dict[str, list[tuple[float, str, str]]]:
        """By outlet: when, by which worker, for what."""
        found: dict[str, list[tuple[float, str, str]]] = {}
        for request in self.newsroom.requests():
            who = next((w.name for w in self.workers if f"{w.name}@" in request.user_agent), "")
            if who and request.time >= self.since:
                found.setdefault(request.outlet, []).append((request.time, who, request.path))
        return found


def one_at_a_time(
    asked: dict[str, list[tuple[float, str, str]]], spacing: float, turns: int = 2
) -> None:
    """No outlet was asked by two workers in turns, and none faster than it wants to be."""
    for outlet, requests in asked.items():
        blocks = [list(block) for _, block in groupby(requests, key=lambda request: request[1])]
        runs = Counter(block[0][1] for block in blocks)
        # A worker may run an outlet again; two that run it at once would alternate.
        assert max(runs.values()) <= turns, (outlet, [(b[0][1], len(b)) for b in blocks])
        for before, after in pairwise(blocks):
            assert after[0][0] - before[-1][0] >= spacing, (outlet, before[-1], after[0])
        for block in blocks:
            if len(block) > 2:
                # Scrapy takes half of a delay to one and a half of it.
                assert block[-1][0] - block[0][0] >= (len(block) - 2) * spacing / 2


def rows(archive: Archive, table: str) -> list[dict[str, Any]]:
    """Sorted, without what differs from crawl to crawl."""
    found = getattr(read.open(archive), table)().to_pylist()
    kept = [{k: v for k, v in row.items() if k not in CHANGING} for row in found]
    return sorted(kept, key=lambda row: json.dumps(row, default=str, sort_keys=True))


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):
            yield from map(int, (task / "children").read_text().split())


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
