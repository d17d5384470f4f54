"""Rebuilding: an outlet's tables again, from its WARCs alone."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice

from zancrawler.archive import Archive, ArchiveError, sync_folder
from zancrawler.capture.recovery import recover
from zancrawler.outlets import Outlet
from zancrawler.runs.engines import Engine
from zancrawler.runs.engines.making import make_parts
from zancrawler.runs.parts import Extraction
from zancrawler.runs.provenance import warcs_of
from zancrawler.runs.series import commit_rows
from zancrawler.runs.spans import Span, spans_of
from zancrawler.runs.standing import keep_standing, redact_withdrawn
from zancrawler.tables import Tables
from zancrawler.tables.migrate import exchange

TABLES = ("versions", "articles", "captures")
_COMMIT = 20
"""Spans whose rows are committed together. A commit rewrites a chunk of up to 20,000 rows."""

_STAMP = "stamp"
"""Names what the tables beside it are made with, as long as they are the new ones."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How far a rebuild has come."""

    outlet: str
    exchanges: int = 0
    """Committed by this call; what an earlier one left is not counted again."""
    articles: int = 0
    extracted: int = 0
    """Bytes of WARC of which the rows are made."""
    total: int = 0


def rebuild_tables(
    archive: Archive, outlet: Outlet, workers: int | None = None, engine: Engine = Engine.LOCAL
) -> Iterator[Rebuilt]:
    """Derives every exchange again, over all cores, and puts the tables in place of the old ones.

    Byte-identical for the same WARCs and code, whatever the engine and however many workers: they
    make parts, and one commits these in the order of the WARCs. What is gone, held or withdrawn
    stays so. Stopped half-way, the old tables stand, and the next call goes on. To be called with
    the outlet's lock held. Raises ArchiveError, as `make_parts` does.
    """
    recover(archive, outlet.name)
    if (
        not any(warcs_of(archive, outlet.name))
        and (archive.table("captures") / f"site={outlet.name}").exists()
    ):
        raise ArchiveError(
            f"no WARC of {outlet.name} is here, so its tables stand as they are; bring its WARCs "
            "back (`zancrawler store pull`), then rebuild again"
        )
    staging = Archive(archive.tables / ".rebuild" / outlet.name)
    extraction = Extraction.of(archive, outlet, staging)
    _begin_anew_unless_same(extraction)
    tables = Tables(staging, outlet.name)
    yield from _derive(extraction, tables, workers or os.cpu_count() or 1, engine)
    keep_standing(archive, outlet.name, tables)
    # Somebody may have withdrawn an article after its rows were derived.
    redact_withdrawn(archive, outlet.name, staging)
    _let_go(staging)
    for table in TABLES:
        _put_in_place(staging, archive, table, outlet.name)
    redact_withdrawn(archive, outlet.name, archive)
    shutil.rmtree(staging.root)
    with suppress(OSError):
        # Another outlet may be rebuilt beside us.
        staging.root.parent.rmdir()


def _derive(
    extraction: Extraction, tables: Tables, workers: int, engine: Engine
) -> Iterator[Rebuilt]:
    """Has the parts made, and commits them in the order of the WARCs."""
    spans = list(spans_of(extraction.archive, extraction.outlet.name))
    waiting = deque(span for span in spans if span.end > tables.derived(span.warc_filename))
    made = {span for span in waiting if extraction.has(span)}
    total = sum(span.length for span in spans)
    missing = [span for span in waiting if span not in made]
    state = Rebuilt(
        extraction.outlet.name,
        extracted=total - sum(span.length for span in missing),
        total=total,
    )
    yield state
    for span in chain([None], make_parts(engine, extraction, missing, workers)):
        if span is not None:
            made.add(span)
            state = replace(state, extracted=state.extracted + span.length)
        while batch := _next_batch(waiting, made):
            parts = [extraction.read(one) for one in batch]
            captures = [row for part in parts for row in part.captures]
            articles = [row for part in parts for row in part.articles]
            commit_rows(
                captures,
                articles,
                tables,
                extraction.archive,
                extraction.outlet,
                extraction.memory,
            )
            for one in batch:
                extraction.empty(one)
            state = replace(
                state,
                exchanges=state.exchanges + len(captures),
                articles=state.articles + len(articles),
            )
        yield state


def _next_batch(waiting: deque[Span], made: set[Span]) -> list[Span]:
    """The next spans to commit, taken from `waiting`: a whole batch of them, or all that is left.

    None before all of them are made.
    """
    batch = list(islice(waiting, _COMMIT))
    if not made.issuperset(batch):
        return []
    for _ in batch:
        waiting.popleft()
    return batch


def _begin_anew_unless_same(extraction: Extraction) -> None:
    """What an earlier rebuild left half-way is of use only if it read as this one does."""
    root = extraction.staging.root
    stamp = root / _STAMP
    if not stamp.exists() or stamp.read_text() != extraction.version:
        shutil.rmtree(root, ignore_errors=True)
        extraction.parts.mkdir(parents=True)
        stamp.write_text(extraction.version)


def _let_go(staging: Archive) -> None:
    """From here on old tables stand where the new ones were made. A rebuild that is killed now is
    begun anew by the next call, which could not tell them apart."""
    (staging.root / _STAMP).unlink()
    sync_folder(staging.root)


def _put_in_place(staging: Archive, archive: Archive, table: str, outlet: str) -> None:
    """The outlet's new folder for its old one, in one stroke: a reader sees one or the other."""
    source, target = (a.table(table) / f"site={outlet}" for a in (staging, archive))
    match source.exists(), target.exists():
        case True, True:
            exchange(source, target)
        case True, False:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
        case False, True:
            # A purge has left nothing of which there could be a row.
            source.parent.mkdir(parents=True, exist_ok=True)
            target.rename(source)
            sync_folder(target.parent)
            with suppress(OSError):
                # No reader asks a table without a file for its columns.
                target.parent.rmdir()
            return
        case _:
            return
    sync_folder(target.parent)
