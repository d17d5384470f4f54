"""The command line. Commands parse, call a room, and print; there is no logic here."""

from __future__ import annotations

import sys

import typer

from zancrawler.archive import ArchiveError, UsageError
from zancrawler.cli import (
    browsing,
    capturing,
    cluster,
    crawling,
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
from zancrawler.outlets import OutletError

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
    try:
        app()
    except (OutletError, UsageError, _no_such_outlet()) as error:
        sys.exit(_say(error, 2))
    except (ArchiveError, _newsroom_error()) as error:
        sys.exit(_say(error, 1))
    except KeyboardInterrupt:
        sys.exit(_say("stopped; what was captured is kept", 130))


def _no_such_outlet() -> type[Exception]:
    """Asked for when something was raised: no other command loads the newsroom's pages."""
    from zancrawler.newsroom import NoSuchOutletError

    return NoSuchOutletError


def _newsroom_error() -> type[Exception]:
    from zancrawler.newsroom import NewsroomError

    return NewsroomError


def _say(message: object, code: int) -> int:
    print(f"zancrawler: {message}", file=sys.stderr)  # noqa: T201
    return code
