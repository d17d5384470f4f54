"""A run without word from its worker ends, and all that it started ends with it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import pytest
from leashed import lead

from zancrawler.clock import steady_clock
from zancrawler.cluster.leash import hold
from zancrawler.runs.child import Child

LONG = 200.0


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 300
    while not all(map(gone, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def children() -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    for child in made:
        child.kill()


def start(children: list[Child], left: float = LONG) -> tuple[Child, int]:
    child = Child.start(lead, LONG, left)
    children.append(child)
    return child, child.pipe.recv()


def test_it_ends_without_its_leader(children: list[Child]) -> None:
    """As when the leader and the worker are killed at one moment."""
    child, started = start(children)
    assert child.process.pid
    os.kill(child.process.pid, signal.SIGKILL)
    wait_until_gone(started)


def test_it_ends_without_its_worker(children: list[Child]) -> None:
    child, started = start(children)
    child.pipe.close()
    assert child.process.pid
    wait_until_gone(child.process.pid, started)


def test_it_ends_without_a_word_and_old_words_do_not_count(children: list[Child]) -> None:
    child, started = start(children, left=8)
    assert child.process.pid
    # Written before a machine slept, and read after it.
    child.pipe.send(steady_clock() - LONG)
    wait_until_gone(child.process.pid, started)


def test_it_lives_with_a_word(children: list[Child]) -> None:
    child, started = start(children, left=8)
    child.pipe.send(steady_clock())
    time.sleep(10)
    assert child.process.is_alive() and not gone(started)


def test_it_is_put_on_nobody_elses_session() -> None:
    if os.getpgrp() == os.getpid():
        pytest.skip("this test leads a session of its own")
    with pytest.raises(RuntimeError):
        hold(Pipe()[0], 0.0, 1.0)
