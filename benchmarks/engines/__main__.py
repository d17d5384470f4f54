"""Rebuilding on one and two processes, and on datatrove, over the same pages, one after another.

    python -m benchmarks.engines [--pages N] [--archive DIR]

Prints seconds, processor seconds and the largest worker of each, and the two ratios that must hold:
two workers at 1.7 times the rate of one, and datatrove within 15 % of plain processes. The
machine must be quiet, with two cores; processor seconds tell what they can where it is not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.engines.pages import write_archive

PLANS = (("local", 1), ("local", 2), ("datatrove", 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--archive", type=Path, help="made there before, or to be made and kept")
    arguments = parser.parse_args()
    with TemporaryDirectory() as temporary:
        root = arguments.archive or Path(temporary) / "archive"
        if not root.exists():
            write_archive(root, arguments.pages)
        measure(root)


def measure(root: Path) -> None:
    size = sum(path.stat().st_size for path in root.rglob("*.warc.gz"))
    print(f"{size / 1e6:.0f} MB of WARC; load before: {os.getloadavg()[0]:.1f}")
    print(f"{'engine':12}{'workers':>8}{'pages/s':>9}{'seconds':>9}{'CPU s':>8}{'worker MB':>11}")
    seconds: dict[tuple[str, int], float] = {}
    for engine, workers in PLANS:
        if engine == "datatrove" and find_spec("datatrove") is None:
            print("datatrove is not installed")
            continue
        found = _run(root, engine, workers)
        seconds[engine, workers] = found["seconds"]
        print(
            f"{engine:12}{workers:>8}{found['pages'] / found['seconds']:>9.1f}"
            f"{found['seconds']:>9.1f}{found['cpu']:>8.1f}{found['worker_mb']:>11.0f}"
        )
    speedup = seconds["local", 1] / seconds["local", 2]
    print(f"two workers at {speedup:.2f} times the rate of one (must be 1.7)")
    if datatrove := seconds.get(("datatrove", 2)):
        more = datatrove / seconds["local", 2] - 1
        print(f"datatrove takes {more:+.1%} against plain processes (must be 15 % at most)")
    print(f"load after: {os.getloadavg()[0]:.1f}")


def _run(root: Path, engine: str, workers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.engines.run", str(root), engine, str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
