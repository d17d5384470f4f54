"""The command line. Commands parse, call a room, and print; there is no logic here."""

from __future__ import annotations

import typer

from zancrawler.cli import (
    browsing,
    capturing,
    cluster,
    crawling,
    ending,
    exporting,
    extracting,
    keeping,
    looking,
    newsroom,
    outlets,
    proving,
    replaying,
    scheduling,
    searching,
    status,
    stories,
    storing,
    withdrawing,
)

app = typer.Typer(
    help="Keeps what Afghan newsrooms publish: WARC captures, and tables whose every row can be "
    "checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    crawling,
    capturing,
    scheduling,
    status,
    outlets,
    extracting,
    keeping,
    proving,
    looking,
    searching,
    stories,
    withdrawing,
    storing,
    cluster,
    exporting,
    replaying,
    browsing,
    newsroom,
):
    module.register(app)


def main() -> None:
    """Runs a command. Exit 0: done; 1: what was asked for did not hold; 2: bad usage."""
    ending.run(app)
