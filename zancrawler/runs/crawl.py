"""Crawling several outlets side by side, each in a process of its own that can fail alone."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.interrupts import leave
from zancrawler.outlets import Catalogue, Outlet
from zancrawler.runs.summary import RunState, RunSummary

SIDE_BY_SIDE = 8
"""Outlets at once. A polite crawl waits most of the time: eight fill no core."""


class NobodyNamedError(UsageError):
    """A crawl of other people's hosts must say who crawls, or say that it will not."""

    def __init__(self) -> None:
        super().__init__(
            "say who is crawling, for the outlets to reach you: --contact you@example.org "
            "(or ZANCRAWLER_CONTACT); where that is dangerous, --anonymous"
        )


def is_loopback(outlet: Outlet) -> bool:
    """Whether the outlet is on this machine, where nobody needs to be told who asks."""
    host = urlsplit(outlet.home).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What a user may say of one crawl."""

    contact: str | None = None
    """An e-mail address or a page: goes into the User-Agent."""
    max_pages: int | None = None
    """Requests per outlet, robots.txt and feeds included."""
    max_time: int | None = None
    """Seconds per outlet."""
    backfill: bool = False
    """Walk every listing to its end."""
    full: bool = False
    """Look at every known article again, due or not, and unconditionally."""
    since: str | None = None
    """An ISO day: leave articles from before it."""
    anonymous: bool = False
    """Crawl without a contact."""
    check: bool = False
    """Only look whether the outlet's file holds (`zancrawler.runs.checks`)."""
    page: str | None = None
    """Only this page, in a browser (`zancrawler.runs.page`)."""
    log_level: str = "WARNING"

    def require_named(self, outlets: Iterable[Outlet]) -> None:
        """Raises NobodyNamedError where these are other people's and nobody said who crawls."""
        if not (self.contact or self.anonymous or all(map(is_loopback, outlets))):
            raise NobodyNamedError

    def settings(self) -> Mapping[str, str]:
        """As Scrapy settings, all strings."""
        chosen = {
            "ZANCRAWLER_CONTACT": self.contact or "",
            "ZANCRAWLER_ANONYMOUS": str(int(self.anonymous)),
            "CLOSESPIDER_PAGECOUNT": str(self.max_pages or 0),
            "CLOSESPIDER_TIMEOUT": str(self.max_time or 0),
            "ZANCRAWLER_BACKFILL": str(int(self.backfill)),
            "ZANCRAWLER_FULL": str(int(self.full)),
            "ZANCRAWLER_SINCE": self.since or "",
            "ZANCRAWLER_CHECK": str(int(self.check)),
            "ZANCRAWLER_PAGE": self.page or "",
            "LOG_LEVEL": self.log_level,
        }
        return {name: value for name, value in chosen.items() if value not in ("", "0")}


