"""`zancrawler export dataset`, `jsonl` and `csv`: articles for others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from zancrawler.archive import Archive, put_durably
from zancrawler.cli.dates import DAY, day
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    json_line,
    print_json,
)
from zancrawler.exports.profile import Profile
from zancrawler.outlets import Catalogue

if TYPE_CHECKING:
    from zancrawler.exports.rows import Wanted

ProfileOption = Annotated[Profile, typer.Option(help="For whom: what is left out.")]
OutletOption = Annotated[list[str] | None, typer.Option(help="Only this outlet; may be repeated.")]
LanguageOption = Annotated[
    list[str] | None, typer.Option(help="Only this language (fa-AF, ps, en); may be repeated.")
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(parser=day, metavar=DAY, help="Only what was captured before this day (UTC)."),
]
EmbargoOption = Annotated[
    int | None,
    typer.Option(
        "--older-than",
        min=0,
        metavar="DAYS",
        help="An embargo: only what was captured this many days ago or earlier.",
    ),
]
EncryptOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="age1...",
        help="Encrypt to this public key of age; may be repeated. Needs the extra `age`.",
    ),
]


def register(export_app: typer.Typer) -> None:
    export_app.command("dataset")(dataset)
    export_app.command("jsonl")(jsonl)
    export_app.command("csv")(csv)


def dataset(
    out: Annotated[
        Path | None, typer.Option(help="A new folder; in the archive's `datasets` if not given.")
    ] = None,
    profile: ProfileOption = Profile.RESEARCH,
    outlet: OutletOption = None,
    language: LanguageOption = None,
    until: UntilOption = None,
    embargo: EmbargoOption = None,
    encrypt_to: EncryptOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Writes a release that can be cited: Parquet, data card, checksums."""
    from zancrawler.exports.dataset import export_dataset, export_encrypted
    from zancrawler.exports.encrypting import Recipients

    kept = Archive.existing(archive)
    wanted = _wanted(kept, profile, outlet, language, until, embargo)
    target = out or kept.root / "datasets" / f"{profile.value}-{datetime.now(UTC):%Y%m%d%H%M%S}"
    catalogue = Catalogue.open(outlets)
    if encrypt_to:
        target = target if out and out.suffix == ".age" else Path(f"{target}.tar.age")
        release = export_encrypted(kept, catalogue, wanted, target, Recipients(encrypt_to))
    else:
        release = export_dataset(kept, catalogue, wanted, target)
    if json:
        print_json({"path": str(target), "articles": release.articles, "version": release.version})
        return
    typer.echo(
        f"{target}: {release.articles} articles and {release.rows('versions')} versions of "
        f"{len(release.outlets)} outlets, version {release.version}"
    )


def jsonl(
    out: Annotated[Path | None, typer.Option(help="Standard output if not given.")] = None,
    profile: ProfileOption = Profile.PRIVATE,
    outlet: OutletOption = None,
    language: LanguageOption = None,
    until: UntilOption = None,
    embargo: EmbargoOption = None,
    encrypt_to: EncryptOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Writes articles as JSON Lines: one object a line."""
    from zancrawler.exports.lines import write_jsonl

    kept = Archive.existing(archive)
    wanted = _wanted(kept, profile, outlet, language, until, embargo)
    _write(out, encrypt_to, json, "utf-8", lambda file: write_jsonl(kept, wanted, file))


def csv(
    out: Annotated[Path | None, typer.Option(help="Standard output if not given.")] = None,
    profile: ProfileOption = Profile.PRIVATE,
    outlet: OutletOption = None,
    language: LanguageOption = None,
    until: UntilOption = None,
    embargo: EmbargoOption = None,
    encrypt_to: EncryptOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Writes articles as CSV that spreadsheets open: lists as JSON, no cell a formula."""
    from zancrawler.exports.lines import write_csv

    kept = Archive.existing(archive)
    wanted = _wanted(kept, profile, outlet, language, until, embargo)
    # Excel takes CSV for the machine's old code page unless it begins with a byte order mark.
    _write(out, encrypt_to, json, "utf-8-sig", lambda file: write_csv(kept, wanted, file))


def _wanted(
    archive: Archive,
    profile: Profile,
    outlets: list[str] | None,
    languages: list[str] | None,
    until: datetime | None,
    embargo: int | None,
) -> Wanted:
    from zancrawler.exports.masking import Names
    from zancrawler.exports.rows import Wanted
    from zancrawler.exports.sharing import Sharing

    return Wanted(
        sharing=Sharing(profile, Names.read(archive.masked_names)),
        outlets=tuple(outlets or ()),
        languages=tuple(languages or ()),
        until=captured_before(until, embargo),
    )


def captured_before(until: datetime | None, older_than: int | None) -> datetime | None:
    """The moment that `--until` or `--older-than` means, in UTC."""
    if until is not None and older_than is not None:
        raise typer.BadParameter("--until and --older-than say the same in two ways; give one")
    if older_than is not None:
        return datetime.now(UTC) - timedelta(days=older_than)
    return until


def _write(
    out: Path | None,
    encrypt_to: list[str] | None,
    json: bool,
    encoding: str,
    write: Callable[[IO[str]], int],
) -> None:
    if encrypt_to:
        from zancrawler.exports.encrypting import Recipients, encrypted_name

        if out is None:
            raise typer.BadParameter("--encrypt-to needs a file: give --out")
        out = encrypted_name(out)
        with (
            Recipients(encrypt_to).writing(out) as pipe,
            TextIOWrapper(pipe, encoding=encoding, newline="") as text,
        ):
            count = write(text)
        typer.echo(_wrote(out, count) if json else f"{out}: {count} articles, encrypted")
        return
    if out is None:
        sys.stdout.reconfigure(encoding=encoding, newline="")  # type: ignore[union-attr]
        count = write(sys.stdout)
        if json:
            typer.echo(_wrote(out, count), err=True)
        return
    if out.is_dir():
        raise typer.BadParameter(f"--out names a file, and {out} is a folder")
    with put_durably(out) as temporary, temporary.open("w", encoding=encoding, newline="") as file:
        count = write(file)
    typer.echo(_wrote(out, count) if json else f"{out}: {count} articles")


def _wrote(out: Path | None, count: int) -> str:
    """For programs; the path is null where the articles went to standard output."""
    return json_line({"path": out, "articles": count})
