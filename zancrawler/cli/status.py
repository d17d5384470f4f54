"""`zancrawler status`: the last run of each outlet, and alarms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    console,
    fitted,
    print_json,
)
from zancrawler.outlets import Catalogue

if TYPE_CHECKING:
    from zancrawler.runs.checks import Check
    from zancrawler.runs.status import OutletStatus

HookCommandOption = Annotated[
    str | None,
    typer.Option("--hook-command", help="Run for each alarm, with it as JSON on standard input."),
]
HookUrlOption = Annotated[
    str | None, typer.Option("--hook-url", help="Gets each alarm as JSON by POST.")
]


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets; all that the archive holds if none.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    hook_command: HookCommandOption = None,
    hook_url: HookUrlOption = None,
    json: JsonOption = False,
) -> None:
    """Shows each outlet's last run, and what is wrong. Exit 1 if there is an alarm."""
    from zancrawler.runs.hooks import Hook
    from zancrawler.runs.status import status as read_status

    hook = Hook(hook_command, hook_url)
    found = read_status(
        Archive.existing(archive), Catalogue.open(outlets), names or [], datetime.now(UTC)
    )
    if json:
        print_json(found.as_json())
    else:
        screen = console()
        screen.print(fitted(screen, _table(found.outlets)))
        for alarm in found.alarms:
            screen.print(
                f"{alarm.code.value} since {alarm.since:%Y-%m-%d %H:%M}: {alarm.message}.",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        if not found.alarms:
            screen.print("No alarms.")
    for alarm in found.alarms:
        for failure in hook.tell(alarm):
            typer.echo(failure, err=True)
    if found.alarms:
        raise typer.Exit(1)


def _checked(check: Check | None) -> str:
    return f"{check.at:%Y-%m-%d}, {check.verdict}" if check else "never"


def _table(outlets: tuple[OutletStatus, ...]) -> Table:
    table = Table(
        *("outlet", "last run (UTC)", "how it ended", "requests", "new articles"),
        *("file checked", "alarms"),
    )
    for one in outlets:
        last = one.last
        ended = last.outcome if last else "-"
        table.add_row(
            one.outlet,
            f"{last.started:%Y-%m-%d %H:%M}" if last else "never",
            "running now" if one.running else ended,
            str(last.requests) if last else "-",
            str(last.articles_new) if last else "-",
            _checked(one.check),
            ", ".join(dict.fromkeys(alarm.code.value for alarm in one.alarms)) or "-",
        )
    return table
