"""The schedule: when an outlet is due, its units and metrics; and real runs of it, cut short."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from crawled_newsroom import zancrawler
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.archive import Archive
from zancrawler.capture.conformance import check_warc
from zancrawler.clock import steady_clock
from zancrawler.ledger import Entry, Kind, State
from zancrawler.newsroom import serve
from zancrawler.runs.alarms import Alarm, AlarmCode
from zancrawler.runs.history import Run
from zancrawler.runs.metrics import Metrics, MetricsError
from zancrawler.runs.notices import Event, EventKind
from zancrawler.runs.pace import JITTER, LONGEST, REST, SHORTEST, next_run, wait_for
from zancrawler.runs.summary import RunState, RunSummary
from zancrawler.runs.units import Units
from zancrawler.tables import read

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = Run("x-1", NOW - HOUR, NOW, RunState.FINISHED, "finished", 20, 3)


def source(due: datetime | None, looked: datetime = NOW - HOUR / 2) -> Entry:
    return Entry("https://x/feed", Kind.FEED, State.CAPTURED, NOW, last_look=looked, next_due=due)


# When.


def test_an_outlet_that_never_ran_is_due_now_and_one_without_a_ledger_after_an_hour() -> None:
    assert next_run(None, []) is None
    assert wait_for(None, NOW, 0.5) == 0
    assert next_run(LAST, []) == NOW + HOUR


def test_the_first_source_that_is_due_decides_within_bounds() -> None:
    sources = [source(NOW + 5 * HOUR), source(NOW + 2 * HOUR), source(None)]
    assert next_run(LAST, sources) == NOW + 2 * HOUR
    assert next_run(LAST, [source(NOW + HOUR / 60)]) == NOW + SHORTEST
    assert next_run(LAST, [source(NOW + 90 * HOUR)]) == NOW + LONGEST


def test_a_source_that_is_asked_no_more_does_not_press() -> None:
    """A child sitemap that left its index stays due for ever."""
    dead = source(NOW - 900 * HOUR, looked=NOW - 1000 * HOUR)
    assert next_run(LAST, [dead, source(NOW + 3 * HOUR)]) == NOW + 3 * HOUR


def test_walls_and_failures_are_given_time() -> None:
    blocked = Run("x-1", NOW - HOUR, NOW, RunState.BLOCKED, "blocked", 20, 3, walled=True)
    assert next_run(blocked, [source(NOW + HOUR)]) == NOW + REST
    soon = [source(NOW + HOUR / 60)]
    waits = [next_run(LAST, soon, failures=n) for n in range(1, 12)]
    assert waits[:3] == [NOW + SHORTEST, NOW + 2 * SHORTEST, NOW + 4 * SHORTEST]
    assert waits[-1] == NOW + LONGEST


def test_a_missed_run_is_due_at_once_and_once() -> None:
    due = next_run(LAST, [source(NOW + HOUR)])
    assert wait_for(due, NOW + 100 * HOUR, 0.5) == 0
    after = Run("x-2", NOW + 100 * HOUR, NOW + 100 * HOUR, RunState.FINISHED, "finished", 20, 3)
    assert wait_for(next_run(after, []), NOW + 100 * HOUR, 0.5) == 3600


@given(
    st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()),
    st.floats(0, 1),
)
def test_no_clock_makes_a_wait_longer_than_a_day(
    due: datetime | None, now: datetime, share: float
) -> None:
    assert 0 <= wait_for(due, now, share) <= LONGEST.total_seconds() * (1 + JITTER)


def test_the_clock_to_wait_by_is_not_the_time_of_day() -> None:
    before = steady_clock()
    assert steady_clock() >= before
    assert abs(before - time.time()) > 86_400


# Units.


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    printed = Units(tmp_path / "a b%c", None, "me@example.org").systemd(["zantimes"])
    _, service, timer = printed.split("\n# /etc/systemd/system/")
    for unit in (service, timer):
        name, _, text = unit.partition("\n")
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "zancrawler@zantimes.timer", "zancrawler@zantimes.service"],
        cwd=tmp_path,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "zancrawler" in line]
    assert complaints == []
    assert "TimeoutStopSec=120" in service
    assert "Persistent=yes" in timer
    assert "a b%%c" in service


@pytest.mark.parametrize("place", ["/tmp/a", "/var/tmp/a", "/srv/a"])
def test_a_unit_sees_what_it_is_told_of(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    for units in (Units(Path(place)), Units(Path("/srv/archive"), Path(place))):
        lines = units.systemd(["zantimes"]).splitlines()
        is_hidden = "tmp" in place
        assert ("PrivateTmp=yes" in lines) != is_hidden
        assert (f"# PrivateTmp=yes would hide {place} from it." in lines) == is_hidden


def test_cron_lines_differ_in_their_minutes_and_escape_percent(tmp_path: Path) -> None:
    lines = Units(tmp_path / "a b%c").cron(["zantimes", "zannews", "rukhshana"]).splitlines()
    commands = [line for line in lines if not line.startswith("#")]
    assert len(commands) == 3
    assert len({line.split()[0] for line in commands}) > 1
    for line in commands:
        assert r"a b\%c'" in line
        assert "--anonymous" in line


def test_the_command_prints_units_and_runs_nothing(tmp_path: Path) -> None:
    printed = zancrawler(
        "schedule", "zantimes", "--anonymous", "--print-systemd", "--print-cron",
        "--archive", tmp_path / "none",
    )  # fmt: skip
    assert "zancrawler@zantimes.timer" in printed
    assert "* * * * " in printed
    assert not (tmp_path / "none").exists()
    assert "--contact" in zancrawler("schedule", "zantimes", "--print-cron", code=2)
    shared = ("schedule", "--engine", "leases", "--store", tmp_path, "--anonymous")
    assert "one machine alone" in zancrawler(*shared, "--print-systemd", code=2)


# Metrics.


@pytest.fixture
def port() -> Iterator[int]:
    """One that nobody else is given as long as it is bound here too, where nothing listens."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_metrics_are_served_and_add_up(port: int) -> None:
    metrics = Metrics.serve("127.0.0.1", port)
    summary = RunSummary("x", "x-1", RunState.FINISHED, NOW, NOW, requests=7, articles_new=2)
    alarm = Alarm(AlarmCode.SILENCE, "x", NOW, "quiet; look")
    for event in (
        Event(NOW, EventKind.STARTED, "", "x"),
        Event(NOW, EventKind.ENDED, "", "x", summary=summary),
        Event(NOW, EventKind.WAITS, "", "x", due=NOW + HOUR),
        Event(NOW, EventKind.RAISED, "", "x", alarm=alarm),
    ):
        metrics.take(event)
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    assert 'zancrawler_requests_total{outlet="x"} 7.0' in text
    assert 'zancrawler_runs_total{outlet="x",state="finished"} 1.0' in text
    assert 'zancrawler_alarms{code="silence",outlet="x"} 1.0' in text
    assert 'zancrawler_running{outlet="x"} 0.0' in text
    with pytest.raises(MetricsError, match="another --metrics-port"):
        Metrics.serve("127.0.0.1", port)


