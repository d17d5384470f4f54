"""Verifying: WARCs against their standard, indexes against WARCs, every row against its record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.capture.conformance import check_cdxj, check_warc, check_warcs
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import Exchange, read_record
from zancrawler.capture.wacz import check_wacz, signed_by
from zancrawler.capture.warcfile import page_warcs
from zancrawler.decisions import Decisions
from zancrawler.extraction.memory import SiteMemory
from zancrawler.outlets import Catalogue, Outlet, OutletError
from zancrawler.proofs.audit import audit, grown_since
from zancrawler.proofs.checkpoint import read_checkpoint
from zancrawler.proofs.log import NoLogError, checkpoint_of
from zancrawler.runs.derive import derive
from zancrawler.runs.memories import memory_of
from zancrawler.runs.provenance import outlet_of, outlets_in
from zancrawler.runs.rows import extractor_version
from zancrawler.storage.pruned import closed_warcs

_COMPARED = (
    "article_id",
    "canonical_url",
    "title",
    "text_digest",
    "language",
    "date_published",
    "date_published_raw",
    "authors",
)
"""Columns that must come out the same when the record is read again."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, in which file, and where in it."""

    file: str
    offset: int | None
    """Bytes; of the record, or of the index line. None for a table's file."""
    code: str
    message: str


def verify_archive(
    archive: Archive, catalogue: Catalogue, chosen: Collection[str] | None = None
) -> Iterator[Finding]:
    """Every fault of the archive: first files that are not as the log of proofs says, then outlet
    by outlet. Reads all of it twice, and each row's record.

    What another version of the extractor read is not compared with what ours would read, and what
    is withdrawn is not read again.
    """
    with suppress(NoLogError):
        for found in audit(archive, set(chosen) if chosen else None):
            yield Finding(found.file, None, found.code, found.message)
    for name in chosen or outlets_in(archive):
        warcs = closed_warcs(archive.warcs(name))
        for fault in check_warcs(warcs):
            yield Finding(fault.file, fault.offset, fault.code.value, fault.message)
        yield from _indexes(archive, name)
        yield from _rows(archive, catalogue, name)


def show_growth(archive: Archive, since: Path | None) -> str:
    """What the log of proofs says of itself, in one sentence.

    Raises LogDamagedError where it did not grow out of the checkpoint in the file `since`.
    """
    if since is not None:
        grown = grown_since(archive, read_checkpoint(since))
        return f"The log only grew since {since}: from {grown.before} entries to {grown.now}."
    try:
        return f"The log has {checkpoint_of(archive).size} entries."
    except ArchiveError as error:
        return f"{error}."


def verify_files(paths: Iterable[Path]) -> Iterator[Finding]:
    """Every fault of WARC and WACZ files of anybody's. Raises UsageError for no such file."""
    for path in paths:
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
        check = check_wacz if path.suffix == ".wacz" else check_warc
        for fault in check(path):
            yield Finding(fault.file, fault.offset, fault.code.value, fault.message)


def show_signers(paths: Iterable[Path]) -> Iterator[str]:
    """Who signed each WACZ of those in which no fault was found, a sentence each."""
    for path in paths:
        if path.suffix == ".wacz" and (signed := signed_by(path)):
            yield f"{path.name} is {signed}."


def _indexes(archive: Archive, outlet: str) -> Iterator[Finding]:
    """Failed attempts have no index: a player would hang on an answer that was cut."""
    for warc in page_warcs(archive, outlet):
        index = archive.cdxj(warc)
        if not index.exists():
            yield Finding(index.name, None, "index-missing", f"{warc.name} has no index")
            continue
        for fault in check_cdxj(index, [warc]):
            yield Finding(fault.file, fault.offset, fault.code.value, fault.message)


def _rows(archive: Archive, catalogue: Catalogue, name: str) -> Iterator[Finding]:
    try:
        outlet: Outlet | None = outlet_of(archive, name, catalogue)
    except OutletError as error:
        outlet = None
        yield Finding(name, None, "outlet", f"rows are not read again: {error}")
    memory = memory_of(archive, name)
    decisions = Decisions.read(archive)
    for table in ("articles", "versions", "captures"):
        folder = archive.table(table) / f"site={name}"
        for path in sorted(folder.glob("year=*/*.parquet")):
            for batch in pq.ParquetFile(path).iter_batches(_BATCH):
                for row in batch.to_pylist():
                    reader = None if decisions.is_withdrawn(row["article_id"]) else outlet
                    for code, message in _row_faults(archive, reader, memory, table, row):
                        yield Finding(archive.relative(path), None, code, message)


def _row_faults(
    archive: Archive,
    outlet: Outlet | None,
    memory: SiteMemory | None,
    table: str,
    row: dict[str, Any],
) -> Iterator[tuple[str, str]]:
    offset = row["warc_record_offset"]
    if offset is None:
        return
    where = f"{row['url']}: {row['warc_filename']} at {offset}"
    try:
        record = read_record(archive.root / row["warc_filename"], offset)
    except (OSError, DamagedWarcError) as error:
        yield "record", f"{where} cannot be read: {error}"
        return
    if record.record_id != row["warc_record_id"] or record.length != row["warc_record_length"]:
        yield "record", f"{where} is another record than the row names"
    elif record.payload_digest != row["content_digest"] or record.target_uri != row["url"]:
        yield "digest", f"{where} has another digest or URL than the row"
    elif outlet is not None and row.get("extractor_version") == extractor_version(memory):
        again = derive(
            Exchange(request=None, response=record, metadata=None),
            warc_filename=row["warc_filename"],
            outlet=outlet,
            crawl_id=row["crawl_id"],
            memory=memory,
        ).article
        if again is None:
            yield "article", f"{where} gives no article now"
            return
        for column in _COMPARED:
            now = list(again[column]) if isinstance(again[column], tuple) else again[column]
            if now != row[column]:
                yield "article", f"{where} gives another {column} now"
