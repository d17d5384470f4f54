"""How a command ends: its exit code, and one sentence for what its user can mend."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper

from zancrawler.archive import ArchiveError, UsageError, disk_fault
from zancrawler.outlets import OutletError
from zancrawler.output import drop_output

UNREAD = 141
"""Nobody reads what we print: 128 and SIGPIPE's number, by which a shell tells of it."""


def run(app: Callable[[], object]) -> None:
    """Runs the command line to its end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # What an encoding lacks, and half a surrogate pair in UTF-8, is shown by its number.
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        except SystemExit as end:
            # Typer and Rich make 1 of it, which is an alarm's code.
            if isinstance(end.__context__, BrokenPipeError):
                raise end.__context__ from None
            sys.stdout.flush()
            raise
    except BrokenPipeError:
        _drop_output()
        sys.exit(UNREAD)
    except (OutletError, UsageError) as error:
        sys.exit(_say(error, 2))
    except ArchiveError as error:
        sys.exit(_say(error, 1))
    except (OSError, sqlite3.Error) as error:
        if (sentence := disk_fault(error)) is None:
            raise
        sys.exit(_say(sentence, 1))


def _drop_output() -> None:
    with suppress(OSError, ValueError):
        drop_output()


def _say(message: object, code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    with suppress(OSError):
        print(f"zancrawler: {message}", file=sys.stderr)  # noqa: T201
    return code
