"""Every command takes what all take, and it and its options are in docs/commands.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from zancrawler.cli import app

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
COMMON = {"--help", "--archive", "--outlets", "--json"}


def commands() -> Iterator[tuple[str, set[str]]]:
    """Each command as a user types it, with its long options."""
    waiting = [("zancrawler", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        children = getattr(command, "commands", {})
        waiting += [(f"{name} {child}", children[child]) for child in children]
        if not children:
            yield name, {o for p in command.params for o in p.opts if o.startswith("--")}


@pytest.mark.parametrize("command", [name for name, _ in commands()])
def test_every_command_takes_an_archive_and_json(command: str) -> None:
    typed = command.split()[1:]
    done = CliRunner().invoke(app, [*typed, "--archive", "folder", "--json", "--help"])
    assert done.exit_code == 0, done.output


def test_every_command_and_option_is_documented() -> None:
    sections = {
        part.partition("`")[0]: part for part in DOCS.read_text("utf-8").split("\n## `")[1:]
    }
    found = dict(commands())
    assert found.keys() == sections.keys()
    for name, options in found.items():
        missing = [option for option in options - COMMON if option not in sections[name]]
        assert not missing, (name, missing)
