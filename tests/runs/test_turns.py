"""A host that two outlets share hears one request at a time, whoever asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from crawled_newsroom import zancrawler
from scripted_site import Reply, Script, page, scripted_site
from shared_host import DELAY, OUTLETS, describe, shared_host, story

PICTURES = 6

pytestmark = pytest.mark.slow


def test_two_runs_ask_a_shared_host_by_turns(tmp_path: Path) -> None:
    catalogue = tmp_path / "outlets"
    catalogue.mkdir()
    with shared_host(catalogue, PICTURES) as scene:
        end = ("--archive", tmp_path / "archive", "--outlets", catalogue)
        zancrawler("crawl", *OUTLETS, *end)
    assert len(scene.asked) == 2 * PICTURES
    # Within a run Scrapy keeps the delay, give or take a half.
    assert scene.changes() and min(scene.changes()) >= DELAY


@contextmanager
def asked_by_another(archive: Path, home: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the turn of a host until it dies."""
    turn = archive / "ledger" / "hosts"
    turn.mkdir(parents=True)
    program = "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); "
    program += "print(flush=True); time.sleep(600)"
    path = turn / home.removeprefix("http://").replace(":", "%3A")
    other = subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    try:
        yield other
    finally:
        other.kill()
        other.wait()


def outlet(root: Path, site: Script) -> tuple[str, ...]:
    """Describes an outlet `hill`; returns how a command is told of it and of its archive."""
    (root / "outlets").mkdir()
    describe(root / "outlets", "hill", site.home, delay=0)
    return "--archive", str(root / "archive"), "--outlets", str(root / "outlets")


def waiting(root: Path, end: Sequence[str]) -> subprocess.Popen[str]:
    """A crawl that has begun and is not let ask for anything."""
    command = [sys.executable, "-m", "zancrawler", "crawl", "hill", "--json", *end]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while not (root / "archive" / "ledger" / "hill.sqlite").exists():
        assert run.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    assert run.poll() is None
    return run


def test_a_run_that_is_killed_lets_go_of_its_turn(tmp_path: Path) -> None:
    with scripted_site() as hill:
        hill.replies["/"] = Reply(page("News", "<p>Nothing today."))
        end = outlet(tmp_path, hill)
        with asked_by_another(tmp_path / "archive", hill.home) as other:
            run = waiting(tmp_path, end)
            assert hill.asked == []
            os.kill(other.pid, signal.SIGKILL)
            assert run.wait(300) == 0
        assert "/" in hill.asked


def test_a_run_that_is_told_to_end_waits_for_its_turn_no_longer(tmp_path: Path) -> None:
    with scripted_site() as hill:
        end = outlet(tmp_path, hill)
        with asked_by_another(tmp_path / "archive", hill.home):
            run = waiting(tmp_path, end)
            run.terminate()
            said, _ = run.communicate(timeout=300)
        assert hill.asked == []
    (summary,) = json.loads(said)
    assert summary["state"] == "stopped" and not summary["problems"], summary


def test_a_host_that_others_ask_all_the_time_is_left_to_the_next_run(tmp_path: Path) -> None:
    """Without its robots.txt nothing else is asked of it; the article is kept."""
    program = "import sys; from zancrawler.spiders import turns; turns.PATIENCE = 1.0; "
    program += "from zancrawler.runs.process import main; sys.exit(main('hill', {}))"
    with scripted_site() as hill, scripted_site() as cdn:
        cdn.otherwise = lambda path: Reply(path, 200, "image/png")
        hill.replies["/"] = Reply(page("News", "<p><a href=/reports/1/a>They rise</a>"))
        hill.replies["/reports/1/a"] = Reply(story(f"<img src='{cdn.home}/1.png'>"))
        end = outlet(tmp_path, hill)
        archive = tmp_path / "archive"
        with asked_by_another(archive, cdn.home):
            names = {"ZANCRAWLER_ARCHIVE": str(archive), "ZANCRAWLER_OUTLETS": end[-1]}
            run = subprocess.run(
                [sys.executable, "-c", program],
                env={**os.environ, **names},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                timeout=300,
            )
        assert cdn.asked == []
        summary = json.loads(run.stdout.splitlines()[-1])
        assert summary["state"] == "finished" and summary["articles_new"] == 1
        assert [said for said in summary["problems"] if "busy with other runs" in said]
        zancrawler("crawl", "hill", *end)
        assert cdn.asked == ["/robots.txt", "/1.png"]
