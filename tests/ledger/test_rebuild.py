"""The ledger follows from the looks alone: cut them as you like, it comes out the same."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom_days import looks

from zancrawler.ledger import Ledger, Outcome

DAYS = 30
WRITER = Path(__file__).with_name("ledger_writer.py")


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a ledger holds."""
    with sqlite3.connect(path) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        return {
            name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in names
        }


def recorded(path: Path, *batches: list[Outcome]) -> dict[str, list[tuple[object, ...]]]:
    with Ledger(path) as ledger:
        for batch in batches:
            ledger.record(batch)
    return tables(path)


def test_the_same_looks_make_the_same_ledger(tmp_path: Path) -> None:
    days = list(looks(DAYS))
    whole = recorded(tmp_path / "whole.sqlite", days)
    assert len(whole["url"]) > 50
    assert len(whole["sighting"]) > 100
    assert recorded(tmp_path / "singly.sqlite", *([look] for look in days)) == whole
    with sqlite3.connect(tmp_path / "singly.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=8))
def test_batches_and_restarts_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    days = list(looks(DAYS))
    edges = [0, *sorted(cuts), len(days)]
    for start, end in pairwise(edges):
        recorded(folder / "cut.sqlite", days[start:end])
    assert tables(folder / "cut.sqlite") == recorded(folder / "whole.sqlite", days)


def test_what_is_due_is_only_read(tmp_path: Path) -> None:
    days = list(looks(DAYS))
    with Ledger(tmp_path / "asked.sqlite") as ledger:
        for look in days:
            ledger.due(look.at, 5)
            ledger.record([look])
            ledger.coverage()
    assert tables(tmp_path / "asked.sqlite") == recorded(tmp_path / "whole.sqlite", days)


def kill_and_go_on(path: Path, kills: int, days: int) -> tuple[int, int]:
    """Restarts the writer until it is done, killing it at random moments first.

    Between two kills some looks are recorded, however slow the machine. Returns how often it was
    really killed, and in how many different places.
    """
    chance = random.Random(days)
    killed, places = 0, set()
    while True:
        writer = subprocess.Popen(
            [sys.executable, str(WRITER), str(path), str(days)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        if killed < kills:
            for _ in range(chance.randint(1, 40)):
                writer.stdout.readline()
            time.sleep(chance.random() * 0.003)
            writer.send_signal(signal.SIGKILL)
        writer.stdout.read()
        writer.stdout.close()
        code = writer.wait()
        if code == 0:
            return killed, len(places)
        assert code == -signal.SIGKILL
        killed += 1
        with Ledger(path) as ledger:
            places.add(ledger.through("zan.warc.gz"))


def check_kills(folder: Path, kills: int, days: int) -> None:
    done = list(looks(days))
    with Ledger(folder / "whole.sqlite") as ledger:
        ledger.record(done, through={"zan.warc.gz": len(done)})
    killed, places = kill_and_go_on(folder / "killed.sqlite", kills, days)
    assert tables(folder / "killed.sqlite") == tables(folder / "whole.sqlite")
    assert killed == kills
    assert places == kills


def test_kill_9_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=4, days=60)


@pytest.mark.long
def test_kill_9_fifty_times(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=50, days=250)
