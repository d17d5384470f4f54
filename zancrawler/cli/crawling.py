"""`zancrawler crawl`: one run over outlets, with its progress and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from zancrawler.archive import Archive
from zancrawler.cli.dates import DAY, day
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    AnonymousOption,
    ArchiveOption,
    ContactOption,
    JsonOption,
    OutletsOption,
    VerboseOption,
    console,
    fitted,
    print_json,
)
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.crawl import crawl as run_crawl
from zancrawler.runs.summary import RunState, RunSummary


def register(app: typer.Typer) -> None:
    app.command()(crawl)


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets by name; every active one if none is given.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    contact: ContactOption = None,
    anonymous: AnonymousOption = False,
    max_pages: Annotated[
        int | None, typer.Option(min=1, help="At most this many requests per outlet.")
    ] = None,
    max_time: Annotated[
        int | None, typer.Option(min=1, help="At most this many seconds per outlet.")
    ] = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Walk every listing to its beginning.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(parser=day, metavar=DAY, help="Leave articles from before this day."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Look at every known article again, due or not.")
    ] = False,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Fetches what is new or due: WARC first, then the tables."""
    catalogue = Catalogue.open(outlets)
    chosen = catalogue.chosen(names)
    options = CrawlOptions(
        contact=contact,
        anonymous=anonymous,
        max_pages=max_pages,
        max_time=max_time,
        backfill=backfill,
        full=full,
        since=f"{since:%Y-%m-%d}" if since else None,
        log_level="INFO" if verbose else "ERROR",
    )
    options.require_named(chosen)
    runs = run_crawl(
        Archive.open(archive), [outlet.name for outlet in chosen], options, outlets=outlets
    )
    last = show_runs(runs, quiet=json)
    if json:
        print_json([summary.as_json() for summary in last])
    if any(summary.state in (RunState.FAILED, RunState.BLOCKED) for summary in last):
        raise typer.Exit(1)


def show_runs(runs: Iterable[RunSummary], *, quiet: bool = False) -> list[RunSummary]:
    """Shows runs as they go on: a live table on a terminal, plain lines elsewhere."""
    latest: dict[str, RunSummary] = {}
    screen = console()
    if quiet or not screen.is_terminal:
        for summary in runs:
            before = latest.get(summary.outlet)
            latest[summary.outlet] = summary
            has_ended = summary.state is not RunState.RUNNING
            if has_ended and not quiet and (before is None or before.state is RunState.RUNNING):
                screen.print(line(summary))
    else:
        with Live(console=screen, refresh_per_second=4) as live:
            for summary in runs:
                latest[summary.outlet] = summary
                live.update(fitted(screen, _table(latest.values())))
    for summary in latest.values():
        _print_problems(summary, screen, quiet=quiet)
    return list(latest.values())


def line(summary: RunSummary) -> str:
    if not summary.crawl_id:
        return f"{summary.outlet}: not crawled"
    return (
        f"{summary.outlet}: {summary.state.value}; {summary.requests} requests, "
        f"{summary.articles_new} new articles, {summary.articles_changed} changed, "
        f"{summary.advertised} URLs advertised ({summary.advertised_new} new)"
    )


def _print_problems(summary: RunSummary, screen: Console, *, quiet: bool) -> None:
    shown = Console(stderr=True) if quiet else screen
    reason = (summary.reason,) if summary.reason else ()
    for problem in (*reason, *summary.problems):
        shown.print(f"  {summary.outlet}: {problem}", markup=False, highlight=False)


def _table(summaries: Iterable[RunSummary]) -> Table:
    table = Table("outlet", "state", "requests", "new", "changed", "advertised", "MB")
    for s in summaries:
        table.add_row(
            s.outlet,
            s.state.value,
            str(s.requests),
            str(s.articles_new),
            str(s.articles_changed),
            str(s.advertised),
            f"{s.bytes_received / 1e6:.1f}",
        )
    return table
