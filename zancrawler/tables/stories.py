"""The table `stories`: which articles tell the same one, and how that is known.

It is derived from `articles` of all outlets (`zancrawler.stories`), where only story_id is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from zancrawler.archive import Archive
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.chunks import Chunks, Row
from zancrawler.tables.columns import FLOAT, INT32, STRING, TIME, Column, Storage, Table

SIGNATURE_BYTES = 512

STORIES = Table(
    name="stories",
    description="One row per article: the story that it tells, and how that is known.",
    columns=(
        Column(
            "article_id",
            STRING,
            "The article's id in articles.",
            rdf="schema:identifier",
            required=True,
        ),
        Column(
            "story_id",
            STRING,
            "The article_id of the story's member that was captured first.",
            rdf="schema:isPartOf",
            required=True,
        ),
        Column(
            "outlet",
            STRING,
            "Short name of the newsroom in our catalogue.",
            rdf="schema:publisher",
            required=True,
            storage=Storage.DICTIONARY,
        ),
        Column(
            "language",
            STRING,
            "BCP 47 tag of the article.",
            rdf="schema:inLanguage",
            storage=Storage.DICTIONARY,
        ),
        Column(
            "relation",
            STRING,
            "original, or what it is to related_to: mirror, duplicate or translation.",
            required=True,
            storage=Storage.DICTIONARY,
        ),
        Column(
            "related_to",
            STRING,
            "The article_id of the member that it is a mirror, duplicate or translation of.",
            rdf="schema:isBasedOn",
        ),
        Column(
            "evidence",
            STRING,
            "The rule that says so: mirror-of-outlet, same-text, near-text, hreflang or "
            "picture-and-numbers.",
            storage=Storage.DICTIONARY,
        ),
        Column(
            "similarity",
            FLOAT,
            "Share of three-word runs that it has in common with related_to, estimated by MinHash; "
            "null where words were not compared.",
            storage=Storage.DICTIONARY,
        ),
        Column("first_seen", TIME, "When the article was first captured (UTC).", required=True),
        Column("text_digest", STRING, "The article's, when the story was told.", required=True),
        Column("words", INT32, "Words that were compared; null of what is withdrawn."),
        Column(
            "numbers",
            pa.list_(INT32),
            "Sixteen bits of a hash of each number in the text, sorted.",
        ),
        Column(
            "minhash", pa.binary(SIGNATURE_BYTES), "MinHash of the text: 128 little-endian u32."
        ),
        Column(
            "minhash_kind",
            STRING,
            "How it was made; signatures of two kinds cannot be compared.",
            storage=Storage.DICTIONARY,
        ),
    ),
    key=("article_id",),
    time="first_seen",
    order=("story_id", "first_seen", "article_id"),
    bloom=("article_id", "story_id"),
)


def put_stories(archive: Archive, outlet: str, rows: Mapping[str, Row]) -> int:
    """Makes an outlet's part of `stories`, and story_id in its `articles`, what `rows` say.

    `rows` are by article_id. Rewrites the chunks in which a value changes, and no other; returns
    how many articles came to another story. To be called by the holder of the outlet's lock. Killed
    at any moment it leaves whole files, and can be called again. Raises SchemaMismatchError.
    """
    stories, articles = (
        Chunks(archive, table, outlet, table.max_rows) for table in (STORIES, ARTICLES)
    )
    for chunks in (stories, articles):
        chunks.check()
    _put_rows(stories, rows)
    return sum(
        _put_ids(articles, path, stored, rows)
        for path, stored in articles.scan(["article_id", "story_id"])
    )


def _put_rows(stories: Chunks, rows: Mapping[str, Row]) -> None:
    new = dict(rows)
    for path, stored in stories.scan(STORIES.names):
        changed, gone = [], set()
        for before in stored.to_pylist():
            row = new.pop(before["article_id"], None)
            if row is None:
                gone.add((before["article_id"],))
            elif any(_stored(row.get(name)) != before[name] for name in STORIES.names):
                changed.append(row)
        if changed:
            stories.rewrite(path, changed)
        if gone:
            stories.remove(path, gone)
    placed: dict[Path, list[Row]] = {}
    ordered = sorted(new.values(), key=lambda row: (row["first_seen"], row["article_id"]))
    for row, path in zip(ordered, stories.place(ordered), strict=True):
        placed.setdefault(path, []).append(row)
    for path, group in placed.items():
        stories.rewrite(path, group)


def _stored(value: Any) -> Any:
    """As the file gives it back."""
    return pa.scalar(value, FLOAT).as_py() if isinstance(value, float) else value


def _put_ids(articles: Chunks, path: Path, stored: pa.Table, rows: Mapping[str, Row]) -> int:
    ids, before = (column.to_pylist() for column in stored.columns)
    pairs = zip(ids, before, strict=True)
    moved = {
        name: rows[name]["story_id"]
        for name, story in pairs
        if name in rows and rows[name]["story_id"] != story
    }

    def patched(kept: pa.Table) -> pa.Table:
        values = [
            moved.get(name, story)
            for name, story in zip(
                kept["article_id"].to_pylist(), kept["story_id"].to_pylist(), strict=True
            )
        ]
        index = kept.schema.get_field_index("story_id")
        return kept.set_column(index, kept.schema.field(index), pa.array(values, STRING))

    if moved:
        articles.rewrite(path, [], patched)
    return len(moved)
