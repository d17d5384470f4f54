"""Every command pays for what all of them load."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"pyarrow", "numpy", "scrapy", "lxml", "trafilatura", "zancrawler.newsroom"}


def test_the_command_line_alone_loads_nothing_heavy() -> None:
    program = "import sys, zancrawler.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "zancrawler.cli" in loaded
    assert not HEAVY & set(loaded)
