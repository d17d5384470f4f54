"""A reader that looks at the bare files again and again while they are written.

Run as `crash_reader.py ARCHIVE`; prints `ready`, ends when its standard input has a line, and says
how often it looked. It fails on any error of a reader, on a row that is there twice, that was there
before and is missing, or that has gone back to an older version.

DuckDB and Polars open a file by name more than once for one query, and sizes that they listed may
be old by then: beside a writer they read through pyarrow, or from a snapshot of hard links.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds

KEYS = {
    "articles": ("article_id", "n_versions"),
    "versions": ("article_id", "version"),
    "captures": ("warc_filename", "exchange_offset"),
}
Rows = list[tuple]


def with_pandas(folder: Path, columns: tuple[str, ...]) -> Rows:
    frame = pd.read_parquet(folder, columns=list(columns))
    return list(frame.itertuples(index=False, name=None))


def with_pyarrow(folder: Path, columns: tuple[str, ...]) -> Rows:
    table = ds.dataset(folder, partitioning="hive").to_table(columns=list(columns))
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def with_duckdb_over_pyarrow(folder: Path, columns: tuple[str, ...]) -> Rows:
    rows = ds.dataset(folder, partitioning="hive")
    return duckdb.from_arrow(rows).project(", ".join(columns)).fetchall()


def with_polars_over_pyarrow(folder: Path, columns: tuple[str, ...]) -> Rows:
    rows = ds.dataset(folder, partitioning="hive")
    return pl.scan_pyarrow_dataset(rows).select(columns).collect().rows()


def with_duckdb(folder: Path, columns: tuple[str, ...]) -> Rows:
    with snapshot(folder) as still:
        query = f"select {', '.join(columns)} from read_parquet('{still}/**/*.parquet')"
        return duckdb.sql(query).fetchall()


def with_polars(folder: Path, columns: tuple[str, ...]) -> Rows:
    with snapshot(folder) as still:
        return pl.scan_parquet(still).select(columns).collect().rows()


@contextmanager
def snapshot(folder: Path) -> Iterator[Path]:
    """`cp -al`: chunks are replaced and never changed, so a second name keeps what was there."""
    with TemporaryDirectory(dir=folder.parent.parent, prefix=".snapshot") as still:
        yield shutil.copytree(folder, Path(still) / folder.name, copy_function=os.link)


ENGINES: tuple[Callable[[Path, tuple[str, ...]], Rows], ...] = (
    with_pandas,
    with_pyarrow,
    with_duckdb_over_pyarrow,
    with_polars_over_pyarrow,
    with_duckdb,
    with_polars,
)


def looks(archive: Path) -> Iterator[None]:
    """Reads every table with every engine in turn; each yield is one that was in order."""
    seen: dict[str, Rows] = {table: [] for table in KEYS}
    for engine in cycle(ENGINES):
        for table, columns in KEYS.items():
            folder = archive / "tables" / table
            if not any(folder.glob("*/*/*.parquet")):
                continue
            try:
                rows = engine(folder, columns)
            except Exception as error:
                raise SystemExit(f"{engine.__name__} of {table}: {error!r}") from error
            check(f"{engine.__name__} of {table}", table, seen[table], rows)
            seen[table] = rows
            yield


def check(what: str, table: str, before: Rows, now: Rows) -> None:
    key = slice(1) if table == "articles" else slice(2)
    versions = {row[key]: row[1] for row in now}
    if len(versions) != len(now):
        raise SystemExit(f"{what}: {len(now)} rows with {len(versions)} keys")
    for row in before:
        if versions.get(row[key], -1) < row[1]:
            raise SystemExit(f"{what}: {row} is gone")


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    count = 0
    for _ in looks(Path(sys.argv[1])):
        count += 1
        if select.select([sys.stdin], [], [], 0)[0]:
            break
    sys.stdout.write(f"{count}\n")
