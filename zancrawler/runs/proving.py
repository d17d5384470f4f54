"""Proving: an article's record in a bundle that anybody can check, and checkpoints to publish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.capture.reader import Exchange, read_exchanges
from zancrawler.decisions import Decisions
from zancrawler.exports.hidden import Hidden
from zancrawler.outlets import Catalogue
from zancrawler.proofs.bundle import Placed, write_bundle
from zancrawler.proofs.checkpoint import Checkpoint
from zancrawler.proofs.entry import Cause
from zancrawler.proofs.log import checkpoint_of
from zancrawler.runs.entering import enter, free
from zancrawler.runs.provenance import outlets_in
from zancrawler.runs.withdrawing import find
from zancrawler.signatures.timestamp import timestamp
from zancrawler.tables import Access
from zancrawler.tables.read import open as read_tables


class NotShownError(ArchiveError):
    """What is withdrawn or held may be given to nobody, and so in no bundle."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A bundle that was written."""

    path: Path
    url: str
    records: int
    checkpoint: str
    """Its text."""


def prove(
    archive: Archive,
    catalogue: Catalogue,
    url: str,
    out: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> Proved:
    """Writes the bundle of an article's latest version.

    The proof leads to `checkpoint`, or to the log as it is now. Raises UnknownArticleError,
    NotShownError, NotProvableError, and ArchiveError for a place in the archive: a withdrawal could
    not reach it there.
    """
    row = _article(archive, catalogue, url)
    path = (out or Path(f"{row['outlet']}-{row['article_id']}-proof.zip")).absolute()
    if path.resolve().is_relative_to(archive.root.resolve()):
        raise ArchiveError(
            f"{path} is in the archive, where a bundle would outlive a withdrawal; name another "
            "place with --output"
        )
    decisions = Decisions.read(archive)
    exchange = _exchange(archive, row)
    hidden = Hidden.of(archive)
    if any(map(hidden.covers, exchange.records)):
        raise NotShownError(
            f"the page of {row['url']} repeats words of an article that is withdrawn or held, "
            "so no bundle is made of it"
        )
    known = checkpoint or checkpoint_of(archive)
    records = [Placed(row["warc_filename"], record) for record in exchange.records]
    try:
        write_bundle(archive, records, row, known, path)
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror or error}") from error
    if Decisions.read(archive) != decisions:
        path.unlink()
        raise NotShownError("something was withdrawn or released meanwhile; ask once more")
    return Proved(path, row["url"], len(records), known.text)


def current_checkpoint(archive: Archive) -> Checkpoint:
    """The log's checkpoint, after all has been entered that no run is at work on.

    Raises LogDamagedError, OSError.
    """
    for outlet in free(archive, outlets_in(archive)):
        for problem in enter(archive, outlet, Cause.FOUND):
            raise ArchiveError(problem)
    return checkpoint_of(archive)


def publish(checkpoint: Checkpoint, out: Path, tsa: str | None) -> list[Path]:
    """Writes a checkpoint, and beside it what a time-stamping server says of its hash.

    Raises NoTimestampError, and ArchiveError where the file cannot be written.
    """
    contents = {out: checkpoint.text.encode()}
    if tsa is not None:
        contents[out.with_name(f"{out.name}.tsr")] = timestamp(contents[out], tsa)
    try:
        for path, data in contents.items():
            with put_durably(path) as temporary:
                temporary.write_bytes(data)
    except OSError as error:
        raise ArchiveError(f"cannot write {out}: {error.strerror or error}") from error
    return list(contents)


def _article(archive: Archive, catalogue: Catalogue, url: str) -> dict[str, Any]:
    found = find(archive, catalogue, url)
    if len(found) > 1:
        raise ArchiveError(f"{url} names {len(found)} articles; name one by its URL")
    (known,) = found
    row = read_tables(archive).article(known.article_id)
    is_withdrawn = Decisions.read(archive).is_withdrawn(known.article_id)
    if row is None or is_withdrawn or row["access"] != Access.OPEN:
        state = "held" if row and not is_withdrawn and row["access"] == Access.HELD else "withdrawn"
        raise NotShownError(f"{known.url} is {state}, so no bundle is made of it")
    return row


def _exchange(archive: Archive, row: dict[str, Any]) -> Exchange:
    """The exchange in which the row's response stands."""
    folder = archive.table("captures") / f"site={row['outlet']}"
    is_its = (ds.field("warc_filename") == row["warc_filename"]) & (
        ds.field("warc_record_offset") == row["warc_record_offset"]
    )
    spans = ds.dataset(folder).to_table(["exchange_offset", "exchange_length"], filter=is_its)
    if not spans.num_rows:
        raise ArchiveError(f"{row['url']} has no capture; `zancrawler rebuild` makes the tables")
    span = spans.to_pylist()[0]
    start = span["exchange_offset"]
    warc = archive.root / row["warc_filename"]
    return next(read_exchanges(warc, start, start + span["exchange_length"]))
