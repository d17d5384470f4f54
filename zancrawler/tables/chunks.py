"""The chunks of one outlet's table: Parquet files, each rewritten whole and renamed into place.

A row goes to one chunk and stays there, so a reader that lists the files while they are replaced
meets each row once. The newest chunk of a year takes new rows until it is full.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError, sync_folder
from zancrawler.tables.columns import SCHEMA_VERSION, Table

Row = Mapping[str, Any]
"""One row by column name; what is missing is null."""

MAX_BYTES = 128 * 2**20
"""A chunk that holds as much, decoded, is full whatever its rows: it is rewritten in memory."""


def unfinished(archive: Archive) -> Path:
    """Where files are while they are written: not in a table's folder, for Polars refuses a folder
    with any file in it that is not called `.parquet`, hidden or not.
    """
    return archive.tables / ".unfinished"


class SchemaMismatchError(ArchiveError):
    """The tables were written by another version of zancrawler; migrate them, or upgrade."""

    def __init__(self, path: Path, found: int) -> None:
        advice = "run `zancrawler migrate`" if found < SCHEMA_VERSION else "upgrade zancrawler"
        super().__init__(
            f"{path} has schema version {found} and this zancrawler writes {SCHEMA_VERSION}; "
            f"{advice}"
        )


class UnreadableTableError(ArchiveError):
    """A file of the tables is damaged. The WARCs can make it again."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no readable Parquet file; run `zancrawler rebuild`")


