"""A disk that takes no more: read-only from the start, made so under the crawler, or gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zancrawler.archive import Archive
from zancrawler.capture.conformance import check_warcs
from zancrawler.capture.reader import read_exchanges
from zancrawler.capture.recovery import recover
from zancrawler.capture.warcfile import OPEN_SUFFIX
from zancrawler.newsroom import Newsroom, serve

OUTLET = "newsroom-wix"
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve() as site:
        yield site


def start(archive: Path, newsroom: Newsroom, *before: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-m", "zancrawler.runs", OUTLET],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={
            **os.environ,
            "ZANCRAWLER_ARCHIVE": str(archive),
            "ZANCRAWLER_OUTLETS": str(newsroom.catalogue),
        },
    )


def end(run: subprocess.Popen[str]) -> tuple[int, dict]:
    """The exit code, and the run's last word."""
    out, err = run.communicate(timeout=300)
    assert "Traceback" not in err, err[-3000:]
    return run.returncode, json.loads(out.splitlines()[-1])


def growing(archive: Archive, run: subprocess.Popen[str], size: int = 20_000) -> Path:
    """The WARC that a run is writing to, once it has some pages; the run is halted there."""
    while run.poll() is None:
        for path in archive.warcs(OUTLET).glob(f"*/*{OPEN_SUFFIX}"):
            if "-failed-" not in path.name and path.stat().st_size > size:
                run.send_signal(signal.SIGSTOP)
                return path
        time.sleep(0.05)
    raise AssertionError("the run has ended")


def immutable(path: Path, *, on: bool) -> bool:
    """Root may write to what is read-only by its mode, and to nothing that is immutable."""
    flag = "+i" if on else "-i"
    return subprocess.run(["chattr", flag, path], capture_output=True).returncode == 0


def can_be_denied(folder: Path) -> bool:
    if shutil.which("chattr") is None:
        return False
    probe = folder / "probe"
    with probe.open("wb", buffering=0) as file:
        if not immutable(probe, on=True):
            return False
        try:
            file.write(b"taken all the same")
        except PermissionError:
            return True
        finally:
            immutable(probe, on=False)
    return False


@pytest.mark.slow
def test_a_warc_that_becomes_unwritable(tmp_path, newsroom):
    if not can_be_denied(tmp_path):
        pytest.skip("no file can be made immutable here (needs root, chattr and ext4 or the like)")
    archive = Archive.open(tmp_path / "archive")
    run = start(archive.root, newsroom)
    warc = growing(archive, run)
    immutable(warc, on=True)
    try:
        run.send_signal(signal.SIGCONT)
        code, said = end(run)
        held = warc.stat().st_size
    finally:
        immutable(warc, on=False)
    assert (code, said["state"]) == (1, "failed")
    assert said["reason"].startswith(f"cannot write to {warc} (Operation not permitted)")
    assert f"Safe: its first {held} bytes" in said["reason"]
    # Nothing was torn, and the next run goes on from there.
    assert [recovered.torn for recovered in recover(archive, OUTLET)] == [0]
    [closed] = archive.warcs(OUTLET).glob("*/*.warc.gz")
    assert list(check_warcs([closed])) == []
    before = {exchange.url for exchange in read_exchanges(closed)}
    code, said = end(start(archive.root, newsroom))
    assert (code, said["state"]) == (0, "finished")
    later = [warc for warc in archive.warcs(OUTLET).glob("*/*.warc.gz") if warc != closed]
    articles = {url for url in before if "/post/" in url}
    assert not articles & {e.url for warc in later for e in read_exchanges(warc)}


@pytest.mark.slow
def test_a_warc_that_is_deleted(tmp_path, newsroom):
    archive = Archive.open(tmp_path / "archive")
    run = start(archive.root, newsroom)
    growing(archive, run).unlink()
    run.send_signal(signal.SIGCONT)
    code, said = end(run)
    assert (code, said["state"]) == (1, "failed")
    # Either the writer finds out, or the process that reads the pages back.
    assert "was deleted" in said["reason"]
    assert "safe" in said["reason"]
    assert "Crawl again to fetch" in said["reason"]


def test_a_disk_that_is_read_only(tmp_path, newsroom):
    allowed = ["unshare", "-m", "sh", "-c", READ_ONLY, "sh", tmp_path, "true"]
    if shutil.which("unshare") is None or subprocess.run(allowed, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here (needs root and unshare)")
    archive = Archive.open(tmp_path / "archive")
    before = sorted(archive.root.rglob("*"))
    mounted = ("unshare", "-m", "sh", "-c", READ_ONLY, "sh", str(tmp_path))
    code, said = end(start(archive.root, newsroom, *mounted))
    assert (code, said["state"], said["requests"]) == (1, "failed", 0)
    assert "Read-only file system" in said["reason"]
    assert sorted(archive.root.rglob("*")) == before
