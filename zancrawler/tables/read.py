"""Reading the tables from Python: Arrow out, for notebooks and for the commands.

The files need none of this: `pd.read_parquet("archive/tables/articles")` and its like do. What is
here answers the usual questions without scanning what cannot hold the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive, ArchiveError
from zancrawler.tables.articles import ARTICLES, VERSIONS
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.columns import Table
from zancrawler.tables.coverage import COVERAGE, CRAWLS
from zancrawler.tables.narrowing import Span, holding, only
from zancrawler.tables.stories import STORIES

if TYPE_CHECKING:
    import pyarrow.dataset as ds

Names = str | Sequence[str] | None
"""One name, several, or None for all."""
When = datetime | date | str | None
"""A time; a day means its beginning; a string is ISO 8601; without a zone it is UTC."""

KEYS = pa.schema([pa.field("site", pa.string()), pa.field("year", pa.int16())])
"""The partition keys, which the names of the folders hold in Hive's way."""


class Source(Protocol):
    """Where tables are read from."""

    def dataset(self, table: Table) -> ds.Dataset | None:
        """All rows of a table, with its partition keys; None where it has no file."""

    def hidden(self) -> Sequence[str]:
        """The article_ids whose content may still be in the files, and may not be shown."""


def open(archive: Archive | Path | str) -> Reader:
    """The tables of an archive, to read: of a folder, or of a store such as `s3://bucket/archive`.

    Raises ArchiveError where there is no archive.
    """
    if isinstance(archive, str) and "://" in archive:
        from zancrawler.tables.stored import StoredTables

        return Reader(StoredTables.open(archive))
    if not isinstance(archive, Archive):
        archive = Archive(Path(archive).absolute())
    if not archive.tables.is_dir():
        raise ArchiveError(f"{archive.root} holds no tables; name an archive that was crawled into")
    return Reader(LocalTables(archive))


@dataclass(frozen=True, slots=True)
class LocalTables:
    """The tables in an archive's folder."""

    archive: Archive

    def dataset(self, table: Table) -> ds.Dataset | None:
        folder = self.archive.table(table.name)
        if not folder.is_dir():
            return None
        # Not above: it brings in pandas where there is one, which every crawl would wait for.
        import pyarrow.dataset as ds

        keys = ds.partitioning(KEYS, flavor="hive")
        return ds.dataset(folder, schema=schema_of(table), format="parquet", partitioning=keys)

    def hidden(self) -> Sequence[str]:
        """None: the tables follow a decision before anybody is told that it was made."""
        return ()


@dataclass(frozen=True, slots=True)
class Reader:
    """The tables of one archive. May be used while a crawl writes to them."""

    source: Source

    def articles(
        self,
        *,
        outlet: Names = None,
        language: Names = None,
        since: When = None,
        until: When = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Articles in their latest version.

        `since` (inclusive) and `until` (exclusive) ask for `date_published`, and leave out the
        articles that have none.
        """
        span = _span("date_published", since, until)
        return self._read(ARTICLES, outlet, _among("language", language), columns, span)

    def versions(self, article_id: str | None = None, *, outlet: Names = None) -> pa.Table:
        """Versions of one article or of all, by article and number."""
        rows = self._read(VERSIONS, outlet, [], None, found=_among("article_id", article_id))
        return rows.sort_by([("article_id", "ascending"), ("version", "ascending")])

    def captures(
        self,
        *,
        outlet: Names = None,
        since: When = None,
        until: When = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """HTTP exchanges whose request was issued between `since` and `until`."""
        span = _span("fetch_time", since, until)
        return self._read(CAPTURES, outlet, [], columns, span)

    def coverage(self, *, outlet: Names = None) -> pa.Table:
        return self._read(COVERAGE, outlet, [], None)

    def crawls(self, *, outlet: Names = None) -> pa.Table:
        return self._read(CRAWLS, outlet, [], None)

    def stories(self, story_id: str | None = None, *, outlet: Names = None) -> pa.Table:
        """Articles by the story that they tell: one story or all."""
        return self._read(STORIES, outlet, [], None, found=_among("story_id", story_id))

    def article(self, url_or_id: str) -> dict[str, Any] | None:
        """The latest version of one article by its article_id, URL or canonical URL."""
        if "://" in url_or_id:
            found = (pc.field("url") == url_or_id) | (pc.field("canonical_url") == url_or_id)
        else:
            found = pc.field("article_id") == url_or_id
        rows = self._read(ARTICLES, None, [], None, found=[found])
        return rows.slice(0, 1).to_pylist()[0] if rows.num_rows else None

    def _read(
        self,
        table: Table,
        outlet: Names,
        where: Sequence[pc.Expression],
        columns: Sequence[str] | None,
        span: Span | None = None,
        found: Sequence[pc.Expression] = (),
    ) -> pa.Table:
        """`found` are conditions that few rows fit."""
        rows = self.source.dataset(table)
        if rows is None:
            return table.schema.empty_table()
        hidden = self.source.hidden() if "text" in table.names else ()
        shown = [~pc.field("article_id").isin(list(hidden)) | pc.field("text").is_null()]
        site = _among("site", outlet)
        if span:
            rows = only(rows, span.reached(rows, _all(site)))
        if found:
            rows = only(rows, holding(rows, _all([*site, *found])))
        within = span.conditions() if span else ()
        expression = _all([*site, *where, *within, *found, *(shown if hidden else ())])
        return rows.to_table(columns=list(columns or table.names), filter=expression)


def schema_of(table: Table) -> pa.Schema:
    """The columns of a table's files, and the partition keys that are in their names."""
    return pa.unify_schemas([table.schema, KEYS])


def _all(conditions: Sequence[pc.Expression]) -> pc.Expression | None:
    return reduce(and_, conditions) if conditions else None


def _among(column: str, names: Names) -> list[pc.Expression]:
    if names is None:
        return []
    return [pc.field(column).isin([names] if isinstance(names, str) else list(names))]


def _span(column: str, since: When, until: When) -> Span | None:
    if since is None and until is None:
        return None
    return Span(column, *(None if when is None else moment(when) for when in (since, until)))


def moment(when: datetime | date | str) -> datetime:
    """The time that a `When` means. Raises ArchiveError for a string that is none."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            raise ArchiveError(
                f"'{when}' is no date; write it as 2026-01-31 or 2026-01-31T08:00:00Z"
            ) from None
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
