"""The tee: copies of what Twisted's HTTP/1.1 client writes and reads, before it parses.

Headers lose their case and order, chunks their framing and failed attempts everything on the way
up through Twisted and Scrapy, so the copy is taken here, on the connection. `check_hooks` proves
that the hooks hold, since they lean on names that Twisted and Scrapy may change.
"""

# ruff: noqa: N802 (the names are Twisted's)
from __future__ import annotations

import ipaddress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers import http11
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, Request
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import Headers

from .errors import CaptureError
from .exchange import Truncated, WireExchange, WireState
from .http import MAX_HEAD
from .tls import tls_of
from .view import limit_view

if TYPE_CHECKING:
    from collections.abc import Hashable

    from twisted.internet.interfaces import IStreamClientEndpoint
    from twisted.web.iweb import IResponse

# Scrapy 2.19 brought a more lenient protocol of its own.
_Protocol: type[HTTP11ClientProtocol] = getattr(
    http11, "_LenientHTTP11ClientProtocol", HTTP11ClientProtocol
)


class Download:
    """One download that Scrapy asked for, and the exchanges that it took."""

    def __init__(
        self,
        url: str,
        method: str,
        folder: Path,
        *,
        view_bytes: int,
        max_bytes: int,
        proxied: bool = False,
    ) -> None:
        """`view_bytes`: how much of the body Scrapy is given; `max_bytes`: where the download is
        broken off, 0 for never."""
        self.url = url
        self.method = method
        self.folder = folder
        self.view_bytes = view_bytes
        self.view_limited = False
        self.max_bytes = max_bytes
        self.proxied = proxied
        self.exchanges: list[WireExchange] = [WireExchange(url, method, folder)]

    def issue(self) -> WireExchange:
        """The exchange for a request that goes out now: a new one for a silent retry."""
        if self.exchanges[-1].connected is not None:
            self.exchanges.append(WireExchange(self.url, self.method, self.folder))
        exchange = self.exchanges[-1]
        exchange.issue()
        return exchange


CURRENT_DOWNLOAD: ContextVar[Download] = ContextVar("CURRENT_DOWNLOAD")


class CapturingPool(HTTPConnectionPool):
    """A pool whose connections note what passes over them."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        """Takes the place of a pool that has made no connection yet."""
        super().__init__(pool._reactor, persistent=pool.persistent)  # type: ignore[no-untyped-call]
        self.maxPersistentPerHost = pool.maxPersistentPerHost
        self._factory: Any = _capturing(pool._factory)

    def getConnection(self, key: Hashable, endpoint: IStreamClientEndpoint) -> Deferred[Any]:
        download = CURRENT_DOWNLOAD.get()
        connection: Deferred[Any] = super().getConnection(key, endpoint)
        return connection.addCallback(_Bound, download)


class _Bound:
    """A connection that knows for which download it will be asked.

    The download rides on the request, so that it is still there when Twisted sends the same request
    again over a new connection because the server had silently closed the old one.
    """

    def __init__(self, connection: HTTP11ClientProtocol, download: Download) -> None:
        self._connection = connection
        self._download = download

    def request(self, request: Any) -> Deferred[IResponse]:
        request.download = self._download
        return self._connection.request(request)


def _capturing(factory: type) -> type:
    """The pool's own factory, building connections of our class."""

    class CapturingFactory(factory):  # type: ignore[misc]
        noisy = False

        def buildProtocol(self, addr: object) -> CapturingProtocol:
            return CapturingProtocol(self._quiescentCallback)

    return CapturingFactory


class CapturingProtocol(_Protocol):  # type: ignore[misc, valid-type]
    """A client connection that hands a copy of each byte to the exchange under way."""

    _exchange: WireExchange | None = None

    def request(self, request: Any) -> Deferred[Any]:
        exchange = self._exchange = request.download.issue()
        if not request.download.proxied:
            exchange.ip_address = _ip_address(self.transport)
        request.writeTo = lambda transport: type(request).writeTo(
            request, _WriteTee(transport, exchange)
        )
        response: Deferred[Any] = super().request(request)
        return response.addCallback(limit_view, request.download)

    def dataReceived(self, data: bytes) -> None:
        if self._exchange is not None:
            if self._exchange.first_byte is None:
                self._note_tls(self._exchange)
            self._exchange.receive(data)
            if self._exchange.received.size > MAX_HEAD and self._in_head():
                reason = Failure(ValueError("the response's head never ends"))  # type: ignore[no-untyped-call]
                self._cut(reason, Truncated.LENGTH)
                self._giveUp(reason)
                return
        super().dataReceived(data)

    def _in_head(self) -> bool:
        """Twisted bounds a line, not the number of lines or of interim responses."""
        return self._parser is not None and self._parser.state in (STATUS, HEADER)

    def _finishResponse(self, rest: bytes) -> None:
        if self._exchange is not None:
            self._exchange.complete(len(rest))
            self._exchange = None
        super()._finishResponse(rest)

    def _giveUp(self, reason: Failure) -> None:
        # The parser understood no more; a finished response has let go of its exchange before.
        self._cut(reason, Truncated.UNSPECIFIED)
        super()._giveUp(reason)

    def _disconnectParser(self, reason: Failure) -> None:
        # A body that ends with the connection is finished in here, by `_finishResponse`.
        super()._disconnectParser(reason)
        self._cut(reason, Truncated.DISCONNECT)

    def connectionLost(self, reason: Failure) -> None:
        super().connectionLost(reason)
        self._cut(reason, Truncated.DISCONNECT)

    def _cut(self, reason: Failure, truncated: Truncated) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            if exchange.first_byte is None:
                self._note_tls(exchange)
            exchange.cut(reason.value, truncated)

    def _note_tls(self, exchange: WireExchange) -> None:
        """Asked while the connection stands: afterwards it has forgotten."""
        if ISSLTransport.providedBy(self.transport):
            exchange.tls = tls_of(self.transport.getHandle())
            if exchange.tls is None:
                # The handshake failed: the request never left.
                exchange.written.cut(0)


