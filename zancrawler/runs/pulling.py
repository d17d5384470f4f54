"""An archive from its store, held to what people decided since its tables were pushed."""

from __future__ import annotations

from zancrawler.archive import Archive
from zancrawler.runs.provenance import outlets_in
from zancrawler.runs.standing import redact_withdrawn
from zancrawler.storage.pull import Pulled, pull
from zancrawler.storage.state import note_tables


def pull_archive(archive: Archive, uri: str | None = None, *, warcs: bool = True) -> Pulled:
    """As `pull`; afterwards no table here shows what is withdrawn.

    The list of decisions is pushed first, so a push that was killed, or an outlet that was being
    crawled, leaves tables in the store that do not follow it yet.
    """
    pulled = pull(archive, uri, warcs=warcs)
    emptied = 0
    for outlet in outlets_in(archive):
        with archive.lock(outlet, "a pull from the store"):
            emptied += redact_withdrawn(archive, outlet, archive)
    if emptied:
        note_tables(archive)
    return pulled
