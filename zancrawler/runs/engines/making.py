"""Making the parts of a rebuild, on the engine that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zancrawler.runs.engines import Engine
from zancrawler.runs.engines.processes import make_in_processes
from zancrawler.runs.parts import Extraction
from zancrawler.runs.spans import Span


def make_parts(
    engine: Engine, extraction: Extraction, spans: Sequence[Span], workers: int
) -> Iterator[Span]:
    """Makes the parts of all spans, in any order; yields each span once its part is there.

    A worker that dies is replaced and its span done again. Raises ArchiveError for a span that
    cannot be made, or an engine that is not installed.
    """
    if engine is Engine.LOCAL:
        return make_in_processes(extraction, spans, workers)
    from zancrawler.runs.engines.on_datatrove import make_on_datatrove

    return make_on_datatrove(extraction, spans, workers)
