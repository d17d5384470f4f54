"""`zancrawler verify`: silent on a sound archive, and names what was broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import Crawled, zancrawler


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
