"""Which files of a table can hold what is asked for, where pyarrow would read them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.tables.columns import TIME

if TYPE_CHECKING:
    import pyarrow.dataset as ds

_FOOTERS = 16
"""Read at once: in a store each takes a while to come."""


def holding(rows: ds.Dataset, found: pc.Expression) -> Iterator[ds.Fragment]:
    """The files that have rows which fit. Of the others no column is read but those in `found`.

    pyarrow decodes all columns of a file and then drops the rows, texts and all, that do not fit.
    """
    paths = set(pc.unique(rows.to_table(["__filename"], filter=found)["__filename"]).to_pylist())
    return (fragment for fragment in rows.get_fragments() if fragment.path in paths)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a column: from `since`, and before `until`."""

    column: str
    since: datetime | None
    until: datetime | None

    def conditions(self) -> Iterator[pc.Expression]:
        if self.since:
            yield pc.field(self.column) >= pa.scalar(self.since, TIME)
        if self.until:
            yield pc.field(self.column) < pa.scalar(self.until, TIME)

    def reached(self, rows: ds.Dataset, within: pc.Expression | None) -> Iterator[ds.Fragment]:
        """The files that by their footers hold a time of this span.

        pyarrow leaves the others out by itself only where a column has no nulls.
        """
        fragments = list(rows.get_fragments(within))
        with ThreadPoolExecutor(_FOOTERS) as threads:
            reached = list(threads.map(partial(self._reaches, rows), fragments))
        return (one for one, is_reached in zip(fragments, reached, strict=True) if is_reached)

    def _reaches(self, rows: ds.Dataset, fragment: ds.Fragment) -> bool:
        footer = rows.format.make_fragment(fragment.path, rows.filesystem)
        return any(self._may_hold(group.statistics) for group in footer.row_groups)

    def _may_hold(self, statistics: Mapping[str, Mapping[str, datetime]]) -> bool:
        reach = statistics.get(self.column)
        return reach is None or not (
            (self.since and reach["max"] < self.since)
            or (self.until and reach["min"] >= self.until)
        )


def only(rows: ds.Dataset, files: Iterable[ds.Fragment]) -> ds.Dataset:
    """A data set of some of its files, to be read afresh.

    A fragment keeps the footer that it has once read, and a crawl may have replaced its file since.
    """
    import pyarrow.dataset as ds

    fresh = [
        rows.format.make_fragment(one.path, rows.filesystem, one.partition_expression)
        for one in files
    ]
    return ds.FileSystemDataset(fresh, rows.schema, rows.format, rows.filesystem)
