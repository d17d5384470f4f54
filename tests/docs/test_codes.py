"""What rows say in codes is on the page for researchers."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
from crawled_newsroom import Crawled

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "researchers.md").read_text(encoding="utf-8")
CODES = PAGE.partition("## Codes\n")[2].partition("\n## ")[0]
LISTED = {name.partition(":")[0] for name in re.findall(r"`([a-z_:A-Z-]+)`", CODES)}
_IN_SOURCE = re.compile(r'"(date-[a-z-]+)|yield f?"([a-z_]+):')


def test_every_warning_of_the_extraction_is_listed() -> None:
    found = {
        code
        for path in (ROOT / "zancrawler" / "extraction").glob("*.py")
        for match in _IN_SOURCE.findall(path.read_text(encoding="utf-8"))
        for code in match
        if code
    }
    assert {"date-order", "date-year-inferred", "text", "memory_cut"} <= found
    assert found <= LISTED


def test_what_a_crawl_says_is_listed(crawled: Crawled) -> None:
    rows = pq.read_table(crawled.archive.table("articles"))
    sources = set(rows["date_source"].to_pylist()) - {None}
    codes = {code.partition(":")[0] for codes in rows["warnings"].to_pylist() for code in codes}
    assert sources
    assert sources | codes <= LISTED


def test_the_columns_that_are_said_to_be_empty_are_empty(crawled: Crawled) -> None:
    for table, column in (
        ("captures", "content_mime_detected"),
        ("captures", "content_languages"),
        ("coverage", "fetch_status"),
    ):
        rows = pq.read_table(crawled.archive.table(table))
        assert "Always null" in rows.schema.field(column).metadata[b"description"].decode()
        assert rows[column].null_count == rows.num_rows