@dataclass(slots=True)
class _Children:
    """The processes that run now, so that a signal to us can be passed on to them."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False
    interrupted: bool = False

    def start(self, command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
        )
        self.processes.add(process)
        if self.stopped:
            process.terminate()
        return process

    def close(self, *_: object) -> None:
        """Asks each for a clean end: it finishes the request in flight and commits."""
        self.stopped = True
        for process in tuple(self.processes):
            process.terminate()

    def interrupt(self, *_: object) -> None:
        """Ctrl-C stops them as SIGTERM does; at the second they are left to end by themselves."""
        if self.interrupted:
            leave()
        self.interrupted = True
        self.close()


def crawl(
    archive: Archive,
    names: Sequence[str],
    options: CrawlOptions,
    *,
    outlets: Path | None = None,
    turns: str | None = None,
) -> Iterator[RunSummary]:
    """Runs each outlet once; yields each one's summary as it grows, its last state last.

    `turns` is the store in which runs of several archives agree on who asks a host.

    One that hangs or dies does not hold up the rest. SIGTERM ends all of them cleanly; so does
    Ctrl-C, after whose last summary KeyboardInterrupt is raised. Else new articles are then told by
    their stories.
    """
    environment = {
        **os.environ,
        "ZANCRAWLER_ARCHIVE": str(archive.root),
        "ZANCRAWLER_OUTLETS": str(outlets or ""),
        **({"ZANCRAWLER_TURNS": turns} if turns else {}),
    }
    said: queue.SimpleQueue[RunSummary | None] = queue.SimpleQueue()
    children = _Children()
    with _heeding(signal.SIGTERM, children.close):
        with _heeding(signal.SIGINT, children.interrupt), _pool() as pool, closing(children):
            runs = [
                pool.submit(_run_each, group, options, environment, children, said)
                for group in by_host([Catalogue.open(outlets).get(name) for name in names])
            ]
            for run in runs:
                run.add_done_callback(lambda _: said.put(None))
            left = len(runs)
            while left:
                summary = said.get()
                if summary is None:
                    left -= 1
                else:
                    yield summary
            for run in runs:
                run.result()
            was_stopped = children.stopped
        if children.interrupted:
            raise KeyboardInterrupt
        if not was_stopped:
            # Loads Arrow, which takes the command line a second.
            from zancrawler.runs.stories import tell_new_articles

            # What another outlet's tables have wrong is no fault of these runs.
            with suppress(ArchiveError):
                tell_new_articles(archive, Catalogue.open(outlets), names)


@contextmanager
def _heeding(number: signal.Signals, handler: Callable[..., None]) -> Iterator[None]:
    """In the main thread; others get no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _pool() -> ThreadPoolExecutor:
    """Its threads start the runs, which hear no Ctrl-C: a signal mask is inherited."""
    blocked = (signal.SIG_BLOCK, {signal.SIGINT})
    return ThreadPoolExecutor(SIDE_BY_SIDE, initializer=signal.pthread_sigmask, initargs=blocked)


def by_host(outlets: Sequence[Outlet]) -> list[list[str]]:
    """Their names; those that ask one host together, for a host gets one request at a time."""
    groups: list[tuple[set[str], list[str]]] = []
    for outlet in outlets:
        hosts, names = set(outlet.domains), [outlet.name]
        for group in [group for group in groups if group[0] & hosts]:
            groups.remove(group)
            hosts, names = hosts | group[0], group[1] + names
        groups.append((hosts, names))
    return [names for _, names in groups]


def _run_each(
    names: Sequence[str],
    options: CrawlOptions,
    environment: dict[str, str],
    children: _Children,
    said: queue.SimpleQueue[RunSummary | None],
) -> None:
    for name in names:
        if not children.stopped:
            _run(name, options, environment, children, said)


def _run(
    name: str,
    options: CrawlOptions,
    environment: dict[str, str],
    children: _Children,
    said: queue.SimpleQueue[RunSummary | None],
) -> None:
    command = [sys.executable, "-m", "zancrawler.runs", name]
    command += [f"{key}={value}" for key, value in options.settings().items()]
    process = children.start(command, environment)
    try:
        last = None
        for line in process.stdout or ():
            last = RunSummary.from_json(json.loads(line))
            said.put(last)
        code = process.wait()
        if not _is_ended(last, code):
            is_stopped = children.stopped and code == -signal.SIGTERM
            said.put(_stopped(name, last) if is_stopped else _died(name, last, code))
    finally:
        children.processes.discard(process)


def _is_ended(last: RunSummary | None, code: int) -> bool:
    """Whether a run's last word can be believed: it may break after it said that all is well."""
    if last is None or last.state is RunState.RUNNING:
        return False
    return code == 0 or last.state in (RunState.FAILED, RunState.BLOCKED)


def _stopped(name: str, last: RunSummary | None) -> RunSummary:
    """The summary of a run that was stopped before it could heed that, and had asked nothing."""
    reason = "stopped before it had begun"
    return (last or RunSummary.failed(name, reason)).ended(RunState.STOPPED, reason)


def _died(name: str, last: RunSummary | None, code: int) -> RunSummary:
    """The summary of a run that could not write its own."""
    reason = f"the run ended with code {code}; the next one repairs what it left"
    if last is None:
        return RunSummary.failed(name, reason)
    return last.ended(RunState.FAILED, reason)
