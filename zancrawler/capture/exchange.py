"""The exchange: one request and what came back for it, on the wire and in the WARC."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from .spool import Spool


class Truncated(StrEnum):
    """Why a response is not whole: the values of WARC-Truncated (WARC 1.1, 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class WireState(StrEnum):
    """How far an exchange has come."""

    OPEN = "open"
    COMPLETE = "complete"
    """A whole response came, as far as HTTP can tell."""
    CUT = "cut"
    """It ended before that; what came so far is kept."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The connection's TLS session."""

    protocol: str
    """As WARC-Protocol names it: `tls/1.3`."""
    cipher_suite: str | None
    """The IANA name."""
    certificates: tuple[bytes, ...]
    """The server's chain in DER, its own first."""


class WireExchange:
    """One request as it was written to a connection and the bytes that came back for it.

    It grows while it is on the wire, in the reactor thread only; once `state` is not OPEN nothing
    is added any more.
    """

    def __init__(self, url: str, method: str, folder: Path) -> None:
        self.url = url
        self.method = method
        self.written = Spool(folder)
        self.received = Spool(folder)
        self.state = WireState.OPEN
        self.issued_at = datetime.now(UTC)
        self.started = time.monotonic()
        """Monotonic seconds, as the next three; None: never got there."""
        self.connected: float | None = None
        self.first_byte: float | None = None
        self.ended: float | None = None
        self.ip_address: str | None = None
        self.tls: Tls | None = None
        self.excess = 0
        """Bytes that followed the response and belong to none."""
        self.error: BaseException | None = None
        self.truncated: Truncated | None = None
        self.spool_error: OSError | None = None
        """The disk took no more: what was received is lost, and so is the run."""
        self._on_end: list[Callable[[], None]] = []

    def issue(self) -> None:
        """The request goes out now; before that was name look-up and connecting."""
        self.issued_at = datetime.now(UTC)
        self.connected = time.monotonic()

    def write(self, data: bytes) -> None:
        """Notes bytes of the request, as they go out."""
        if self.state is WireState.OPEN:
            self._keep(self.written, data)

    def receive(self, data: bytes) -> None:
        """Notes bytes that came back, before anybody has parsed them."""
        if self.state is WireState.OPEN:
            if self.first_byte is None:
                self.first_byte = time.monotonic()
            self._keep(self.received, data)

    def _keep(self, spool: Spool, data: bytes) -> None:
        if self.spool_error is None:
            try:
                spool.write(data)
            except OSError as error:
                self.spool_error = error

    def complete(self, excess: int) -> None:
        """A whole response is in; the last `excess` bytes are no part of it."""
        if self.state is WireState.OPEN:
            if self.spool_error is None:
                self.received.cut(self.received.size - excess)
            self.excess = excess
            self._end(WireState.COMPLETE)

    def cut(self, error: BaseException | None, truncated: Truncated) -> None:
        """It is over without a whole response."""
        if self.state is WireState.OPEN:
            self.error = error
            self.truncated = truncated
            self._end(WireState.CUT)

    def on_end(self, callback: Callable[[], None]) -> None:
        """Calls back when the exchange has ended, at once if it has."""
        if self.state is WireState.OPEN:
            self._on_end.append(callback)
        else:
            callback()

    def _end(self, state: WireState) -> None:
        self.state = state
        self.ended = time.monotonic()
        callbacks, self._on_end = self._on_end, []
        for callback in callbacks:
            callback()

    def close(self) -> None:
        """Lets go of the bytes."""
        self.written.close()
        self.received.close()


@dataclass(frozen=True, slots=True)
class CapturedExchange:
    """An exchange that is in a WARC, and where."""

    warc_filename: str
    """From the archive's root, as the file is named once closed."""
    offset: int
    """Where the exchange's first record begins; its records follow one another."""
    length: int
    """Bytes of all its records, compressed."""
    response_offset: int | None
    response_length: int | None
    response_record_id: str | None
    """Of the `response` or `revisit` record; None: no byte of a response came."""
    url: str
    status: int | None
    fetch_time: datetime
    """UTC, when the request was issued: the records' WARC-Date."""
    payload_digest: str | None
    """`sha256:` and Base32, over the de-chunked and still content-encoded body."""
    truncated: Truncated | None
    error: str | None
    """What ended it, when no whole response came."""
