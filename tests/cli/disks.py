"""Disks that take no more, in a mount namespace of their own, which goes with the last process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && "$@"'
FULL = """
mount -t tmpfs -o size=48m none "$1" && cp -a "$2/." "$1" && rm -rf "$1/search" "$1/browse"
cat /dev/zero > "$1/fill" 2>/dev/null
truncate -s "-$3" "$1/fill"
then=$4; shift 4; "$@"; code=$?
rm "$then/fill"; eval "$THEN"; exit $code
"""


def on_read_only(archive: Path, *command: object) -> list[str]:
    """The command, with the archive on a disk that can only be read."""
    return _unshared(READ_ONLY, archive, *command)


def on_full(archive: Path, mount: Path, left: str, *command: object) -> list[str]:
    """The command, on a copy of the archive at `mount`, where so much is left. When it has ended,
    there is room, and what the environment has as THEN is run."""
    return _unshared(FULL, mount, archive, left, mount, *command)


def zancrawler(*arguments: object) -> list[object]:
    return [sys.executable, "-m", "zancrawler", *arguments]


def ran(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment or None, timeout=300, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def _unshared(script: str, *arguments: object) -> list[str]:
    allowed = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(allowed, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here (needs root and unshare)")
    return ["unshare", "-m", "sh", "-c", script, "sh", *map(str, arguments)]
