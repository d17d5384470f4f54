"""Hosts that are none of the outlet's: asked for what its pages need, where they are open to all.

A page may name any host. It must not have us ask the machines around us, and keep what they say.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

_PATIENCE = 20.0
"""Seconds for a name to be resolved."""


class Strangers:
    """What is known in one run of the other hosts that its outlet's pages name."""

    def __init__(self, home: str) -> None:
        self._closed: dict[str, str | None] = {}
        # The newsroom's pictures are on loopback too.
        self._is_at_home = _are_loopback([urlsplit(home).hostname or ""])

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
        addresses = [str(info[4][0]).partition("%")[0] for info in found]
        if self._is_at_home:
            return None if _are_loopback(addresses) else "not on this machine"
        is_public = all(ip_address(address).is_global for address in addresses)
        return None if is_public else "private address"


def _are_loopback(hosts: Sequence[str]) -> bool:
    try:
        return all(host == "localhost" or ip_address(host).is_loopback for host in hosts)
    except ValueError:
        return False
