"""Verifying what follows from other tables or the ledger: `coverage`, `crawls`, `stories`, and the
standing of articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.decisions import Decisions
from zancrawler.ledger import Kind, Ledger, State
from zancrawler.runs.accounts import captures_of_runs, counts, crawls_of
from zancrawler.runs.coverage import coverage_row
from zancrawler.runs.finding import Finding
from zancrawler.runs.history import lock_holder
from zancrawler.tables import Access, Status
from zancrawler.tables.agreement import columns_of
from zancrawler.tables.articles import ARTICLES, VERSIONS, article_id
from zancrawler.tables.chunks import Chunks, Row, storable
from zancrawler.tables.coverage import COVERAGE
from zancrawler.tables.stories import STORIES
from zancrawler.tables.versions import lost_much

_BATCH = 500
_STANDING = ("article_id", "canonical_url", "status", "access")


def account_faults(archive: Archive, outlet: str, decisions: Decisions) -> Iterator[Finding]:
    """Rows that are not as what they follow from has them.

    What a run writes at its end is not looked at while one goes on, or before the next one has
    repaired what one left that died. Raises SchemaMismatchError, UnreadableTableError, LedgerError.
    """
    yield from _stories(archive, outlet)
    yield from _cut(archive, outlet, decisions)
    if lock_holder(archive, outlet) is not None:
        return
    yield from _crawls(archive, outlet)
    if archive.ledger(outlet).exists():
        with Ledger.to_read(archive.ledger(outlet)) as ledger:
            yield from _coverage(archive, outlet, ledger)
            yield from _gone(archive, outlet, ledger, decisions)


def _coverage(archive: Archive, outlet: str, ledger: Ledger) -> Iterator[Finding]:
    chunks = Chunks(archive, COVERAGE, outlet, COVERAGE.max_rows)
    missing = {entry.url for entry in ledger.entries(Kind.ARTICLE)}
    for path, rows in chunks.scan(COVERAGE.names):
        for batch in rows.to_batches(_BATCH):
            told = batch.to_pylist()
            expected = _due_rows(ledger, outlet, [row["url"] for row in told])
            missing -= expected.keys()
            for row in told:
                again = expected.get(row["url"])
                others = [n for n in COVERAGE.names if again and row[n] != again[n]]
                message = f"the ledger knows no article {row['url']}"
                if again:
                    message = f"{row['url']} has another {', '.join(others)} in the ledger"
                if others or not again:
                    yield Finding(archive.relative(path), None, "coverage", message)
    if missing:
        message = f"articles that the ledger knows and that have no row: {len(missing)}"
        yield Finding(_folder("coverage", outlet), None, "coverage", message)


def _due_rows(ledger: Ledger, outlet: str, urls: Sequence[str]) -> dict[str, Row]:
    """The rows of `coverage` that these URLs have to have, as Parquet gives them back."""
    entries = [entry for url in urls if (entry := ledger.get(url)) and entry.kind is Kind.ARTICLE]
    rows = [coverage_row(ledger, entry) | {"outlet": outlet} for entry in entries]
    return {row["url"]: row for row in storable(rows, COVERAGE.schema).to_pylist()}


def _crawls(archive: Archive, outlet: str) -> Iterator[Finding]:
    captures = captures_of_runs(archive, outlet)
    counted = counts(captures)
    made = captures.group_by("crawl_id")
    found = {
        row["crawl_id"]: row
        for row in made.aggregate([("url", "count"), ("warc_filename", "distinct")]).to_pylist()
    }
    for name, row in crawls_of(archive, outlet).items():
        others = [key for key, count in counted.get(name, {}).items() if row[key] != count]
        if theirs := found.get(name):
            # A purge takes captures out, and no requests.
            if (row["requests"] or 0) < theirs["url_count"]:
                others.append("requests")
            if not set(theirs["warc_filename_distinct"]) <= set(row["warc_filenames"] or ()):
                others.append("warc_filenames")
        if others:
            message = f"{name} has another {', '.join(others)} by its captures"
            yield Finding(_folder("crawls", outlet), None, "crawls", message)


def _stories(archive: Archive, outlet: str) -> Iterator[Finding]:
    """An article that is in no story's row yet is told with the next refresh."""
    told, ids = (
        dict(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        for table in (STORIES, ARTICLES)
        for rows in (columns_of(archive, table, outlet, ["article_id", "story_id"]),)
    )
    for name in sorted(told.keys() - ids.keys()):
        message = f"{name} has no row in `articles`"
        yield Finding(_folder("stories", outlet), None, "stories", message)
    for name, story in ids.items():
        if story != told.get(name, name):
            message = f"{name} has the story_id {story}, and {told.get(name)} in `stories`"
            yield Finding(_folder("articles", outlet), None, "stories", message)


def _cut(archive: Archive, outlet: str, decisions: Decisions) -> Iterator[Finding]:
    """What lost much of its text waits for a person, until one has decided."""
    words: dict[str, list[int]] = {}
    versions = columns_of(archive, VERSIONS, outlet, ["article_id", "version", "word_count"])
    for batch in versions.sort_by("version").to_batches(_BATCH):
        for row in batch.to_pylist():
            words.setdefault(row["article_id"], []).append(row["word_count"] or 0)
    articles = columns_of(archive, ARTICLES, outlet, list(_STANDING))
    for row in articles.filter(pc.equal(articles["access"], Access.OPEN.value)).to_pylist():
        counted = words.get(row["article_id"], ())
        is_cut = any(lost_much(after, before) for before, after in pairwise(counted))
        if is_cut and row["article_id"] not in decisions.latest:
            message = f"{row['canonical_url']} lost much of its text and is open, by no decision"
            yield Finding(_folder("articles", outlet), None, "standing", message)


def _gone(archive: Archive, outlet: str, ledger: Ledger, decisions: Decisions) -> Iterator[Finding]:
    gone = {
        article_id(entry.url)
        for entry in ledger.entries(Kind.ARTICLE)
        if entry.state is State.GONE and entry.held
    }
    rows = columns_of(archive, ARTICLES, outlet, list(_STANDING))
    for row in rows.filter(pc.is_in(rows["article_id"], pa.array(gone, pa.string()))).to_pylist():
        why = None
        if row["status"] != Status.GONE:
            why = f"has the status {row['status']}"
        elif row["access"] == Access.OPEN and row["article_id"] not in decisions.latest:
            why = "is open, by no decision"
        if why:
            message = f"{row['canonical_url']} is gone by the ledger and {why}"
            yield Finding(_folder("articles", outlet), None, "standing", message)


def _folder(table: str, outlet: str) -> str:
    return f"tables/{table}/site={outlet}"
