"""Runs crawl.py as a process and collects what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def start_crawl(
    folder: Path, requests: list[dict], trouble: dict | None = None, **settings
) -> subprocess.Popen:
    job = folder / f"job-{len(list(folder.glob('job-*')))}.json"
    settings = {
        "ZANCRAWLER_ARCHIVE": str(folder / "archive"),
        "ZANCRAWLER_OUTLET": "tester",
        "ROBOTSTXT_OBEY": False,
        **settings,
    }
    job.write_text(json.dumps({"settings": settings, "requests": requests, **(trouble or {})}))
    out = job.with_suffix(".out").open("w+")
    process = subprocess.Popen(
        [sys.executable, str(HERE / "crawl.py"), str(job)],
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])},
    )
    process.said = Path(out.name)
    out.close()
    return process


def lines_of(process: subprocess.Popen) -> list[dict]:
    """What the crawl has said so far, whole lines only."""
    lines = process.said.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def wait_for_first(process: subprocess.Popen) -> None:
    while process.poll() is None and not lines_of(process):
        time.sleep(0.01)


def crawl(
    folder: Path,
    requests: list[dict],
    timeout: float = 300,
    trouble: dict | None = None,
    **settings,
) -> list[dict]:
    """What the crawl said, one dict a line; the last is what it wrote to stderr."""
    process = start_crawl(folder, requests, trouble, **settings)
    try:
        _, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        _, err = process.communicate()
        raise AssertionError(f"the crawl hangs: {err[-3000:]}") from None
    assert process.returncode == 0, err[-3000:]
    return [*lines_of(process), {"kind": "stderr", "text": err}]


def said(lines: list[dict], kind: str) -> list[dict]:
    return [line for line in lines if line["kind"] == kind]
