"""`zancrawler search`: full text over the articles, in three languages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from zancrawler.archive import Archive
from zancrawler.cli.dates import MOMENT, moment
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    console,
    print_json,
)

if TYPE_CHECKING:
    from zancrawler.search import Marked


def register(app: typer.Typer) -> None:
    app.command()(search)


def search(
    query: Annotated[
        list[str],
        typer.Argument(help='Words, all of which must occur; "phrases", -without, OR, begin*.'),
    ],
    outlet: Annotated[list[str] | None, typer.Option(help="Only this outlet.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Only this language: fa-AF (or prs), fa-IR, fa, ps, en.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=moment, metavar=MOMENT, help="Published on this day (UTC) or later."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=moment, metavar=MOMENT, help="Published before this day (UTC)."),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(help="live, or gone from its outlet's site."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Hits to show.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Hits to leave out, the best ones.")] = 0,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Finds articles by their words, in Dari, Pashto and English."""
    from zancrawler.runs.provenance import require_held
    from zancrawler.search import Freshness, Query, Search

    asked = " ".join(query)
    if Query.parse(asked).is_empty:
        raise typer.BadParameter("name a word that the articles have")
    if status not in (None, "live", "gone"):
        raise typer.BadParameter(f"--status is live or gone, not '{status}'")
    kept = Archive.existing(archive)
    require_held(kept, outlet or ())
    searched = Search(kept)
    while (fresh := searched.refresh(seconds=5)) is Freshness.BEHIND:
        typer.echo("taking new articles into the search index ...", err=True)
    if fresh is Freshness.BUSY:
        typer.echo("the latest changes may be missing: another process takes them in", err=True)
    elif fresh is Freshness.FIXED:
        typer.echo("the latest changes are missing: the index cannot be written", err=True)
    hits = searched.find(
        asked,
        outlet=outlet,
        language=language,
        since=since,
        until=until,
        status=status,
        limit=limit,
        offset=offset,
    )
    if json:
        print_json([hit.as_json() for hit in hits])
        return
    screen = console()
    for number, hit in enumerate(hits, offset + 1):
        day = f"{hit.date_published:%Y-%m-%d}" if hit.date_published else "undated"
        screen.print(_shown(hit.title, screen.is_terminal), soft_wrap=True)
        screen.print(
            f"  {number}. {day}  {hit.outlet}  {hit.language}  {hit.status}  {hit.url}",
            soft_wrap=True,
            highlight=False,
        )
        screen.print(_shown(hit.snippet, screen.is_terminal), soft_wrap=True)
        screen.print()
    if not hits:
        screen.print("Nothing found." if not offset else "Nothing more found.")


def _shown(marked: Marked, is_terminal: bool) -> Text:
    """Matches bold on a terminal, between asterisks elsewhere."""
    if not is_terminal:
        return Text(str(marked))
    return Text.assemble(*((text, "bold" if match else "") for text, match in marked.pieces()))
