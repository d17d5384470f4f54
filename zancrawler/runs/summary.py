"""The summary of one run of one outlet: what the user is told and `tables/crawls` keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from zancrawler import __version__


def started_at(crawl_id: str) -> datetime | None:
    """The time in a crawl_id; None for one of another make."""
    try:
        return datetime.strptime(crawl_id[-14:], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


class RunState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    """By a signal or a limit, in good order."""
    BLOCKED = "blocked"
    """The outlet turned us away repeatedly, so it is left to rest."""
    FAILED = "failed"
    """Something of ours broke; what was captured before is kept."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    outlet: str
    crawl_id: str
    state: RunState
    started: datetime
    finished: datetime | None = None
    reason: str | None = None
    requests: int = 0
    bytes_received: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    """Answers by what they were: article, listing, blocked, redirected, ..."""
    advertised: int = 0
    advertised_new: int = 0
    articles_new: int = 0
    articles_changed: int = 0
    articles_unchanged: int = 0
    warc_filenames: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What a person should know: a dead feed, a trap, a repaired file."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def ended(self, state: RunState, reason: str) -> RunSummary:
        return replace(self, state=state, reason=reason, finished=datetime.now(UTC))

    @classmethod
    def failed(cls, outlet: str, reason: str) -> RunSummary:
        """Of a run that never began."""
        now = datetime.now(UTC)
        return cls(outlet, "", RunState.FAILED, now, now, reason)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> RunSummary:
        return cls(
            **{
                **value,
                "state": RunState(value["state"]),
                "started": datetime.fromisoformat(value["started"]),
                "finished": datetime.fromisoformat(value["finished"])
                if value["finished"]
                else None,
                "warc_filenames": tuple(value["warc_filenames"]),
                "problems": tuple(value["problems"]),
            }
        )


def crawl_row(summary: RunSummary, stats: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table `crawls`, without what its captures tell (`accounts.counts`)."""
    return {
        "crawl_id": summary.crawl_id,
        "outlet": summary.outlet,
        "started": summary.started,
        "finished": summary.finished,
        "outcome": summary.reason or summary.state.value,
        "software": f"zancrawler/{__version__}",
        "requests": summary.requests,
        "bytes_received": summary.bytes_received,
        "advertised": summary.advertised,
        "advertised_new": summary.advertised_new,
        "articles_new": summary.articles_new,
        "articles_changed": summary.articles_changed,
        "articles_unchanged": summary.articles_unchanged,
        "disallowed": stats.get("robotstxt/forbidden", 0),
        "warc_filenames": list(summary.warc_filenames),
        "alarms": list(summary.problems),
        "stats": json.dumps(stats, default=str, sort_keys=True),
    }