# Real runs.

SOON = 45
"""Seconds in which a stop is over on any machine, however busy: PATIENCE of them are for the runs.
What it must not wait for takes longer: an answer, for which a run waits a minute, and the next run.
"""


@contextmanager
def scheduled(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The schedule as a process of its own, with JSON on standard output."""
    command = [sys.executable, "-m", "zancrawler", "schedule", *map(str, arguments), "--log-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def events_until(process: subprocess.Popen[str], kind: EventKind, count: int) -> list[Any]:
    """Its events until the one of a kind has come `count` times."""
    found: list[Any] = []
    for line in process.stdout or ():
        found.append(json.loads(line))
        count -= found[-1]["event"] == kind
        if not count:
            break
    return found


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> tuple[float, list[Any]]:
    began = time.monotonic()
    process.send_signal(number)
    rest = [json.loads(line) for line in process.stdout or ()]
    assert process.wait(300) == 0
    return time.monotonic() - began, rest


@pytest.mark.slow
def test_two_outlets_are_crawled_and_wait(tmp_path: Path) -> None:
    with serve() as newsroom:
        arguments = [*newsroom.homes, "--archive", tmp_path, "--outlets", newsroom.catalogue]
        with scheduled(*arguments) as process:
            told = events_until(process, EventKind.ENDED, 2)
            assert [e["event"] for e in told if e["event"] == "started"] == ["started"] * 2
            assert {e["summary"]["state"] for e in told if e["summary"]} == {"finished"}
            events_until(process, EventKind.WAITS, 1)
            seconds, rest = stopped(process, signal.SIGINT)
        assert seconds < SOON
        assert rest[-1]["event"] == "stopped"
        assert read.open(tmp_path).articles().num_rows >= 60
        # At the next start nothing is due: what has run is not run again.
        with scheduled(*arguments) as process:
            again = events_until(process, EventKind.WAITS, 2)
            stopped(process, signal.SIGTERM)
    assert min(datetime.fromisoformat(e["due"]) for e in again) > datetime.now(UTC)


class _Tarpit(BaseHTTPRequestHandler):
    """A feed of forty articles; the third is not answered as long as the server is slow."""

    def do_GET(self) -> None:
        if self.path == "/feed":
            items = "".join(
                f"<item><title>Story {n}</title><link>http://{self.headers['Host']}/news/{n}</link>"
                "</item>"
                for n in range(40)
            )
            body, mime = f"<rss version='2.0'><channel>{items}</channel></rss>", "text/xml"
        elif self.path.startswith("/news/"):
            if self.server.slow and self.server.asked >= 2:  # type: ignore[attr-defined]
                self.server.stuck.set()  # type: ignore[attr-defined]
                self.server.released.wait()  # type: ignore[attr-defined]
                return
            self.server.asked += 1  # type: ignore[attr-defined]
            words = "<p>" + f"What the valley said of story {self.path}. " * 20 + "</p>"
            body, mime = f"<h1>Story</h1><article>{words}</article>", "text/html"
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def tarpit(folder: Path) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tarpit)
    server.daemon_threads = True
    server.asked, server.slow = 0, True  # type: ignore[attr-defined]
    server.stuck = threading.Event()  # type: ignore[attr-defined]
    server.released = threading.Event()  # type: ignore[attr-defined]
    home = f"127.0.0.1:{server.server_port}"
    (folder / "tarpit.toml").write_text(
        f'title = "Tarpit"\nhome = "http://{home}/"\ndomains = ["{home}"]\n'
        'languages = ["en"]\nplatform = "plain"\nsources = {feeds = ["/feed"]}\n'
        "politeness = {delay = 0.0}\n"
        "[[articles]]\nurl = '^/news/[0-9]+$'\nbody = [\"article\"]\n"
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.released.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


@pytest.mark.slow
def test_a_stop_in_mid_request_is_not_held_up_by_it_and_loses_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with tarpit(tmp_path) as server:
        arguments = ["tarpit", "--archive", archive, "--outlets", tmp_path]
        with scheduled(*arguments) as process:
            assert server.stuck.wait(300)  # type: ignore[attr-defined]
            seconds, rest = stopped(process, signal.SIGTERM)
        assert seconds < SOON
        assert rest[-1]["event"] == "stopped"
        server.slow = False  # type: ignore[attr-defined]
        zancrawler("crawl", *arguments)
        assert server.asked == 40  # type: ignore[attr-defined]
    tables = read.open(archive)
    assert tables.coverage().num_rows == 40
    assert set(tables.coverage()["state"].to_pylist()) == {"captured"}
    warcs = list(archive.glob("warc/*/*/*"))
    assert warcs
    assert not [warc for warc in warcs if warc.suffix == ".open"]
    assert not [finding for warc in warcs if warc.suffix == ".gz" for finding in check_warc(warc)]


@pytest.mark.slow
def test_an_outlet_that_another_run_holds_is_left_alone(tmp_path: Path) -> None:
    with serve() as newsroom:
        archive = Archive.open(tmp_path)
        name = next(iter(newsroom.homes))
        with (
            archive.lock(name, "a test"),
            scheduled(name, "--archive", tmp_path, "--outlets", newsroom.catalogue) as process,
        ):
            told = events_until(process, EventKind.ENDED, 1)
            told += events_until(process, EventKind.WAITS, 1)
            stopped(process, signal.SIGTERM)
        assert newsroom.requests() == []
    (ended,) = (e for e in told if e["event"] == "ended")
    assert "being crawled by another run (a test)" in ended["message"]
    due = datetime.fromisoformat(told[-1]["due"])
    assert due - datetime.fromisoformat(ended["time"]) > SHORTEST * 0.85
