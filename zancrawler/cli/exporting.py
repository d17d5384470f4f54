"""`zancrawler export`: packages for others."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli import releasing
from zancrawler.cli.dates import DAY, day
from zancrawler.cli.printing import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, print_json
from zancrawler.cli.releasing import (
    EmbargoOption,
    EncryptOption,
    ProfileOption,
    captured_before,
)
from zancrawler.exports.profile import Profile

if TYPE_CHECKING:
    from zancrawler.exports.signing import Signer

export_app = typer.Typer(
    help="Packages for others; what is withdrawn or held is in none.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    export_app.command("wacz")(wacz)
    releasing.register(export_app)
    app.add_typer(export_app, name="export")


def wacz(
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet; may be repeated.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=day, metavar=DAY, help="Captures from this day on (UTC)."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=day, metavar=DAY, help="Captures from before this day (UTC)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; in the archive's `wacz` if not given.")
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY.pem",
            help="Sign with this P-384 key; made if it is not there.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="CHAIN.pem",
            help="Sign for the domain of this certificate, whose key is the one of --sign.",
        ),
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The time-stamping server (RFC 3161) that a signature for a domain needs.",
        ),
    ] = None,
    profile: ProfileOption = Profile.PRIVATE,
    older_than: EmbargoOption = None,
    encrypt_to: EncryptOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Packs captures and articles into one WACZ file that replays alone."""
    from zancrawler.exports.encrypting import Recipients
    from zancrawler.exports.selection import Asked
    from zancrawler.exports.wacz import NO_METADATA, export_wacz

    if profile is Profile.METADATA:
        raise typer.BadParameter(NO_METADATA)
    asked = Asked(
        outlets=tuple(outlet or ()),
        since=since,
        until=captured_before(until, older_than),
        profile=profile,
    )
    kept = Archive.existing(archive)
    recipients = Recipients(encrypt_to) if encrypt_to else None
    packed = export_wacz(kept, asked, out, _signer(sign, certificate, tsa), recipients)
    if json:
        print_json(asdict(packed))
    else:
        typer.echo(
            f"{packed.path}: {packed.captures} captures and {packed.pages} article versions "
            f"from {packed.warcs} WARCs, {packed.size / 1e6:.1f} MB"
        )


def _signer(sign: Path | None, certificate: Path | None, tsa: str | None) -> Signer | None:
    """Raises ArchiveError for a key or certificate that cannot sign."""
    if sign is None and (certificate or tsa):
        raise typer.BadParameter("--certificate and --tsa need the key: give it with --sign")
    if (certificate is None) != (tsa is None):
        raise typer.BadParameter(
            "a package is signed with a key alone, or for a domain with a time-stamp: the standard "
            "knows nothing between; give both --certificate and --tsa, or neither"
        )
    if sign is None:
        return None
    if certificate is None or tsa is None:
        from zancrawler.exports.signing import signing_key

        return signing_key(sign)
    from zancrawler.exports.domain import Domain

    now = datetime.now(UTC)
    domain = Domain.read(sign, certificate, tsa, now)
    if caveat := domain.caveat(now):
        typer.echo(caveat, err=True)
    return domain
