"""`zancrawler store`: the archive in a bucket or on another disk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, print_json

store_app = typer.Typer(
    help="The archive in a bucket or on another disk.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
OLD_VERSIONS = (
    "The bucket keeps old versions of objects: what is withdrawn or purged can still be read in "
    "them. Remove the old versions there, and switch versioning off."
)


def register(app: typer.Typer) -> None:
    store_app.command("push")(push)
    store_app.command("check")(check)
    store_app.command("prune")(prune)
    store_app.command("pull")(pull)
    app.add_typer(store_app, name="store")


def push(
    uri: Annotated[
        str | None, typer.Argument(help="s3://BUCKET/FOLDER or a folder; needed the first time.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Uploads what changed, reads it back, and writes the manifest last."""
    from zancrawler.storage.push import push as push_archive

    pushed = push_archive(Archive.existing(archive), uri)
    if json:
        print_json(asdict(pushed))
    else:
        typer.echo(
            f"{pushed.store}: {len(pushed.uploaded)} files uploaded and read back, "
            f"{pushed.bytes / 1e6:.1f} MB; {len(pushed.removed)} removed; it holds {pushed.files}"
        )
        for outlet in pushed.waiting:
            typer.echo(f"{outlet} is being crawled: its tables go with the next push.")
    if pushed.keeps_versions:
        typer.echo(OLD_VERSIONS, err=True)


def check(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Reads every object of the store. Exit 1 if anything is wrong."""
    from zancrawler.storage.check import check as check_store

    found = list(check_store(Archive.existing(archive)))
    if json:
        print_json([asdict(fault) for fault in found])
    else:
        for fault in found:
            typer.echo(f"{fault.name}: {fault.code}: {fault.message}")
        typer.echo(f"{len(found)} faults." if found else "The store is in order.")
    if found:
        raise typer.Exit(1)


def prune(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Removes closed WARCs here, each after its bytes were read in the store and compared."""
    from zancrawler.storage.prune import prune as prune_warcs

    pruned = prune_warcs(Archive.existing(archive))
    if json:
        print_json(asdict(pruned))
    else:
        typer.echo(
            f"{len(pruned.warcs)} WARCs are in {pruned.store} alone now; "
            f"{pruned.bytes / 1e6:.1f} MB of room."
        )
        for path, why in pruned.kept.items():
            typer.echo(f"Kept: {path}: {why}")


def pull(
    uri: Annotated[
        str | None, typer.Argument(help="The store; the archive's own if not given.")
    ] = None,
    without_warcs: Annotated[
        bool, typer.Option("--without-warcs", help="Leave the WARCs there, and read them there.")
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Brings here what the store has and this folder has not; also WARCs that were pruned."""
    from zancrawler.runs.pulling import pull_archive

    pulled = pull_archive(Archive(archive.absolute()), uri, warcs=not without_warcs)
    if json:
        print_json(asdict(pulled))
    else:
        left = f"; {len(pulled.left)} WARCs stay there" if pulled.left else ""
        typer.echo(
            f"{pulled.store}: {len(pulled.files)} files brought here, "
            f"{pulled.bytes / 1e6:.1f} MB{left}."
        )
