"""python -m benchmarks.search [--rows 100000] [--outlets 20] [--archive DIR]

Makes that many synthetic articles, written to chunks without the commit (benchmarks.tables measures
that), indexes them, and asks the same questions of `Search.find`, DuckDB and Polars. Words of known
frequency are strewn into the made texts. Times are wall seconds, warm: the best of three searches,
of two scans. With --archive what was made there before is used again.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl

from benchmarks.tables.synthetic import pages
from zancrawler.archive import Archive
from zancrawler.search import Index, Search
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.chunks import Chunks

STREWN = {
    "افغانستان": 0.6,
    "زنان": 0.2,
    "حقوق زنان": 0.03,
    "می‌روند": 0.1,
    "خبرنگار": 0.01,
    "رباب": 0.0002,
}
"""Words and the share of articles that have them."""
QUESTIONS = (
    ("a rare word", "رباب", "رباب"),
    ("in 1 of 100", "خبرنگار", "خبرنگار"),
    ("in 1 of 5", "زنان", "زنان"),
    ("in 3 of 5", "افغانستان", "افغانستان"),
    ("a phrase", '"حقوق زنان"', "حقوق زنان"),
    ("typed otherwise", "ميروند", "می‌روند"),
    ("two words", "خبرنگار رباب", None),
    ("all but", "زنان -افغانستان", None),
    ("a beginning", "خبرن*", None),
    ("nothing", "ناموجود", "ناموجود"),
)
"""What it is, as it is asked, and as a scan for a substring asks it, where that can."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--outlets", type=int, default=20)
    parser.add_argument("--archive", type=Path)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="zancrawler-bench-") as folder:
        archive = Archive.open(arguments.archive or Path(folder))
        if not archive.tables.exists():
            fill(archive, arguments.rows, arguments.outlets)
        index(archive)
        compare(archive)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def fill(archive: Archive, rows: int, outlets: int) -> None:
    begin = time.perf_counter()
    for number in range(outlets):
        outlet = f"outlet{number:02}"
        chunks = Chunks(archive, ARTICLES, outlet, ARTICLES.max_rows)
        batch: list[dict[str, Any]] = []
        for article in articles(outlet, rows // outlets):
            batch.append(article)
            if len(batch) == ARTICLES.max_rows:
                put(chunks, batch)
        put(chunks, batch)
    print(f"{rows} articles of {outlets} outlets made: {time.perf_counter() - begin:.0f} s")


def put(chunks: Chunks, batch: list[dict[str, Any]]) -> None:
    if batch:
        chunks.rewrite(next(chunks.place(batch[:1])), batch)
        batch.clear()


def articles(outlet: str, count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(outlet)
    made: set[str] = set()
    for _, article in pages(outlet, 0):
        if len(made) == count:
            return
        if article["article_id"] not in made:
            made.add(article["article_id"])
            yield whole(article, outlet, chance)


def whole(article: dict[str, Any], outlet: str, chance: random.Random) -> dict[str, Any]:
    words = article["text"].split(" ")
    for strewn, share in STREWN.items():
        if chance.random() < share:
            for _ in range(chance.randint(1, 4)):
                words.insert(chance.randrange(len(words)), strewn)
    seen = article["fetch_time"]
    return article | {
        "text": " ".join(words),
        "version": 1,
        "n_versions": 1,
        "first_seen": seen,
        "last_seen": seen,
        "status": "live",
        "access": "open",
        "outlet": outlet,
    }


def index(archive: Archive) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    Index(archive).refresh()
    took, worked = time.perf_counter() - begin, time.process_time() - cpu
    tables = sum(path.stat().st_size for path in archive.table("articles").rglob("*.parquet"))
    size = archive.search_index.stat().st_size
    print(f"indexed in {took:.0f} s, {worked:.0f} s of processor")
    print(
        f"index: {size / 1e6:.0f} MB, {size / tables:.2f} times the table of {tables / 1e6:.0f} MB"
    )
    begin = time.perf_counter()
    Index(archive).refresh()
    print(f"a refresh with nothing to do: {time.perf_counter() - begin:.3f} s")


def compare(archive: Archive) -> None:
    search = Search(archive)
    files = f"{archive.table('articles')}/**/*.parquet"
    print(f"{'':24}{'search':>9}{'DuckDB':>9}{'Polars':>9}   times faster")
    for name, query, text in QUESTIONS:
        ours = best(3, lambda query=query: search.find(query))
        if text is None:
            print(f"{name:24}{ours:9.3f}")
            continue
        duck = best(2, lambda text=text: duckdb.sql(sql(files, text)).fetchall())
        polars = best(2, lambda text=text: scan(files, text))
        faster = f"{duck / ours:8.0f}{polars / ours:6.0f}"
        print(f"{name:24}{ours:9.3f}{duck:9.3f}{polars:9.3f}{faster}", flush=True)
    month: dict[str, Any] = {"outlet": "outlet01", "since": "2019-02-01", "until": "2019-03-01"}
    for name, query in (("in 1 of 5", "زنان"), ("in 3 of 5", "افغانستان")):
        narrow = best(3, lambda query=query: search.find(query, **month))
        print(f"{name + ', one month':24}{narrow:9.3f}")
    deep = best(3, lambda: search.find("زنان", offset=1000))
    print(f"{'the hundredth page':24}{deep:9.3f}")


def sql(files: str, text: str) -> str:
    return (
        f"SELECT url, title, text FROM read_parquet('{files}') "
        f"WHERE text LIKE '%{text}%' OR title LIKE '%{text}%' "
        "ORDER BY date_published DESC LIMIT 10"
    )


def scan(files: str, text: str) -> pl.DataFrame:
    holds = pl.col("text").str.contains(text, literal=True)
    holds |= pl.col("title").str.contains(text, literal=True)
    rows = pl.scan_parquet(files).filter(holds).select("url", "title", "text", "date_published")
    return rows.top_k(10, by="date_published").collect()


def best(times: int, question: Callable[[], Any]) -> float:
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        question()
        took.append(time.perf_counter() - begin)
    return min(took)


if __name__ == "__main__":
    main()
