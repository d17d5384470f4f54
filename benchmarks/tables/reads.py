"""Four questions to each engine: count, one month of one outlet, one URL, a word in the text."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds

from benchmarks.tables.apart import apart, peak
from benchmarks.tables.archives import Made
from benchmarks.tables.sizes import lines, plain
from zancrawler.tables import read

WORD = "زن"
MONTH = ("2019-02-01", "2019-03-01")

Questions = list[Callable[[], Any]]
"""How many rows; one month of one outlet; the row of one URL; how many texts hold a word."""


def compare_reads(made: Made) -> None:
    ours, other = made.archive.table("articles"), plain(made)
    reader = read.open(made.archive)
    url = reader.articles(outlet="outlet01", columns=["url"])["url"][7].as_py()
    print(f"{'':34}{'count':>9}{'month':>9}{'url':>9}{'text':>9}{'peak MB':>9}")
    for name, ask in (
        ("DuckDB", duckdb_questions),
        ("Polars", polars_questions),
        ("pyarrow", pyarrow_questions),
    ):
        for which, place in (("ours", ours), ("plain", other)):
            line(f"{name}, {which}", ask, place, url)
    line("zancrawler.tables.read", reader_questions, made.archive.root, url)
    line("DuckDB, JSON Lines", json_questions, lines(made), url, times=1)


def line(
    name: str, ask: Callable[[Path, str], Questions], place: Path, url: str, times: int = 3
) -> None:
    """One engine, in a process of its own."""
    seconds, held = apart(_answered, ask, place, url, times)
    cells = [f"{one:9.3f}" for one in seconds]
    cells += [" " * 9] * (4 - len(cells))
    print(f"{name:34}{''.join(cells)}{held:9.0f}", flush=True)


def _answered(
    ask: Callable[[Path, str], Questions], place: Path, url: str, times: int
) -> tuple[list[float], float]:
    return [best(question, times) for question in ask(place, url)], peak()


def best(question: Callable[[], Any], times: int) -> float:
    """Seconds by the clock: the best of some."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        question()
        taken.append(time.perf_counter() - begin)
    return min(taken)


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


def reader_questions(root: Path, url: str) -> Questions:
    reader = read.open(root)
    return [
        lambda: reader.articles(columns=["article_id"]).num_rows,
        lambda: reader.articles(outlet="outlet01", since=MONTH[0], until=MONTH[1]),
        lambda: reader.article(url),
    ]


def json_questions(place: Path, url: str) -> Questions:
    rows = f"from read_json('{place}/*.jsonl', format = 'newline_delimited')"
    return [
        lambda sql=sql: duckdb.sql(sql).fetchall()
        for sql in (
            f"select count(*) {rows}",
            f"select title, text {rows} where outlet = 'outlet01' "
            f"and date_published::varchar like '{MONTH[0][:7]}%'",
            f"select title, text {rows} where url = '{url}'",
            f"select count(*) {rows} where text like '%{WORD}%'",
        )
    ]
