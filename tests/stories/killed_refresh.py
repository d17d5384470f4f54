"""Refreshes over and over, to be killed at any moment. Run as `killed_refresh.py ARCHIVE`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from test_refresh import outlets

from zancrawler.archive import Archive
from zancrawler.stories import refresh

if __name__ == "__main__":
    archive = Archive(Path(sys.argv[1]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        refresh(archive, outlets())
        shutil.rmtree(archive.table("stories"))
