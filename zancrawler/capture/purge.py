"""Taking exchanges out of a closed WARC for good, with every other record where it was.

In the place of an exchange stands one record that says so, in a gzip member of the same length:
rows and indexes that point behind it stay right, and no other record is touched.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from zancrawler.archive import Archive, put_durably
from zancrawler.storage.pruned import bring_back

from .cdxj import index_warc
from .reader import read_records
from .records import NewRecord, warc_date, warc_fields
from .warcfile import Span, page_warcs

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_ENDS = len(_GZIP_HEAD) + 8
_STORED_HEAD = 5
_STORED_MAX = 65_535
"""Bytes of a stored block (RFC 1951 section 3.2.4)."""
_NAME = "urn:zancrawler:purged"
MAX_DIGITS = 12
"""Of a Content-Length."""


def purge(archive: Archive, warc: Path, outlet: str, spans: Iterable[Span], at: datetime) -> None:
    """Puts a tombstone in the place of each exchange, and makes the index anew.

    The spans are exact: from where an exchange's first gzip member begins to where its last ends.
    Raises OSError, and ValueError for a span in which no tombstone has room.
    """
    bring_back(warc)
    with put_durably(warc) as temporary:
        shutil.copyfile(warc, temporary)
        with temporary.open("r+b") as file:
            for span in spans:
                file.seek(span.offset)
                file.write(_tombstone(span.length, at))
    if warc in page_warcs(archive, outlet):
        index_warc(archive, warc)


def tombstones(warc: Path) -> Iterator[int]:
    """Where in a WARC an exchange was taken out: offsets. Raises DamagedWarcError, OSError."""
    for record in read_records(warc, max_block=0):
        if record.type == "metadata" and (record.target_uri or "").startswith(_NAME):
            yield record.offset


def _tombstone(length: int, at: datetime) -> bytes:
    """A member of `length` bytes that holds one metadata record, padded."""
    blocks = -(-(length - _GZIP_ENDS) // (_STORED_MAX + _STORED_HEAD))
    size = length - _GZIP_ENDS - blocks * _STORED_HEAD
    # One more byte of padding can be two more of the record, when Content-Length gets another
    # digit; then the other form of the name fits.
    for name in (_NAME, _NAME + "."):
        guess = size - len(_record(at, name, 0))
        for padding in range(max(0, guess - MAX_DIGITS), guess + 1):
            record = _record(at, name, padding)
            if len(record) == size:
                return _stored(record)
    raise ValueError(f"a span of {length} bytes has no room for a tombstone")


def _record(at: datetime, name: str, padding: int) -> bytes:
    named = [("WARC-Target-URI", name), ("WARC-Date", warc_date(at))]
    remark = "The exchange that stood here was taken out; see withdrawn.jsonl."
    record: NewRecord = warc_fields(
        "metadata", named, [("purged", remark), ("padding", "x" * padding)]
    )
    return b"".join((record.head(), *record.block(), b"\r\n\r\n"))


def _stored(data: bytes) -> bytes:
    """A gzip member (RFC 1952) without compression, so that its length can be chosen."""
    checks = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return b"".join((_GZIP_HEAD, *_blocks(data), checks))


def _blocks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _STORED_MAX):
        piece = data[start : start + _STORED_MAX]
        is_last = start + _STORED_MAX >= len(data)
        size = len(piece)
        yield bytes([is_last]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        yield piece
