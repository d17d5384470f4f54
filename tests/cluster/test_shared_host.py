"""A host that outlets of two workers share hears one request at a time from all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from scripted_site import Reply, page, scripted_site

from zancrawler.storage.shelf import shelf_of
from zancrawler.storage.turns import FOLDER

TOML = """\
title = "{name}"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
politeness = {{ delay = {delay} }}
sources = {{ listings = ["/"] }}
[[articles]]
url = '^/reports/\\d+/'
body = [".words"]
"""
DELAY = 0.4
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
    (tmp_path / "outlets").mkdir()
    asked: list[tuple[str, float]] = []
    begun: dict[str, float] = {}
    both_have = threading.Event()
    store = f"{bucket}/a"
    with scripted_site() as hill, scripted_site() as valley, scripted_site() as cdn:

        def answer(path: str) -> Reply:
            asked.append((path.rstrip(".png0123456789"), time.monotonic()))
            # However long one takes to begin, the other is not through by then.
            both_have.wait(PATIENCE)
            return Reply(path, 200, "image/png")

        def read(name: str, story: str, path: str) -> Reply:
            begun.setdefault(name, time.monotonic())
            if len(begun) == 2:
                both_have.set()
            return Reply(story) if path == "/reports/1/a" else Reply("Not found", 404)

        cdn.otherwise = answer
        cdn.replies["/robots.txt"] = Reply("", 200, "text/plain")
        for name, site in (("hill", hill), ("valley", valley)):
            pictures = "".join(f"<img src='{cdn.home}/{name}{n}.png'>" for n in range(PICTURES))
            words = "<p>The bakers of the lane rose at four, and nobody heard them.</p>" * 9
            site.replies["/"] = Reply(page("News", "<p><a href=/reports/1/a>They rise</a>"))
            story = page("They rise", f"<h1>They rise</h1><div class=words>{words}{pictures}</div>")
            site.otherwise = partial(read, name, story)
            text = TOML.format(
                name=name, home=site.home, host=site.home.removeprefix("http://"), delay=DELAY
            )
            (tmp_path / "outlets" / f"{name}.toml").write_text(text)
        workers = [worker(name, tmp_path, store) for name in ("hill", "valley")]
        logs = [tmp_path / f"{name}.log" for name in ("hill", "valley")]
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
    assert len(asked) == 2 * PICTURES
    first, _ = asked[0]
    assert max(begun.values()) < max(when for path, when in asked if path == first), "one by one"
    changes = [(before, after) for before, after in pairwise(asked) if before[0] != after[0]]
    assert changes and min(after[1] - before[1] for before, after in changes) >= DELAY
    # Nothing is left taken.
    shelf = shelf_of(store)
    names = shelf.names(FOLDER)
    assert len(names) == 3
    items = [shelf.get(f"{FOLDER}/{name}") for name in names]
    assert all(item and b'"holder":null' in item.data for item in items)
