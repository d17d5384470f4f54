"""pages.jsonl (WACZ 1.1.1, section 5.2.1): the articles of a package, with title and full text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from zancrawler.archive import Archive

from .selection import Part

_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Sighting:
    """The first capture in the package that shows a text of an article."""

    at: datetime
    url: str


def pages(archive: Archive, parts: Iterable[Part]) -> Iterator[dict[str, Any]]:
    """The header, then one page for every version of an article that the package shows."""
    yield _HEADER
    sightings = _sightings(archive, {part.row_name: part for part in parts})
    columns = ("article_id", "version", "title", "text", "text_digest")
    for row in _rows(archive, "versions", columns):
        if seen := sightings.get((row["article_id"], row["text_digest"])):
            yield {
                "id": f"{row['article_id']}-{row['version']}",
                "url": seen.url,
                "ts": page_time(seen.at),
                "title": row["title"] or seen.url,
                "text": row["text"] or "",
                "article_id": row["article_id"],
                "version": row["version"],
            }


def page_line(page: dict[str, Any]) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode("utf-8") + b"\n"


def page_time(moment: datetime) -> str:
    """To the second, as the index has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _sightings(archive: Archive, parts: dict[str, Part]) -> dict[tuple[str, str], _Sighting]:
    """By article_id and text_digest."""
    found: dict[tuple[str, str], _Sighting] = {}
    columns = (
        *("article_id", "text_digest", "fetch_time", "url"),
        *("warc_filename", "warc_record_offset"),
    )
    for row in _rows(archive, "captures", columns):
        part = parts.get(row["warc_filename"])
        if part is None or row["text_digest"] is None or row["article_id"] is None:
            continue
        if part.place(row["warc_record_offset"]) is not None:
            seen = _Sighting(row["fetch_time"], row["url"])
            key = (row["article_id"], row["text_digest"])
            found[key] = min(found.get(key, seen), seen, key=lambda one: (one.at, one.url))
    return found


def _rows(archive: Archive, table: str, columns: Iterable[str]) -> Iterator[dict[str, Any]]:
    for path in sorted(archive.table(table).glob("site=*/year=*/*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(_BATCH, columns=list(columns)):
            yield from batch.to_pylist()
