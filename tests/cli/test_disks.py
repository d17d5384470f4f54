"""An archive on a disk that is read-only or full: what only reads works, and what cannot be written
is said in one sentence."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import Crawled
from disks import on_full, on_read_only, ran, zancrawler

READ_LEDGER = """
import sys
from pathlib import Path
from zancrawler.ledger import Ledger
with Ledger.to_read(Path(sys.argv[1])) as ledger:
    print(sum(1 for _ in ledger.entries()))
"""
KILLED_WRITER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from zancrawler.ledger import Advertisement, Kind, Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.advertise([Advertisement("https://a.test/1", "s", "feed", Kind.ARTICLE)], datetime.now(UTC))
os.kill(os.getpid(), 9)
"""


def test_a_ledger_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "zan.sqlite"
    ran([sys.executable, "-c", KILLED_WRITER, str(path)])
    # What a killed run left in the log belongs to it.
    assert path.with_name("zan.sqlite-wal").stat().st_size
    path.with_name("zan.sqlite-shm").unlink()
    read = (sys.executable, "-c", READ_LEDGER, path)
    assert ran(on_read_only(tmp_path, *read)).stdout == "1\n"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert ran(on_read_only(tmp_path, *read)).stdout == "1\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("status", "--json"),
        ("coverage", "--json"),
        ("report", "--out", "OUT"),
        ("stories",),
        ("withdraw", "URL", "--reason", "safety", "--by", "me"),
    ],
    ids=lambda command: command[0],
)
def test_a_read_only_archive(crawled: Crawled, command: tuple[str, ...], tmp_path: Path) -> None:
    root = crawled.archive.root
    named = {"OUT": tmp_path / "report.html", "URL": crawled.articles[0].url}
    arguments = [named.get(word, word) for word in command]
    done = ran(on_read_only(root, *zancrawler(*arguments, "--archive", root)))
    if command[0] in ("stories", "withdraw"):
        assert done.returncode == 1
        assert "Read-only file system" in done.stderr
    elif command[0] == "report":
        assert "<html" in named["OUT"].read_text(encoding="utf-8")
    else:
        writable = ran([*map(str, zancrawler(*arguments, "--archive", root))])
        assert json.loads(done.stdout) == json.loads(writable.stdout)


@pytest.mark.slow
def test_on_a_full_disk_the_alarm_is_the_disk_and_the_ledger_is_sound(
    crawled: Crawled, tmp_path: Path
) -> None:
    command = zancrawler("status", "--archive", tmp_path)
    done = ran(on_full(crawled.archive.root, tmp_path, "0", *command))
    assert done.returncode == 1
    assert "disk since" in done.stdout
    assert "damaged" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("left", "noted"), [("0", False), ("60k", True)])
def test_a_withdrawal_on_a_full_disk_says_whether_it_stands(
    crawled: Crawled, tmp_path: Path, left: str, noted: bool
) -> None:
    url = crawled.articles[0].url
    mount, kept = tmp_path / "mount", tmp_path / "kept"
    mount.mkdir()
    said = ("--reason", "safety", "--by", "me", "--archive", mount)
    command = zancrawler("withdraw", url, *said)
    again = f"cp -a {mount} {kept}"
    done = ran(on_full(crawled.archive.root, mount, left, *command), **os.environ | {"THEN": again})
    assert done.returncode == 1
    assert ("it is withdrawn" in done.stderr) is noted
    assert ("nothing is decided" in done.stderr) is not noted
    lines = (kept / "withdrawn.jsonl").read_text().splitlines()
    assert [json.loads(line)["url"] for line in lines] == ([url] if noted else [])
    # Once there is room, the same command does the rest.
    ran([*map(str, zancrawler("withdraw", url, *said[:-1], kept))])
    rows = pq.read_table(kept / "tables/articles", columns=["canonical_url", "access"]).to_pylist()
    assert [row["access"] for row in rows if row["canonical_url"] == url] == ["withdrawn"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("stories",), ("rebuild", "--ledger")])
def test_what_a_full_disk_stops_says_so(
    crawled: Crawled, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = ran(
        on_full(crawled.archive.root, tmp_path, "0", *zancrawler(*command, "--archive", tmp_path))
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("zancrawler: no room on the disk")
