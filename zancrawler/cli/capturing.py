"""`zancrawler capture`: one page, in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    AnonymousOption,
    ArchiveOption,
    ContactOption,
    JsonOption,
    OutletsOption,
    VerboseOption,
    print_json,
    printable,
)
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions


def register(app: typer.Typer) -> None:
    app.command()(capture)


def capture(
    url: Annotated[str, typer.Argument(help="The page's address, on a host of a known outlet.")],
    outlet: Annotated[
        str | None, typer.Option(help="Whose page it is; found by its host if not given.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    contact: ContactOption = None,
    anonymous: AnonymousOption = False,
    verbose: VerboseOption = False,
    json: JsonOption = False,
) -> None:
    """Captures one page with all that its scripts ask for, and keeps how it looked."""
    from zancrawler.runs.page import capture_page, outlet_for

    chosen = outlet_for(url, outlet, Catalogue.open(outlets))
    options = CrawlOptions(
        contact=contact,
        anonymous=anonymous,
        page=url,
        log_level="INFO" if verbose else "ERROR",
    )
    options.require_named([chosen])
    page = capture_page(Archive.open(archive), url, chosen, options, outlets)
    if json:
        print_json(page.as_json())
    else:
        _say(page.as_lines())
    if not page.is_captured:
        raise typer.Exit(1)


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(printable(line))
