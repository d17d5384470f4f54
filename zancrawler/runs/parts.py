"""Parts: the rows of one span of a WARC, on disk until they are committed.

To read records and extract what they hold is the work of a rebuild, and needs nothing but the
records; so it can be done anywhere, in any order and again. What order decides, versions and
chunks, is left to the one who commits.
"""

from __future__ import annotations

import hashlib
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.reader import read_exchanges
from zancrawler.extraction.memory import SiteMemory
from zancrawler.outlets import Outlet
from zancrawler.runs.code import code_version
from zancrawler.runs.derive import derive, is_ours
from zancrawler.runs.memories import memory_of
from zancrawler.runs.provenance import crawl_id_of
from zancrawler.runs.rows import extractor_version
from zancrawler.runs.spans import Span
from zancrawler.tables.articles import ARTICLES
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import storable
from zancrawler.tables.columns import Table

MEMORY = 2 << 30
"""Bytes of data that a worker may hold. Its peak over ordinary pages is 0.3 GB; the rest is for
what a hostile record can make of it."""
SECONDS = 1_800
"""Of processor time that a worker may take over one span. Of ordinary pages it takes a few; the
rest is for what a hostile record can make of it."""


def _row(table: Table) -> pa.StructType:
    """A row as it is derived: some columns that the table requires follow at the commit."""
    return pa.struct([pa.field(column.name, column.type) for column in table.columns])


_SCHEMA = pa.schema([("capture", _row(CAPTURES)), ("article", _row(ARTICLES))])
"""A row is an exchange: its row of `captures` and, where it shows one, its article."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows by column name, in the order of the WARC."""

    captures: list[dict[str, Any]]
    articles: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that the parts of an outlet depend on, beside its WARCs. Can be sent to a worker."""

    archive: Archive
    outlet: Outlet
    memory: SiteMemory | None
    staging: Archive
    """Where the tables are made; the parts stand beside them."""
    version: str
    """Two extractions of one version make the same part of the same span."""

    @classmethod
    def of(cls, archive: Archive, outlet: Outlet, staging: Archive) -> Extraction:
        memory = memory_of(archive, outlet.name)
        return cls(archive, outlet, memory, staging, _version(outlet, memory))

    @property
    def parts(self) -> Path:
        return self.staging.root / "parts"

    def has(self, span: Span) -> bool:
        """Whether the span's part was made, be it committed since or not."""
        return self._path(span).exists()

    def make(self, span: Span) -> None:
        """Reads and extracts a span, and puts its part there whole; nothing where it is there.

        Raises DamagedWarcError; OSError; ArchiveError when the rebuild that it is for is over, or
        began with other code than is installed here; MemoryError where a record needs more than
        `bound_memory` leaves.
        """
        if self.has(span):
            return
        if not self.parts.is_dir():
            raise ArchiveError(f"{self.parts} is gone: the rebuild that it was for has ended")
        if _version(self.outlet, self.memory) != self.version:
            raise ArchiveError(
                "the rebuild began with another zancrawler, or other libraries, than are installed "
                "here; install the same everywhere, then rebuild again"
            )
        warc = self.archive.root / span.warc_filename
        crawl_id = crawl_id_of(warc)
        rows = []
        for exchange in read_exchanges(warc, span.offset, span.end):
            if is_ours(exchange, self.outlet):
                derived = derive(
                    exchange,
                    warc_filename=span.warc_filename,
                    outlet=self.outlet,
                    crawl_id=crawl_id,
                    memory=self.memory,
                )
                rows.append({"capture": derived.capture, "article": derived.article})
        with put_durably(self._path(span)) as temporary:
            pq.write_table(storable(rows, _SCHEMA), temporary, compression="zstd")

    def read(self, span: Span) -> Part:
        """The rows of a part that was made; none where it was committed."""
        path = self._path(span)
        if not path.stat().st_size:
            return Part([], [])
        rows = pq.read_table(path).to_pylist()
        return Part(
            [row["capture"] for row in rows], [row["article"] for row in rows if row["article"]]
        )

    def empty(self, span: Span) -> None:
        """Takes the rows out of a part that is committed: an empty file says that it was made."""
        with self._path(span).open("wb"):
            pass

    def _path(self, span: Span) -> Path:
        name = f"{span.offset}-{span.length}-{self.version[:16]}.parquet"
        return self.parts / span.warc_filename / name


def _version(outlet: Outlet, memory: SiteMemory | None) -> str:
    parts = (outlet.source, extractor_version(memory), code_version())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def bound_memory() -> None:
    """Holds this process to MEMORY for good: what needs more fails, not the machine."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))


def bound_time() -> None:
    """Gives this process SECONDS of processor time from now; what needs more dies of SIGXCPU."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(time.process_time()) + SECONDS
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, most))
    # Else what it was reading would lie about in a core file.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
