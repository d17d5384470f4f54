"""`zancrawler newsroom` and `zancrawler demo`: the bundled test newsroom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from zancrawler.cli.crawling import show_runs
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    JsonOption,
    UnusedArchiveOption,
    console,
    fitted,
    print_json,
)
from zancrawler.runs.summary import RunState

if TYPE_CHECKING:
    from zancrawler.runs.overview import Overview

DEMO_ARCHIVE = Path("demo-archive")
FIRST_PORT = 8731


def register(app: typer.Typer) -> None:
    app.command()(demo)
    app.command()(newsroom)


def newsroom(
    outlets: Annotated[
        list[str] | None, typer.Argument(help="Its outlets; two of them if none is named.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The first of the ports it listens on.")
    ] = FIRST_PORT,
    day: Annotated[int, typer.Option(min=0, max=60, help="Which of its days it shows.")] = 0,
    _archive: UnusedArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Serves the bundled newsroom on loopback until you stop it with Ctrl-C."""
    from zancrawler.newsroom import DEFAULT, run

    run(port, day, outlets or DEFAULT, as_json=json)


def demo(
    archive: Annotated[
        Path, typer.Option("--archive", help="Where to make the archive; an older demo goes.")
    ] = DEMO_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Serves the bundled newsroom, crawls it into a fresh archive, and shows what came out."""
    from zancrawler.runs.demo import crawled_newsroom, fresh_archive
    from zancrawler.runs.overview import overview

    fresh = fresh_archive(archive)
    with crawled_newsroom(fresh) as (served, runs):
        if not json:
            console().print(f"The newsroom is open: {', '.join(served.homes.values())}")
        summaries = show_runs(runs, quiet=json)
    found = overview(fresh)
    if json:
        print_json({"runs": [s.as_json() for s in summaries], **found.as_json()})
    else:
        screen = console()
        screen.print(fitted(screen, _outlets(found)))
        screen.print(fitted(screen, _first_rows(found)))
        _print_loading(screen, archive)
        _print_next(screen, archive)
    if any(summary.state is not RunState.FINISHED for summary in summaries):
        raise typer.Exit(1)


def _outlets(found: Overview) -> Table:
    table = Table("outlet", "exchanges", "articles", "languages", "coverage", "WARC files")
    for o in found.outlets:
        missing = ", ".join(f"{count} {state}" for state, count in o.missing.items())
        table.add_row(
            o.outlet,
            str(o.exchanges),
            str(o.articles),
            ", ".join(f"{language} {count}" for language, count in o.languages.items()),
            f"{o.captured} of {o.advertised} advertised URLs"
            + (f" ({missing})" if missing else ""),
            f"{o.warcs} ({o.warc_bytes / 1e6:.2f} MB)",
        )
    return table


def _first_rows(found: Overview) -> Table:
    table = Table("outlet", "language", "date_published", "title", title="The newest articles")
    for row in found.rows:
        date = row["date_published"]
        table.add_row(
            row["outlet"], row["language"], f"{date:%Y-%m-%d %H:%M}" if date else "-", row["title"]
        )
    return table


def _print_loading(screen: Console, archive: Path) -> None:
    """One-liners that run as they are printed, in the environment that we run in."""
    python = _here(Path(sys.executable))
    articles = archive / "tables/articles"
    count = f"SELECT outlet, language, count(*) FROM '{articles}/**/*.parquet' GROUP BY ALL"
    screen.print("Load it in pandas:", style="bold")
    _print_code(screen, python, f"import pandas as pd; print(pd.read_parquet('{articles}'))")
    screen.print("or in DuckDB:", style="bold")
    _print_code(screen, python, f'import duckdb; print(duckdb.sql(\\"{count}\\"))')


def _print_next(screen: Console, archive: Path) -> None:
    """What to try next; two URLs of one article are two that are held and one row."""
    tool = _here(Path(sys.executable).with_name("zancrawler"))
    screen.print("Look further:", style="bold")
    for command in ("coverage", "verify", "rebuild --ledger", "status"):
        screen.print(f"  {tool} {command} --archive {archive}", markup=False, highlight=False)


def _here(path: Path) -> Path:
    """From where the user stands, if it is below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _print_code(screen: Console, python: Path, code: str) -> None:
    """On one line, for copying."""
    screen.print(f'  {python} -c "{code}"', markup=False, highlight=False, soft_wrap=True)
