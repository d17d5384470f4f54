"""Other people's tools on what a crawl leaves behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
from crawled_newsroom import Crawled
from warcio.archiveiterator import ArchiveIterator


def warcs(crawled: Crawled) -> list[Path]:
    found = sorted(crawled.archive.root.glob("warc/**/*.warc.gz"))
    assert found
    return found


def tool(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(str(arguments[0]))), *map(str, arguments[1:])],
        capture_output=True,
        text=True,
        check=False,
    )


def test_fastwarc_accepts_every_record(crawled: Crawled) -> None:
    for warc in warcs(crawled):
        done = tool("fastwarc", "check", warc)
        assert done.returncode == 0, done.stdout + done.stderr


def test_warcio_refuses_chunked_records_only(crawled: Crawled) -> None:
    """It takes the payload digest over the chunk framing (warcio#74)."""
    for warc in warcs(crawled):
        with warc.open("rb") as file:
            faulty = {
                record.rec_headers["WARC-Record-ID"]
                for record in ArchiveIterator(file, check_digests=True)
                if (record.content_stream().read() or True)
                and record.digest_checker.passed is False
            }
        with warc.open("rb") as file:
            chunked = {
                record.rec_headers["WARC-Record-ID"]
                for record in ArchiveIterator(file)
                if record.http_headers
                and (record.http_headers["Transfer-Encoding"] or "").lower() == "chunked"
            }
        assert faulty <= chunked


def test_plain_readers_load_the_tables(crawled: Crawled) -> None:
    folder = crawled.archive.table("articles")
    frame = pd.read_parquet(folder)
    glob = f"{folder}/**/*.parquet"
    (by_duckdb,) = duckdb.sql(
        f"select count(*), count(distinct outlet), bool_and(warc_filename is not null) "
        f"from read_parquet('{glob}')"
    ).fetchall()
    assert len(frame) == pl.scan_parquet(glob).collect().height == ds.dataset(folder).count_rows()
    assert by_duckdb == (len(frame), 2, True)
    assert len(frame) == len(crawled.articles)
    assert str(frame["date_published"].dt.tz) == "UTC"
    assert set(frame["outlet"]) == {"newsroom-wix", "newsroom-wp"}
    assert set(frame["language"]) == {"en", "fa-AF", "ps"}