@dataclass(frozen=True, slots=True)
class Chunks:
    """One table of one outlet on disk. Only the holder of the outlet's lock may write to it."""

    archive: Archive
    table: Table
    outlet: str
    max_rows: int

    def paths(self) -> list[Path]:
        """All chunks, oldest first."""
        folder = self.archive.table(self.table.name) / f"site={self.outlet}"
        return sorted(folder.glob("year=*/*.parquet"))

    def clean(self) -> None:
        """Removes what a killed process left half-written, and what a migration replaced."""
        for name in (self.outlet, ".migrated"):
            shutil.rmtree(unfinished(self.archive) / name, ignore_errors=True)

    def check(self) -> None:
        """Raises SchemaMismatchError unless every chunk has the schema that we write."""
        for path in self.paths():
            found = schema_version(open_chunk(path).schema_arrow)
            if found != SCHEMA_VERSION:
                raise SchemaMismatchError(path, found)

    def scan(self, columns: Sequence[str]) -> Iterator[tuple[Path, pa.Table]]:
        """A few columns of every chunk, one chunk in memory at a time."""
        for path in self.paths():
            yield path, open_chunk(path).read(columns=list(columns))

    def find(self, path: Path, keys: Collection[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """The rows of a chunk that have these keys."""
        rows = open_chunk(path).read()
        wanted = pa.array([key in keys for key in _keys(self.table, rows)])
        found: list[dict[str, Any]] = rows.filter(wanted).to_pylist()
        return found

    def holding(self, column: str, values: Collection[Any]) -> Iterator[tuple[Path, pa.Table]]:
        """The chunks that have rows with one of these values, and these rows."""
        wanted = pa.array(sorted(values), self.table.schema.field(column).type)
        for path in self.paths():
            if pc.any(pc.is_in(open_chunk(path).read(columns=[column])[column], wanted)).as_py():
                rows = open_chunk(path).read()
                yield path, rows.filter(pc.is_in(rows[column], wanted))

    def remove(self, path: Path, keys: Collection[tuple[Any, ...]]) -> None:
        """Takes the rows with these keys out of a chunk; the file goes with its last row."""
        rows = open_chunk(path).read()
        kept = rows.filter(pa.array([key not in keys for key in _keys(self.table, rows)]))
        if kept.num_rows:
            self._put(path, kept)
        else:
            path.unlink()
            sync_folder(path.parent)

    def place(self, rows: Iterable[Row]) -> Iterator[Path]:
        """The chunk that each new row, in this order, belongs to."""
        newest: dict[int, tuple[int, int]] = {}
        for row in rows:
            year = _utc(row[self.table.time]).year
            number, free = newest.get(year) or self._newest(year)
            if not free:
                number, free = number + 1, self.max_rows
            newest[year] = (number, free - 1)
            yield self._path(year, number)

    def _path(self, year: int, number: int) -> Path:
        folder = self.archive.partition(self.table.name, self.outlet, year)
        return folder / f"{self.outlet}-{year}-{number:05d}.parquet"

    def _newest(self, year: int) -> tuple[int, int]:
        """Number and free rows of the chunk that takes the year's new rows."""
        folder = self.archive.partition(self.table.name, self.outlet, year)
        numbers = [int(path.stem.rpartition("-")[2]) for path in folder.glob("*.parquet")]
        if not numbers:
            return 0, self.max_rows
        newest = max(numbers)
        footer = open_chunk(self._path(year, newest)).metadata
        size = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
        return newest, max(0, self.max_rows - footer.num_rows) if size < MAX_BYTES else 0

    def rewrite(
        self,
        path: Path,
        rows: Sequence[Row],
        patch: Callable[[pa.Table], pa.Table] | None = None,
    ) -> None:
        """Puts `rows` into the chunk, in place of those with the same key, made if need be.

        `patch` may change the rows that stay.
        """
        content = to_arrow(self.table, rows)
        if path.exists():
            kept = open_chunk(path).read()
            if rows:
                new = set(_keys(self.table, content))
                stays = [key not in new for key in _keys(self.table, kept)]
                # A filter copies every text, and most new rows replace none.
                kept = kept if all(stays) else kept.filter(pa.array(stays))
            content = pa.concat_tables([patch(kept) if patch else kept, content])
        if content.num_rows:
            self._put(path, content)

    def _put(self, path: Path, content: pa.Table) -> None:
        temporary = unfinished(self.archive) / self.outlet / f"{path.name}.tmp"
        temporary.parent.mkdir(parents=True, exist_ok=True)
        write(temporary, self.table, content)
        put(temporary, path)


def write(path: Path, table: Table, rows: pa.Table) -> None:
    """Writes one chunk, sorted. It must not be empty: `load_dataset` dies of a file without rows.

    On an error the file is removed.
    """
    rows = rows.sort_by([(name, "ascending") for name in table.order])
    order = pq.SortingColumn.from_ordering(
        table.schema, [(name, "ascending") for name in table.order], null_placement="at_end"
    )
    try:
        pq.write_table(
            rows.cast(table.schema),
            path,
            sorting_columns=order,
            **table.writer_options(),
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def put(written: Path, path: Path) -> None:
    """Moves a written file to its place, for good: the file, its name and its folders are synced.

    A reader, and whoever comes after a power cut, sees the old file or the new one.
    """
    with written.open("rb") as file:
        os.fsync(file.fileno())
    _make_folder(path.parent)
    written.replace(path)
    sync_folder(path.parent)


def _make_folder(path: Path) -> None:
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def open_chunk(path: Path) -> pq.ParquetFile:
    """Raises UnreadableTableError."""
    try:
        return pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise UnreadableTableError(path) from error


def stamps(archive: Archive, table: Table) -> dict[str, str]:
    """What tells each chunk's file from any other, by its path from the archive's root, in order.

    A chunk is replaced whole, so whoever has read one of this stamp has read what is there.
    """
    found: dict[str, str] = {}
    for path in sorted(archive.table(table.name).glob("site=*/year=*/*.parquet")):
        try:
            file = path.stat()
        except FileNotFoundError:
            continue
        found[archive.relative(path)] = f"{file.st_mtime_ns}-{file.st_size}-{file.st_ino}"
    return found


def schema_version(schema: pa.Schema) -> int:
    """The `zancrawler:schema_version` of a file; 0 where it has none."""
    return int((schema.metadata or {}).get(b"zancrawler:schema_version", b"0"))


def check_columns(table: Table, rows: Iterable[Row]) -> None:
    """Raises ValueError for a column that the table does not have."""
    unknown = set().union(*rows) - set(table.names)
    if unknown:
        raise ValueError(f"the table {table.name} has no column {', '.join(sorted(unknown))}")


def to_arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    """Rows as Arrow, each with the table's columns and no other."""
    check_columns(table, rows)
    return storable(rows, table.schema)


def storable(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Rows as Arrow, each value as it is or, where Parquet cannot hold it, the nearest that it can:
    pages are hostile and a commit must pass."""
    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except (UnicodeEncodeError, OverflowError, pa.ArrowInvalid):
        near = [
            {field.name: _storable(row.get(field.name), field.type) for field in schema}
            for row in rows
        ]
        return pa.Table.from_pylist(near, schema=schema)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _storable(value: Any, kind: pa.DataType) -> Any:
    """Half of a surrogate pair (from `\\ud83d` in JSON-LD) becomes U+FFFD; a number out of the
    column's range (HTTP status 99999) becomes null."""
    if value is None:
        return None
    if pa.types.is_string(kind):
        return _SURROGATE.sub("\ufffd", value)
    if pa.types.is_integer(kind):
        return value if -(2 ** (kind.bit_width - 1)) <= value < 2 ** (kind.bit_width - 1) else None
    if pa.types.is_list(kind):
        return [_storable(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        return {field.name: _storable(value.get(field.name), field.type) for field in kind}
    return value


def _keys(table: Table, rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(rows[name].to_pylist() for name in table.key), strict=True)


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError(f"a time without a zone: {time}")
    return time.astimezone(UTC)
