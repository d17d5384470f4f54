"""What people load the tables with, from the bare folder and with no helper of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from table_rows import START, TEXT, capture, sighting, url

from zancrawler.archive import Archive
from zancrawler.tables import TABLES, Tables
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.columns import Column, Storage

NAMES = list(ARTICLES.names)
PUBLISHED = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two outlets, two years, several chunks; every second article has no date and no author."""
    archive = Archive(tmp_path_factory.mktemp("archive"))
    for outlet in ("zannews", "zantimes"):
        pages = [
            capture(n, url(f"{outlet}-{n}"), fetch_time=START.replace(year=2025 + n % 2))
            for n in range(8)
        ]
        unknown = {"date_published": None, "authors": [], "images": [], "language": None}
        sightings = [sighting(page, **(unknown if n > 3 else {})) for n, page in enumerate(pages)]
        Tables(archive, outlet, max_rows=3).commit(pages, sightings)
    return archive.table("articles")


def test_pandas(folder: Path) -> None:
    frame = pd.read_parquet(folder)
    assert list(frame.columns) == [*NAMES, "site", "year"]
    assert frame.groupby("outlet").size().to_dict() == {"zannews": 8, "zantimes": 8}
    assert str(frame["date_published"].dtype) == "datetime64[us, UTC]"
    assert frame["date_published"].isna().sum() == 8
    assert (frame["date_published"].dropna() == PUBLISHED).all()
    assert (frame["text"] == TEXT).all()
    dated = frame[frame["date_published"].notna()].iloc[0]
    assert list(dated["authors"]) == ["Zan News", "ز. احمدی"]
    assert dated["images"][0]["credit"] == "AFP"
    assert len(frame[frame["date_published"].isna()].iloc[0]["authors"]) == 0


def test_pandas_reads_one_file_with_all_its_columns(folder: Path) -> None:
    frame = pd.read_parquet(next(folder.rglob("*.parquet")))
    assert [name for name in NAMES if name not in frame.columns] == []


def test_duckdb(folder: Path) -> None:
    rows = duckdb.sql(f"from read_parquet('{folder}/**/*.parquet')")
    assert rows.columns == [*NAMES, "site", "year"]
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    assert types["date_published"] == "TIMESTAMP WITH TIME ZONE"
    assert types["authors"] == "VARCHAR[]"
    assert types["images"].startswith("STRUCT(url VARCHAR, caption VARCHAR")
    counted = rows.aggregate(
        "outlet, count(*), count(date_published), min(epoch_us(date_published))", "outlet"
    )
    published = int(PUBLISHED.timestamp()) * 1_000_000
    assert sorted(counted.fetchall()) == [
        ("zannews", 8, 4, published),
        ("zantimes", 8, 4, published),
    ]
    (text,) = (
        rows.filter("list_contains(authors, 'ز. احمدی')").project("text").limit(1).fetchall()[0]
    )
    assert text == TEXT


def test_polars(folder: Path) -> None:
    rows = pl.scan_parquet(folder).collect()
    assert rows.columns == [*NAMES, "site", "year"]
    assert rows.schema["date_published"] == pl.Datetime("us", "UTC")
    assert rows.schema["images"].inner.fields[2] == pl.Field("credit", pl.String)
    assert rows["outlet"].value_counts().sort("outlet").rows() == [("zannews", 8), ("zantimes", 8)]
    assert rows["date_published"].null_count() == 8
    assert set(rows["date_published"].drop_nulls()) == {PUBLISHED}
    assert set(rows["text"]) == {TEXT}


