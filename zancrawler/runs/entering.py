"""What runs and commands enter into the log of proofs, and when.

First what was found there, then what they did themselves: so the log tells which of the two a file
is. Where the log takes no entries (somebody changed it, or the disk is full), that is said and
holds up nothing else: no page may be lost for it, and no withdrawal wait.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, ArchiveLockedError, in_words
from zancrawler.capture.warcfile import Span
from zancrawler.proofs.entry import Cause
from zancrawler.proofs.recording import begin_purge, record, record_decisions, record_warc

logger = logging.getLogger(__name__)

_HOLDER = "the log of proofs"


def enter(
    archive: Archive, outlet: str, cause: Cause, *, tables_only: bool = False
) -> tuple[str, ...]:
    """Enters what is new of an outlet; returns what stood in the way."""
    try:
        if cause is Cause.FOUND:
            record_decisions(archive, cause)
        record(archive, outlet, cause, tables_only=tables_only)
    except (ArchiveError, OSError) as error:
        return (in_words(error),)
    return ()


@contextmanager
def entering(archive: Archive, outlets: Collection[str], cause: Cause) -> Iterator[None]:
    """Enters what is done to these outlets' files meanwhile, also where it ends in an error.

    Nobody else may be at work on them.
    """
    for outlet in outlets:
        _say(enter(archive, outlet, Cause.FOUND))
    try:
        yield
    finally:
        for outlet in outlets:
            _say(enter(archive, outlet, cause))


@contextmanager
def entering_decisions(archive: Archive) -> Iterator[None]:
    """Enters what is added to the list of decisions meanwhile."""
    with _tolerant():
        record_decisions(archive, Cause.FOUND)
    yield
    with _tolerant():
        record_decisions(archive, Cause.DECISION)


@contextmanager
def entering_purge(archive: Archive, warc: Path, spans: Sequence[Span]) -> Iterator[None]:
    """Enters that these exchanges are taken out of a WARC meanwhile."""
    with _tolerant():
        begin_purge(archive, warc, spans)
    yield
    enter_warc(archive, warc, Cause.PURGE)


def enter_warc(archive: Archive, warc: Path, cause: Cause) -> None:
    """Enters one WARC, if it is not in the log as it is."""
    with _tolerant():
        record_warc(archive, warc, cause)


def free(archive: Archive, outlets: Collection[str]) -> list[str]:
    """Those that no run is at work on."""
    names = []
    for outlet in outlets:
        with suppress(ArchiveLockedError), archive.lock(outlet, _HOLDER):
            names.append(outlet)
    return names


@contextmanager
def _tolerant() -> Iterator[None]:
    try:
        yield
    except (ArchiveError, OSError) as error:
        _say((in_words(error),))


def _say(problems: Collection[str]) -> None:
    for problem in problems:
        logger.error("%s", problem)
