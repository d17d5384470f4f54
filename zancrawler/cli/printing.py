"""How commands print: tables for people, one JSON value for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", envvar="ZANCRAWLER_ARCHIVE", help="The archive's folder."),
]
UnusedArchiveOption = Annotated[
    Path,
    typer.Option(
        "--archive",
        envvar="ZANCRAWLER_ARCHIVE",
        help="As every command takes it; none is looked at.",
    ),
]
DEFAULT_OUTLETS = Path("outlets")
"""Where `outlets add` writes, and where every command looks if there is such a folder."""


def _own_outlets(named: Path | None) -> Path | None:
    return DEFAULT_OUTLETS if named is None and DEFAULT_OUTLETS.is_dir() else named


OutletsOption = Annotated[
    Path | None,
    typer.Option(
        "--outlets",
        envvar="ZANCRAWLER_OUTLETS",
        callback=_own_outlets,
        help="A folder of your own outlets' TOML files; `outlets/` if it is there.",
    ),
]
ContactOption = Annotated[
    str | None,
    typer.Option(
        envvar="ZANCRAWLER_CONTACT",
        help="An e-mail address or page by which outlets reach you; sent in the User-Agent.",
    ),
]
AnonymousOption = Annotated[
    bool, typer.Option("--anonymous", help="Send no contact: for those in danger.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show Scrapy's own messages.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
DEFAULT_ARCHIVE = Path("archive")


def console() -> Console:
    """Standard output. Persian text must not be wrapped in mid-word where nobody looks.

    What others wrote is shown as it is: no `[word]` in it is a style, no `:word:` a picture.
    """
    plain = Console(markup=False, emoji=False)
    if plain.is_terminal:
        return plain
    return Console(width=160, no_color=True, markup=False, emoji=False)


def fitted(screen: Console, table: Table) -> RenderableType:
    """The table where its words fit in whole; where they do not, a paragraph for each row."""
    for column in table.columns:
        column.overflow = "fold"
    wide = screen.options.update_width(10_000)
    if screen.measure(table, options=wide).minimum <= screen.width:
        return table
    heads = [column.header for column in table.columns]
    parts: list[RenderableType] = [Text(str(table.title))] if table.title else []
    for first, *rest in zip(*(column.cells for column in table.columns), strict=True):
        parts.append(Text(str(first), "bold"))
        cells = zip(heads[1:], rest, strict=True)
        told = "; ".join(f"{head}: {cell}" for head, cell in cells)
        parts.append(Padding(Text(told, overflow="fold"), (0, 0, 0, 2)))
    return Group(*parts)


def printable(text: str) -> str:
    """Without the control characters by which a page could steer a terminal."""
    return _CONTROL.sub(" ", text)


def print_json(value: Any) -> None:
    """One JSON value, in UTF-8 as it is, times in ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=_must_escape(), indent=2, default=_plain))


def json_line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=_must_escape(), default=_plain)


def _must_escape() -> bool:
    """JSON keeps every letter even where the output is no Unicode."""
    return not (sys.stdout.encoding or "").lower().startswith("utf")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
