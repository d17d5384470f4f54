"""`zancrawler replay`: captures as pages again, in the browser."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    json_line,
    print_json,
    printable,
)
from zancrawler.outlets import Catalogue

DEFAULT_PORT = 8741
DEFAULT_SAMPLE = 20
_LACKS = MappingProxyType(
    {
        "lost": "captured, but not replayed",
        "error": "its host answered with an error",
        "left-out": "left out on purpose",
        "disallowed": "disallowed by robots.txt",
        "waiting": "not captured yet",
        "never-captured": "never captured",
    }
)


def register(app: typer.Typer) -> None:
    app.command()(replay)


def replay(
    file: Annotated[
        Path | None, typer.Argument(help="A WACZ of anybody's; the archive if none is given.")
    ] = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet of the archive; may be repeated.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where it listens, on loopback.")
    ] = DEFAULT_PORT,
    install: Annotated[
        bool, typer.Option("--install", help="Bring the viewer ReplayWeb.page with npm, once.")
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Shows the archive or a WACZ in ReplayWeb.page until you stop it with Ctrl-C."""
    from zancrawler.exports.hidden import Hidden
    from zancrawler.exports.selection import Asked
    from zancrawler.exports.wacz import export_wacz
    from zancrawler.replay.package import Shelf, open_wacz
    from zancrawler.replay.server import serving
    from zancrawler.replay.viewer import Viewer
    from zancrawler.replay.viewer import install as install_viewer

    if install:
        folder = install_viewer().folder
        typer.echo(json_line({"viewer": folder}) if json else f"The viewer is in {folder}.")
        return
    viewer = Viewer.installed()
    if file:
        opened = open_wacz(file)
        package = lambda: opened  # noqa: E731
    else:
        kept = Archive.existing(archive)
        asked = Asked(outlets=tuple(outlet or ()))
        shelf = Shelf(
            kept,
            pack=lambda path: export_wacz(kept, asked, path),
            hidden=lambda: Hidden.of(kept),
        )
        typer.echo("Packing the archive ...", err=json)
        shelf.current()
        package = shelf.current
    with serving(viewer, package, port) as address:
        said = f"Open {address} in a browser; Ctrl-C ends it."
        typer.echo(json_line({"address": address}) if json else said)
        Event().wait()


def verify_replay(
    archive: Archive,
    catalogue: Catalogue,
    outlets: Collection[str] | None,
    sample: int,
    json: bool,
) -> None:
    """`zancrawler verify --replay`: exit 1 when a page does not replay."""
    from zancrawler.runs.replayed import replay_sample

    pages = []
    for page in replay_sample(archive, catalogue, outlets, sample):
        pages.append(page)
        if json:
            continue
        typer.echo(f"{'ok' if page.replays else page.problem}: {printable(page.url)}")
        for lack in page.lacks:
            typer.echo(f"  {_LACKS[lack.why]}: {printable(lack.url)}")
        for url in page.escaped:
            typer.echo(f"  asked of another host, blocked: {printable(url)}")
    failed = sum(not page.replays for page in pages)
    if json:
        print_json([asdict(page) for page in pages])
    else:
        typer.echo(f"{len(pages)} articles looked at, {failed} do not replay.")
    if failed:
        raise typer.Exit(1)
