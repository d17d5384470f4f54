"""Ctrl-C, as a terminal sends it: to a command and to all that it has started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crawled_newsroom import Crawled

from zancrawler.archive import Archive
from zancrawler.newsroom import Newsroom, serve
from zancrawler.tables import read

# The dot comes when Python itself has started, which no program can answer for.
COMMAND = """
import os
from zancrawler import __main__, interrupts
interrupts.run(lambda: (os.write(1, b"."), __main__._command()))
"""


def started(*arguments: object) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout and process.stdout.read(1) == "."
    return process


def interrupted(process: subprocess.Popen[str], times: int = 1) -> str:
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    assert "Traceback" not in output + errors
    assert process.returncode == 130
    # At the second nothing is waited for, nor said.
    assert times > 1 or errors.endswith("zancrawler: stopped; what was captured is kept\n")
    return output


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("after", [0.0, 0.2, 0.4])
def test_no_traceback_while_it_is_loaded(after: float, times: int) -> None:
    process = started("newsroom", "--port", 0)
    time.sleep(after)
    interrupted(process, times)


def test_an_ignored_interrupt_stays_ignored() -> None:
    code = """
import signal, sys
from zancrawler import interrupts
signal.signal(signal.SIGINT, signal.SIG_IGN)
interrupts.run(lambda: (signal.raise_signal(signal.SIGINT), sys.exit(3)))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3


def test_one_that_python_drops_is_raised_anew() -> None:
    code = """
import time
from zancrawler import interrupts
class Dropping:
    def __del__(self):
        raise KeyboardInterrupt
def command():
    Dropping()
    time.sleep(30)
interrupts.run(command)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        130,
        "zancrawler: stopped; what was captured is kept\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.8, 1.2, 1.6])
def test_no_traceback_of_what_was_forked(crawled: Crawled, after: float, tmp_path: Path) -> None:
    archive = shutil.copytree(crawled.archive.root, tmp_path / "archive")
    process = started("rebuild", "--workers", "2", "--archive", archive)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    assert "Traceback" not in output + errors
    assert process.returncode in (130, 0)


def when_it_runs(process: subprocess.Popen[str], _: Newsroom) -> bool:
    return any(path.read_text() for path in Path(f"/proc/{process.pid}/task").glob("*/children"))


def when_it_asks(_: subprocess.Popen[str], newsroom: Newsroom) -> bool:
    return len(newsroom.requests()) > 2


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve(outlets=["newsroom-wp"]) as served:
        yield served


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "times"), [(when_it_runs, 1), (when_it_asks, 1), (when_it_asks, 2)]
)
def test_a_run_is_stopped_and_no_failure(
    newsroom: Newsroom,
    moment: Callable[[subprocess.Popen[str], Newsroom], bool],
    times: int,
    tmp_path: Path,
) -> None:
    process = started(
        *("crawl", "newsroom-wp", "--archive", tmp_path, "--outlets", newsroom.catalogue)
    )
    while not moment(process, newsroom):
        assert process.poll() is None
        time.sleep(0.02)
    output = interrupted(process, times)
    # It is not crawled where it was stopped before it had begun.
    assert times > 1 or output.startswith(("newsroom-wp: stopped", "newsroom-wp: not crawled"))
    # At the second nobody waits for the run, which ends by itself.
    lock = Archive(tmp_path).lock_file("newsroom-wp")
    while lock.exists() and lock.read_text():
        time.sleep(0.05)
    if moment is when_it_asks:
        (outcome,) = read.open(tmp_path).crawls()["outcome"].to_pylist()
        assert outcome.startswith("stopped")
