"""Withdrawing articles from an outlet's tables, bringing them back, and taking their rows out.

Each is idempotent, works chunk by chunk, and is called with the outlet's lock held while no
`Tables` of the outlet is in use. They raise SchemaMismatchError as `Tables` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.tables.articles import ARTICLES, REDACTED, VERSIONS, Access, redacted
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks, Row
from zancrawler.tables.columns import Table

Look = tuple[str, int, str]
"""The record in which an article was seen, and the digest of its text there."""


def look_of(row: Row) -> Look:
    """Of a row of `articles` or `versions`, or of a sighting."""
    return row["warc_filename"], row["warc_record_offset"], row["text_digest"]


def redact(archive: Archive, outlet: str, article_ids: Collection[str]) -> int:
    """Empties the articles' rows of all content; returns in how many rows of `articles`."""
    count = 0
    if not article_ids:
        return count
    for path, rows in _chunks(archive, VERSIONS, outlet).holding("article_id", article_ids):
        if pc.any(pc.is_valid(rows["text"])).as_py():
            kept = [redacted(row) for row in rows.to_pylist()]
            _chunks(archive, VERSIONS, outlet).rewrite(path, kept)
    for path, rows in _chunks(archive, ARTICLES, outlet).holding("article_id", article_ids):
        shown = rows.filter(pc.not_equal(rows["access"], Access.WITHDRAWN))
        if shown.num_rows:
            kept = [redacted(row) | {"access": Access.WITHDRAWN} for row in shown.to_pylist()]
            _chunks(archive, ARTICLES, outlet).rewrite(path, kept)
            count += len(kept)
    return count


def restore(
    archive: Archive,
    outlet: str,
    article_id: str,
    seen: Mapping[Look, Row],
    access: Access,
) -> None:
    """Gives an article its content back; `seen` are sightings of it. Another look at the same text
    will not do: what stands beside it may have changed."""
    for table in (VERSIONS, ARTICLES):
        chunks = _chunks(archive, table, outlet)
        for path, rows in chunks.holding("article_id", [article_id]):
            whole = []
            for row in rows.to_pylist():
                look = seen.get(look_of(row), {})
                row |= {name: look.get(name) for name in REDACTED if name in row}
                whole.append(row | ({"access": access} if table is ARTICLES else {}))
            chunks.rewrite(path, whole)


def remove(
    archive: Archive,
    outlet: str,
    article_ids: Collection[str],
    exchanges: Collection[tuple[str, int]],
) -> None:
    """Takes out the articles' rows, and those of captures whose records are no more.

    `exchanges` are WARC names and offsets. Captures go last: until then a crash is made good by
    calling again.
    """
    for table in (VERSIONS, ARTICLES):
        chunks = _chunks(archive, table, outlet)
        for path, rows in chunks.holding("article_id", article_ids):
            chunks.remove(path, set(zip(*(rows[n].to_pylist() for n in table.key), strict=True)))
    chunks = _chunks(archive, CAPTURES, outlet)
    names = {name for name, _ in exchanges}
    for path, rows in chunks.holding("warc_filename", names):
        keys = set(zip(*(rows[name].to_pylist() for name in CAPTURES.key), strict=True))
        if found := keys & set(exchanges):
            chunks.remove(path, found)


def _chunks(archive: Archive, table: Table, outlet: str) -> Chunks:
    chunks = Chunks(archive, table, outlet, table.max_rows)
    chunks.check()
    return chunks
