"""CDXJ: where in a WARC each capture of a URL stands, sorted bytewise by SURT and time.

The lines are those of cdxj-indexer, field by field, so that pywb and wabac read them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from surt import surt

from zancrawler.archive import Archive, put_durably

from .http import MAX_HEAD, Head, head_length, parse_head
from .reader import Record, read_records
from .records import WARC_FIELDS

_MIME_END = re.compile(r"[;\s]")


@dataclass(frozen=True, slots=True)
class Capture:
    """One line of a CDXJ."""

    timestamp: str
    """Fourteen digits, UTC."""
    url: str
    mime: str | None
    """`warc/revisit` for a revisit."""
    status: str | None
    digest: str
    length: int
    offset: int
    filename: str
    """The WARC's name without its folder."""

    def line(self) -> bytes:
        """Begins with the URL's SURT, which takes most of its time; a field that is not known is
        left out."""
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": self.status,
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        known = {name: value for name, value in fields.items() if value is not None}
        return f"{urlkey(self.url)} {self.timestamp} {json.dumps(known)}\n".encode()

    @classmethod
    def parse(cls, line: bytes) -> Capture:
        """Raises ValueError for what is no line of a CDXJ."""
        _, timestamp, block = line.decode("utf-8").split(" ", 2)
        try:
            fields = json.loads(block)
            capture = cls(
                timestamp=timestamp,
                url=fields["url"],
                mime=fields.get("mime"),
                status=fields.get("status"),
                digest=fields["digest"],
                length=int(fields["length"]),
                offset=int(fields["offset"]),
                filename=fields["filename"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a CDXJ line lacks {error}") from error
        except (OverflowError, RecursionError) as error:
            raise ValueError(f"a CDXJ line cannot be read: {error}") from error
        if not (isinstance(capture.url, str) and isinstance(capture.filename, str)):
            raise ValueError("a CDXJ line has a url or filename that is no text")
        return capture


def capture_of(record: Record, filename: str) -> Capture | None:
    """What an index says of a record; None for one that stands for no capture."""
    if record.type == "resource" and record.target_uri is not None:
        kind = record.header("Content-Type")
        if kind == WARC_FIELDS:
            return None
        return resource_capture(
            record.target_uri,
            record.date,
            kind,
            record.payload_digest,
            offset=record.offset,
            length=record.length,
            filename=filename,
        )
    if record.type not in ("response", "revisit") or record.target_uri is None:
        return None
    head = parse_head(record.block[: head_length(record.block) or MAX_HEAD])
    return new_capture(
        record.type,
        record.target_uri,
        record.date,
        head if record.block else None,
        record.payload_digest,
        offset=record.offset,
        length=record.length,
        filename=filename,
    )


def new_capture(
    kind: str,
    url: str,
    date: datetime,
    head: Head | None,
    digest: str | None,
    *,
    offset: int,
    length: int,
    filename: str,
) -> Capture:
    """What an index says of a `response` or `revisit` whose HTTP head is `head`, if it has one."""
    status: str | None = None
    mime: str | None = None
    if head is not None:
        if head.status is not None:
            status = head.start_line.split(None, 2)[1].decode("ascii")
        content_type = head.get(b"content-type")
        if content_type is not None:
            mime = _MIME_END.split(content_type.decode("utf-8", "replace"), maxsplit=1)[0]
    return Capture(
        timestamp=f"{date:%Y%m%d%H%M%S}",
        url=url,
        mime="warc/revisit" if kind == "revisit" else mime,
        status=status,
        digest=digest or "-",
        length=length,
        offset=offset,
        filename=filename,
    )


def resource_capture(
    uri: str,
    date: datetime,
    content_type: str | None,
    digest: str | None,
    *,
    offset: int,
    length: int,
    filename: str,
) -> Capture:
    """What an index says of a `resource`, which has no HTTP head."""
    return Capture(
        timestamp=f"{date:%Y%m%d%H%M%S}",
        url=uri,
        mime=_MIME_END.split(content_type, maxsplit=1)[0] if content_type else None,
        status=None,
        digest=digest or "-",
        length=length,
        offset=offset,
        filename=filename,
    )


def urlkey(url: str) -> str:
    """The URL in SURT form, by which an index is sorted; the URL itself where it has none."""
    try:
        key: str = surt(url)
    except (ValueError, UnicodeError):
        return url
    return key


def write_index(archive: Archive, warc: Path, captures: Iterable[Capture]) -> None:
    """Puts the CDXJ of a closed WARC beside the others, whole or not at all. Raises OSError."""
    with put_durably(archive.cdxj(warc)) as temporary:
        temporary.write_bytes(b"".join(sorted(capture.line() for capture in captures)))


def index_warc(archive: Archive, warc: Path) -> None:
    """Writes a closed WARC's CDXJ anew from its records. Raises OSError, DamagedWarcError."""
    records = read_records(warc, max_block=MAX_HEAD)
    captures = (capture_of(record, warc.name) for record in records)
    write_index(archive, warc, (capture for capture in captures if capture is not None))
