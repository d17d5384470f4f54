"""Runs crawl.py as a process and collects what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    return subprocess.Popen(
        [sys.executable, str(HERE / "crawl.py"), str(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def crawl(
    folder: Path,
    requests: list[dict],
    timeout: float = 100,
    trouble: dict | None = None,
    **settings,
) -> list[dict]:
    """What the crawl said, one dict a line; the last is what it wrote to stderr."""
    process = start_crawl(folder, requests, trouble, **settings)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"the crawl hangs: {out[-2000:]} {err[-3000:]}") from None
    assert process.returncode == 0, err[-3000:]
    return [json.loads(line) for line in out.splitlines()] + [{"kind": "stderr", "text": err}]


def said(lines: list[dict], kind: str) -> list[dict]:
    return [line for line in lines if line["kind"] == kind]
