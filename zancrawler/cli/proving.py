"""`zancrawler prove` and `zancrawler checkpoint`: proof for others, and what it rests on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    print_json,
)
from zancrawler.outlets import Catalogue


def register(app: typer.Typer) -> None:
    app.command()(prove)
    app.command()(checkpoint)


def prove(
    url: Annotated[str, typer.Argument(metavar="URL", help="An article's, or its article_id.")],
    output: Annotated[
        Path | None,
        typer.Option(help="The bundle to write; here, by the article's name, if not given."),
    ] = None,
    at: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Lead the proof to this older checkpoint, which was published or time-stamped.",
        ),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Writes a bundle that shows to anybody, offline, that the archive has kept this article."""
    from zancrawler.proofs.checkpoint import read_checkpoint
    from zancrawler.runs.proving import prove as prove_article

    known = read_checkpoint(at) if at else None
    kept = Archive.existing(archive)
    proved = prove_article(kept, Catalogue.open(outlets), url, output, known)
    if json:
        print_json(asdict(proved))
        return
    typer.echo(f"{proved.path}: {proved.records} records of {proved.url}")
    typer.echo("To check it: unpack it and run `python3 check.py` in it. It leads to this")
    typer.echo(f"checkpoint, which others must have from you in another way:\n{proved.checkpoint}")


def checkpoint(
    output: Annotated[
        Path | None, typer.Option(help="A file to write it to, for publishing.")
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Have its hash signed by this time-stamping server (RFC 3161); needs --output.",
        ),
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Prints the checkpoint of the log of proofs, after entering what no run has entered."""
    from zancrawler.runs.proving import current_checkpoint, publish

    if tsa and not output:
        raise typer.BadParameter("--tsa writes beside a file; name one with --output")
    current = current_checkpoint(Archive.existing(archive))
    for path in publish(current, output, tsa) if output else ():
        typer.echo(f"Written: {path}", err=True)
    if json:
        print_json({"origin": current.origin, "size": current.size, "text": current.text})
    else:
        typer.echo(current.text, nl=False)
