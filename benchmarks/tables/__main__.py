"""python -m benchmarks.tables [--captures 100000] [--outlets 20]: prints sizes and times.

Makes an archive of synthetic articles through the commit, and the same rows of `articles` as
pyarrow writes them by default and as JSON Lines. Times are wall seconds, warm, the best of three.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.tables.synthetic import batches
from zancrawler.archive import Archive
from zancrawler.tables import Tables, read

WORD = "زن"
MONTH = ("2019-02-01", "2019-03-01")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables")
    parser.add_argument("--captures", type=int, default=100_000)
    parser.add_argument("--outlets", type=int, default=20)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="zancrawler-bench-") as folder:
        archive = Archive(Path(folder) / "archive")
        outlets = [f"outlet{number:02}" for number in range(arguments.outlets)]
        each = arguments.captures // arguments.outlets
        fill(archive, outlets, each)
        commit_hundred(archive, outlets, each)
        compare_sizes(archive, Path(folder))
        compare_reads(archive, Path(folder))
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def fill(archive: Archive, outlets: list[str], each: int) -> None:
    committing = made = 0.0
    for outlet in outlets:
        tables = Tables(archive, outlet)
        begin = time.perf_counter()
        for batch in batches(outlet, each, 2000):
            made += time.perf_counter() - begin
            begin = time.perf_counter()
            tables.commit([page for page, _ in batch], [article for _, article in batch])
            committing += time.perf_counter() - begin
            begin = time.perf_counter()
    total = each * len(outlets)
    print(
        f"{total} captures of {len(outlets)} outlets committed in batches of 2000: "
        f"{committing:.1f} s, {total / committing:.0f} a second (made in {made:.1f} s)"
    )


def commit_hundred(archive: Archive, outlets: list[str], each: int) -> None:
    """100 new articles, as 20 runs of 20 outlets would: each opens its tables first."""
    share = 100 // len(outlets)
    known = each + share
    fresh = {outlet: next(batches(outlet, known, known))[-share:] for outlet in outlets}
    begin, cpu = time.perf_counter(), time.process_time()
    for outlet, batch in fresh.items():
        tables = Tables(archive, outlet)
        tables.commit([page for page, _ in batch], [article for _, article in batch])
    print(
        f"commit of {share * len(outlets)} articles over {len(outlets)} outlets, "
        f"opening included: {time.perf_counter() - begin:.2f} s, "
        f"{time.process_time() - cpu:.2f} s of processor"
    )


def compare_sizes(archive: Archive, folder: Path) -> None:
    """The table as we write it, by pyarrow's defaults (in the order of capture), and as JSON."""
    rows = 0
    parts: dict[str, int] = {}
    raw = 0
    (folder / "plain").mkdir()
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as lines:
        for number, path in enumerate(files(archive.table("articles"))):
            chunk = pq.ParquetFile(path).read().sort_by("first_seen")
            rows += chunk.num_rows
            group = pq.read_metadata(path).row_group(0)
            for index in range(group.num_columns):
                column = group.column(index)
                name = column.path_in_schema.partition(".")[0]
                raw += column.total_uncompressed_size if name == "text" else 0
                parts[name] = parts.get(name, 0) + column.total_compressed_size
            pq.write_table(chunk, folder / "plain" / f"{number}.parquet")
            for row in chunk.to_pylist():
                lines.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    json_bytes = (folder / "articles.jsonl").stat().st_size
    ours, plain = size(archive.table("articles")), size(folder / "plain")
    print(f"articles, {rows} rows: {ours / 1e6:.1f} MB")
    print(f"  pyarrow's defaults: {plain / 1e6:.1f} MB, {plain / ours:.2f} times ours")
    print(f"  JSON Lines: {json_bytes / 1e6:.1f} MB, {json_bytes / ours:.2f} times ours")
    most = sorted(parts.items(), key=lambda part: -part[1])[:12]
    print(f"  text: {raw / parts['text']:.2f} to 1 (2.7 to 3.3 is what real text gives)")
    print("  largest columns: " + ", ".join(f"{n} {b / ours:.1%}" for n, b in most))
    for table in ("versions", "captures"):
        print(f"{table}: {size(archive.table(table)) / 1e6:.1f} MB")


