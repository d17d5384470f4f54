"""After a crash: makes the WARCs that were left growing whole again."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import Archive, sync_folder

from .cdxj import index_warc
from .errors import DamagedWarcError
from .members import WarcReader
from .warcfile import OPEN_SUFFIX, page_warcs

logger = logging.getLogger(__name__)

PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Recovered:
    """A WARC that a crashed run had left open."""

    warc_filename: str
    """From the archive's root. It is closed now, or gone when it held no record."""
    kept: int
    """Bytes that were sound and stay."""
    torn: int
    """Bytes after them, moved to `torn_filename`."""
    torn_filename: str | None
    reason: str | None
    """What was wrong with the first torn byte."""


def recover(archive: Archive, outlet: str) -> tuple[Recovered, ...]:
    """Cuts each leftover `.open` file of the outlet after its last whole exchange, keeps what it
    cut off in a file beside it, and closes it; then indexes the WARCs that have no CDXJ yet.
    To be called with the outlet's lock held.

    Raises OSError.
    """
    folder = archive.warcs(outlet)
    recovered = tuple(_recover(archive, path) for path in sorted(folder.glob(f"*/*{OPEN_SUFFIX}")))
    for warc in page_warcs(archive, outlet):
        if not archive.cdxj(warc).exists():
            try:
                index_warc(archive, warc)
            except DamagedWarcError as error:
                # An old fault is no reason to miss today's news; `verify` names it again.
                logger.error("%s; it has no index until it is mended", error)
    return recovered


def _recover(archive: Archive, growing: Path) -> Recovered:
    closed = growing.with_name(growing.name.removesuffix(OPEN_SUFFIX))
    kept, reason = sound_length(growing)
    torn = growing.stat().st_size - kept
    aside: Path | None = None
    if torn:
        aside = growing.with_name(f"{closed.name.removesuffix('.warc.gz')}.torn-at-{kept}")
        _copy(growing, kept, aside)
        os.truncate(growing, kept)
    with growing.open("rb") as file:
        os.fsync(file.fileno())
    if kept:
        growing.rename(closed)
    else:
        growing.unlink()
    sync_folder(growing.parent)
    return Recovered(
        warc_filename=archive.relative(closed),
        kept=kept,
        torn=torn,
        torn_filename=None if aside is None else archive.relative(aside),
        reason=reason,
    )


def sound_length(path: Path) -> tuple[int, str | None]:
    """Up to where a WARC of ours is whole, and what is wrong there (None: nothing).

    Whole are gzip members that hold exactly one whole record each, up to the last record that ends
    an exchange: its metadata.
    """
    kept = 0
    end = 0
    with WarcReader(path) as reader:
        try:
            for record in reader:
                record.finish()
                if record.ending != b"\r\n\r\n" or not record.first_in_member:
                    return kept, "a gzip member does not hold exactly one record"
                end = record.offset + record.length
                if record.get("WARC-Type") in ("warcinfo", "metadata"):
                    kept = end
        except DamagedWarcError as error:
            return kept, error.reason
    return kept, None if kept == end else "the last exchange is not whole"


def _copy(source: Path, start: int, target: Path) -> None:
    with source.open("rb") as old, target.open("wb") as new:
        old.seek(start)
        while piece := old.read(PIECE):
            new.write(piece)
        new.flush()
        os.fsync(new.fileno())
