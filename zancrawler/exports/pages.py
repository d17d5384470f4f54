"""pages.jsonl (WACZ 1.1.1, section 5.2.1): the articles of a package, with title and full text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from zancrawler.archive import Archive

from .scratch import scratch
from .selection import Part

_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
_BATCH = 500


# The first capture in the package that shows a text of an article.
_SIGHTINGS = (
    "sightings (article_id TEXT, text_digest TEXT, at TEXT, url TEXT, "
    "PRIMARY KEY (article_id, text_digest))"
)
_NOTE = (
    "INSERT INTO sightings VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET at = excluded.at, url = excluded.url WHERE (excluded.at, excluded.url) < (at, url)"
)
_LOOK_UP = "SELECT at, url FROM sightings WHERE article_id = ? AND text_digest = ?"


def pages(archive: Archive, parts: Iterable[Part]) -> Iterator[dict[str, Any]]:
    """The header, then one page for every version of an article that the package shows."""
    yield _HEADER
    columns = ("article_id", "version", "title", "text", "text_digest")
    with scratch(_SIGHTINGS) as connection:
        seen = _sightings(archive, {part.row_name: part for part in parts})
        connection.executemany(_NOTE, seen)
        for row in _rows(archive, "versions", columns):
            key = (row["article_id"], row["text_digest"])
            for at, url in connection.execute(_LOOK_UP, key):
                yield {
                    "id": f"{row['article_id']}-{row['version']}",
                    "url": url,
                    "ts": at,
                    "title": row["title"] or url,
                    "text": row["text"] or "",
                    "article_id": row["article_id"],
                    "version": row["version"],
                }


def page_line(page: dict[str, Any]) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode("utf-8") + b"\n"


def page_time(moment: datetime) -> str:
    """To the second, as the index has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _sightings(archive: Archive, parts: dict[str, Part]) -> Iterator[tuple[str, str, str, str]]:
    columns = (
        *("article_id", "text_digest", "fetch_time", "url"),
        *("warc_filename", "warc_record_offset"),
    )
    for row in _rows(archive, "captures", columns):
        part = parts.get(row["warc_filename"])
        if part is None or row["text_digest"] is None or row["article_id"] is None:
            continue
        if part.place(row["warc_record_offset"]) is not None:
            at = page_time(row["fetch_time"])
            yield row["article_id"], row["text_digest"], at, row["url"]


def _rows(archive: Archive, table: str, columns: Iterable[str]) -> Iterator[dict[str, Any]]:
    for path in sorted(archive.table(table).glob("site=*/year=*/*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(
            _BATCH, columns=list(columns), use_threads=False
        ):
            yield from batch.to_pylist()