@pytest.mark.long
def test_spark(folder: Path) -> None:
    """Needs Java 17, and `pip install pyspark`: half a gigabyte, which no other test needs."""
    sql = pytest.importorskip("pyspark.sql", reason="pip install pyspark, to read with Spark")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    with builder.config("spark.sql.session.timeZone", "UTC").getOrCreate() as spark:
        rows = spark.read.parquet(str(folder))
        assert rows.columns == [*NAMES, "site", "year"]
        types = dict(rows.dtypes)
        assert types["date_published"] == "timestamp" and types["authors"] == "array<string>"
        assert types["images"].startswith("array<struct<url:string,caption:string")
        assert sorted(tuple(row) for row in rows.groupBy("outlet").count().collect()) == [
            ("zannews", 8),
            ("zantimes", 8),
        ]
        published = [row[0] for row in rows.select("date_published").collect()]
        assert published.count(None) == 8
        naive = PUBLISHED.astimezone().replace(tzinfo=None)
        assert {when for when in published if when} == {naive}
        assert {row[0] for row in rows.select("text").collect()} == {TEXT}
        assert rows.where("year = 2025").count() == 8


@pytest.mark.long
def test_datasets(folder: Path, tmp_path: Path) -> None:
    """Needs `pip install datasets`. It reads local files, and asks no host for anything."""
    datasets = pytest.importorskip("datasets", reason="pip install datasets, to read with it")
    files = [str(path) for path in sorted(folder.rglob("*.parquet"))]
    rows = datasets.load_dataset(
        "parquet", data_files=files, split="train", cache_dir=str(tmp_path)
    )
    assert rows.column_names == NAMES
    assert sorted(rows["outlet"]) == ["zannews"] * 8 + ["zantimes"] * 8
    assert sum(when is None for when in rows["date_published"]) == 8
    assert set(rows["text"]) == {TEXT}


def test_pyarrow(folder: Path) -> None:
    rows = ds.dataset(folder, partitioning="hive").to_table()
    assert rows.schema.names == [*NAMES, "site", "year"]
    assert rows.select(NAMES).schema.equals(ARTICLES.schema)
    assert rows["date_published"].null_count == 8
    one_year = ds.dataset(folder, partitioning="hive").to_table(filter=ds.field("year") == 2025)
    assert one_year.num_rows == 8


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_described(table: object) -> None:
    for field in table.schema:
        description = field.metadata[b"description"].decode()
        assert description.endswith("."), field.name
        prefix, _, term = field.metadata.get(b"rdf", b"schema:x").decode().partition(":")
        assert prefix in {"schema", "dcterms", "prov"} and term, field.name
    assert set(table.key) | {table.time, *table.order, *table.bloom} <= set(table.names)


def test_the_files_say_what_they_are(folder: Path) -> None:
    schema = pq.read_schema(next(folder.rglob("*.parquet")))
    assert schema.metadata[b"zancrawler:schema_version"] == b"3"
    assert schema.metadata[b"zancrawler:table"] == b"articles"
    assert schema.equals(ARTICLES.schema)
    for field in ARTICLES.schema:
        # Arrow adds PARQUET:field_id.
        assert field.metadata.items() <= schema.field(field.name).metadata.items()


def test_the_chunks_are_sorted_and_encoded_as_declared(folder: Path) -> None:
    path = next(folder.rglob("*.parquet"))
    rows = pq.ParquetFile(path).read()
    assert rows.sort_by([(name, "ascending") for name in ARTICLES.order]).equals(rows)
    group = pq.read_metadata(path).row_group(0)
    chunks = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert list(chunks) == [path for column in ARTICLES.columns for path in column.paths]
    for column in ARTICLES.columns:
        for name in column.paths:
            encoded = set(chunks[name].encodings)
            if column.encoding is Storage.DICTIONARY:
                assert "RLE_DICTIONARY" in encoded, name
            else:
                assert column.encoding in encoded and "RLE_DICTIONARY" not in encoded, name
            assert chunks[name].compression == "ZSTD"


def test_a_list_of_structs_is_a_column_per_field() -> None:
    column = Column("images", pa.list_(pa.struct([("url", pa.string())])), "Images.")
    assert column.paths == ("images.list.element.url",)
