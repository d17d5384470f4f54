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
from .originals import forget
from .reader import read_records
from .records import PURGED, NewRecord, warc_date, warc_fields
from .warcfile import Span, page_warcs

_GZIP_ENDS = 10 + 8
_FCOMMENT = 0x10
_MAX_COMMENT = 511
"""Go's reader, which other archives' tools have, takes no longer one."""
_STORED_HEAD = 5
_STORED_MAX = 65_535
"""Bytes of a stored block (RFC 1951 section 3.2.4)."""
_RECORD = 600
"""Bytes of the record without its padding, or a little more."""


def purge(archive: Archive, warc: Path, outlet: str, spans: Iterable[Span], at: datetime) -> None:
    """Puts a tombstone in the place of each exchange, and makes the index anew.

    The spans are exact: from where an exchange's first gzip member begins to where its last ends.
    Raises OSError, and ValueError for a span in which no tombstone has room.
    """
    bring_back(warc)
    # Before it: a run that comes after a crash between the two reads the WARC anew.
    forget(archive, outlet, warc)
    with put_durably(warc) as temporary:
        shutil.copyfile(warc, temporary)
        with temporary.open("r+b") as file:
            for span in spans:
                answer = _answer(warc, span)
                file.seek(span.offset)
                file.write(_tombstone(span.length, at, answer))
    if warc in page_warcs(archive, outlet):
        index_warc(archive, warc)


def _answer(warc: Path, span: Span) -> str | None:
    """The id of the record in a span that revisits may refer to."""
    for record in read_records(warc, span.offset, span.offset + span.length, max_block=0):
        if record.type in ("response", "resource"):
            return record.record_id
    return None


def tombstones(warc: Path) -> Iterator[int]:
    """Where in a WARC an exchange was taken out: offsets. Raises DamagedWarcError, OSError."""
    for record in read_records(warc, max_block=0):
        if record.type == "metadata" and (record.target_uri or "").startswith(PURGED):
            yield record.offset


def _tombstone(length: int, at: datetime, answer: str | None) -> bytes:
    """A gzip member (RFC 1952) of `length` bytes with one metadata record, about the record of
    this id: what refers to it is known to refer to something that was taken out.
    """
    # In the shortest, which others wrote, there is no room for the id.
    for about, padding in ((answer, 0), (answer, _padding(length)), (None, 0)):
        record = _record(at, about, padding)
        data = b"".join(_stored(record)) if padding else zlib.compress(record, 9, -15)
        room = length - _GZIP_ENDS - len(data)
        if 0 <= room <= _MAX_COMMENT:
            # The comment takes up what the padding cannot hit, for its length is told in digits.
            comment = b"x" * (room - 1) + b"\0" if room else b""
            checks = zlib.crc32(record).to_bytes(4, "little") + len(record).to_bytes(4, "little")
            return b"".join((_gzip_head(comment), data, checks))
    raise ValueError(f"a span of {length} bytes has no room for a tombstone")


def _padding(length: int) -> int:
    blocks = length // _STORED_MAX + 1
    return max(0, length - _GZIP_ENDS - blocks * _STORED_HEAD - _RECORD)


def _record(at: datetime, answer: str | None, padding: int) -> bytes:
    named = [("WARC-Target-URI", PURGED), ("WARC-Date", warc_date(at))]
    if answer is not None:
        named.append(("WARC-Refers-To", answer))
    remarks = [("purged", "see withdrawn.jsonl")]
    if padding:
        remarks.append(("padding", "x" * padding))
    record: NewRecord = warc_fields("metadata", named, remarks)
    return b"".join((record.head(), *record.block(), b"\r\n\r\n"))


def _gzip_head(comment: bytes) -> bytes:
    return b"\x1f\x8b\x08" + bytes([_FCOMMENT if comment else 0]) + bytes(6) + comment


def _stored(data: bytes) -> Iterator[bytes]:
    """DEFLATE (RFC 1951) without compression, so that its length can be chosen."""
    for start in range(0, len(data), _STORED_MAX):
        piece = data[start : start + _STORED_MAX]
        is_last = start + _STORED_MAX >= len(data)
        size = len(piece)
        yield bytes([is_last]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        yield piece
