"""Where a table's cells stand, by the columns that a reader sees: a cell may span several, and rows
below its own (HTML standard, 4.9.12.1)."""

from __future__ import annotations

from lxml.html import HtmlElement

MOST_COLUMNS = 100
"""A table that claims more is no table that anybody reads."""


def columns_of(table: HtmlElement) -> dict[HtmlElement, int]:
    """The column of each cell of a table, from 0; of the cells of tables within it, none."""
    columns: dict[HtmlElement, int] = {}
    taken: dict[int, int] = {}
    """For how many rows more a column is taken from above."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        column = 0
        below: dict[int, int] = {}
        for cell in row.iterchildren("td", "th"):
            while taken.get(column, 0):
                column += 1
            columns[cell] = min(column, MOST_COLUMNS)
            rows = _span(cell, "rowspan")
            end = min(column + _span(cell, "colspan"), MOST_COLUMNS)
            below |= dict.fromkeys(range(column, end), rows)
            column = max(column, end)
        taken = {place: rows - 1 for place, rows in (taken | below).items() if rows > 1}
    return columns


def _span(cell: HtmlElement, name: str) -> int:
    """How many columns or rows a cell says it covers; all rows that are left are said as 0."""
    said = (cell.get(name) or "").strip()
    if not said.isascii() or not said.isdecimal() or len(said) > len("65534"):
        return 1
    return int(said) or (65_534 if name == "rowspan" else 1)
