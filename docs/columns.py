"""Prints docs/columns.md from the schemas: `python docs/columns.py > docs/columns.md`."""

from __future__ import annotations

import sys

from zancrawler.tables.columns import Column, type_name
from zancrawler.tables.schemas import TABLES


def page() -> str:
    lines = ["# Every column", "", "Made from the schemas by `docs/columns.py`."]
    for table in TABLES:
        lines += ["", f"## `{table.name}`", "", table.description, ""]
        lines += ["| column | type | term | what it is |", "|---|---|---|---|"]
        lines += [_row(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    kind = type_name(column.type) + ("" if column.required else ", may be null")
    text = column.description.replace("|", "\\|").replace("<", "&lt;")
    return f"| `{column.name}` | {kind} | {column.rdf or ''} | {text} |"


if __name__ == "__main__":
    sys.stdout.write(page())
