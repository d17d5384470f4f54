"""The answer of an exchange as its WARC records tell it, whichever form they have."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from zancrawler.capture.http import HttpMessage, parse_head
from zancrawler.capture.reader import Exchange

_NOT_MODIFIED = "server-not-modified"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers; `message` is there where the record holds a whole response."""

    status: int | None
    headers: tuple[tuple[str, str], ...]
    message: HttpMessage | None = None

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def values(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


def answer_of(exchange: Exchange) -> Answer | None:
    """None where no byte of an answer came.

    The head of a 304 stands in the metadata record, for a revisit of that kind has no block
    (WARC 1.1, 6.7.3).
    """
    record = exchange.response
    if record is None:
        return None
    if record.type == "revisit" and _NOT_MODIFIED in (record.header("WARC-Profile") or ""):
        head = exchange.remark("notModifiedResponse")
        fields = parse_head(unquote_to_bytes(head)).headers
        return Answer(304, tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in fields))
    http = record.http
    return Answer(http.status, http.headers, http if record.type == "response" else None)


def error_of(exchange: Exchange) -> str | None:
    """What ended an exchange that has no whole answer."""
    return exchange.remark("error") or None
