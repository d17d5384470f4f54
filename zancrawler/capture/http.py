"""HTTP/1.1 messages as bytes: heads, chunks, content codings (RFC 9110, RFC 9112).

Lenient as the parser that Scrapy reads with, so that whatever it accepted can be read again: lines
may end in a bare LF, a header line without a colon is skipped, a folded line continues the one
before it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]

from .codecs import GZIP_MAGIC, unzstandard

MAX_HEAD = 1 << 20
"""Bytes of status line and headers. Twisted breaks off at 16 KiB a line."""
MAX_BODY = 64 << 20
"""Bytes of a decoded body. The largest news page seen had 3 MiB; a gzip bomb has gibibytes."""
MAX_CODINGS = 4
MAX_CHUNK_LINE = 1 << 16

TEXT_SAMPLE = 4096

_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;|$)")


@dataclass(frozen=True, slots=True)
class Head:
    """A start line and its headers, as sent: order, case and duplicates kept."""

    start_line: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def get(self, name: bytes) -> bytes | None:
        """The first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def status(self) -> int | None:
        """The status code; None for a request or garbage."""
        return _status(self.start_line)

    @property
    def chunked(self) -> bool:
        """Whether the body after this head is in chunks (RFC 9112, 7.1)."""
        coding = self.get(b"transfer-encoding")
        return coding is not None and coding.strip().lower() == b"chunked"


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or response with its body as the author of the page meant it."""

    start_line: str
    status: int | None
    """None for a request."""
    reason: str
    headers: tuple[tuple[str, str], ...]
    """UTF-8 where the value is valid UTF-8, else Latin-1."""
    body: bytes
    """De-chunked and content-decoded."""
    coding: str | None
    """The content coding that `body` still has, because it is unknown here or broken."""
    complete: bool
    """False: the body was cut, at MAX_BODY or because its coded form ended early."""

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def _status(start_line: bytes) -> int | None:
    parts = start_line.split(None, 2)
    if len(parts) > 1 and parts[0].startswith(b"HTTP/") and parts[1].isdigit():
        return int(parts[1][:4])
    return None


def head_length(data: bytes) -> int:
    """Bytes up to and with the blank line; 0 when the head has not ended."""
    found = _HEAD_END.search(data, 0, MAX_HEAD)
    return found.end() if found else 0


def parse_head(data: bytes) -> Head:
    """Reads a head, whole or cut."""
    lines = data.split(b"\n")
    fields: list[bytes] = []
    for raw in lines[1:]:
        line = raw.removesuffix(b"\r")
        if not line:
            break
        if line[:1] in b" \t" and fields:
            fields[-1] += line
        else:
            fields.append(line)
    # The first byte is none to divide at: `:status` is how HTTP/2 names its pseudo-fields.
    pairs = ((field[:1], *field[1:].partition(b":")) for field in fields)
    headers = tuple((first + name, value.strip()) for first, name, colon, value in pairs if colon)
    return Head(lines[0].removesuffix(b"\r"), headers)


def split_interim(data: bytes) -> tuple[tuple[bytes, ...], int]:
    """The 1xx heads that stand before the final response, and where that one begins.

    A record that began with `103 Early Hints` would be replayed as a 103.
    """
    interim: list[bytes] = []
    start = 0
    while True:
        found = _HEAD_END.search(data, start, start + MAX_HEAD)
        if not found:
            return tuple(interim), start
        status = _status(data[start : data.index(b"\n", start)])
        if status is None or not 100 <= status < 200:
            return tuple(interim), start
        interim.append(data[start : found.end()])
        start = found.end()


class Dechunker:
    """Takes a chunked body piece by piece and yields its content; extensions and trailers go.

    Broken chunking ends the content where it breaks.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._left = 0
        self.ended = False
        self.broken = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The content in the next bytes of the body. To be exhausted before the next call."""
        buffer = self._buffer + data if self._buffer else data
        position = 0
        while position < len(buffer) and not (self.ended or self.broken):
            if self._left > 2:
                piece = buffer[position : position + self._left - 2]
                position += len(piece)
                self._left -= len(piece)
                yield piece
            elif self._left:
                # The line end that closes a chunk.
                position += 1
                self._left -= 1
            else:
                end = buffer.find(b"\n", position, position + MAX_CHUNK_LINE)
                if end < 0:
                    self.broken = len(buffer) - position >= MAX_CHUNK_LINE
                    break
                size = _CHUNK_SIZE.match(buffer[position:end].removesuffix(b"\r"))
                position = end + 1
                if size is None:
                    self.broken = True
                elif length := int(size[1], 16):
                    self._left = length + 2
                else:
                    self.ended = True
        self._buffer = buffer[position:]


def content_codings(value: str | None) -> tuple[str, ...]:
    """The codings of a Content-Encoding header in the order they were applied."""
    codings = (coding.strip().lower() for coding in (value or "").split(","))
    return tuple(coding for coding in codings if coding and coding != "identity")


def read_message(data: bytes, limit: int = MAX_BODY) -> HttpMessage:
    """Reads the block of a request or response record.

    Never raises: what is broken is given as far as it goes, with `complete` False.
    """
    length = head_length(data) or len(data)
    head = parse_head(data[:length])
    body = data[length:]
    complete = True
    if head.chunked:
        dechunker = Dechunker()
        content = b"".join(dechunker.feed(body))
        # Some writers take the chunks off and leave the header that speaks of them.
        if content or dechunker.ended:
            body, complete = content, dechunker.ended
    elif (declared := head.get(b"content-length")) is not None and declared.isdigit():
        complete = len(body) >= int(declared[:18])
    headers = tuple((_text(name), _text(value)) for name, value in head.headers)
    encoding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
    coding: str | None = None
    for applied in reversed(content_codings(encoding)[:MAX_CODINGS]):
        decoded, whole = _decode(applied, body, limit)
        if decoded is None:
            coding = applied
            break
        body, complete = decoded, complete and whole
    start_line = _text(head.start_line)
    return HttpMessage(
        start_line=start_line,
        status=head.status,
        reason="" if head.status is None else start_line.partition(" ")[2][4:],
        headers=headers,
        body=body[:limit],
        coding=coding,
        complete=complete and len(body) <= limit,
    )


def _decode(coding: str, data: bytes, limit: int) -> tuple[bytes | None, bool]:
    """The decoded data, at most `limit` bytes, and whether it is whole; None: cannot decode."""
    if not data or _is_text(data):
        # Taken off by the writer of the WARC, as with chunks.
        return data, True
    match coding:
        case "gzip" | "x-gzip":
            if not data.startswith(GZIP_MAGIC):
                return data, True
            return _inflate(data, zlib.MAX_WBITS | 16, limit)
        case "deflate":
            # RFC 9110 means zlib; some servers send the raw stream.
            decoded = _inflate(data, zlib.MAX_WBITS, limit)
            return decoded if decoded[0] is not None else _inflate(data, -zlib.MAX_WBITS, limit)
        case "br":
            return _unbrotli(data, limit)
        case "zstd":
            return unzstandard(data, limit)
        case _:
            return None, False


def _is_text(data: bytes) -> bool:
    """Whether its first bytes read as UTF-8 without control characters: no coded form does."""
    start = data[:TEXT_SAMPLE].decode("utf-8", "replace")
    # The sample may end within a character.
    return "\ufffd" not in start[:-1] and not _CONTROL.search(start)


def _inflate(data: bytes, wbits: int, limit: int) -> tuple[bytes | None, bool]:
    parts: list[bytes] = []
    size = 0
    while True:
        stream = zlib.decompressobj(wbits)
        try:
            part = stream.decompress(data, limit - size + 1)
        except zlib.error:
            # Bytes after a whole stream are ignored, as browsers do.
            return (b"".join(parts), True) if parts else (None, False)
        parts.append(part)
        size += len(part)
        if not stream.eof or size > limit:
            return b"".join(parts)[:limit], False
        data = stream.unused_data.lstrip(b"\0")
        if wbits <= zlib.MAX_WBITS or not data:
            return b"".join(parts), True


def _unbrotli(data: bytes, limit: int) -> tuple[bytes | None, bool]:
    stream = brotli.Decompressor()
    try:
        # The limit came with brotli 1.2; without it a few bytes could fill the memory.
        body = stream.process(data, output_buffer_limit=limit + 1)
    except (brotli.error, TypeError):
        return None, False
    return body[:limit], stream.is_finished() and len(body) <= limit


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
