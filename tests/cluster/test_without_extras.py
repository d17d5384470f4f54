"""Without what `cluster` and `datatrove` install: nothing else notices; these say what to do."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

EXTRAS = ("obstore", "datatrove")
BLOCKED = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS}))\n"
ALL = """
import importlib, pkgutil, zancrawler
for module in pkgutil.walk_packages(zancrawler.__path__, "zancrawler."):
    if not module.name.endswith(("__main__", "on_datatrove")):
        importlib.import_module(module.name)
"""
CLI = "from zancrawler.cli import main; sys.exit(main())"


def run(code: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED + code, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_module_is_imported_without_them() -> None:
    done = run(ALL)
    assert done.returncode == 0, done.stderr


def test_the_base_install_does_not_ask_for_them() -> None:
    asked = [line for line in requires("zancrawler") or () if line.startswith(EXTRAS)]
    assert len(asked) == len(EXTRAS)
    assert all("extra ==" in line for line in asked)


def test_a_bucket_says_what_it_needs_and_a_shared_folder_needs_nothing(tmp_path: Path) -> None:
    words = ("schedule", "zannews", "--anonymous", "--engine", "leases", "--archive", tmp_path)
    done = run(CLI, *words, "--store", "s3://workers/a")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "pip install 'zancrawler[cluster]'" in done.stderr
    done = run(CLI, "cluster", "leases", tmp_path / "store")
    assert done.returncode == 0 and "There is no lease" in done.stdout
