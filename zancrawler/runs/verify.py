"""Verifying: WARCs against their standard, indexes against WARCs, every row against its record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.capture.conformance import check_cdxj, check_warc, check_warcs
from zancrawler.capture.wacz import check_wacz, signed_by
from zancrawler.capture.warcfile import page_warcs
from zancrawler.decisions import Decisions
from zancrawler.ledger import LedgerError
from zancrawler.outlets import Catalogue, Outlet, OutletError
from zancrawler.proofs.audit import audit, grown_since
from zancrawler.proofs.checkpoint import read_checkpoint
from zancrawler.proofs.log import NoLogError, checkpoint_of
from zancrawler.runs.finding import Finding
from zancrawler.runs.memories import memory_of
from zancrawler.runs.provenance import outlet_of, outlets_in
from zancrawler.runs.verify_accounts import account_faults
from zancrawler.runs.verify_exchanges import rowless_exchanges
from zancrawler.runs.verify_rows import row_faults, unread_rows
from zancrawler.storage.pruned import closed_warcs
from zancrawler.tables.agreement import disagreements
from zancrawler.tables.chunks import SchemaMismatchError, UnreadableTableError


def verify_archive(
    archive: Archive, catalogue: Catalogue, chosen: Collection[str] | None = None
) -> Iterator[Finding]:
    """Every fault of the archive: first files that are not as the log of proofs says, then outlet
    by outlet. Reads all of it twice, and extracts each exchange once.

    What another version of the extractor read is not compared with what ours would read;
    `show_unread` says how much that is.
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


def show_unread(archive: Archive, chosen: Collection[str] | None = None) -> str | None:
    """How many rows were not extracted again, in a sentence; None where all were.

    Raises ArchiveError for tables that cannot be read.
    """
    count = count_unread(archive, chosen)
    if not count:
        return None
    return (
        f"{count:,} rows of articles and versions were read by another version of the extractor, "
        "or with another memory, and were not extracted again: their records, digests, URLs, "
        "statuses and times were compared, and each text with its digest. "
        "`zancrawler rebuild` reads them anew."
    )


def count_unread(archive: Archive, chosen: Collection[str] | None = None) -> int:
    """How many rows another version of the extractor read. Raises ArchiveError."""
    names = chosen or outlets_in(archive)
    return sum(unread_rows(archive, name, memory_of(archive, name)) for name in names)


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
    try:
        for fault in disagreements(archive, name):
            folder = archive.relative(archive.table(fault.table) / f"site={name}")
            yield Finding(folder, None, "table", fault.message)
        memory, decisions = memory_of(archive, name), Decisions.read(archive)
        yield from row_faults(archive, name, outlet, memory, decisions)
        if outlet is not None:
            yield from rowless_exchanges(archive, outlet)
        yield from account_faults(archive, name, decisions)
    except LedgerError as error:
        yield Finding(name, None, "ledger", str(error))
    except (SchemaMismatchError, UnreadableTableError) as error:
        yield Finding(name, None, "table", f"rows are not read again: {error}")
