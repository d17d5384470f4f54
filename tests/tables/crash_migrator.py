"""A migration, to be killed at any moment. Run as `crash_migrator.py ARCHIVE`."""

from __future__ import annotations

import sys
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.tables.migrate import migrate

if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    migrate(Archive(Path(sys.argv[1])), "test")
