"""Reading from Python: filters, look-ups, and what is said when there is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from table_rows import START, capture, sighting, url

from zancrawler.archive import Archive, ArchiveError
from zancrawler.tables import Tables, read
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.chunks import UnreadableTableError


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Per outlet an article of each day from 1 to 4 January 2026, and one without a date."""
    archive = Archive(tmp_path)
    for outlet in ("zannews", "zantimes"):
        pages = [capture(n, url(f"{outlet}-{n}")) for n in range(5)]
        dates = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 5)]
        sightings = [
            sighting(page, date_published=published, language="ps" if n % 2 else "fa-AF")
            for n, (page, published) in enumerate(zip(pages, [*dates, None], strict=True))
        ]
        Tables(archive, outlet).commit(pages, sightings)
    return archive


def slugs(rows: object) -> list[str]:
    return sorted(row["url"].rpartition("/")[2] for row in rows.to_pylist())


def test_articles_by_outlet_language_and_time(archive: Archive) -> None:
    reader = read.open(str(archive.root))
    assert reader.articles().num_rows == 10
    assert reader.articles().schema.names == list(ARTICLES.names)
    assert slugs(reader.articles(outlet="zannews", language="ps")) == ["zannews-1", "zannews-3"]
    assert reader.articles(outlet=["zannews", "zantimes"]).num_rows == 10
    assert reader.articles(outlet="nobody").num_rows == 0
    for since, until in (
        ("2026-01-02", "2026-01-04"),
        (date(2026, 1, 2), date(2026, 1, 4)),
        (datetime(2026, 1, 2), "2026-01-04T04:30:00+04:30"),
    ):
        rows = reader.articles(outlet="zannews", since=since, until=until, columns=["url"])
        assert slugs(rows) == ["zannews-1", "zannews-2"]


def test_one_article_by_url_or_id(archive: Archive) -> None:
    reader = read.open(archive)
    found = reader.article(url("zantimes-3"))
    assert found and found["outlet"] == "zantimes"
    assert reader.article(found["article_id"]) == found
    assert reader.article("https://example.org/") is None
    assert reader.versions(found["article_id"])["version"].to_pylist() == [1]


def test_one_article_is_read_without_the_texts_of_others(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    pages = [capture(n, url(n)) for n in range(4)]
    Tables(archive, "zannews", max_rows=2).commit(pages, [sighting(page) for page in pages])
    reader = read.open(archive)
    ids = [page["article_id"] for page in pages]
    for table in ("articles", "versions"):
        _, second = sorted(archive.table(table).rglob("*.parquet"))
        spoil(second, "text")
    for name in (url(0), ids[0]):
        found = reader.article(name)
        assert found and found["article_id"] == ids[0]
    assert reader.versions(ids[1])["url"].to_pylist() == [url(1)]
    assert reader.article(url("none")) is None
    for ask in (reader.article, reader.versions):
        with pytest.raises(OSError):
            ask(ids[3])


def spoil(path: Path, column: str) -> None:
    """Overwrites a column's first page."""
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    (offset,) = (one.data_page_offset for one in columns if one.path_in_schema == column)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(bytes(20))


def test_a_month_is_read_without_the_files_of_other_months(tmp_path: Path) -> None:
    """Undated articles stand among the others, and pyarrow prunes no column that has nulls."""
    archive = Archive(tmp_path)
    pages = [capture(n, url(n)) for n in range(6)]
    days = [(1, 2), (1, 3), (5, 2), (5, 3)]
    january, *more, may = (datetime(2026, *day, tzinfo=UTC) for day in days)
    dates = [january, None, more[0], more[1], None, may]
    sightings = [sighting(p, date_published=d) for p, d in zip(pages, dates, strict=True)]
    Tables(archive, "zannews", max_rows=3).commit(pages, sightings)
    reader = read.open(archive)
    _, second = sorted(archive.table("articles").rglob("*.parquet"))
    content = second.read_bytes()
    second.write_bytes(b"PAR1" + bytes(1000) + content[1004:])
    assert slugs(reader.articles(until="2026-05-02")) == ["0", "2"]
    assert slugs(reader.articles(outlet="zannews", since="2026-01-02", until="2026-02-01"))
    with pytest.raises(OSError):
        reader.articles(since="2026-05-02")
    second.write_bytes(content)
    assert slugs(reader.articles(since="2026-05-02")) == ["3", "5"]
    assert slugs(reader.articles(since="2026-05-04")) == []


def test_captures_by_time(archive: Archive) -> None:
    rows = read.open(archive).captures(outlet="zannews", since=START.replace(hour=11))
    assert rows.num_rows == 2


def test_what_a_user_gets_wrong_is_said_in_a_sentence(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="holds no tables; name an archive"):
        read.open(tmp_path / "elsewhere")
    with pytest.raises(ArchiveError, match="'March' is no date; write it as 2026-01-31"):
        read.open(archive).articles(since="March")
    assert read.open(archive).coverage().num_rows == 0


def test_a_damaged_file_is_named(archive: Archive) -> None:
    path = next(archive.table("articles").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableTableError, match="is no readable Parquet file; run `zancrawler"):
        Tables(archive, path.parent.parent.name.removeprefix("site="))
