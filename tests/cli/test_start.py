"""Every command, and every outlet's run, pays for what all of them load."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "unused"),
    [
        ("zancrawler.cli", {"pyarrow", "numpy", "scrapy", "lxml", "zancrawler.newsroom"}),
        ("zancrawler.runs.process", {"pyarrow.dataset", "pandas", "zancrawler.exports"}),
    ],
)
def test_what_few_need_is_not_loaded_by_all(module: str, unused: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert module in loaded
    assert not unused & set(loaded)


def test_no_command_loads_the_newsroom_at_its_end() -> None:
    program = (
        "import sys; from zancrawler.__main__ import main; sys.argv[1:] = ['outlets', 'list']\n"
        "try: main()\n"
        "except SystemExit: sys.exit('zancrawler.newsroom' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=True)
