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
        head = _remark(exchange, "notModifiedResponse")
        fields = parse_head(unquote_to_bytes(head)).headers
        return Answer(304, tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in fields))
    http = record.http
    return Answer(http.status, http.headers, http if record.type == "response" else None)


def hops_of(exchange: Exchange) -> str:
    """How it was come by from a page, in Heritrix's letters; empty for pages (WARC 1.1, 6.2)."""
    return _remark(exchange, "hopsFromSeed")


def is_requisite(exchange: Exchange) -> bool:
    """Whether a page needed it to be shown: `E` or, guessed at from a script, `X`; and on from
    there. Other crawlers count from their seed, so that other letters may come before."""
    return hops_of(exchange).rstrip("R").endswith(("E", "X"))


def error_of(exchange: Exchange) -> str | None:
    """What ended an exchange that has no whole answer."""
    return _remark(exchange, "error") or None


def _remark(exchange: Exchange, name: str) -> str:
    """A field of the metadata record; empty when there is none."""
    if exchange.metadata is None:
        return ""
    prefix = name.lower() + ":"
    for line in exchange.metadata.block.decode("utf-8", "replace").splitlines():
        if line.lower().startswith(prefix):
            return line[len(prefix) :].strip()
    return ""
