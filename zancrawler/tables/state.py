"""What a writer must know of an outlet's tables, read from a few of their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.tables.chunks import Chunks


@dataclass(slots=True)
class Known:
    """One article, as the captures up to now have shown it."""

    version: int = 0
    """The version that the last of them showed; 0 for none yet."""
    text_digest: str | None = None
    """Of that version."""
    n_versions: int = 0
    """Rows in `versions`; after a crash some may be ahead of `version`."""
    chunk: Path | None = None
    """Where its row in `articles` stands, if it has one."""
    shown: int = 0
    """The version that this row shows."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    status: str | None = None
    access: str | None = None


@dataclass(slots=True)
class State:
    """An outlet's tables at the point up to which its captures are committed."""

    derived: dict[str, int] = field(default_factory=dict)
    """End of the last exchange in `captures`, by WARC."""
    articles: dict[str, Known] = field(default_factory=dict)
    ahead: dict[tuple[str, int | None], tuple[int, str]] = field(default_factory=dict)
    """Version and digest of the rows in `versions` from beyond that point, by WARC and offset.

    A commit that was cut short left them; the same captures, derived again, own them.
    """

    @classmethod
    def load(cls, articles: Chunks, versions: Chunks, captures: Chunks) -> State:
        state = cls()
        for _, rows in captures.scan(["warc_filename", "exchange_offset", "exchange_length"]):
            state._read_captures(rows)
        for _, rows in versions.scan(
            ["article_id", "version", "text_digest", "warc_filename", "warc_record_offset"]
        ):
            state._read_versions(rows)
        for path, rows in articles.scan(
            ["article_id", "version", "first_seen", "last_seen", "status", "access"]
        ):
            state._read_articles(path, rows)
        return state

    def is_derived(self, warc_filename: str, offset: int) -> bool:
        """Whether the exchange at this offset is in `captures`."""
        return offset < self.derived.get(warc_filename, 0)

    def _read_captures(self, rows: pa.Table) -> None:
        ends = rows.append_column("end", pc.add(rows["exchange_offset"], rows["exchange_length"]))
        for row in ends.group_by("warc_filename").aggregate([("end", "max")]).to_pylist():
            name = row["warc_filename"]
            self.derived[name] = max(self.derived.get(name, 0), row["end_max"])

    def _read_versions(self, rows: pa.Table) -> None:
        columns = (column.to_pylist() for column in rows.columns)
        for article_id, version, digest, warc_filename, offset in zip(*columns, strict=True):
            known = self.articles.setdefault(article_id, Known())
            known.n_versions = max(known.n_versions, version)
            if not self.is_derived(warc_filename, offset):
                self.ahead[warc_filename, offset] = (version, digest)
            elif version > known.version:
                known.version, known.text_digest = version, digest

    def _read_articles(self, path: Path, rows: pa.Table) -> None:
        columns = (column.to_pylist() for column in rows.columns)
        for article_id, version, first, last, status, access in zip(*columns, strict=True):
            known = self.articles.setdefault(article_id, Known())
            known.chunk, known.shown = path, version
            known.first_seen, known.last_seen = first, last
            known.status, known.access = status, access
