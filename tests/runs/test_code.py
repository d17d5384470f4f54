from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from zancrawler.runs.code import reading_digest, reading_version
from zancrawler.runs.rows import extractor_version


@pytest.fixture
def package(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("zancrawler")) as ours:
        return Path(shutil.copytree(ours, tmp_path / "zancrawler"))


def test_the_same_source_has_the_same_version_elsewhere(package: Path) -> None:
    assert reading_digest(package) == reading_version()
    assert f"+rules-{reading_version()}+" in extractor_version(None)


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("extraction/lines.py", True),
        ("outlets/platforms/wix.py", True),
        ("discovery/kind.py", True),
        ("markup.py", True),
        ("outlets/zannews.toml", False),
        ("capture/wire.py", False),
        ("cli/status.py", False),
    ],
)
def test_another_rule_is_another_version_and_another_command_is_none(
    package: Path, name: str, tells: bool
) -> None:
    with (package / name).open("a") as file:
        file.write("\n# another rule\n")
    assert (reading_digest(package) != reading_version()) == tells
