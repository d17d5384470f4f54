"""What a writer must know of an outlet's tables, read from a few of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.tables.chunks import Chunks, Row

Columns = list[tuple[Path, pa.Table]]
"""A few columns of each chunk of a table."""


class Place(NamedTuple):
    """Where an exchange stands."""

    warc_filename: str
    exchange_offset: int


class Credits(NamedTuple):
    """How many people a look names beside the text, and how many pictures it shows."""

    names: int
    pictures: int

    @classmethod
    def of(cls, row: Row, house: str | None) -> Credits:
        """`house` is the byline that the outlet's file gives to what has none: nobody's name."""
        names = {*(row.get("authors") or ()), *(row.get("translators") or ())} - {house}
        return cls(len(names), len(row.get("images") or ()))

    def lack(self, before: Credits) -> bool:
        """Whether something was taken out since and nothing took its place."""
        return self.names < before.names or self.pictures < before.pictures


class Seen(NamedTuple):
    """A text as a look found it."""

    text_digest: str
    content_digest: str | None
    """Of the page's bytes: by these an identical answer, kept without its body, is known again."""
    words: int
    credits: Credits
    """What its row shows beside the text."""
    chunk: Path | None = None
    """Where its row in `versions` stands; None for one of the commit at hand."""


class Look(NamedTuple):
    """What one sighting of an article found."""

    text_digest: str
    content_digest: str | None
    place: Place


@dataclass(slots=True)
class Known:
    """One article, as the captures up to now have shown it."""

    versions: dict[int, Seen] = field(default_factory=dict)
    """By number. After a crash some may be there that the captures at hand have yet to show; these
    then find them as they were written."""
    sighted: bool = False
    """Whether any of these captures showed it."""
    latest: Look | None = None
    """The last sighting."""
    pending: Look | None = None
    """That, where the article's row does not show its text."""
    content: str | None = None
    """Digest of the page's bytes at the latest look that found the version shown."""
    shown: int = 0
    """The version that its row in `articles` shows; 0 for none."""
    chunk: Path | None = None
    """Where that row stands, if there is one."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    status: str | None = None
    access: str | None = None
    story_id: str | None = None

    def number_of(self, text_digest: str) -> int | None:
        """The version with this text."""
        found = (n for n, seen in self.versions.items() if seen.text_digest == text_digest)
        return next(found, None)


@dataclass(slots=True)
class State:
    """An outlet's tables at the point up to which its captures are committed.

    What was read stays in Arrow: a commit meets a few of an outlet's articles, and to make objects
    of all of them would take longer than to commit.
    """

    derived: dict[str, int]
    """End of the last exchange in `captures`, by WARC."""
    _versions: Columns
    _looks: Columns
    """The captures that showed an article."""
    _articles: Columns
    articles: dict[str, Known] = field(default_factory=dict)
    """Those that `know` was asked for."""

    @classmethod
    def load(cls, articles: Chunks, versions: Chunks, captures: Chunks) -> State:
        derived: dict[str, int] = {}
        looks: Columns = []
        for path, rows in captures.scan(
            [
                *("warc_filename", "exchange_offset", "exchange_length"),
                *("article_id", "text_digest", "content_digest"),
            ]
        ):
            columns = (column.to_pylist() for column in rows.columns[:3])
            for name, offset, length in zip(*columns, strict=True):
                derived[name] = max(derived.get(name, 0), offset + length)
            looks.append((path, rows.filter(pc.is_valid(rows["text_digest"]))))
        return cls(
            derived,
            _versions=list(
                versions.scan(
                    [
                        *("article_id", "version", "text_digest", "content_digest", "word_count"),
                        *("authors", "translators", "images.list.element.url"),
                    ]
                )
            ),
            _looks=looks,
            _articles=list(
                articles.scan(
                    [
                        *("article_id", "version", "first_seen", "last_seen"),
                        *("status", "access", "story_id"),
                    ]
                )
            ),
        )

    def is_derived(self, warc_filename: str, offset: int) -> bool:
        """Whether the exchange at this offset is in `captures`."""
        return offset < self.derived.get(warc_filename, 0)

    def know(self, article_ids: Iterable[str | None], house: str | None = None) -> None:
        """Puts these into `articles`, known or not. Once there, they are the writer's to keep.

        `house` is as in `Credits.of`.
        """
        asked = {name: Known() for name in article_ids if name and name not in self.articles}
        if not asked:
            return
        self.articles |= asked
        names = pa.array(list(asked), pa.string())
        for path, row in _among(self._versions, names):
            asked[row["article_id"]].versions[row["version"]] = Seen(
                row["text_digest"],
                row["content_digest"],
                row["word_count"] or 0,
                Credits.of(row, house),
                path,
            )
        for path, row in _among(self._articles, names):
            known = asked[row["article_id"]]
            known.chunk, known.shown = path, row["version"]
            known.first_seen, known.last_seen = row["first_seen"], row["last_seen"]
            known.status, known.access = row["status"], row["access"]
            known.story_id = row["story_id"]
        for article_id, seen in _latest(_among(self._looks, names)).items():
            known = asked[article_id]
            known.sighted = True
            known.latest = seen
            if known.shown == known.number_of(seen.text_digest):
                known.content = seen.content_digest
            else:
                known.pending = seen


def _among(columns: Columns, names: pa.Array) -> Iterator[tuple[Path, Row]]:
    """The rows of these articles, and where each stands."""
    for path, rows in columns:
        for row in rows.filter(pc.is_in(rows["article_id"], names)).to_pylist():
            yield path, row


def _latest(looks: Iterable[tuple[Path, Row]]) -> dict[str, Look]:
    """Each article's last sighting: WARCs are named by their time, and grow at their end."""
    latest: dict[str, Look] = {}
    for _, row in looks:
        place = Place(row["warc_filename"], row["exchange_offset"])
        known = latest.get(row["article_id"])
        if known is None or known.place < place:
            latest[row["article_id"]] = Look(row["text_digest"], row["content_digest"], place)
    return latest