class _WriteTee:
    """A transport for Twisted's Request to write to. All but writing passes through."""

    def __init__(self, transport: Any, exchange: WireExchange) -> None:
        self._transport = transport
        self._exchange = exchange

    def write(self, data: bytes) -> None:
        self._exchange.write(data)
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _ip_address(transport: Any) -> str | None:
    """IPv6 in the form of RFC 5952; None for a peer that is no IP address."""
    try:
        return str(ipaddress.ip_address(transport.getPeer().host))
    except (AttributeError, ValueError):
        return None


class _MemoryEndpoint:
    """An endpoint that connects to nowhere; what is written stays in `transport`."""

    def __init__(self) -> None:
        self.transport = StringTransport()  # type: ignore[no-untyped-call]

    def connect(self, factory: Any) -> Deferred[Any]:
        protocol = factory.buildProtocol(None)
        protocol.makeConnection(self.transport)
        return succeed(protocol)


def check_hooks(pool: CapturingPool, folder: Path) -> None:
    """Sends requests through the pool in memory and looks whether every byte was noted, and how
    each exchange ended.

    Raises CaptureError when not: this Scrapy or Twisted is one that we do not know.
    """
    head = b"HTTP/1.1 200 Fine\nX-odd:a\nTransfer-Encoding: chunked\n\n"
    whole = head + b"1;x=y\r\na\r\n0\r\nT: 1\r\n\r\n"
    cases = (
        (whole, b"rest", WireState.COMPLETE, None),
        (head, b"1\r\n", WireState.CUT, Truncated.DISCONNECT),
        (head, b"no chunk\r\n", WireState.CUT, Truncated.UNSPECIFIED),
    )
    for answer, last, state, truncated in cases:
        try:
            written, exchange = _exchange_in_memory(pool, folder, answer, last)
        except (AttributeError, TypeError, LookupError) as error:
            raise CaptureError(_hooks_missing(repr(error))) from error
        noted = exchange.received.head(1 << 16)
        due = answer if state is WireState.COMPLETE else answer + last
        if (
            not written
            or (exchange.written.head(1 << 16), noted) != (written, due)
            or (exchange.state, exchange.truncated) != (state, truncated)
        ):
            raise CaptureError(_hooks_missing(f"noted {noted!r}, {exchange.state}"))


def _exchange_in_memory(
    pool: CapturingPool, folder: Path, answer: bytes, last: bytes
) -> tuple[bytes, WireExchange]:
    """What Twisted wrote, and what the tee noted while `answer` came in byte by byte."""
    download = Download("http://check.invalid/%7E", "GET", folder, view_bytes=1, max_bytes=0)
    CURRENT_DOWNLOAD.set(download)
    endpoint = _MemoryEndpoint()
    connections: list[Any] = []
    connected = pool.getConnection(("check", object()), endpoint)  # type: ignore[arg-type]
    connected.addCallback(connections.append)
    headers = Headers({b"Host": [b"check.invalid"]})
    request = Request(b"GET", b"/%7E", headers, None, persistent=True)  # type: ignore[no-untyped-call]
    connections[0].request(request).addErrback(lambda failure: None)
    protocol = connections[0]._connection
    for byte in range(len(answer) - 1):
        protocol.dataReceived(answer[byte : byte + 1])
    protocol.dataReceived(answer[-1:] + last)
    protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
    return endpoint.transport.value(), download.exchanges[0]  # type: ignore[no-untyped-call]


def _hooks_missing(detail: str) -> str:
    import scrapy
    import twisted

    return (
        f"Scrapy {scrapy.__version__} with Twisted {twisted.__version__} hides bytes from us, so "
        "nothing would be captured; install a version that pyproject.toml allows"
        f" ({detail})"
    )
