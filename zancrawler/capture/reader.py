"""Reading back: our own WARCs and anyone's, streaming or one record at an offset.

Quirks of other writers that are read as they were meant: wget's `<URI>` in angle brackets, several
records in one member, no compression or Zstandard's, bare LF, headers that speak of a coding which
the writer had already taken off, HTTP/2 heads written out as if they were lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .errors import DamagedWarcError
from .http import HttpMessage, read_message
from .members import OpenRecord, WarcReader

MAX_BLOCK = 256 << 20
"""Bytes of a block that are given; what is beyond is read over."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?")


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record that was read whole."""

    type: str
    """`response`, `revisit`, `request`, `metadata`, `warcinfo`, `resource`, ..."""
    offset: int
    length: int
    """Bytes in the file: of its gzip member, where it has one of its own."""
    record_id: str
    target_uri: str | None
    date: datetime
    """UTC."""
    headers: tuple[tuple[str, str], ...]
    """The WARC named fields, as written."""
    block: bytes
    truncated: str | None
    """WARC-Truncated; `length` also where the block was longer than the reader's bound."""
    payload_digest: str | None
    ip_address: str | None

    def header(self, name: str) -> str | None:
        """The first value of a named field, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def http(self) -> HttpMessage:
        """The request or response in the block, de-chunked and decoded; parsed at each call."""
        return read_message(self.block)

    @property
    def concurrent_to(self) -> tuple[str, ...]:
        """The ids of the records of the same exchange that it names."""
        return tuple(value for name, value in self.headers if name.lower() == "warc-concurrent-to")

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Exchange:
    """The records of one request, as far as the WARC has them."""

    request: Record | None
    response: Record | None
    """A `response` or `revisit`; None: no byte of a response came."""
    metadata: Record | None

    @property
    def records(self) -> tuple[Record, ...]:
        """In the order of the file."""
        present = (
            record for record in (self.request, self.response, self.metadata) if record is not None
        )
        return tuple(sorted(present, key=lambda record: record.offset))

    @property
    def offset(self) -> int:
        """Where its first record begins."""
        return self.records[0].offset

    @property
    def length(self) -> int:
        """Up to the end of its last record."""
        return self.records[-1].end - self.offset

    @property
    def url(self) -> str:
        """The target URI, without the angle brackets of old writers."""
        return self.records[0].target_uri or ""

    def remark(self, name: str) -> str:
        """A field of the metadata record; empty when there is none."""
        if self.metadata is None:
            return ""
        prefix = name.lower() + ":"
        for line in self.metadata.block.decode("utf-8", "replace").splitlines():
            if line.lower().startswith(prefix):
                return line[len(prefix) :].strip()
        return ""

    @property
    def hops(self) -> str:
        """How it was come by, in Heritrix's letters; empty for our pages (WARC 1.1, 6.2)."""
        return self.remark("hopsFromSeed")

    @property
    def is_requisite(self) -> bool:
        """Whether a page needed it to be shown: `E` or, guessed at from a script, `X`; and on from
        there. Other crawlers count from their seed, so that other letters may come before."""
        return self.hops.rstrip("R").endswith(("E", "X"))


def read_records(
    path: Path, start: int = 0, end: int | None = None, *, max_block: int = MAX_BLOCK
) -> Iterator[Record]:
    """The records of a WARC one after another. `start` and `end` are offsets of records.

    `path` is the closed name; a file that still grows is found as well. Raises DamagedWarcError
    where the bytes are no WARC, after yielding all that comes before; OSError when there is no
    such file.
    """
    with WarcReader(path, start, end) as reader:
        for record in reader:
            block, cut = _block(record, max_block)
            record.finish()
            yield _record(record, block, cut)


def read_record(path: Path, offset: int, *, max_block: int = MAX_BLOCK) -> Record:
    """The record at an offset. Raises as `read_records` does."""
    with WarcReader(path, offset) as reader:
        for record in reader:
            block, cut = _block(record, max_block)
            record.finish()
            return _record(record, block, cut)
    raise DamagedWarcError(path.name, offset, "the file has no record here")


def read_exchanges(path: Path, start: int = 0, end: int | None = None) -> Iterator[Exchange]:
    """The exchanges of a WARC, in the order of the file; arguments and errors as `read_records`.

    Records belong together by WARC-Concurrent-To, or when they follow one another with the same
    target URI and each kind once, as old writers left them. Records of other kinds, and answers
    that are not HTTP, are passed over.
    """
    group: dict[str, Record] = {}
    for record in read_records(path, start, end):
        role = _role(record)
        if role is None:
            continue
        if group and not _belongs(record, role, group):
            yield Exchange(group.get("request"), group.get("response"), group.get("metadata"))
            group = {}
        group[role] = record
    if group:
        yield Exchange(group.get("request"), group.get("response"), group.get("metadata"))


def _role(record: Record) -> str | None:
    if record.target_uri is None or not record.target_uri.lower().startswith(("http:", "https:")):
        return None
    match record.type:
        case "request":
            return "request"
        case "response" | "revisit":
            return "response"
        case "metadata" if not record.block.startswith(b"tlsCertificate:"):
            return "metadata"
        case _:
            return None


def _belongs(record: Record, role: str, group: dict[str, Record]) -> bool:
    if role in group:
        return False
    links = {link for member in (record, *group.values()) for link in member.concurrent_to}
    if links:
        identities = {member.record_id for member in group.values()}
        return bool(identities & set(record.concurrent_to)) or record.record_id in links
    return all(member.target_uri == record.target_uri for member in group.values())


def _block(record: OpenRecord, limit: int) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    size = 0
    for piece in record.pieces():
        if size < limit:
            pieces.append(piece[: limit - size])
        size += len(piece)
    return b"".join(pieces), size > limit


def _record(record: OpenRecord, block: bytes, cut: bool) -> Record:
    uri = record.get("WARC-Target-URI")
    return Record(
        type=(record.get("WARC-Type") or "").lower(),
        offset=record.offset,
        length=record.length,
        record_id=record.get("WARC-Record-ID") or "",
        target_uri=None if uri is None else without_brackets(uri),
        date=read_date(record.get("WARC-Date")),
        headers=record.fields,
        block=block,
        truncated="length" if cut else record.get("WARC-Truncated"),
        payload_digest=record.get("WARC-Payload-Digest"),
        ip_address=record.get("WARC-IP-Address"),
    )


def without_brackets(uri: str) -> str:
    """A URI that stands in angle brackets, as wget writes it, without them."""
    return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri


def read_date(value: str | None) -> datetime:
    """A WARC-Date in UTC, of any precision; the epoch when it is none, so that it stands out."""
    found = _DATE.match(value or "")
    if found:
        year, month, day, hour, minute, second, fraction = found.groups(default="")
        try:
            return datetime(
                int(year),
                int(month),
                int(day),
                int(hour or 0),
                int(minute or 0),
                int(second or 0),
                int(fraction[:6].ljust(6, "0")),
                tzinfo=UTC,
            )
        except ValueError:
            pass
    return datetime.fromtimestamp(0, UTC)
