"""The circuit breaker: after refusals in a row an outlet is left to rest."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response

from zancrawler.discovery.blocks import blocked
from zancrawler.spiders.headers import headers_of

IN_A_ROW = 5
"""One refusal may be about one page; five in a row, seconds apart, are about us."""
NO_ROBOTS = "robots.txt cannot be had"
"""How `tripped` begins where an outlet's own rules did not come, and so nothing may be asked."""
SILENCE = "no answer"
"""How it begins where one page after the other gave none."""


UNANSWERED = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)


class NoTurnError(DownloadCancelledError):
    """The host is not asked for anything more in this run."""


class Breaker:
    """Told of every answer in their order, and of what gave none."""

    def __init__(self) -> None:
        self.refusals = 0
        """In a row."""
        self.silent: set[str] = set()
        """URLs that gave no answer, since something gave one."""
        self.tripped: str | None = None
        """Why, once it has tripped."""

    @property
    def is_unreachable(self) -> bool:
        return self.tripped is not None and self.tripped.startswith((NO_ROBOTS, SILENCE))

    def note(self, response: Response) -> str | None:
        """Why the answer is a wall, or None. 5xx counts as a refusal but is no wall."""
        wall = blocked(response.status, headers_of(response), response.body)
        refusal = wall or (f"http-{response.status}" if response.status >= 500 else None)
        self.refusals = self.refusals + 1 if refusal else 0
        self.silent.clear()
        if refusal and self.refusals >= IN_A_ROW:
            self.tripped = refusal
        return wall

    def missed(self, url: str, error: str) -> None:
        """Told of each try that gave no answer: of one URL they are about that URL."""
        self.silent.add(url)
        if len(self.silent) >= IN_A_ROW:
            self.tripped = f"{SILENCE}: {error}"
