"""The rows that a release or a file of lines is made of, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.decisions import Decisions
from zancrawler.exports.sharing import Sharing
from zancrawler.tables.articles import ARTICLES, VERSIONS, Access
from zancrawler.tables.chunks import Chunks
from zancrawler.tables.columns import TIME, Table


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows, and what of them."""

    sharing: Sharing
    outlets: tuple[str, ...] = ()
    """All of the archive's where none is named."""
    languages: tuple[str, ...] = ()
    """BCP 47; all where none is named."""
    until: datetime | None = None
    """Only what was captured before: an embargo."""


def outlets_of(archive: Archive, wanted: Wanted) -> list[str]:
    """The outlets in the order of their names. Raises UsageError for one without articles."""
    held = {path.name.removeprefix("site=") for path in archive.table("articles").glob("site=*")}
    for name in wanted.outlets:
        if name not in held:
            raise UsageError(f"the archive holds no articles of '{name}'")
    return sorted(wanted.outlets or held)


def articles(archive: Archive, outlet: str, wanted: Wanted) -> Iterator[pa.Table]:
    """Rows of `articles` that may be handed on, in the order of the table."""
    decisions = Decisions.read(archive)
    for rows in _chunks(archive, ARTICLES, outlet):
        rows = rows.filter(pc.equal(rows["access"], Access.OPEN))
        yield wanted.sharing.apply(_asked(_shown(rows, decisions), wanted), ARTICLES)


def versions(archive: Archive, outlet: str, wanted: Wanted) -> Iterator[pa.Table]:
    """Rows of `versions` of those articles. An article's last mark counts for all its versions."""
    shared = set()
    for rows in articles(archive, outlet, wanted):
        shared.update(rows["article_id"].to_pylist())
    ids = pa.array(sorted(shared), pa.string())
    for rows in _chunks(archive, VERSIONS, outlet):
        rows = rows.filter(pc.is_in(rows["article_id"], ids))
        yield wanted.sharing.apply(_asked(rows, wanted), VERSIONS)


def require_same(archive: Archive, before: Decisions) -> None:
    """Raises ArchiveError when somebody decided on an article since: rows may have slipped by."""
    if Decisions.read(archive) != before:
        raise ArchiveError(
            "something was withdrawn or released meanwhile; do not use what was written, and "
            "export once more"
        )


def _chunks(archive: Archive, table: Table, outlet: str) -> Iterator[pa.Table]:
    chunks = Chunks(archive, table, outlet, table.max_rows)
    chunks.check()
    for _, rows in chunks.scan(table.names):
        yield rows


def _shown(rows: pa.Table, decisions: Decisions) -> pa.Table:
    """A decision may not have reached the tables yet."""
    shown = [not decisions.is_withdrawn(name) for name in rows["article_id"].to_pylist()]
    return rows.filter(pa.array(shown, pa.bool_()))


def _asked(rows: pa.Table, wanted: Wanted) -> pa.Table:
    if wanted.languages:
        rows = rows.filter(pc.is_in(rows["language"], pa.array(wanted.languages, pa.string())))
    if wanted.until:
        rows = rows.filter(pc.less(rows["fetch_time"], pa.scalar(wanted.until, TIME)))
    return rows
