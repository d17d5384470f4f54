"""How much of a body Scrapy is given, while all of it is captured."""

# ruff: noqa: N802 (the names are Twisted's)
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from .wire import Download


def limit_view(response: Any, download: Download) -> Any:
    """Lets `response` deliver no more than the download's `view_bytes` of its body."""
    deliver = response.deliverBody
    response.deliverBody = lambda reader: deliver(_LimitedView(reader, download))
    return response


class _LimitedView(Protocol):
    """Passes the first bytes of a body on to Scrapy's reader, which would keep all in memory."""

    def __init__(self, reader: Protocol, download: Download) -> None:
        self._reader = reader
        self._download = download
        self._received = 0

    def connectionMade(self) -> None:
        self._reader.makeConnection(self.transport)  # type: ignore[no-untyped-call]

    def dataReceived(self, data: bytes) -> None:
        room = self._download.view_bytes - self._received
        self._received += len(data)
        if room > 0:
            self._reader.dataReceived(data[:room])
        if self._received > self._download.view_bytes:
            self._download.view_limited = True
            if 0 < self._download.max_bytes < self._received:
                # Scrapy's reader would do this, had it seen so many bytes.
                transport: Any = self.transport
                transport._producer.abortConnection()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self._reader.connectionLost(reason)
