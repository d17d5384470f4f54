"""The circuit breaker: after refusals in a row an outlet is left to rest."""

from __future__ import annotations

from scrapy.http import Response

from zancrawler.discovery.blocks import blocked
from zancrawler.spiders.headers import headers_of

IN_A_ROW = 5
"""One refusal may be about one page; five in a row, seconds apart, are about us."""


NO_ROBOTS = "robots.txt cannot be had"
"""How `tripped` begins where an outlet's own rules did not come, and so nothing may be asked."""


class Breaker:
    """Told of every answer in their order."""

    def __init__(self) -> None:
        self.refusals = 0
        self.tripped: str | None = None
        """Why, once it has tripped."""

    @property
    def is_unreachable(self) -> bool:
        return self.tripped is not None and self.tripped.startswith(NO_ROBOTS)

    def note(self, response: Response) -> str | None:
        """Why the answer is a wall, or None. 5xx counts as a refusal but is no wall."""
        wall = blocked(response.status, headers_of(response), response.body)
        refusal = wall or (f"http-{response.status}" if response.status >= 500 else None)
        self.refusals = self.refusals + 1 if refusal else 0
        if refusal and self.refusals >= IN_A_ROW:
            self.tripped = refusal
        return wall
