"""Withdrawing: an article goes out of sight everywhere, comes back, or is purged for good.

The decision is written down first, and whoever shows anything consults the list. Then the tables
and the ledger follow, under the outlet's lock; while a crawl holds that, they follow at its end.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from zancrawler.archive import Archive, ArchiveError, ArchiveLockedError, in_words
from zancrawler.decisions import Action, Decision, Decisions, Why, history, record
from zancrawler.exports.pictures import marks_of
from zancrawler.fingerprints import Fingerprints
from zancrawler.ledger import Kind, Ledger, UnwritableLedgerError
from zancrawler.outlets import Catalogue, canonical_url
from zancrawler.pictures import picture_mark
from zancrawler.proofs.entry import Cause
from zancrawler.runs.coverage import coverage_rows
from zancrawler.runs.entering import entering, entering_decisions
from zancrawler.runs.holding import holds
from zancrawler.runs.memories import memory_of
from zancrawler.runs.provenance import outlet_of, outlets_in, require_held
from zancrawler.runs.rows import article_id
from zancrawler.runs.series import recall_from
from zancrawler.runs.standing import redact_withdrawn, withhold
from zancrawler.runs.versions import UnknownArticleError
from zancrawler.search import Index
from zancrawler.tables import Access, Tables, withdrawal
from zancrawler.tables.read import open as read_tables

_HOLDER = "a decision on an article"
_BATCH = 1_000
USUAL = 3
"""Other stories with the same paragraph, from which on it is the outlet's and not the story's."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article of the archive, as a decision needs it."""

    outlet: str
    article_id: str
    url: str
    """Canonical."""
    access: str


class Progress(StrEnum):
    DONE = "done"
    PENDING = "pending"
    """No command shows it from now on; the tables follow when the crawl that runs now ends."""
    NO_LEDGER = "no-ledger"
    """It is out of sight; but the ledger is gone or damaged, and until it is made again nothing is
    packed, for only it tells which pictures are the article's alone."""


