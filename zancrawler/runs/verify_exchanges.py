"""Verifying that `captures` has a row of each exchange: what was taken out of a table is missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pyarrow as pa

from zancrawler.archive import Archive
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import read_exchanges
from zancrawler.outlets import Outlet
from zancrawler.proofs.audit import is_busy
from zancrawler.runs.derive import is_ours
from zancrawler.runs.finding import Finding
from zancrawler.storage.pruned import closed_warcs, size_of
from zancrawler.tables.captures import CAPTURES
from zancrawler.tables.chunks import Chunks

_SPAN = ["warc_filename", "exchange_offset", "exchange_length"]


def rowless_exchanges(archive: Archive, outlet: Outlet) -> Iterator[Finding]:
    """Exchanges of closed WARCs that no row of `captures` names.

    Reads what lies between the rows' exchanges, which in WARCs of our own is next to nothing. What
    a run that goes on has yet to derive is no fault.
    """
    ends = _ends(archive, outlet.name)
    for warc in closed_warcs(archive.warcs(outlet.name)):
        name = archive.relative(warc)
        start = 0
        # A WARC that cannot be read is named by those who look at its records.
        with suppress(DamagedWarcError, OSError):
            for offset, end in [*ends.get(name, ()), (size_of(warc), None)]:
                for exchange in read_exchanges(warc, start, offset) if start < offset else ():
                    is_late = end is None and is_busy(archive, outlet.name)
                    if is_ours(exchange, outlet) and not is_late:
                        message = f"no row of `captures` is of {exchange.url}"
                        yield Finding(name, exchange.offset, "no-row", message)
                start = max(start, end or 0)


def _ends(archive: Archive, outlet: str) -> dict[str, list[tuple[int, int]]]:
    """Where the exchanges of the rows begin and end, by WARC and in order."""
    chunks = Chunks(archive, CAPTURES, outlet, CAPTURES.max_rows)
    found: dict[str, list[tuple[int, int]]] = {}
    tables = [rows for _, rows in chunks.scan(_SPAN)]
    if not tables:
        return found
    rows = pa.concat_tables(tables).sort_by([(name, "ascending") for name in _SPAN])
    for batch in rows.to_batches(max_chunksize=10_000):
        columns = (column.to_pylist() for column in batch.columns)
        for name, offset, length in zip(*columns, strict=True):
            spans = found.setdefault(name, [])
            if spans and spans[-1][1] == offset:
                spans[-1] = (spans[-1][0], offset + length)
            else:
                spans.append((offset, offset + length))
    return found
