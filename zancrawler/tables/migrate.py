"""Bringing the tables of an older zancrawler to the schema of this one, in one stroke.

A reader that meets files of two schemas loses columns without a word (pandas, DuckDB) or stops
(Polars). So all files of a table are rewritten beside it, and then the two folders change places.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from zancrawler.archive import Archive, sync_folder
from zancrawler.tables.chunks import (
    SchemaMismatchError,
    open_chunk,
    put,
    schema_version,
    unfinished,
    write,
)
from zancrawler.tables.columns import SCHEMA_VERSION, Table
from zancrawler.tables.schemas import TABLES


def migrate(archive: Archive, holder: str) -> tuple[str, ...]:
    """Rewrites the tables that have files of an older schema; returns their names.

    Columns that are new are null in old rows. Holds every outlet meanwhile, as `holder`. Killed at
    any moment it leaves the old tables or the new ones, and can be run again. Raises
    ArchiveLockedError while an outlet is being crawled, SchemaMismatchError for files of a newer
    zancrawler.
    """
    with ExitStack() as locks:
        for outlet in sorted({path.name for path in archive.tables.glob("*/site=*")}):
            locks.enter_context(archive.lock(outlet.removeprefix("site="), holder))
        outdated = [table for table in TABLES if _outdated(archive, table)]
        for table in outdated:
            _migrate(archive, table)
    return tuple(table.name for table in outdated)


def _chunks(archive: Archive, table: Table) -> list[Path]:
    return sorted(archive.table(table.name).glob("site=*/year=*/*.parquet"))


def _outdated(archive: Archive, table: Table) -> bool:
    """Looks at every chunk: one of a newer zancrawler may stand behind one of an older."""
    is_outdated = False
    for path in _chunks(archive, table):
        found = schema_version(open_chunk(path).schema_arrow)
        if found > SCHEMA_VERSION:
            raise SchemaMismatchError(path, found)
        is_outdated |= found < SCHEMA_VERSION
    return is_outdated


def _migrate(archive: Archive, table: Table) -> None:
    place = archive.table(table.name)
    built = unfinished(archive) / ".migrated" / table.name
    shutil.rmtree(built, ignore_errors=True)
    for path in _chunks(archive, table):
        target = built / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        rewritten = target.with_suffix(".tmp")
        write(rewritten, table, _upgraded(open_chunk(path).read(), table))
        put(rewritten, target)
    # The old folder stays until an outlet's tables are next opened: a reader may be listing it.
    exchange(built, place)


def _upgraded(rows: pa.Table, table: Table) -> pa.Table:
    columns = [
        rows[field.name] if field.name in rows.column_names else pa.nulls(len(rows), field.type)
        for field in table.schema
    ]
    return pa.table(columns, schema=table.schema)


def exchange(built: Path, place: Path) -> None:
    """Lets two folders on one file system change places, at once for whoever looks.

    renameat2(2) with RENAME_EXCHANGE, which Python does not offer. Where the system or the file
    system cannot do it, the files are moved one by one: still none is lost, but for that time a
    reader meets some of each.
    """
    at_fdcwd, rename_exchange = -100, 2
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    names = os.fsencode(built), os.fsencode(place)
    if renameat2 and not renameat2(at_fdcwd, names[0], at_fdcwd, names[1], rename_exchange):
        sync_folder(built.parent)
        sync_folder(place.parent)
        return
    for path in sorted(built.rglob("*.parquet")):
        put(path, place / path.relative_to(built))
