"""`zancrawler coverage` and `zancrawler diff`: what the archive has, and what changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    console,
    print_json,
)
from zancrawler.outlets import Catalogue


def register(app: typer.Typer) -> None:
    app.command()(coverage)
    app.command()(diff)


def coverage(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets; all that the archive knows if none.")
    ] = None,
    month: Annotated[str | None, typer.Option(help="Only this month, as 2026-11.")] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Advertised against captured, per outlet and month, with the gaps by name."""
    from zancrawler.runs.coverage import NO_LEDGER, coverage_of, without_ledger

    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise typer.BadParameter(f"--month is a year and a month such as 2026-11, not '{month}'")
    kept = Archive.existing(archive)
    found = coverage_of(kept, names, month)
    unknown = [] if names else without_ledger(kept)
    for name in unknown:
        typer.echo(NO_LEDGER.format(name), err=True)
    if json:
        print_json([outlet.as_json() for outlet in found])
        raise typer.Exit(bool(unknown))
    screen = console()
    for outlet in found:
        screen.print(
            f"{outlet.outlet}: {outlet.held} of {outlet.advertised} advertised articles are held"
        )
        screen.print(_months(outlet.months))
        for source in outlet.sources:
            screen.print(f"  {source.held} of {source.advertised} by {source.via} {source.source}")
        if outlet.missing:
            screen.print("  Not held:")
        for gap in outlet.missing:
            screen.print(f"  {gap.state}: {gap.reason or '-'}: {gap.url}", soft_wrap=True)
        for trap in outlet.trapped:
            screen.print(f"  A trap, left alone: {trap}", soft_wrap=True)
    raise typer.Exit(bool(unknown))


def _months(months: Any) -> Table:
    table = Table("month", "advertised", "held", "by what became of them")
    for row in months:
        states = ", ".join(f"{count} {state}" for state, count in row.states.items())
        table.add_row(row.month, str(row.advertised), str(row.held), states)
    return table


def diff(
    url: Annotated[str, typer.Argument(help="The article's address, in any of its spellings.")],
    old: Annotated[
        int | None, typer.Option("--from", help="The older version; the last but one if absent.")
    ] = None,
    new: Annotated[
        int | None, typer.Option("--to", help="The newer version; the last if absent.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the change as a page to this file.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """What changed between two versions of an article, word by word."""
    from zancrawler.runs.versions import Change, diff_html, versions_of, word_diff

    versions = versions_of(Archive.existing(archive), url, Catalogue.open(outlets))
    by_number = {version.version: version for version in versions}
    newer = by_number.get(new or versions[-1].version)
    older = by_number.get(old or (newer.version - 1 if newer else 0))
    if newer is None or (older is None and (old is not None or len(versions) > 1)):
        raise typer.BadParameter(f"the versions are {', '.join(map(str, by_number))}")
    if older is None:
        if json:
            print_json([])
            return
        typer.echo(f"There is one version, captured {newer.captured:%Y-%m-%d %H:%M} UTC.")
        return
    if html is not None:
        html.write_text(diff_html(older, newer), encoding="utf-8")
    pieces = word_diff(older, newer)
    if json:
        print_json([{"change": piece.change.value, "text": piece.text} for piece in pieces])
        return
    styles = {Change.ADDED: "green", Change.REMOVED: "red strike", Change.SAME: ""}
    marks = {Change.ADDED: ("{+", "+}"), Change.REMOVED: ("[-", "-]"), Change.SAME: ("", "")}
    screen = console()
    shown = Text()
    for piece in pieces:
        before, after = ("", "") if screen.is_terminal else marks[piece.change]
        shown.append(f"{before}{piece.text}{after}", styles[piece.change])
    screen.print(shown, soft_wrap=True)
