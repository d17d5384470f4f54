"""`zancrawler outlets`: the catalogue."""

from __future__ import annotations

import dataclasses
import re
from typing import Annotated, Any

import typer
from rich.table import Table

from zancrawler.cli.printing import JsonOption, OutletsOption, console, print_json
from zancrawler.outlets import Catalogue, Outlet, OutletError

app = typer.Typer(help="The outlets that can be crawled.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="outlets")


@app.command("list")
def list_outlets(outlets: OutletsOption = None, json: JsonOption = False) -> None:
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
    console().print(table)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The outlet's name, as `outlets list` shows it.")],
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Shows one outlet: its file, with what its platform's preset adds."""
    outlet = Catalogue.open(outlets).get(name)
    if json:
        print_json(_plain(outlet))
        return
    table = Table(show_header=False, box=None)
    for field in dataclasses.fields(outlet):
        if field.name != "source":
            table.add_row(field.name, _text(getattr(outlet, field.name)))
    console().print(table)


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Outlets; all if none.")] = None,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Checks outlets' files: that they can be read and say nothing impossible. Asks no site."""
    catalogue = Catalogue.open(outlets)
    faults = {}
    for name in names or catalogue.names():
        try:
            catalogue.get(name)
        except OutletError as error:
            faults[name] = str(error)
    if json:
        print_json(faults)
    else:
        for fault in faults.values():
            typer.echo(fault)
        typer.echo(f"{len(names or catalogue.names()) - len(faults)} outlets are in order.")
    if faults:
        raise typer.Exit(1)


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
