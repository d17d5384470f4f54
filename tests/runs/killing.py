"""Killing what a rebuild has started, and telling whether its tables are as they must be."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

BETWEEN = 2
"""Parts that are made between two kills: as many as there are workers."""
WORKER = {"local": 2, "datatrove": 4}
"""How far below the command an engine's workers stand: each begins with a server that forks."""


def digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for table in ("articles", "versions", "captures")
        for path in root.glob(f"tables/{table}/**/*.parquet")
    }


def rebuilding(root: Path, engine: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "zancrawler", "rebuild", "--workers", "2"]
    return subprocess.Popen(
        [*command, "--engine", engine, "--archive", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(run: subprocess.Popen[str]) -> str:
    output, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    return output


def workers(pid: int, engine: str) -> list[int]:
    """Of the rebuild in this process."""
    generation = [pid]
    for _ in range(WORKER[engine]):
        generation = [child for one in generation for child in _children(one)]
    return generation


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):
            yield from map(int, (task / "children").read_text().split())


def kill_workers(run: subprocess.Popen[str], engine: str, kills: int, seed: int) -> int:
    """Kills one worker after another while the rebuild lasts; returns how many it was.

    Between two of them work gets done, however slow the machine: a rebuild rightly gives up where
    worker after worker dies over the same records.
    """
    chance = random.Random(seed)
    root = Path(cast(list[str], run.args)[-1])
    killed = 0
    while killed < kills and run.poll() is None:
        made = _parts(root)
        if found := workers(run.pid, engine):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)
                killed += 1
        time.sleep(chance.uniform(0.2, 1.0))
        while run.poll() is None and made <= _parts(root) < made + BETWEEN:
            time.sleep(0.1)
    return killed


def _parts(root: Path) -> int:
    return sum(1 for _ in root.glob("tables/.rebuild/**/*.parquet"))
