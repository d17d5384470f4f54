"""`zancrawler browse` and `zancrawler report`: the archive for people who would rather look."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    json_line,
    print_json,
)
from zancrawler.cli.replaying import DEFAULT_PORT as REPLAY_PORT
from zancrawler.outlets import Catalogue

DEFAULT_PORT = 8740


def register(app: typer.Typer) -> None:
    app.command()(browse)
    app.command()(report)


def browse(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where it listens, on loopback.")
    ] = DEFAULT_PORT,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Shows the archive in your browser, on this machine alone, until you stop it with Ctrl-C."""
    from zancrawler.browse.server import serving
    from zancrawler.search import Freshness, Search

    kept = Archive.existing(archive)
    searched = Search(kept)
    while searched.refresh(seconds=5) is Freshness.BEHIND:
        typer.echo("Taking new articles into the search index ...", err=json)
    with serving(kept, outlets, f"http://127.0.0.1:{REPLAY_PORT}/", port) as address:
        said = f"Open {address} in a browser; Ctrl-C ends it."
        typer.echo(json_line({"address": address}) if json else said)
        Event().wait()


def report(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("report.html"),
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Writes the archive at a glance as one HTML file, for a mail or a meeting."""
    from zancrawler.browse.report import write_report

    write_report(Archive.existing(archive), Catalogue.open(outlets), out)
    if json:
        print_json({"path": str(out)})
    else:
        typer.echo(f"Wrote {out}.")
