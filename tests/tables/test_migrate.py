"""Migration: old files come to the present schema, all at once."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest
from table_rows import OUTLET, capture, sighting, start, tables_of, url

from zancrawler.archive import Archive, ArchiveLockedError
from zancrawler.tables import SchemaMismatchError, Tables, migrate
from zancrawler.tables.columns import SCHEMA_VERSION
from zancrawler.tables.schemas import TABLES


def make_old(archive: Archive, *, version: int = 0, without: str = "rights") -> int:
    """Turns the files into those of another zancrawler, which lacks a column."""
    paths = sorted(archive.tables.rglob("*.parquet"))
    for path in paths:
        rows = pq.ParquetFile(path).read()
        metadata = rows.schema.metadata | {b"zancrawler:schema_version": str(version).encode()}
        if without in rows.column_names:
            rows = rows.drop_columns([without])
        pq.write_table(rows.replace_schema_metadata(metadata), path)
    return len(paths)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path)
    for serial, outlet in enumerate((OUTLET, "zantimes")):
        pages = [capture(n, url(f"{outlet}{n}"), serial=serial) for n in range(10)]
        tables = Tables(archive, outlet, max_rows=3)
        tables.commit(pages, [sighting(page, rights=None) for page in pages])
        tables.put_crawl({"crawl_id": outlet, "started": pages[0]["fetch_time"]})
    return archive


def schemas(archive: Archive, table: str) -> set[bytes]:
    files = archive.table(table).rglob("*.parquet")
    return {pq.read_schema(path).metadata[b"zancrawler:schema_version"] for path in files}


def is_current(archive: Archive) -> bool:
    return all(schemas(archive, table.name) <= {b"%d" % SCHEMA_VERSION} for table in TABLES)


def test_old_files_are_rewritten_whole(archive: Archive) -> None:
    before = tables_of(archive)
    make_old(archive)
    with pytest.raises(SchemaMismatchError, match="run `zancrawler migrate`"):
        Tables(archive, OUTLET)
    assert not is_current(archive)
    assert migrate.migrate(archive, "test") == ("articles", "versions", "captures", "crawls")
    assert is_current(archive)
    assert tables_of(archive) == before
    assert schemas(archive, "articles") == {b"%d" % SCHEMA_VERSION}
    Tables(archive, OUTLET)
    assert migrate.migrate(archive, "test") == ()


def test_where_folders_cannot_change_places_the_files_do(archive: Archive) -> None:
    before = tables_of(archive)
    make_old(archive)
    with patch("ctypes.CDLL", return_value=object()):
        migrate.migrate(archive, "test")
    assert is_current(archive)
    assert tables_of(archive) == before


def test_files_of_a_newer_zancrawler_are_left_alone(archive: Archive) -> None:
    make_old(archive, version=99)
    with pytest.raises(SchemaMismatchError, match="upgrade zancrawler"):
        migrate.migrate(archive, "test")


@pytest.mark.parametrize("newer", [0, -1])
def test_one_file_of_a_newer_zancrawler_is_enough(archive: Archive, newer: int) -> None:
    """Before or behind one of an older: its new column would be lost."""
    make_old(archive)
    path = sorted(archive.table("articles").rglob("*.parquet"))[newer]
    rows = pq.ParquetFile(path).read()
    metadata = rows.schema.metadata | {b"zancrawler:schema_version": b"99"}
    rows = rows.append_column("new_column", [["kept"] * rows.num_rows])
    pq.write_table(rows.replace_schema_metadata(metadata), path)
    with pytest.raises(SchemaMismatchError, match="upgrade zancrawler"):
        migrate.migrate(archive, "test")
    assert pq.read_table(path)["new_column"].to_pylist() == ["kept"] * rows.num_rows
    assert schemas(archive, "captures") == {b"0"}


def test_a_running_crawl_is_not_disturbed(archive: Archive) -> None:
    make_old(archive)
    with archive.lock("zantimes", "a crawl"), pytest.raises(ArchiveLockedError):
        migrate.migrate(archive, "test")
    assert schemas(archive, "articles") == {b"0"}


def hold_under_kills(archive: Archive, kills: int) -> None:
    before = tables_of(archive)
    make_old(archive)
    reader = start("crash_reader.py", archive.root)
    assert reader.stdout and reader.stdout.readline() == "ready\n"
    chance, died = random.Random(kills), 0
    while died < kills:
        if is_current(archive):
            make_old_at_once(archive)
        migrator = start("crash_migrator.py", archive.root)
        assert migrator.stdout and migrator.stdout.readline() == "ready\n"
        try:
            migrator.wait(timeout=chance.uniform(0, 0.3))
        except subprocess.TimeoutExpired:
            migrator.kill()
            died += 1
        migrator.communicate()
        for table in before:
            assert len(schemas(archive, table)) == 1, "a reader meets two schemas"
    migrate.migrate(archive, "test")
    _, errors = reader.communicate("\n", timeout=300)
    assert reader.returncode == 0, errors
    assert tables_of(archive) == before


def make_old_at_once(archive: Archive) -> None:
    """As `make_old`, without disturbing the reader."""
    old = Archive(Path(mkdtemp(dir=archive.root)))
    for table in ("articles", "versions", "captures", "crawls"):
        copy = old.table(table)
        copy.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", archive.table(table), copy], check=True)
    make_old(old)
    for copy in old.tables.iterdir():
        migrate.exchange(copy, archive.table(copy.name))


def test_kill_five_times(archive: Archive) -> None:
    hold_under_kills(archive, kills=5)


@pytest.mark.long
def test_kill_a_hundred_times(archive: Archive) -> None:
    hold_under_kills(archive, kills=100)