class UnfinishedError(ArchiveError):
    """An article is withdrawn, but its tables could not be rewritten."""

    def __init__(self, archive: Archive, error: Exception) -> None:
        super().__init__(
            f"it is withdrawn, as {archive.withdrawn} says, and no command shows it any more; but "
            f"its tables hold it still: {in_words(error)}"
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of one article, and how far it has come."""

    outlet: str
    article_id: str
    url: str
    action: str
    at: datetime
    progress: Progress


def find(archive: Archive, catalogue: Catalogue, name: str) -> list[Known]:
    """The article of a URL in any spelling, or all of a story_id; of an id of no story, its own.

    Raises UnknownArticleError.
    """
    found = [
        Known(row["outlet"], row["article_id"], row["canonical_url"], row["access"])
        for row in _candidates(archive, catalogue, name)
    ]
    # A purge that was stopped half-way has taken the rows already.
    known = {article.article_id for article in found}
    found += [
        Known(decision.outlet, decision.article_id, decision.url, Access.WITHDRAWN)
        for decision in Decisions.read(archive).withdrawn()
        if name in (decision.url, decision.article_id) and decision.article_id not in known
    ]
    if not found:
        raise UnknownArticleError(f"the archive holds no article of {name}")
    return found


def held(archive: Archive, outlet: str, why: Why) -> list[Known]:
    """All of an outlet that are held for that reason. Raises UnknownArticleError for none, and
    UsageError for an outlet that the archive does not know."""
    require_held(archive, [outlet])
    found = [
        Known(hold.outlet, hold.article_id, hold.url, Access.HELD)
        for hold in holds(archive, outlet, why)
    ]
    if not found:
        raise UnknownArticleError(f"no article of {outlet} is held because it is {why}")
    return found


def _candidates(archive: Archive, catalogue: Catalogue, name: str) -> Iterator[dict[str, Any]]:
    ids = {name: None, **dict.fromkeys(_story(archive, name))}
    for outlet in outlets_in(archive):
        folder = archive.table("articles") / f"site={outlet}"
        if not folder.exists():
            continue
        wanted = list(ids)
        if "://" in name:
            wanted = [article_id(canonical_url(name, outlet_of(archive, outlet, catalogue)))]
        columns = ["outlet", "article_id", "canonical_url", "access"]
        rows = pq.read_table(folder, columns=columns, filters=pc.field("article_id").isin(wanted))
        yield from rows.to_pylist()


def _story(archive: Archive, story_id: str) -> list[str]:
    """The article_ids of a story."""
    folder = archive.table("stories")
    if not folder.is_dir():
        return []
    rows = pq.read_table(folder, columns=["article_id"], filters=pc.field("story_id") == story_id)
    return [str(name) for name in rows["article_id"].to_pylist()]


def withdraw(
    archive: Archive, articles: Iterable[Known], *, reason: str, by: str
) -> tuple[Decided, ...]:
    """Takes articles out of sight. Of those that are already, nothing is said twice; but what the
    tables still have of them goes.

    Raises UnfinishedError where that could not be written.
    """
    decisions = Decisions.read(archive)
    chosen = list(articles)
    new = [a for a in chosen if not decisions.is_withdrawn(a.article_id)]
    decided = _decide(archive, Action.WITHDRAW, new, reason=reason, by=by)
    noted = [a for a in chosen if a not in new and a.access != Access.WITHDRAWN]
    for outlet in dict.fromkeys(article.outlet for article in noted):
        _hide_now(archive, outlet)
    return decided


def restore(
    archive: Archive,
    articles: Iterable[Known],
    catalogue: Catalogue,
    *,
    reason: str,
    by: str,
) -> tuple[Decided, ...]:
    """Takes withdrawals back. Raises ArchiveError for what was purged or was not withdrawn."""
    chosen = list(articles)
    decisions = Decisions.read(archive)
    for article in chosen:
        latest = decisions.latest.get(article.article_id)
        if latest is None or latest.action is not Action.WITHDRAW:
            state = "purged; nothing is left of it" if latest else "not withdrawn"
            raise ArchiveError(f"{article.url} is {state}")
    return _decide(archive, Action.RESTORE, chosen, catalogue, reason=reason, by=by)


def release(
    archive: Archive, articles: Iterable[Known], *, reason: str, by: str
) -> tuple[Decided, ...]:
    """Lets held articles be shown. Raises ArchiveError for one that is not held."""
    chosen = list(articles)
    for article in chosen:
        if article.access != Access.HELD:
            raise ArchiveError(f"{article.url} is not held; `zancrawler holds list` shows what is")
    return _decide(archive, Action.RELEASE, chosen, reason=reason, by=by)


def _decide(
    archive: Archive,
    action: Action,
    articles: list[Known],
    catalogue: Catalogue | None = None,
    *,
    reason: str,
    by: str,
) -> tuple[Decided, ...]:
    at = datetime.now(UTC)
    decisions = {
        article: Decision(
            action=action,
            article_id=article.article_id,
            outlet=article.outlet,
            url=article.url,
            at=at,
            by=by,
            reason=reason,
            held=article.access == Access.HELD,
            **(_marks(archive, article) if action is Action.WITHDRAW else {}),
        )
        for article in articles
    }
    is_urgent = action is Action.WITHDRAW
    if is_urgent:
        _note(archive, decisions.values())
    decided = []
    for outlet in dict.fromkeys(article.outlet for article in articles):
        mine = [article for article in articles if article.outlet == outlet]
        progress = Progress.DONE
        if is_urgent:
            progress = _hide_now(archive, outlet)
        else:
            with archive.lock(outlet, _HOLDER):
                _require_ledger(archive, outlet)
                _note(archive, [decisions[article] for article in mine])
                with entering(archive, [outlet], Cause.DECISION):
                    _follow(archive, outlet, action, mine, catalogue)
        decided += [Decided(outlet, a.article_id, a.url, action.value, at, progress) for a in mine]
    if is_urgent and decided:
        # It holds the words of what it was made from.
        Index(archive).forget()
    return tuple(decided)


def _note(archive: Archive, decisions: Collection[Decision]) -> None:
    """Raises ArchiveError where the list cannot be written."""
    try:
        with entering_decisions(archive):
            record(archive, decisions)
    except OSError as error:
        raise ArchiveError(
            f"nothing is decided, and all is shown as before: {in_words(error)}"
        ) from error


def _hide_now(archive: Archive, outlet: str) -> Progress:
    """Makes the tables follow the list. Raises UnfinishedError."""
    try:
        with archive.lock(outlet, _HOLDER), entering(archive, [outlet], Cause.DECISION):
            return _hide(archive, outlet)
    except ArchiveLockedError:
        return Progress.PENDING
    except (OSError, sqlite3.Error, UnwritableLedgerError) as error:
        Index(archive).forget()
        raise UnfinishedError(archive, error) from error


def _hide(archive: Archive, outlet: str) -> Progress:
    """Tables and ledger, after the list. The rows need no ledger, and come first."""
    redact_withdrawn(archive, outlet, archive)
    try:
        _require_ledger(archive, outlet)
    except UnwritableLedgerError:
        raise
    except ArchiveError:
        hidden = {decision.url for decision in Decisions.read(archive).withdrawn(outlet)}
        rows = read_tables(archive).coverage(outlet=outlet).to_pylist()
        shown = [row | {"title": None} if row["url"] in hidden else row for row in rows]
        Tables(archive, outlet).put_coverage(shown)
        return Progress.NO_LEDGER
    with Ledger(archive.ledger(outlet)) as ledger:
        withhold(ledger, Decisions.read(archive), outlet)
        Tables(archive, outlet).put_coverage(coverage_rows(ledger))
    return Progress.DONE


def _require_ledger(archive: Archive, outlet: str) -> None:
    """Raises ArchiveError where it is gone or damaged; an empty one must not take its place."""
    path = archive.ledger(outlet)
    if not path.exists():
        raise ArchiveError(
            f"the ledger of {outlet} is gone; make it anew with `zancrawler rebuild --ledger "
            f"{outlet}`"
        )
    with Ledger(path) as ledger:
        next(ledger.entries(Kind.ARTICLE), None)


def _marks(archive: Archive, article: Known) -> dict[str, Any]:
    """By what its texts are known again: of all its versions, less what the outlet prints often."""
    versions = read_tables(archive).versions(article.article_id, outlet=article.outlet)
    texts = [row for row in versions.to_pylist() if row["text"]]
    own = {paragraph: None for row in texts for paragraph in row["text"].split("\n\n")}
    usual = _usual(archive, article, own)
    others = [decision.article_id for decision in Decisions.read(archive).withdrawn()]
    try:
        pictures = marks_of(archive, [article.article_id], others)
    except ArchiveError:
        # Without the ledger we know those that it shows; who packs asks for the ledger first.
        shown = (image["url"] for row in texts for image in row["images"] or ())
        pictures = frozenset(map(picture_mark, shown))
    return {
        "pictures": tuple(sorted(pictures)),
        "text_digests": tuple(dict.fromkeys(row["text_digest"] for row in texts)),
        "fingerprints": Fingerprints.union(Fingerprints.of(p) for p in own if p not in usual),
    }


def _usual(archive: Archive, article: Known, own: Collection[str]) -> set[str]:
    """Those of its paragraphs that stand under other stories too: a disclaimer tells of no story.

    Were they taken for its words, every page of the outlet would be hidden, and purged, with it.
    """
    counts: Counter[str] = Counter()
    for path in archive.table("articles").glob(f"site={article.outlet}/year=*/*.parquet"):
        for batch in pq.ParquetFile(path).iter_batches(_BATCH, columns=["article_id", "text"]):
            for row in batch.to_pylist():
                if row["article_id"] != article.article_id:
                    counts.update(set((row["text"] or "").split("\n\n")) & set(own))
    return {paragraph for paragraph, count in counts.items() if count >= USUAL}


def _follow(
    archive: Archive,
    outlet: str,
    action: Action,
    articles: list[Known],
    catalogue: Catalogue | None,
) -> None:
    """Tables and ledger, after the list, where something may be shown again."""
    with Ledger(archive.ledger(outlet)) as ledger:
        if action is Action.RELEASE:
            ids = [article.article_id for article in articles]
            Tables(archive, outlet).mark(ids, access=Access.OPEN)
        else:
            for article in articles:
                _bring_back(archive, article, catalogue or Catalogue.open())
            withhold(ledger, Decisions.read(archive), outlet)
            for article in articles:
                ledger.restore(article.url, datetime.now(UTC))
        Tables(archive, outlet).put_coverage(coverage_rows(ledger))


def _bring_back(archive: Archive, article: Known, catalogue: Catalogue) -> None:
    """Reads every version of it from its record again."""
    outlet = outlet_of(archive, article.outlet, catalogue)
    recall = recall_from(archive, outlet, memory_of(archive, article.outlet))
    folder = archive.table("captures") / f"site={article.outlet}"
    captures = pq.read_table(
        folder,
        columns=["warc_filename", "exchange_offset"],
        filters=(pc.field("article_id") == article.article_id)
        & pc.field("text_digest").is_valid()
        & (pc.field("warc_type") == "response"),
    )
    looks = (recall(row["warc_filename"], row["exchange_offset"]) for row in captures.to_pylist())
    seen = {withdrawal.look_of(row): row for row in looks if row is not None}
    versions = read_tables(archive).versions(article.article_id, outlet=article.outlet)
    if any(withdrawal.look_of(row) not in seen for row in versions.to_pylist()):
        raise ArchiveError(
            f"{article.url} is no longer withdrawn, but its pages are read otherwise than then; "
            f"run `zancrawler rebuild {article.outlet}` to bring it back"
        )
    *_, last = (
        decision
        for decision in history(archive)
        if decision.action is Action.WITHDRAW and decision.article_id == article.article_id
    )
    access = Access.HELD if last.held else Access.OPEN
    withdrawal.restore(archive, article.outlet, article.article_id, seen, access)
