"""A host that two outlets share hears one request at a time, whoever asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from crawled_newsroom import zancrawler
from scripted_site import Reply, page, scripted_site

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
PICTURES = 6

pytestmark = pytest.mark.slow


def test_two_runs_ask_a_shared_host_by_turns(tmp_path: Path) -> None:
    (tmp_path / "outlets").mkdir()
    asked: list[tuple[str, float]] = []
    with scripted_site() as hill, scripted_site() as valley, scripted_site() as cdn:

        def answer(path: str) -> Reply:
            asked.append((path.rstrip(".png0123456789"), time.monotonic()))
            return Reply(path, 200, "image/png")

        cdn.otherwise = answer
        cdn.replies["/robots.txt"] = Reply("", 200, "text/plain")
        for name, site in (("hill", hill), ("valley", valley)):
            pictures = "".join(f"<img src='{cdn.home}/{name}{n}.png'>" for n in range(PICTURES))
            words = "<p>The bakers of the lane rose at four, and nobody heard them.</p>" * 9
            site.replies["/"] = Reply(page("News", "<p><a href=/reports/1/a>They rise</a>"))
            site.replies["/reports/1/a"] = Reply(
                page("They rise", f"<h1>They rise</h1><div class=words>{words}{pictures}</div>")
            )
            text = TOML.format(
                name=name, home=site.home, host=site.home.removeprefix("http://"), delay=DELAY
            )
            (tmp_path / "outlets" / f"{name}.toml").write_text(text)
        end = ("--archive", tmp_path / "archive", "--outlets", tmp_path / "outlets")
        zancrawler("crawl", "hill", "valley", *end)
    assert len(asked) == 2 * PICTURES
    # Within a run Scrapy keeps the delay, give or take a half.
    changes = [(before, after) for before, after in pairwise(asked) if before[0] != after[0]]
    assert changes and min(after[1] - before[1] for before, after in changes) >= DELAY


def test_a_run_that_is_killed_lets_go_of_its_turn(tmp_path: Path) -> None:
    """It holds the host's file locked until it dies."""
    turn = tmp_path / "archive" / "ledger" / "hosts"
    turn.mkdir(parents=True)
    (tmp_path / "outlets").mkdir()
    with scripted_site() as hill:
        hill.replies["/"] = Reply(page("News", "<p>Nothing today."))
        host = hill.home.removeprefix("http://")
        text = TOML.format(name="hill", home=hill.home, host=host, delay=0)
        (tmp_path / "outlets" / "hill.toml").write_text(text)
        program = "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); "
        program += "print(flush=True); time.sleep(600)"
        path = turn / host.replace(":", "%3A")
        other = subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE)
        assert other.stdout is not None
        other.stdout.readline()
        command = [sys.executable, "-m", "zancrawler", "crawl", "hill"]
        command += ["--archive", str(tmp_path / "archive"), "--outlets", str(tmp_path / "outlets")]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not (tmp_path / "archive" / "ledger" / "hill.sqlite").exists():
            assert run.poll() is None
            time.sleep(0.1)
        time.sleep(1)
        assert run.poll() is None and hill.asked == []
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert run.wait(60) == 0
        assert "/" in hill.asked