def compare_reads(archive: Archive, folder: Path) -> None:
    ours, plain = archive.table("articles"), folder / "plain"
    reader = read.open(archive)
    url = reader.articles(outlet="outlet01", columns=["url"])["url"][7].as_py()
    print(f"{'':34}{'count':>9}{'month':>9}{'url':>9}{'text':>9}")
    for name, place in (("ours", ours), ("plain", plain)):
        line(f"DuckDB, {name}", duckdb_questions(place, url))
        line(f"Polars, {name}", polars_questions(place, url))
        line(f"pyarrow, {name}", pyarrow_questions(place, url))
    line("zancrawler.tables.read", reader_questions(reader, url))
    line("Polars, JSON Lines", json_questions(folder / "articles.jsonl", url))


Questions = list[Callable[[], Any]]
"""How many rows; one month of one outlet; the row of one URL; how many texts hold a word."""


def duckdb_questions(place: Path, url: str) -> Questions:
    rows = f"from read_parquet('{place}/**/*.parquet')"
    month = f"date_published >= '{MONTH[0]}' and date_published < '{MONTH[1]}'"
    return [
        lambda sql=sql: duckdb.sql(sql).fetchall()
        for sql in (
            f"select count(*) {rows}",
            f"select title, text {rows} where outlet = 'outlet01' and {month}",
            f"select title, text {rows} where url = '{url}'",
            f"select count(*) {rows} where text like '%{WORD}%'",
        )
    ]


def polars_questions(place: Path, url: str) -> Questions:
    since, until = (pl.lit(day).str.to_datetime("%Y-%m-%d", time_zone="UTC") for day in MONTH)

    def rows() -> pl.LazyFrame:
        return pl.scan_parquet(f"{place}/**/*.parquet")

    month = (pl.col("date_published") >= since) & (pl.col("date_published") < until)
    mine = pl.col("outlet") == "outlet01"
    return [
        lambda: rows().select(pl.len()).collect(),
        lambda: rows().filter(mine & month).select("title", "text").collect(),
        lambda: rows().filter(pl.col("url") == url).select("title", "text").collect(),
        lambda: (
            rows()
            .filter(pl.col("text").str.contains(WORD, literal=True))
            .select(pl.len())
            .collect()
        ),
    ]


def pyarrow_questions(place: Path, url: str) -> Questions:
    since, until = (pd.Timestamp(day, tz="UTC") for day in MONTH)
    field = ds.field
    month = (field("date_published") >= since) & (field("date_published") < until)

    def rows() -> ds.Dataset:
        return ds.dataset(place)

    return [
        lambda: rows().count_rows(),
        lambda: rows().to_table(["title", "text"], filter=(field("outlet") == "outlet01") & month),
        lambda: rows().to_table(["title", "text"], filter=field("url") == url),
        lambda: rows().count_rows(filter=pc.match_substring(field("text"), WORD)),
    ]


def reader_questions(reader: read.Reader, url: str) -> Questions:
    return [
        lambda: reader.articles(columns=["article_id"]).num_rows,
        lambda: reader.articles(outlet="outlet01", since=MONTH[0], until=MONTH[1]),
        lambda: reader.article(url),
    ]


def json_questions(path: Path, url: str) -> Questions:
    def rows() -> pl.LazyFrame:
        return pl.scan_ndjson(path)

    return [
        lambda: rows().select(pl.len()).collect(),
        lambda: (
            rows()
            .filter(
                (pl.col("outlet") == "outlet01") & pl.col("date_published").str.contains("2019-02")
            )
            .collect()
        ),
        lambda: rows().filter(pl.col("url") == url).collect(),
        lambda: rows().filter(pl.col("text").str.contains(WORD, literal=True)).collect(),
    ]


def line(name: str, questions: Questions) -> None:
    print(f"{name:34}" + "".join(f"{best(question):9.3f}" for question in questions), flush=True)


def best(question: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        question()
        times.append(time.perf_counter() - begin)
    return min(times)


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


if __name__ == "__main__":
    main()
