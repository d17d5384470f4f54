"""`zancrawler outlets`: the catalogue."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    DEFAULT_OUTLETS,
    AnonymousOption,
    ArchiveOption,
    ContactOption,
    JsonOption,
    OutletsOption,
    UnusedArchiveOption,
    console,
    fitted,
    print_json,
)
from zancrawler.outlets import Catalogue, Outlet, OutletError
from zancrawler.runs.crawl import CrawlOptions

if TYPE_CHECKING:
    from zancrawler.runs.learning.checking import Checked


class _Outlets(TyperGroup):
    """`zancrawler outlets` alone lists them, with the options of `outlets list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_named = args and (args[0] in ctx.help_option_names or not args[0].startswith("-"))
        return super().parse_args(ctx, args if is_named else ["list", *args])


app = typer.Typer(
    cls=_Outlets,
    help="The outlets that can be crawled; lists them if no command is given.",
    subcommand_metavar="[COMMAND] [ARGS]...",
    rich_markup_mode=None,
)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="outlets")


@app.command("list")
def list_outlets(
    _archive: UnusedArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Lists the outlets of the catalogue and of your own folder."""
    catalogue = Catalogue.open(outlets)
    found, faults = [], []
    for name in catalogue.names():
        try:
            found.append(catalogue.get(name))
        except OutletError as error:
            faults.append(str(error))
    for fault in faults:
        typer.echo(fault, err=True)
    if json:
        print_json([_plain(outlet) for outlet in found])
        return
    table = Table("name", "title", "languages", "platform", "home", "checked live", "crawled")
    for outlet in found:
        table.add_row(
            outlet.name,
            outlet.title,
            ", ".join(outlet.languages),
            outlet.platform,
            outlet.home,
            outlet.checked,
            "always" if outlet.active else "when named",
        )
    screen = console()
    screen.print(fitted(screen, table))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The outlet's name, as `outlets list` shows it.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Shows one outlet: its file, or the one kept in the archive, with its platform's preset."""
    from zancrawler.runs.provenance import outlet_of

    outlet = outlet_of(Archive(archive.absolute()), name, Catalogue.open(outlets))
    if json:
        print_json(_plain(outlet))
        return
    table = Table(show_header=False, box=None)
    for field in dataclasses.fields(outlet):
        if field.name != "source":
            table.add_row(field.name, _text(getattr(outlet, field.name)))
    console().print(table)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The site's home page.")],
    name: Annotated[
        str | None, typer.Option(help="What to call the outlet; from its host if not given.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    contact: ContactOption = None,
    anonymous: AnonymousOption = False,
    json: JsonOption = False,
) -> None:
    """Learns a site, writes its file, and reads five of its articles. Exit 1 if that fails."""
    from zancrawler.runs.learning.add import home_of, learn, unused_name
    from zancrawler.runs.learning.checking import check_outlets

    folder, kept = outlets or DEFAULT_OUTLETS, Archive.open(archive)
    options = CrawlOptions(contact=contact, anonymous=anonymous, log_level="ERROR")
    known = Catalogue.open(folder if folder.is_dir() else None)
    chosen = unused_name(home_of(url), name, known)
    added = learn(kept, url, chosen, folder, options)
    if not json:
        typer.echo(f"{added.path}, learnt with {added.requests} requests:\n\n{added.file}")
    trial = next(check_outlets(kept, [chosen], options, outlets=folder))
    if json:
        print_json({**added.as_json(), "trial": trial.as_json()})
    else:
        _print_trial(trial)
        typer.echo(f"Look the file over, then: zancrawler crawl {chosen}")
    if not trial.is_sound:
        raise typer.Exit(1)


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets; every active one if none is given.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the files alone, and ask no site.")
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    contact: ContactOption = None,
    anonymous: AnonymousOption = False,
    json: JsonOption = False,
) -> None:
    """Says what of outlets' files no longer holds on their sites. Exit 1 if anything."""
    from zancrawler.runs.learning.checking import check_outlets

    catalogue = Catalogue.open(outlets)
    found, faults = _read_files(catalogue, names)
    for fault in faults.values():
        typer.echo(fault, err=json)
    if offline:
        if json:
            print_json(faults)
        else:
            typer.echo(f"{len(found)} outlets are in order.")
        raise typer.Exit(bool(faults))
    asked = [outlet for outlet in found if names or outlet.active]
    options = CrawlOptions(contact=contact, anonymous=anonymous, log_level="ERROR")
    options.require_named(asked)
    done = []
    for trial in check_outlets(
        Archive.open(archive), [outlet.name for outlet in asked], options, outlets=outlets
    ):
        done.append(trial)
        if not json:
            _print_trial(trial)
    if json:
        print_json([trial.as_json() for trial in done])
    if faults or not all(trial.is_sound for trial in done):
        raise typer.Exit(1)


def _read_files(
    catalogue: Catalogue, names: list[str] | None
) -> tuple[list[Outlet], dict[str, str]]:
    """The outlets whose files can be read and say nothing impossible, and what the others say."""
    found, faults = [], {}
    for name in names or catalogue.names():
        try:
            found.append(catalogue.get(name))
        except OutletError as error:
            faults[name] = str(error)
    return found, faults


def _print_trial(trial: Checked) -> None:
    if trial.check is None:
        typer.echo(f"{trial.outlet}: could not be checked: {trial.failure}")
        return
    check = trial.check
    typer.echo(
        f"{trial.outlet}: {check.verdict}; {check.sources} sources answer and advertise "
        f"{check.advertised} addresses; {check.requests} requests"
    )
    for fault in check.faults:
        typer.echo(f"  {fault.code.value}: {fault.message}")
    if not trial.articles:
        return
    table = Table("date", "language", "author", "title", "begins", "words")
    for article in trial.articles:
        if article.kind == "article":
            table.add_row(
                f"{article.date_published:%Y-%m-%d %H:%M}" if article.date_published else "-",
                article.language or "-",
                ", ".join(article.authors) or "-",
                article.title or "-",
                article.beginning,
                str(article.word_count),
            )
        else:
            table.add_row("-", "-", "-", article.url, f"{article.kind} ({article.reason})", "-")
    screen = console()
    screen.print(fitted(screen, table))


def _plain(outlet: Outlet) -> dict[str, Any]:
    whole = _values(outlet)
    whole.pop("source")
    return dict(whole)


def _values(value: Any) -> Any:
    """Dataclasses and patterns as JSON knows them."""
    if dataclasses.is_dataclass(value):
        return {f.name: _values(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_values(item) for item in value]
    return value.pattern if isinstance(value, re.Pattern) else value


def _text(value: Any) -> str:
    plain = _values(value)
    if isinstance(plain, list):
        return "\n".join(_text(item) for item in value) or "-"
    if isinstance(plain, dict):
        shown = {key: item for key, item in plain.items() if item}
        return "\n".join(f"{key}: {item}" for key, item in shown.items()) or "-"
    return "-" if plain is None else str(plain)
