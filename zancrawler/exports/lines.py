"""Articles as lines of text: JSON Lines for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from zancrawler.archive import Archive
from zancrawler.decisions import Decisions
from zancrawler.exports.rows import Wanted, articles, outlets_of, require_same
from zancrawler.tables.articles import ARTICLES

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula, and runs it (OWASP, CSV injection)."""


def write_jsonl(archive: Archive, wanted: Wanted, file: IO[str]) -> int:
    """One JSON object an article a line, UTF-8, times in ISO 8601; returns how many."""
    count = 0
    for row in _rows(archive, wanted):
        file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
        count += 1
    return count


def write_csv(archive: Archive, wanted: Wanted, file: IO[str]) -> int:
    """One line an article (RFC 4180), lists as JSON; returns how many.

    A cell that a spreadsheet would run is given an apostrophe first; for exact texts take JSON
    Lines or Parquet.
    """
    names = wanted.sharing.schema(ARTICLES).names
    writer = csv.writer(file)
    writer.writerow(names)
    count = 0
    for row in _rows(archive, wanted):
        writer.writerow([_cell(row[name]) for name in names])
        count += 1
    return count


def _rows(archive: Archive, wanted: Wanted) -> Iterator[dict[str, Any]]:
    before = Decisions.read(archive)
    for outlet in outlets_of(archive, wanted):
        for rows in articles(archive, outlet, wanted):
            yield from rows.to_pylist()
    require_same(archive, before)


def _cell(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=_plain) if value else None
    if isinstance(value, datetime):
        return _plain(value)
    return unrun(value) if isinstance(value, str) else value


def unrun(cell: str) -> str:
    """The cell as text, to a spreadsheet too."""
    return "'" + cell if cell.startswith(FORMULA) else cell


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
