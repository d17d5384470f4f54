"""kill -9 in the middle of commits, with readers of the bare files beside."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from crash_writer import commit_all
from table_rows import start, tables_of

from zancrawler.archive import Archive


def kill_and_resume(root: Path, *, kills: int, exchanges: int) -> int:
    """Kills writers at random moments until `kills` of them died; then lets one finish."""
    chance, died = random.Random(kills), 0
    while died < kills:
        writer = start("crash_writer.py", root, exchanges)
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
        try:
            writer.wait(timeout=chance.uniform(0, 0.2))
        except subprocess.TimeoutExpired:
            writer.kill()
            died += 1
        _, errors = writer.communicate()
        assert not errors
        if writer.returncode == 0:
            break
    commit_all(Archive(root), exchanges, most=200)
    return died


def hold_under_kills(tmp_path: Path, *, kills: int, exchanges: int) -> None:
    root, untouched = tmp_path / "killed", Archive(tmp_path / "untouched")
    reader = start("crash_reader.py", root)
    assert reader.stdout and reader.stdout.readline() == "ready\n"
    died = kill_and_resume(root, kills=kills, exchanges=exchanges)
    looked, errors = reader.communicate("\n", timeout=300)
    assert reader.returncode == 0, errors
    assert int(looked) > died
    assert died == kills, "the workload ended before the last kill: make it longer"
    commit_all(untouched, exchanges, most=exchanges)
    assert tables_of(Archive(root)) == tables_of(untouched)
    assert not [path for path in (root / "tables" / ".unfinished").rglob("*") if path.is_file()]


def test_kill_ten_times(tmp_path: Path) -> None:
    hold_under_kills(tmp_path, kills=10, exchanges=400)


@pytest.mark.long
def test_kill_a_hundred_times(tmp_path: Path) -> None:
    hold_under_kills(tmp_path, kills=100, exchanges=4000)
