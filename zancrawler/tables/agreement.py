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


class Disagreement(NamedTuple):
    table: str
    """The table that has a row too many, lacks one, or is wrong."""
    message: str


def disagreements(archive: Archive, outlet: str) -> Iterator[Disagreement]:
    """Every row that is there twice or that another table misses, and every count and time of
    `articles` that does not follow from `versions` and `captures`.

    Holds these columns of the three tables in memory. Raises UnreadableTableError.
    """
    life = ["article_id", "version", "n_versions", "first_seen", "last_seen"]
    articles = _columns(archive, ARTICLES, outlet, life)
    versions = _columns(archive, VERSIONS, outlet, ["article_id", "version"])
    captures = _columns(archive, CAPTURES, outlet, ["article_id", "fetch_time", "text_digest"])
    places = _columns(archive, CAPTURES, outlet, list(CAPTURES.key))
    for table, rows in ((ARTICLES, articles), (VERSIONS, versions), (CAPTURES, places)):
        counts = rows.group_by(list(table.key)).aggregate([([], "count_all")])
        for row in counts.filter(pc.greater(counts["count_all"], 1)).to_pylist():
            times = row.pop("count_all")
            key = " ".join(map(str, row.values()))
            yield Disagreement(table.name, f"{key} has {times} rows")

    looks = captures.filter(pc.is_valid(captures["article_id"]))
    seen = looks.filter(pc.is_valid(looks["text_digest"]))
    names = {
        table: _distinct(rows)
        for table, rows in (("articles", articles), ("versions", versions), ("captures", seen))
    }
    for name, ids in names.items():
        others = pa.concat_tables([rows for other, rows in names.items() if other != name])
        for missing in _without(_distinct(others), ids, ["article_id"]):
            yield Disagreement(name, f"no row is of the article {missing}, and others have some")

    numbers = versions.group_by("article_id").aggregate([("version", "max"), ("version", "count")])
    for row in articles.join(numbers, "article_id", join_type="inner").to_pylist():
        if not row["n_versions"] == row["version_max"] == row["version_count"]:
            count, last = row["version_count"], row["version_max"]
            message = f"n_versions of {row['article_id']} is {row['n_versions']}"
            yield Disagreement(
                "articles", f"{message}, and `versions` has {count}, the last {last}"
            )
        if not 1 <= row["version"] <= row["version_max"]:
            message = f"{row['article_id']} shows version {row['version']}, which is none"
            yield Disagreement("articles", message)

    times = looks.select(["article_id", "fetch_time"])
    for column in ("first_seen", "last_seen"):
        told = articles.select(["article_id", column]).rename_columns(times.column_names)
        for wrong in _without(told, times, times.column_names):
            message = f"{column} of {wrong} is the time of none of its captures"
            yield Disagreement("articles", message)


def _columns(archive: Archive, table: Table, outlet: str, names: list[str]) -> pa.Table:
    chunks = Chunks(archive, table, outlet, table.max_rows)
    # Columns of two tables have to be alike to be joined: neither required nor described.
    plain = pa.schema([(name, table.schema.field(name).type) for name in names])
    rows = (rows.cast(plain) for _, rows in chunks.scan(names))
    return pa.concat_tables([plain.empty_table(), *rows])


def _distinct(rows: pa.Table) -> pa.Table:
    return rows.select(["article_id"]).group_by("article_id").aggregate([])


def _without(rows: pa.Table, others: pa.Table, keys: list[str]) -> list[str]:
    """The articles of those rows of which `others` has none with the same keys."""
    lone = rows.join(others.select(keys), keys, join_type="left anti")
    return sorted(map(str, lone["article_id"].to_pylist()))
