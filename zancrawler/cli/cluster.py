"""`zancrawler cluster`: what many workers crawl together."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    UnusedArchiveOption,
    print_json,
)
from zancrawler.outlets import Catalogue

cluster_app = typer.Typer(
    help="What many workers crawl together.", no_args_is_help=True, rich_markup_mode=None
)
StoreArgument = Annotated[
    str, typer.Argument(metavar="URI", help="The workers' store, as `schedule --store` has it.")
]


def register(app: typer.Typer) -> None:
    cluster_app.command("gather")(gather)
    cluster_app.command("decide")(decide)
    cluster_app.command("leases")(leases)
    app.add_typer(cluster_app, name="cluster")


def gather(
    uri: StoreArgument,
    without_warcs: Annotated[
        bool, typer.Option("--without-warcs", help="Leave the WARCs in the store.")
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Brings all outlets' archives together into one, or brings that up to date."""
    from zancrawler.cluster.gather import gather as gather_outlets
    from zancrawler.runs.stories import tell_new_articles

    whole = Archive.open(archive)
    gathered = gather_outlets(whole, uri, warcs=not without_warcs)
    # No worker knows the articles of another outlet.
    tell_new_articles(whole, Catalogue.open(outlets), gathered.outlets)
    if json:
        print_json(asdict(gathered))
        return
    typer.echo(
        f"{len(gathered.outlets)} outlets, {gathered.files} files new or changed, "
        f"{gathered.decisions} decisions new."
    )
    for name in gathered.waiting:
        typer.echo(f"{name}: its first run is not over; gather again later.")


def decide(
    uri: StoreArgument, archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False
) -> None:
    """Tells the workers what was withdrawn, restored or released in this archive."""
    from zancrawler.cluster.gather import decide as decide_for_all

    count = decide_for_all(Archive.existing(archive), uri)
    if json:
        print_json({"decisions": count})
    else:
        typer.echo(f"{count} decisions are new to the workers; each outlet's next run follows.")


def leases(
    uri: StoreArgument,
    _archive: UnusedArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Who runs what, and when the rest is due."""
    from zancrawler.cluster.lease import Leases
    from zancrawler.storage.shelf import shelf_of

    found = Leases(shelf_of(uri), "", "").all()
    if json:
        print_json([asdict(lease) for lease in found])
        return
    if not found:
        typer.echo("There is no lease; `zancrawler schedule --engine leases --store` makes them.")
    for lease in found:
        if lease.holder:
            typer.echo(f"{lease.name}: with {lease.where} since {lease.since:%Y-%m-%d %H:%M} UTC")
        else:
            due = lease.due(tuple(lease.next))
            typer.echo(f"{lease.name}: due {f'{due:%Y-%m-%d %H:%M} UTC' if due else 'now'}")
        for gap in lease.gaps:
            typer.echo(f"{gap.outlet}: since {gap.since:%Y-%m-%d %H:%M} UTC, in {gap.where}")
        if lease.dropped:
            typer.echo(f"{lease.name}: {lease.dropped} older gaps were too many to keep by name")
