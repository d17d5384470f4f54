"""When an outlet is due, from its last run and its ledger; and the clock to wait by. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from zancrawler.ledger import Entry
from zancrawler.runs.history import Run

FIRST_PACE = timedelta(hours=1)
"""Between runs of an outlet whose ledger does not say."""
SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
REST = timedelta(hours=6)
"""After an outlet has turned us away."""
JITTER = 0.1
"""Of each wait, more or less: the same minute every hour is a pattern, and hits others' cron."""
CHECK_EVERY = timedelta(days=7)
"""Between looks whether an outlet's file still holds."""
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def next_run(last: Run | None, sources: Sequence[Entry], *, failures: int = 0) -> datetime | None:
    """When an outlet is due, from its last run in good order; None: now, for there was none.

    As soon as the first of its sources is, of those that the last run asked. `failures` in a row
    since then double the shortest wait each time.
    """
    if last is None:
        return None
    asked = [e for e in sources if e.next_due and e.last_look and e.last_look >= last.started]
    due = min((e.next_due for e in asked if e.next_due), default=last.finished + FIRST_PACE)
    shortest = SHORTEST
    if last.walled:
        shortest = REST
    if failures:
        shortest = max(shortest, SHORTEST * 2 ** min(failures - 1, 10))
    return last.finished + min(max(due - last.finished, shortest), LONGEST)


def check_due(outlet: str, since: datetime, now: datetime) -> bool:
    """Whether the outlet's hour of the week, each has its own, has come again after `since`."""
    digest = hashlib.sha256(outlet.encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    first = _MONDAY + CHECK_EVERY * share
    return first + CHECK_EVERY * ((now - first) // CHECK_EVERY) > since


def wait_for(due: datetime | None, now: datetime, random_share: float) -> float:
    """Seconds until `due`, with jitter; never more than a day, whatever the clock says.

    `random_share` is in 0..1. What is overdue is due now.
    """
    if due is None or due <= now:
        return 0.0
    seconds = min(due - now, LONGEST).total_seconds()
    return seconds * (1 + JITTER * (2 * random_share - 1))
