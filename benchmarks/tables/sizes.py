"""The table as we write it, by pyarrow's defaults (in the order of capture), and as JSON Lines."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.tables.apart import each_apart
from benchmarks.tables.archives import Made


@dataclass(slots=True)
class Counted:
    rows: int = 0
    raw: int = 0
    """Bytes of `text`, decoded."""
    parts: Counter[str] = field(default_factory=Counter)
    """Bytes on disk by column."""


def plain(made: Made) -> Path:
    return made.folder / "plain"


def lines(made: Made) -> Path:
    return made.folder / "lines"


def compare_sizes(made: Made) -> None:
    for folder in (plain(made), lines(made)):
        folder.mkdir(exist_ok=True)
    total = Counted()
    for one in each_apart(_write_others, [(made, outlet) for outlet in made.outlets]):
        total.rows += one.rows
        total.raw += one.raw
        total.parts += one.parts
    ours = size(made.archive.table("articles"))
    print(f"articles, {total.rows} rows: {ours / 1e6:.1f} MB")
    for name, folder in (("pyarrow's defaults", plain(made)), ("JSON Lines", lines(made))):
        print(f"  {name}: {size(folder) / 1e6:.1f} MB, {size(folder) / ours:.2f} times ours")
    text = total.parts["text"]
    print(f"  text: {total.raw / text:.2f} to 1 (2.7 to 3.3 is what real text gives)")
    most = ", ".join(f"{name} {part / ours:.1%}" for name, part in total.parts.most_common(12))
    print(f"  largest columns: {most}")
    for table in ("versions", "captures"):
        print(f"{table}: {size(made.archive.table(table)) / 1e6:.1f} MB", flush=True)


def _write_others(task: tuple[Made, str]) -> Counted:
    """One outlet's rows in the two other forms, a file for each year."""
    made, outlet = task
    counted = Counted()
    for year in sorted((made.archive.table("articles") / f"site={outlet}").iterdir()):
        paths = sorted(year.glob("*.parquet"))
        for path in paths:
            _count(path, counted)
        rows = pa.concat_tables([pq.ParquetFile(path).read() for path in paths])
        rows = rows.sort_by("first_seen")
        counted.rows += rows.num_rows
        name = f"{outlet}-{year.name}"
        pq.write_table(rows, plain(made) / f"{name}.parquet")
        with (lines(made) / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for batch in rows.to_batches(max_chunksize=1000):
                for row in batch.to_pylist():
                    file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return counted


def _count(path: Path, counted: Counted) -> None:
    group = pq.read_metadata(path).row_group(0)
    for index in range(group.num_columns):
        column = group.column(index)
        name = column.path_in_schema.partition(".")[0]
        counted.raw += column.total_uncompressed_size if name == "text" else 0
        counted.parts[name] += column.total_compressed_size


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
