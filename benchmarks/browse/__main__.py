"""python -m benchmarks.browse [--rows 100000] [--outlets 20] [--copies 1] [--archive DIR]

Makes that many synthetic articles with their versions and ledgers (as benchmarks.search does),
makes the export, and asks for every kind of page over HTTP on loopback. Times are wall seconds: the
first answer, and the median of five more. With --archive what was made there before is used again.
With --copies each article counts so many times, under other ids and with its text cut short: a
million rows without an hour of making them. Such an archive is not searched.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.search.__main__ import fill
from zancrawler.archive import Archive
from zancrawler.browse.export import Export
from zancrawler.browse.server import serving
from zancrawler.ledger import Advertisement, Kind, Ledger, Outcome, State
from zancrawler.search import Search
from zancrawler.tables.articles import ARTICLES, VERSIONS
from zancrawler.tables.chunks import Chunks, open_chunk, put, write
from zancrawler.tables.columns import Table

MISSED = 25
"""Of so many advertised articles one is not held."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browse")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--outlets", type=int, default=20)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--archive", type=Path)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="zancrawler-bench-") as folder:
        archive = Archive.open(arguments.archive or Path(folder))
        if not archive.table("articles").exists():
            fill(archive, arguments.rows, arguments.outlets)
        if not archive.table("versions").exists():
            complete(archive)
            multiply(archive, arguments.copies)
        export(archive)
        if arguments.copies == 1:
            search(archive)
        pages(archive, searched=arguments.copies == 1)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def complete(archive: Archive) -> None:
    """The versions and ledgers that go with the articles."""
    for site in sorted(archive.table("articles").glob("site=*")):
        outlet = site.name.removeprefix("site=")
        (archive.table("captures") / site.name).mkdir(parents=True)
        source = f"https://www.{outlet}.org/feed"
        with Ledger(archive.ledger(outlet)) as ledger:
            for path in Chunks(archive, ARTICLES, outlet, ARTICLES.max_rows).paths():
                rows = open_chunk(path).read()
                versions = archive.table("versions") / path.relative_to(archive.table("articles"))
                _put(archive, VERSIONS, rows.select(VERSIONS.names), versions)
                looks = list(zip(*(rows[name].to_pylist() for name in _LOOK), strict=True))
                adverts = [Advertisement(url, source, "feed") for url, *_ in looks]
                ledger.advertise(adverts, looks[0][1])
                ledger.record(
                    Outcome(url, at, State.CAPTURED, None, Kind.ARTICLE, text_digest=digest)
                    if number % MISSED
                    else Outcome(url, at, State.FAILED, "http-500", Kind.ARTICLE)
                    for number, (url, at, digest) in enumerate(looks)
                )


def multiply(archive: Archive, copies: int) -> None:
    for path in sorted(archive.table("articles").rglob("*.parquet")):
        rows = open_chunk(path).read()
        stem, _, number = path.stem.rpartition("-")
        for copy in range(1, copies):
            ids = pc.utf8_slice_codeunits(rows["article_id"], 2)
            changed = {
                "article_id": _joined(ids, f"{copy:02x}"),
                "url": _joined(rows["url"], f"?copy={copy}"),
                "date_published": pc.subtract(rows["date_published"], timedelta(days=31 * copy)),
                "text": pc.utf8_slice_codeunits(rows["text"], 0, 200),
                "text_normalized": pc.utf8_slice_codeunits(rows["text"], 0, 200),
            }
            copied = rows
            for name, column in changed.items():
                copied = copied.set_column(copied.schema.get_field_index(name), name, column)
            _put(
                archive, ARTICLES, copied, path.with_stem(f"{stem}-{int(number) + 1000 * copy:05}")
            )


def _joined(column: pa.ChunkedArray, end: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(column, end, "")


_LOOK = ("canonical_url", "fetch_time", "text_digest")


def _put(archive: Archive, table: Table, rows: pa.Table, path: Path) -> None:
    temporary = archive.tables / ".unfinished" / f"{path.name}.tmp"
    temporary.parent.mkdir(parents=True, exist_ok=True)
    write(temporary, table, rows)
    put(temporary, path)


def export(archive: Archive) -> None:
    kept = Export(archive)
    archive.browse_export.unlink(missing_ok=True)
    begin, cpu = time.perf_counter(), time.process_time()
    kept.refresh()
    took, worked = time.perf_counter() - begin, time.process_time() - cpu
    tables = sum(path.stat().st_size for path in archive.table("articles").rglob("*.parquet"))
    size = kept.path.stat().st_size
    print(f"exported in {took:.1f} s, {worked:.1f} s of processor")
    print(f"export: {size / 1e6:.0f} MB; the table: {tables / 1e6:.0f} MB")
    print(f"a refresh with nothing to do: {_timed(kept.refresh):.4f} s")
    chunk = next(archive.table("articles").rglob("*.parquet"))
    chunk.touch()
    print(f"a refresh after one chunk has changed: {_timed(kept.refresh):.3f} s")


def search(archive: Archive) -> None:
    print(f"the search index brought up: {_timed(Search(archive).refresh):.0f} s")


def _timed(what: Callable[[], object]) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def pages(archive: Archive, searched: bool) -> None:
    print(f"{'':34}{'first':>9}{'then':>9}{'bytes':>12}")
    with serving(archive, None, "http://127.0.0.1:8741/", 0, max_age=3600) as address:
        for name, path in paths(archive):
            if not searched and ("search" in path or "_q" in path):
                continue
            first, size = ask(address, path)
            then = median(ask(address, path)[0] for _ in range(5))
            print(f"{name:34}{first:9.3f}{then:9.3f}{size:12,}", flush=True)


def paths(archive: Archive) -> Iterator[tuple[str, str]]:
    with Export(archive).opened() as database:
        article, outlet, date = database.execute(
            "SELECT article_id, outlet, date_published FROM articles "
            "WHERE date_published IS NOT NULL ORDER BY article_id LIMIT 1"
        ).fetchone()
    yield "at a glance", "/"
    yield "outlet", f"/outlet/{outlet}"
    yield "article", f"/article/{article}"
    yield "search, a rare word", "/search?q=رباب"
    yield "search, in 1 of 100", "/search?q=خبرنگار"
    yield "search, in 3 of 5", "/search?q=افغانستان"
    yield "search, page 50", "/search?q=زنان&page=50"
    yield "all articles", "/archive/articles"
    yield "all articles, by outlet", f"/archive/articles?outlet={outlet}"
    yield "all articles, deep page", f"/archive/articles?_next={date.replace(':', '~3A')},{article}"
    yield "all articles, two filters", f"/archive/articles?outlet={outlet}&language=ps"
    yield "all articles, title contains", "/archive/articles?title__contains=رباب"
    yield "all articles that a search finds", "/archive/articles?_q=خبرنگار"
    yield "1,000 rows as JSON", "/archive/articles.json?_size=1000"
    yield "an outlet as CSV", f"/archive/articles.csv?outlet={outlet}&_stream=on&_size=max"


def ask(address: str, path: str) -> tuple[float, int]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=600)
    begin = time.perf_counter()
    connection.request("GET", quote(path, safe="/?=&-_.%~,"))
    answer = connection.getresponse()
    size = len(answer.read())
    took = time.perf_counter() - begin
    connection.close()
    if answer.status != 200:
        print(f"  {path}: {answer.status}")
    return took, size


if __name__ == "__main__":
    main()
