"""Where the output goes: to a reader who has had enough, and to terminals of every encoding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from crawled_newsroom import Crawled

LIST = [sys.executable, "-m", "zancrawler", "outlets", "list"]


SEARCH = [sys.executable, "-m", "zancrawler", "search", "آب"]


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_closed_pipe_ends_it_quietly_and_is_no_alarm(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*LIST, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_runs_without_standard_streams(closed: str, tmp_path: Path) -> None:
    script = f'"$@" outlets list {closed}; echo $?; "$@" crawl nobody {closed}; echo $?'
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "zancrawler"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    codes = [line for line in done.stdout.splitlines() if line.isdigit()]
    assert (codes, "Traceback" in done.stderr) == (["0", "2"], False)


def test_a_full_disk_under_the_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(LIST, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("zancrawler: no room on the disk")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_json_keeps_every_letter_in_every_encoding(crawled: Crawled, encoding: str) -> None:
    found = {}
    for shown in (["--json"], []):
        done = subprocess.run(
            [*SEARCH, "--archive", str(crawled.archive.root), *shown],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            check=False,
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
        found[len(shown)] = done.stdout
    assert any("آب" in hit["snippet"] for hit in json.loads(found[1]))
