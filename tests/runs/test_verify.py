"""`zancrawler verify`: silent on a sound archive, and names what was broken."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.decisions import Action, Decision, Decisions, record
from zancrawler.outlets import Catalogue
from zancrawler.runs.finding import Finding
from zancrawler.runs.verify import show_unread, verify_archive
from zancrawler.runs.verify_accounts import account_faults
from zancrawler.tables import withdrawal
from zancrawler.tables.articles import VERSIONS
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.coverage import COVERAGE


@pytest.fixture
def copy(crawled: Crawled, tmp_path: Path) -> Iterator[Path]:
    copied = tmp_path / "copy"
    shutil.copytree(crawled.archive.root, copied)
    yield copied


def faults(archive: Path) -> list[dict[str, object]]:
    said = zancrawler("verify", "--json", "--archive", archive, code=1)
    found: list[dict[str, object]] = json.loads(said[: said.rindex("]") + 1])
    return found


def test_a_sound_archive(crawled: Crawled) -> None:
    assert "in order" in zancrawler("verify", "--archive", crawled.archive.root)
    assert zancrawler("migrate", "--archive", crawled.archive.root).startswith("All tables are")


def test_a_flipped_byte_is_found_with_its_file(copy: Path) -> None:
    warc = max(copy.glob("warc/newsroom-wp/*/*.warc.gz"), key=lambda path: path.stat().st_size)
    data = bytearray(warc.read_bytes())
    data[len(data) // 2] ^= 1
    warc.write_bytes(data)
    assert {fault["file"] for fault in faults(copy)} >= {warc.name}


def test_a_row_that_was_tampered_with(copy: Path) -> None:
    path = next(copy.glob("tables/articles/site=newsroom-wix/*/*.parquet"))
    table = pq.read_table(path)
    titles = table["title"].to_pylist()
    titles[0] = "What it never said"
    index = table.schema.get_field_index("title")
    changed = table.set_column(index, table.schema.field(index), [titles])
    pq.write_table(changed, path)
    changed_file, fault = faults(copy)
    assert (changed_file["code"], changed_file["file"]) == (
        "changed-file",
        str(path.relative_to(copy)),
    )
    assert fault["code"] == "article"
    assert "title" in str(fault["message"])


def test_a_row_whose_record_is_gone(copy: Path) -> None:
    for warc in copy.glob("warc/newsroom-wp/*/*.warc.gz"):
        warc.unlink()
    codes = {fault["code"] for fault in faults(copy)}
    assert "record" in codes


def test_no_archive_is_said_so(tmp_path: Path) -> None:
    assert "holds no archive" in zancrawler("verify", "--archive", tmp_path, code=2)


Rows = list[dict[str, Any]]
OUTLET = "newsroom-wp"


def rewrite(archive: Path, table: str, change: Callable[[Rows], Rows]) -> None:
    """Changes the rows of one chunk of OUTLET."""
    path = next(archive.glob(f"tables/{table}/site={OUTLET}/*/*.parquet"))
    rows = pq.ParquetFile(path).read()
    changed = pa.Table.from_pylist(change(rows.to_pylist()), schema=rows.schema)
    pq.write_table(changed, path)


def findings(archive: Path, crawled: Crawled) -> list[Finding]:
    """Of the rows: that the log of proofs knows the files otherwise is left out."""
    catalogue = Catalogue.open(crawled.newsroom.catalogue)
    found = verify_archive(Archive(archive), catalogue, [OUTLET])
    return [fault for fault in found if fault.code != "changed-file"]


def other(value: Any, kind: pa.DataType) -> Any:
    """Another value of the type."""
    if pa.types.is_list(kind):
        return [*(value or []), other(None, kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: "other" for field in kind}
    if pa.types.is_timestamp(kind):
        return value + timedelta(days=1) if value else crawl_time()
    if pa.types.is_floating(kind):
        return 0.125
    return (value or 0) + 1 if pa.types.is_integer(kind) else f"{value or ''}other"


def crawl_time() -> Any:
    return pa.scalar(0, pa.timestamp("us", tz="UTC")).as_py()


HISTORY = ("version", "n_versions", "first_seen", "last_seen")
POINTERS = ("article_id", "warc_filename", "warc_record_offset", "exchange_offset")
"""Columns that lead to the record; without them nothing else can be compared."""


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("articles", [name for name in VERSIONS.names if name != "version"]),
        ("versions", [name for name in VERSIONS.names if name != "version"]),
        ("captures", list(CAPTURES.names)),
    ],
)
def test_no_column_can_be_changed_unnoticed(
    copy: Path, crawled: Crawled, table: str, columns: list[str]
) -> None:
    chosen = [name for name in columns if name not in (*POINTERS, "extractor_version")]
    if table == "captures":
        chosen.append("article_id")
    changed: dict[int, str] = {}

    def change(rows: Rows) -> Rows:
        schema = (CAPTURES if table == "captures" else VERSIONS).schema
        for number, name in enumerate(chosen):
            row = rows[number % len(rows)]
            row[name] = other(row[name], schema.field(name).type)
            changed[number] = row["warc_record_offset"]
        return rows

    rewrite(copy, table, change)
    told = [
        fault.message for fault in findings(copy, crawled) if " gives another " in fault.message
    ]
    for number, name in enumerate(chosen):
        (message,) = [text for text in told if f" at {changed[number]} " in text]
        names = message.rpartition(" gives another ")[2].removesuffix(" now").split(", ")
        assert name in names


@pytest.mark.slow
@pytest.mark.parametrize("table", ["articles", "versions", "captures"])
@pytest.mark.parametrize("column", ["article_id", "warc_record_offset"])
def test_a_row_that_points_elsewhere(copy: Path, crawled: Crawled, table: str, column: str) -> None:
    def change(rows: Rows) -> Rows:
        row = next(row for row in rows if row.get("text_digest"))
        row[column] = "0" * 20 if column == "article_id" else row[column] + 1
        return rows

    rewrite(copy, table, change)
    assert findings(copy, crawled)


def test_what_an_article_says_of_its_history(copy: Path, crawled: Crawled) -> None:
    def change(rows: Rows) -> Rows:
        for row, name in zip(rows, HISTORY, strict=False):
            kind = pa.timestamp("us", tz="UTC") if name.endswith("seen") else pa.int32()
            row[name] = other(row[name], kind)
        return rows

    rewrite(copy, "articles", change)
    told = [fault.message for fault in findings(copy, crawled) if fault.code == "table"]
    for words in ("shows version 2", "n_versions of", "first_seen of", "last_seen of"):
        assert any(words in message for message in told)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["articles", "versions", "captures"])
def test_a_row_that_was_taken_out_or_is_there_twice(
    copy: Path, crawled: Crawled, table: str
) -> None:
    before = (copy / "tables" / table).with_suffix(".before")
    shutil.copytree(copy / "tables" / table, before)
    rewrite(copy, table, lambda rows: rows[1:])
    codes = {fault.code for fault in findings(copy, crawled)}
    assert codes >= {"no-row"} if table == "captures" else codes >= {"table"}
    shutil.rmtree(copy / "tables" / table)
    before.rename(copy / "tables" / table)
    rewrite(copy, table, lambda rows: [rows[0], *rows])
    assert findings(copy, crawled)[0].message.endswith("has 2 rows")


def test_all_versions_of_an_outlet_taken_out(copy: Path, crawled: Crawled) -> None:
    shutil.rmtree(copy / "tables" / "versions" / f"site={OUTLET}")
    assert "table" in {fault.code for fault in findings(copy, crawled)}


def test_rows_of_another_extractor_are_counted_and_their_texts_hashed(
    copy: Path, crawled: Crawled
) -> None:
    def older(rows: Rows) -> Rows:
        return [row | {"extractor_version": "0.0.1", "tags": ["read otherwise"]} for row in rows]

    rewrite(copy, "versions", older)
    rewrite(copy, "articles", older)
    assert findings(copy, crawled) == []
    said = show_unread(Archive(copy), [OUTLET])
    rows = pq.read_table(copy / "tables" / "articles" / f"site={OUTLET}").num_rows
    assert said and said.startswith(f"{2 * rows} rows")
    migrated = subprocess.run(
        [sys.executable, "-m", "zancrawler", "migrate", "--archive", copy],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert migrated.stderr.startswith(f"{2 * rows} rows")
    assert "`zancrawler rebuild` before the next crawl" in migrated.stderr

    def false(rows: Rows) -> Rows:
        rows[0]["text"] += " What it never said."
        rows[1]["title"] = "What it never said"
        for number, (name, value) in enumerate(
            [
                ("fetch_status", 404),
                ("url", "https://example.org/"),
                ("content_digest", "sha256:A"),
            ],
            start=2,
        ):
            rows[number][name] = value
        rows[5]["fetch_time"] += timedelta(seconds=1)
        return rows

    rewrite(copy, "versions", false)
    found = findings(copy, crawled)
    assert [fault.code for fault in found].count("digest") == 2
    for name in ("fetch_status", "url", "content_digest", "fetch_time"):
        assert any(f"gives another {name} now" in fault.message for fault in found)
    said = zancrawler("verify", "--outlet", OUTLET, "--archive", copy, code=1)
    assert f"{2 * rows} rows of articles and versions were read by another version" in said
    done = json.loads(json.dumps(faults(copy)))
    assert {fault["code"] for fault in done} >= {"digest", "record"}


def test_rows_from_before_an_outlets_file_changed_are_sound(
    copy: Path, crawled: Crawled, tmp_path: Path
) -> None:
    outlets = tmp_path / "outlets"
    shutil.copytree(crawled.newsroom.catalogue, outlets)
    text = (outlets / f"{OUTLET}.toml").read_text()
    (outlets / f"{OUTLET}.toml").write_text(
        text.replace("skip = [", 'skip = ["^/weather-", ').replace("Apache-2.0", "CC0-1.0")
    )
    end = (Archive(copy), Catalogue.open(outlets), [OUTLET])
    assert list(verify_archive(*end)) == []

    def false(rows: Rows) -> Rows:
        return [row | {"section": "Weather"} for row in rows]

    rewrite(copy, "articles", false)
    messages = [fault.message for fault in verify_archive(*end) if fault.code == "article"]
    assert messages and all("section" in message for message in messages)


def test_what_is_withdrawn_has_to_be_empty(copy: Path, crawled: Crawled) -> None:
    path = next(copy.glob(f"tables/articles/site={OUTLET}/*/*.parquet"))
    row = pq.ParquetFile(path).read().to_pylist()[0]
    decision = Decision(
        action=Action.WITHDRAW,
        article_id=row["article_id"],
        outlet=OUTLET,
        url=row["canonical_url"],
        at=row["fetch_time"],
        by="a test",
        reason="safety",
    )
    record(Archive(copy), [decision])
    withdrawal.redact(Archive(copy), OUTLET, [row["article_id"]])
    assert [fault.file for fault in findings(copy, crawled)] == []

    def put_back(rows: Rows) -> Rows:
        mine = {"title": row["title"], "text": row["text"]}
        return [one | mine if one["article_id"] == row["article_id"] else one for one in rows]

    rewrite(copy, "articles", put_back)
    (fault,) = findings(copy, crawled)
    assert fault.code == "withdrawn" and fault.message.endswith("still has title, text")
    rewrite(copy, "articles", lambda rows: [one | {"access": "open"} for one in rows])
    assert "access is open" in findings(copy, crawled)[0].message


@pytest.fixture
def views(crawled: Crawled, tmp_path: Path) -> Archive:
    """A copy of what needs no record to be checked."""
    copied = Archive(tmp_path)
    shutil.copytree(crawled.archive.tables, copied.tables)
    shutil.copytree(crawled.archive.root / "ledger", copied.root / "ledger")
    return copied


def faults_of_accounts(archive: Archive) -> list[Finding]:
    return list(account_faults(archive, OUTLET, Decisions.read(archive)))


def test_no_column_of_coverage_can_be_changed_unnoticed(views: Archive) -> None:
    assert faults_of_accounts(views) == []
    changed: dict[str, str] = {}

    def change(rows: Rows) -> Rows:
        for row, name in zip(rows, COVERAGE.names, strict=False):
            changed[name] = row["url"]
            row[name] = other(row[name], COVERAGE.schema.field(name).type)
        return rows

    rewrite(views.root, "coverage", change)
    told = [fault.message for fault in faults_of_accounts(views)]
    assert f"the ledger knows no article {changed.pop('url')}other" in told
    assert "articles that the ledger knows and that have no row: 1" in told
    for name, url in changed.items():
        assert f"{url} has another {name} in the ledger" in told


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("crawls", "requests", 0),
        ("crawls", "gone", 99),
        ("crawls", "warc_filenames", []),
        ("stories", "story_id", "other"),
        ("articles", "story_id", "other"),
    ],
)
def test_what_follows_from_other_tables(
    views: Archive, table: str, column: str, value: object
) -> None:
    rewrite(views.root, table, lambda rows: [row | {column: value} for row in rows])
    assert {fault.code for fault in faults_of_accounts(views)} == {
        "crawls" if table == "crawls" else "stories"
    }
