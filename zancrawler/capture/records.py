"""An exchange as WARC/1.1 records (ISO 28500:2017)."""

from __future__ import annotations

import hashlib
import re
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_from_bytes

from .digests import labelled, sha256
from .exchange import CapturedExchange, Tls, WireExchange, WireState
from .http import MAX_HEAD, Dechunker, Head, head_length, parse_head, split_interim
from .spool import Spool

WARC_FIELDS = "application/warc-fields"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
PURGED = "urn:zancrawler:purged"
"""How the target of a record begins that stands in the place of one that was taken out."""

# A request's secrets. What the server sends was sent to a stranger and is no secret of ours.
_SECRET = re.compile(
    rb"^(cookie2?|authorization|proxy-authorization)([ \t]*:[ \t]*)([^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
# A request to a proxy names them in its first line, and Scrapy then in its Host as well.
_USER_SENT = re.compile(
    rb"^([A-Z]+(?= )|(?i:referer|host)(?=[ \t]*:))([ \t:]*(?:https?://)?)([^/?#\s]*)(?=@)",
    re.MULTILINE,
)
_USER = re.compile(r"(?<=://)[^/?#\s]*@")


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record that is ready to be written."""

    record_id: str
    fields: tuple[tuple[str, str], ...]
    length: int
    """Bytes of the block."""
    block: Callable[[], Iterable[bytes]]
    """Gives the block's pieces, as often as it is called."""

    def head(self) -> bytes:
        """Version and named fields, with the empty line that ends them."""
        lines = [f"{name}: {value}\r\n" for name, value in self.fields]
        return ("WARC/1.1\r\n" + "".join(lines) + "\r\n").encode("utf-8")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was received for a request, taken apart."""

    interim: tuple[bytes, ...]
    """The 1xx heads that came first."""
    start: int
    """Where the final response begins."""
    head: Head
    head_length: int
    payload_digest: str
    payload_length: int

    @classmethod
    def read(cls, received: Spool) -> Answer:
        """Takes apart what came over the wire; reads all of it once, for the payload's digest."""
        first = received.head(MAX_HEAD)
        interim, start = split_interim(first)
        length = head_length(first[start:]) or received.size - start
        head = parse_head(first[start : start + length])
        digest = hashlib.sha256()
        size = 0
        body = received.pieces(start + length)
        for piece in _dechunked(body) if head.chunked else body:
            digest.update(piece)
            size += len(piece)
        return cls(interim, start, head, length, labelled(digest.digest()), size)


@dataclass(frozen=True, slots=True)
class Original:
    """The `response` record that a revisit refers to."""

    record_id: str
    uri: str
    date: str
    """Its WARC-Date as written there."""
    payload_digest: str


def exchange_records(
    exchange: WireExchange,
    answer: Answer | None,
    original: Original | None,
    warcinfo_id: str,
    notes: Mapping[str, str],
) -> tuple[NewRecord, ...]:
    """The request, the response or revisit, and the metadata of an exchange, in this order.

    `answer` is None when no byte of a response came, `original` is None for a response of its own.
    `notes` go to the metadata record, their URLs without user names and passwords. A request that
    never left has no request record.
    """
    date = warc_date(exchange.issued_at)
    common = [("WARC-Target-URI", exchange.url), ("WARC-Date", date)]
    connection = list(_connection_fields(exchange.ip_address, exchange.tls))
    origin = [("WARC-Warcinfo-ID", warcinfo_id)]
    records: list[NewRecord] = []
    remarks = {name: without_user(value) for name, value in notes.items()}

    response: NewRecord | None = None
    if answer is not None:
        response = _response(exchange, answer, original, common + origin + connection)
        if answer.interim:
            remarks["interimResponse"] = escaped(b"".join(answer.interim))
        if original is not None and answer.head.status == 304:
            head = exchange.received.head(answer.start + answer.head_length)[answer.start :]
            remarks["notModifiedResponse"] = escaped(head)
    if exchange.written.size:
        request, secrets = _redacted(exchange.written)
        if secrets:
            remarks["redactedRequestHeaders"] = ", ".join(secrets)
        concurrent = [("WARC-Concurrent-To", response.record_id)] if response else []
        records.append(
            _record(
                "request",
                [*common, *origin, *concurrent, *connection],
                "application/http; msgtype=request",
                exchange.written.size,
                request,
            )
        )
    if response is not None:
        records.append(response)
    anchor = response or (records[0] if records else None)
    concurrent = [("WARC-Concurrent-To", anchor.record_id)] if anchor else []
    records.append(warc_fields("metadata", [*common, *origin, *concurrent], remarks.items()))
    return tuple(records)


def _response(
    exchange: WireExchange,
    answer: Answer,
    original: Original | None,
    fields: list[tuple[str, str]],
) -> NewRecord:
    fields = [*fields, ("WARC-Payload-Digest", answer.payload_digest)]
    content_type = "application/http; msgtype=response"
    if original is None:
        if exchange.state is WireState.CUT and exchange.truncated is not None:
            fields.append(("WARC-Truncated", exchange.truncated.value))
        size = exchange.received.size - answer.start
        return _record(
            "response", fields, content_type, size, lambda: exchange.received.pieces(answer.start)
        )
    refers = [
        ("WARC-Refers-To", original.record_id),
        # The players go by these two, not by the id.
        ("WARC-Refers-To-Target-URI", original.uri),
        ("WARC-Refers-To-Date", original.date),
    ]
    if answer.head.status == 304:
        # With a block neither pywb nor ReplayWeb.page loads the original.
        fields[-1] = ("WARC-Payload-Digest", original.payload_digest)
        fields = [*fields, ("WARC-Profile", NOT_MODIFIED), *refers]
        return _record("revisit", fields, content_type, 0, tuple)
    head = exchange.received.head(answer.start + answer.head_length)[answer.start :]
    fields = [*fields, ("WARC-Profile", IDENTICAL_PAYLOAD), *refers]
    return _record("revisit", fields, content_type, len(head), lambda: (head,))


def warcinfo(filename: str, at: datetime, fields: Iterable[tuple[str, str]]) -> NewRecord:
    """The record that every WARC begins with."""
    named = [("WARC-Date", warc_date(at)), ("WARC-Filename", filename)]
    return warc_fields("warcinfo", named, fields)


def certificates(
    host: str, at: datetime, tls: Tls, warcinfo_id: str, ip_address: str | None
) -> NewRecord:
    """The certificate chain that a host showed, in DER and Base64, its own certificate first.

    As warc-fields, since indexers take metadata of any other type for a page.
    """
    named = [
        ("WARC-Target-URI", f"https://{host}/"),
        ("WARC-Date", warc_date(at)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        *_connection_fields(ip_address, tls),
    ]
    chain = [("tlsCertificate", b64encode(der).decode("ascii")) for der in tls.certificates]
    return warc_fields("metadata", named, chain)


def resource(
    name: str,
    page: CapturedExchange,
    content_type: str,
    data: bytes,
    warcinfo_id: str,
    concurrent_to: str | None,
) -> NewRecord:
    """What was made of a captured page: `urn:view:URL` is how it looked (`name` is `view`).

    Records of one capture event have one date (WARC 1.1, 5.4): that of the page.
    """
    named = [
        ("WARC-Target-URI", f"urn:{name}:{page.url}"),
        ("WARC-Date", warc_date(page.fetch_time)),
        ("WARC-Warcinfo-ID", warcinfo_id),
        *([("WARC-Concurrent-To", concurrent_to)] if concurrent_to else []),
        ("WARC-Payload-Digest", sha256((data,))),
    ]
    return _record("resource", named, content_type, len(data), lambda: (data,))


def warc_fields(
    kind: str, named: Iterable[tuple[str, str]], content: Iterable[tuple[str, str]]
) -> NewRecord:
    """A record of `application/warc-fields`. The lines of a value of several are folded."""
    folded = ((name, value.replace("\n", "\r\n ")) for name, value in content)
    block = "".join(f"{name}: {value}\r\n" for name, value in folded).encode("utf-8")
    return _record(kind, list(named), WARC_FIELDS, len(block), lambda: (block,))


def _record(
    kind: str,
    fields: list[tuple[str, str]],
    content_type: str,
    length: int,
    block: Callable[[], Iterable[bytes]],
) -> NewRecord:
    record_id = f"<urn:uuid:{uuid.uuid4()}>"
    whole = (
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        *fields,
        ("WARC-Block-Digest", sha256(block())),
        ("Content-Type", content_type),
        ("Content-Length", str(length)),
    )
    return NewRecord(record_id, whole, length, block)


def _connection_fields(ip_address: str | None, tls: Tls | None) -> Iterator[tuple[str, str]]:
    if ip_address is not None:
        yield "WARC-IP-Address", ip_address
    yield "WARC-Protocol", "http/1.1"
    if tls is not None:
        yield "WARC-Protocol", tls.protocol
        if tls.cipher_suite is not None:
            yield "WARC-Cipher-Suite", tls.cipher_suite


def _redacted(written: Spool) -> tuple[Callable[[], Iterable[bytes]], list[str]]:
    """The request with each secret replaced by as many `x`, and the first word of those lines."""
    first = written.head(MAX_HEAD)
    length = head_length(first) or len(first)
    secrets: list[str] = []

    def cover(found: re.Match[bytes]) -> bytes:
        secrets.append(found[1].decode("ascii"))
        return found[1] + found[2] + b"x" * len(found[3])

    head = _USER_SENT.sub(cover, _SECRET.sub(cover, first[:length]))

    def pieces() -> Iterator[bytes]:
        yield head
        yield from written.pieces(length)

    return pieces, secrets


def without_user(text: str) -> str:
    """A URL, or a sentence that names some, without their user names and passwords."""
    return _USER.sub("", text)


def _dechunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    dechunker = Dechunker()
    for piece in pieces:
        yield from dechunker.feed(piece)


def escaped(data: bytes) -> str:
    """Bytes as one line of ASCII, percent-encoded where they are not plain; nothing is lost."""
    return quote_from_bytes(data, safe=" !\"#$&'()*+,/:;<=>?@[\\]^`{|}")


def warc_date(at: datetime) -> str:
    """W3C profile of ISO 8601 in UTC, with the fraction that WARC 1.1 allows."""
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
