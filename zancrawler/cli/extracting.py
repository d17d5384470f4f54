"""`zancrawler extract`: a saved page to an article."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zancrawler.cli.dates import MOMENT, moment
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    JsonOption,
    OutletsOption,
    UnusedArchiveOption,
    json_line,
    print_json,
)
from zancrawler.outlets import Catalogue, host_of


def register(app: typer.Typer) -> None:
    app.command()(extract)


def extract(
    file: Annotated[
        Path | None, typer.Argument(help="A saved HTML page, also gzipped; `-`: standard input.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The URL that the page was saved from.")] = None,
    captured_at: Annotated[
        datetime | None,
        typer.Option(
            parser=moment,
            metavar=MOMENT,
            help="When it was saved (ISO 8601, UTC): dates without a year need it. Now, if not "
            "given.",
        ),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help='Many pages: a file of JSON lines {"file", "url", "captured_at"}; one JSON '
            "article a line comes out, in the same order.",
        ),
    ] = None,
    _archive: UnusedArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    # What it prints is JSON without being told.
    _json: JsonOption = False,
) -> None:
    """Reads one saved page and prints the article as JSON; `kind` says what the page is.

    `text` is null unless the page is an article.
    """
    from zancrawler.runs.extracting import extract_batch, extract_file

    catalogue = Catalogue.open(outlets)
    if batch is not None:
        for article in extract_batch(batch, catalogue):
            typer.echo(json_line(article))
        return
    if file is None or url is None:
        raise typer.BadParameter("give a FILE and its --url, or --batch LIST.jsonl")
    if not host_of(url):
        raise typer.BadParameter(f"--url must be the page's http or https address, not '{url}'")
    captured_at = captured_at or datetime.now(UTC)
    print_json(extract_file(file, url, catalogue, captured_at=captured_at))
