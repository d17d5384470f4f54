"""A host that outlets of two workers share hears one request at a time from all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shared_host import DELAY, OUTLETS, shared_host

from zancrawler.storage.shelf import shelf_of
from zancrawler.storage.turns import FOLDER

PICTURES = 8
PATIENCE = 240

pytestmark = pytest.mark.slow


def worker(name: str, root: Path, store: str) -> subprocess.Popen[str]:
    """As on a machine of its own: with a folder that no other sees."""
    command = [sys.executable, "-m", "zancrawler", "schedule", name, "--engine", "leases"]
    command += ["--store", store, "--archive", str(root / name), "--outlets", str(root / "outlets")]
    command += ["--contact", "you@example.org", "--log-json"]
    log = (root / f"{name}.log").open("w")
    with log:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(command, stdout=log, stderr=log, text=True, env=environment)


def test_two_workers_ask_a_shared_host_by_turns(bucket: str, tmp_path: Path) -> None:
    catalogue, store = tmp_path / "outlets", f"{bucket}/a"
    catalogue.mkdir()
    with shared_host(catalogue, PICTURES) as scene:
        workers = [worker(name, tmp_path, store) for name in OUTLETS]
        logs = [tmp_path / f"{name}.log" for name in OUTLETS]
        try:
            deadline = time.monotonic() + PATIENCE
            while not all('"waits"' in log.read_text() for log in logs):
                assert time.monotonic() < deadline, [log.read_text()[-2000:] for log in logs]
                time.sleep(0.2)
        finally:
            for process in workers:
                process.terminate()
            ends = [process.wait(PATIENCE) for process in workers]
    assert ends == [0, 0]
    assert len(scene.asked) == 2 * PICTURES
    first, _ = scene.asked[0]
    assert max(scene.read.values()) < max(t for name, t in scene.asked if name == first), (
        "one by one"
    )
    assert scene.changes() and min(scene.changes()) >= DELAY
    # Nothing is left taken.
    shelf = shelf_of(store)
    names = shelf.names(FOLDER)
    assert len(names) == 3
    items = [shelf.get(f"{FOLDER}/{name}") for name in names]
    assert all(item and b'"holder":null' in item.data for item in items)
