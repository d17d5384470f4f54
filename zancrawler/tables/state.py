"""What a writer must know of an outlet's tables, read from a few of their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.tables.chunks import Chunks


class Place(NamedTuple):
    """Where an exchange stands."""

    warc_filename: str
    exchange_offset: int


class Seen(NamedTuple):
    """A text as a look found it."""

    text_digest: str
    content_digest: str | None
    """Of the page's bytes: by these an identical answer, kept without its body, is known again."""
    words: int
    chunk: Path | None = None
    """Where its row in `versions` stands; None for one of the commit at hand."""


class Pending(NamedTuple):
    """The latest look's text, where the article's row does not show it."""

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
    pending: Pending | None = None
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
    """An outlet's tables at the point up to which its captures are committed."""

    derived: dict[str, int] = field(default_factory=dict)
    """End of the last exchange in `captures`, by WARC."""
    articles: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def load(cls, articles: Chunks, versions: Chunks, captures: Chunks) -> State:
        state = cls()
        for path, rows in versions.scan(
            ["article_id", "version", "text_digest", "content_digest", "word_count"]
        ):
            state._read_versions(path, rows)
        latest: dict[str, Pending] = {}
        for _, rows in captures.scan(
            [
                *("warc_filename", "exchange_offset", "exchange_length"),
                *("article_id", "text_digest", "content_digest"),
            ]
        ):
            state._read_captures(rows)
            _keep_latest(latest, rows)
        for path, rows in articles.scan(
            ["article_id", "version", "first_seen", "last_seen", "status", "access", "story_id"]
        ):
            state._read_articles(path, rows)
        for article_id, seen in latest.items():
            known = state.articles.setdefault(article_id, Known())
            known.sighted = True
            if known.shown == known.number_of(seen.text_digest):
                known.content = seen.content_digest
            else:
                known.pending = seen
        return state

    def is_derived(self, warc_filename: str, offset: int) -> bool:
        """Whether the exchange at this offset is in `captures`."""
        return offset < self.derived.get(warc_filename, 0)

    def _read_captures(self, rows: pa.Table) -> None:
        ends = rows.append_column("end", pc.add(rows["exchange_offset"], rows["exchange_length"]))
        for row in ends.group_by("warc_filename").aggregate([("end", "max")]).to_pylist():
            name = row["warc_filename"]
            self.derived[name] = max(self.derived.get(name, 0), row["end_max"])

    def _read_versions(self, path: Path, rows: pa.Table) -> None:
        columns = (column.to_pylist() for column in rows.columns)
        for article_id, version, text, content, words in zip(*columns, strict=True):
            known = self.articles.setdefault(article_id, Known())
            known.versions[version] = Seen(text, content, words or 0, path)

    def _read_articles(self, path: Path, rows: pa.Table) -> None:
        columns = (column.to_pylist() for column in rows.columns)
        for article_id, version, first, last, status, access, story in zip(*columns, strict=True):
            known = self.articles.setdefault(article_id, Known())
            known.chunk, known.shown = path, version
            known.first_seen, known.last_seen = first, last
            known.status, known.access = status, access
            known.story_id = story


def _keep_latest(latest: dict[str, Pending], rows: pa.Table) -> None:
    """Each article's last sighting: WARCs are named by their time, and grow at their end."""
    seen = rows.filter(pc.is_valid(rows["text_digest"])).sort_by(
        [("warc_filename", "ascending"), ("exchange_offset", "ascending")]
    )
    last = seen.group_by("article_id", use_threads=False).aggregate(
        [
            (name, "last")
            for name in ("text_digest", "content_digest", "warc_filename", "exchange_offset")
        ]
    )
    for row in last.to_pylist():
        place = Place(row["warc_filename_last"], row["exchange_offset_last"])
        known = latest.get(row["article_id"])
        if known is None or known.place < place:
            latest[row["article_id"]] = Pending(
                row["text_digest_last"], row["content_digest_last"], place
            )
