"""Hosts that are none of the outlet's: asked for what its pages need, where they are open to all.

A page may name any host. It must not have us ask the machines around us, and keep what they say.
"""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from zancrawler.discovery.askable import is_at_home, may_be_reached
from zancrawler.outlets import Outlet

_PATIENCE = 20.0
"""Seconds for a name to be resolved."""


class Strangers:
    """What is known in one run of the other hosts that its outlet's pages name."""

    def __init__(self, outlet: Outlet) -> None:
        self._closed: dict[str, str | None] = {}
        self._outlet = outlet

    def close(self, url: str, reason: str) -> None:
        self._closed[urlsplit(url).netloc] = reason

    async def require_open(self, url: str) -> None:
        """Raises IgnoreRequest for a host that may not be asked, and says why."""
        place = urlsplit(url).netloc
        if place not in self._closed:
            self._closed[place] = await self._look(urlsplit(url).hostname or "")
        if reason := self._closed[place]:
            raise IgnoreRequest(reason)

    async def _look(self, host: str) -> str | None:
        loop = asyncio.get_running_loop()
        try:
            found = await asyncio.wait_for(
                loop.getaddrinfo(host, None, type=socket.SOCK_STREAM), _PATIENCE
            )
        except (OSError, UnicodeError, TimeoutError):
            return "name not resolved"
        if all(may_be_reached(str(info[4][0]), self._outlet) for info in found):
            return None
        return "not on this machine" if is_at_home(self._outlet) else "private address"
