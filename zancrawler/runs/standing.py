"""The standing of articles: what vanished is gone, and waits for a person to decide.

Outlets take stories down to protect people, so what is gone is not to be shown until somebody
has looked at it.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from zancrawler.archive import Archive
from zancrawler.decisions import Action, Decisions
from zancrawler.ledger import Kind, Ledger, State
from zancrawler.pictures import picture_mark
from zancrawler.runs.rows import article_id
from zancrawler.tables import Access, Status, Tables, withdrawal

PICTURE = "picture"
"""Why a requisite is withdrawn: it is one of a withdrawn article's."""


def settle(tables: Tables, ledger: Ledger, decisions: Decisions) -> int:
    """Marks what the ledger finds gone as gone and held; returns how many were live before.

    An article that comes back is live again by being seen; its hold stays, for a person to lift.
    What somebody has released since it was last missed is not held again.
    """
    gone = [e for e in ledger.entries(Kind.ARTICLE) if e.state is State.GONE and e.held]
    released = {
        article_id(entry.url): Access.OPEN
        for entry in gone
        if (found := decisions.latest.get(article_id(entry.url)))
        and found.action is Action.RELEASE
        and entry.last_strike
        and found.at >= entry.last_strike
    }
    tables.mark(released, status=Status.GONE)
    ids = [article_id(entry.url) for entry in gone]
    return tables.mark_gone(name for name in ids if name not in released)


def keep_standing(archive: Archive, outlet: str, rebuilt: Tables) -> None:
    """Gives rebuilt tables the standing that articles have in the archive, where it is stricter.

    Three days of absence cannot be read from the WARCs, and a rebuild must not show again what is
    held. What a person has released it must not hold again.
    """
    decisions = Decisions.read(archive)
    for path in sorted(archive.table("articles").glob(f"site={outlet}/year=*/*.parquet")):
        try:
            rows = pq.ParquetFile(path).read(columns=["article_id", "status", "access"])
        except pa.ArrowInvalid:
            # A damaged chunk is what a rebuild is for. What is gone, the ledger finds again.
            continue
        standings: dict[tuple[str, str], list[str]] = {}
        for row in rows.to_pylist():
            standings.setdefault((row["status"], row["access"]), []).append(row["article_id"])
        for (status, access), ids in standings.items():
            if (status, access) == (Status.LIVE, Access.OPEN):
                ids = [name for name in ids if decisions.is_released(name)]
            if access != Access.WITHDRAWN:
                rebuilt.mark(ids, status=Status(status), access=Access(access))


def withhold(ledger: Ledger, decisions: Decisions, outlet: str) -> None:
    """Lets the ledger ask no more for what is withdrawn, nor for its pictures in any size; what was
    among these and is no more may be asked for again."""
    for decision in decisions.withdrawn(outlet):
        ledger.withdraw(decision.url, decision.reason)
    marks = decisions.pictures()
    for entry in list(ledger.entries(Kind.REQUISITE)):
        is_withdrawn = entry.state is State.WITHDRAWN
        if not marks and not is_withdrawn:
            continue
        if (picture_mark(entry.url) in marks) != is_withdrawn:
            if is_withdrawn:
                ledger.restore(entry.url, entry.last_look or entry.first_advertised)
            else:
                ledger.withdraw(entry.url, PICTURE)


def redact_withdrawn(archive: Archive, outlet: str, tables: Archive) -> int:
    """Empties what is withdrawn in an outlet's tables; returns how many articles it was.

    `tables` is where they stand: the archive, or what a rebuild makes beside it.
    """
    withdrawn = Decisions.read(archive).withdrawn(outlet)
    return withdrawal.redact(tables, outlet, {decision.article_id for decision in withdrawn})


def apply_decisions(archive: Archive, outlet: str, ledger: Ledger) -> None:
    """Makes tables and ledger follow the list of decisions.

    To be called with the outlet's lock held. Idempotent.
    """
    redact_withdrawn(archive, outlet, archive)
    withhold(ledger, Decisions.read(archive), outlet)
