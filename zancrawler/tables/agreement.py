"""Whether an outlet's tables agree with one another: keys, and what one says of another's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.tables.articles import ARTICLES, VERSIONS
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks
from zancrawler.tables.columns import Table
from zancrawler.tables.schemas import TABLES


class Disagreement(NamedTuple):
    table: str
    """The table that has a row too many, lacks one, or is wrong."""
    message: str


def disagreements(archive: Archive, outlet: str) -> Iterator[Disagreement]:
    """Every row that is there twice or that another table misses, and every count and time of
    `articles` that does not follow from `versions` and `captures`.

    Holds a few columns of a table in memory, in Arrow. Raises UnreadableTableError.
    """
    for table in TABLES:
        yield from _doubles(columns_of(archive, table, outlet, list(table.key)), table)
    articles = columns_of(archive, ARTICLES, outlet, ["article_id", "version", "n_versions"])
    versions = columns_of(archive, VERSIONS, outlet, ["article_id", "version"])
    looks = columns_of(archive, CAPTURES, outlet, ["article_id"], where="text_digest")
    yield from _lone(articles=articles, versions=versions, captures=looks)
    yield from _miscounted(articles, versions)
    times = columns_of(archive, CAPTURES, outlet, ["article_id", "fetch_time"], where="article_id")
    for column in ("first_seen", "last_seen"):
        told = columns_of(archive, ARTICLES, outlet, ["article_id", column])
        for wrong in _without(told.rename_columns(times.column_names), times):
            message = f"{column} of {wrong} is the time of none of its captures"
            yield Disagreement("articles", message)


def _doubles(rows: pa.Table, table: Table) -> Iterator[Disagreement]:
    counts = rows.group_by(list(table.key)).aggregate([([], "count_all")])
    for row in counts.filter(pc.greater(counts["count_all"], 1)).to_pylist():
        times = row.pop("count_all")
        yield Disagreement(table.name, f"{' '.join(map(str, row.values()))} has {times} rows")


def _lone(**tables: pa.Table) -> Iterator[Disagreement]:
    """Articles of which one of the tables has no row."""
    names = {name: rows.select(["article_id"]) for name, rows in tables.items()}
    for name, rows in names.items():
        others = [theirs for other, theirs in names.items() if other != name]
        for missing in sorted({lone for theirs in others for lone in _without(theirs, rows)}):
            yield Disagreement(name, f"no row is of the article {missing}, and others have some")


def _miscounted(articles: pa.Table, versions: pa.Table) -> Iterator[Disagreement]:
    numbers = versions.group_by("article_id").aggregate([("version", "max"), ("version", "count")])
    rows = articles.join(numbers, "article_id", join_type="inner")
    last, told = rows["version_max"], rows["n_versions"]
    is_miscounted = pc.or_(pc.not_equal(told, last), pc.not_equal(told, rows["version_count"]))
    for row in rows.filter(is_miscounted).to_pylist():
        message = (
            f"n_versions of {row['article_id']} is {row['n_versions']}, and `versions` has "
            f"{row['version_count']}, the last of them {row['version_max']}"
        )
        yield Disagreement("articles", message)
    is_none = pc.or_(pc.greater(rows["version"], last), pc.less(rows["version"], 1))
    for row in rows.filter(is_none).to_pylist():
        message = f"{row['article_id']} shows version {row['version']}, which is none"
        yield Disagreement("articles", message)


def columns_of(
    archive: Archive, table: Table, outlet: str, names: list[str], where: str | None = None
) -> pa.Table:
    """Columns of all rows, or of those in which `where` is not null."""
    chunks = Chunks(archive, table, outlet, table.max_rows)
    # Columns of two tables have to be alike to be joined: neither required nor described.
    plain = pa.schema([(name, table.schema.field(name).type) for name in names])
    parts = [plain.empty_table()]
    for _, rows in chunks.scan(list(dict.fromkeys([*names, *([where] if where else ())]))):
        kept = rows.filter(pc.is_valid(rows[where])) if where else rows
        parts.append(kept.select(names).cast(plain))
    return pa.concat_tables(parts)


def _without(rows: pa.Table, others: pa.Table) -> list[str]:
    """The articles of those rows of which `others` has none that is the same."""
    lone = rows.join(others, rows.column_names, join_type="left anti")
    return sorted(map(str, lone["article_id"].to_pylist()))
