"""The standing of articles: what vanished is gone, and waits for a person to decide.

Outlets take stories down to protect people, so what is gone is not to be shown until somebody
has looked at it.
"""

from __future__ import annotations

from zancrawler.ledger import Kind, Ledger, State
from zancrawler.runs.rows import article_id
from zancrawler.tables import Access, Status, Tables


def settle(tables: Tables, ledger: Ledger) -> int:
    """Marks what the ledger finds gone as gone and held; returns how many there are.

    An article that comes back is live again by being seen; its hold stays, for a person to lift.
    """
    gone = [
        article_id(entry.url)
        for entry in ledger.entries(Kind.ARTICLE)
        if entry.state is State.GONE and entry.held
    ]
    return tables.mark(gone, status=Status.GONE, access=Access.HELD)
