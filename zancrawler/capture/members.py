"""A WARC file as a row of records, compressed or not: exact offsets, bounded memory.

FastWARC and warcio take some damage for the end of a file and do not tell how long a compressed
record is; here a record is read whole, or the damage is named with its offset.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from .codecs import BadMemberError, codec_of
from .errors import DamagedWarcError
from .warcfile import open_warc

PIECE = 1 << 16
MAGIC_LENGTH = 4
RECORD_MAGIC = b"WARC/"
ARC_MAGIC = b"filedesc://"
"""The URL of the first record of an ARC, the format before WARC."""
MAX_FIELDS = 1 << 20
"""Bytes of a record's named fields. Ours have 1 KB; a Heritrix warcinfo has a few."""
MAX_LENGTH_DIGITS = 15
_VERSION = re.compile(rb"WARC/\d+\.\d+")
_FIELDS_END = re.compile(rb"\n\r?\n")


@dataclass(slots=True)
class OpenRecord:
    """A record whose block is still to be read, in order, before the next record."""

    offset: int
    """Where its member begins, or the record itself in an uncompressed file."""
    version: str
    head: bytes
    """Version and named fields as they stand there, with the empty line that ends them."""
    fields: tuple[tuple[str, str], ...]
    """As written; folded lines joined."""
    content_length: int
    first_in_member: bool
    _source: WarcReader = field(repr=False)
    left: int = 0
    """Bytes of the block not read yet."""
    ending: bytes = b""
    """What stands between the block and the next record; two line ends in a sound record."""
    length: int = 0
    """Bytes that it takes in the file; known once its block is read."""

    def get(self, name: str) -> str | None:
        """The first value of a named field, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), None)

    def pieces(self) -> Iterator[bytes]:
        """The rest of the block. Raises DamagedWarcError when it is not all there."""
        while self.left:
            piece = self._source.take(self.left)
            if not piece:
                raise self._source.damaged(f"the record ends {self.left} bytes early")
            self.left -= len(piece)
            yield piece

    def finish(self) -> None:
        """Reads what is left of it, so that `ending` and `length` are known."""
        if not self.length:
            for _ in self.pieces():
                pass
            self._source.end_record(self)


class WarcReader:
    """Iterates over the records of a WARC file, or of a part that begins and ends with a record.

    Raises DamagedWarcError where the bytes are no WARC. What came before is sound, where members
    have checksums: gzip's always do, Zstandard's may; of a member of several records it is compared
    only at its end.
    """

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        """Raises OSError when the file cannot be opened."""
        self._file: IO[bytes] = open_warc(path)
        self._name = path.name
        self._file.seek(start)
        self._left = None if end is None else max(0, end - start)
        self._raw = b""
        self._raw_end = start
        """The offset in the file up to which has been read into `_raw`."""
        self._text = b""
        """Decompressed bytes not taken yet."""
        self._record_offset = start
        self._fill()
        try:
            self._codec = codec_of(self._raw, self._file.fileno())
        except BadMemberError as error:
            self._file.close()
            raise self.damaged(str(error)) from error

    def __enter__(self) -> WarcReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[OpenRecord]:
        while self._begin_member():
            first = True
            while (record := self._begin_record(first)) is not None:
                yield record
                record.finish()
                first = False

    def damaged(self, reason: str) -> DamagedWarcError:
        return DamagedWarcError(self._name, self._record_offset, reason)

    def take(self, size: int) -> bytes:
        """Up to `size` bytes of the current member; none at its end."""
        if not self._text:
            self._text = self._decompressed(PIECE)
        data, self._text = self._text[:size], self._text[size:]
        return data

    @property
    def position(self) -> int:
        """The offset in the file of the first byte that is not used yet."""
        return self._raw_end - len(self._raw) - (len(self._text) if self._codec is None else 0)

    def _fill(self) -> bool:
        size = PIECE if self._left is None else min(PIECE, self._left)
        data = self._file.read(size)
        self._raw += data
        self._raw_end += len(data)
        if self._left is not None:
            self._left -= len(data)
        return bool(data)

    def _decompressed(self, size: int) -> bytes:
        if self._codec is None:
            if not self._raw:
                self._fill()
            data, self._raw = self._raw, b""
            return data
        while not self._codec.ended:
            try:
                data, self._raw = self._codec.decompress(self._raw, size)
            except BadMemberError as error:
                raise self.damaged(f"broken {self._codec.name} ({error})") from error
            if data:
                return data
            if not self._codec.ended and not self._fill():
                raise self.damaged(f"the file ends within a {self._codec.name}")
        return b""

    def _begin_member(self) -> bool:
        """False at the end of the file."""
        if self._codec is None:
            self._record_offset = self.position
            return bool(self._text or self._raw or self._fill())
        while len(self._raw) < MAGIC_LENGTH and self._fill():
            pass
        self._record_offset = self.position
        if not self._raw:
            return False
        if not self._codec.is_member(self._raw[:MAGIC_LENGTH]):
            raise self.damaged(f"no {self._codec.name} begins here")
        self._codec.begin()
        self._text = b""
        return True

    def _begin_record(self, first: bool) -> OpenRecord | None:
        """None when the member, or the uncompressed file, holds no more records."""
        if self._codec is None:
            self._record_offset = self.position
        head = b""
        while not (end := _FIELDS_END.search(head, 0, MAX_FIELDS)):
            if len(head) >= MAX_FIELDS:
                raise self.damaged("the record's fields never end")
            piece = self.take(PIECE)
            if not piece:
                if not head.strip(b"\r\n"):
                    if first and self._codec is not None and not self._codec.allows_empty:
                        raise self.damaged(f"an empty {self._codec.name}")
                    return None
                raise self.damaged("the file ends within the fields of a record")
            head += piece
            if head.lstrip(b"\r\n") and not head.startswith(RECORD_MAGIC[: len(head)]):
                raise self._no_record(first, head)
        self._text = head[end.end() :] + self._text
        version, _, rest = head[: end.start()].partition(b"\n")
        if not _VERSION.fullmatch(version.strip()):
            raise self._no_record(first, head)
        fields = _named_fields(rest)
        declared = next((value for name, value in fields if name.lower() == "content-length"), "")
        if not (declared.isascii() and declared.isdigit() and len(declared) <= MAX_LENGTH_DIGITS):
            raise self.damaged(f"its Content-Length is {declared[:40]!r}")
        length = int(declared)
        return OpenRecord(
            offset=self._record_offset,
            version=version.strip().decode("ascii"),
            head=head[: end.end()],
            fields=fields,
            content_length=length,
            first_in_member=first or self._codec is None,
            _source=self,
            left=length,
        )

    def _no_record(self, first: bool, head: bytes) -> DamagedWarcError:
        if not first or self._record_offset:
            return self.damaged("no record begins here")
        if head.startswith(ARC_MAGIC):
            new = self._name.removesuffix(".gz").removesuffix(".arc") + ".warc.gz"
            return self.damaged(
                "this is an ARC file, whose format came before WARC; "
                f"`warcio recompress {self._name} {new}` makes a WARC of it"
            )
        return self.damaged("this is no WARC")

    def _require_record_next(self) -> None:
        """A member's checksum is compared at its end, so that a record is known to be sound only
        then: unless others share its member, nothing may follow it there."""
        while len(self._text) < len(RECORD_MAGIC) and (more := self._decompressed(PIECE)):
            self._text += more
        if not self._text.startswith(RECORD_MAGIC):
            raise self.damaged("what follows the record in its member is no record")

    def end_record(self, record: OpenRecord) -> None:
        """Takes the line ends after a block; in a compressed file, up to the member's end."""
        ending = b""
        while True:
            piece = self.take(PIECE)
            rest = piece.lstrip(b"\r\n")
            ending += piece[: len(piece) - len(rest)]
            if rest or not piece:
                self._text = rest + self._text
                break
            if len(ending) > MAX_FIELDS:
                raise self.damaged("the line ends after a record never end")
        if self._codec is not None and self._text:
            self._require_record_next()
        record.ending = ending
        record.length = self.position - record.offset


def _named_fields(data: bytes) -> tuple[tuple[str, str], ...]:
    lines: list[bytes] = []
    for raw in data.split(b"\n"):
        line = raw.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b" " + line.strip()
        elif line:
            lines.append(line)
    pairs = (line.partition(b":") for line in lines)
    return tuple(
        (_text(name.strip()), _text(value.strip())) for name, colon, value in pairs if colon
    )


def _text(data: bytes) -> str:
    # WARC 1.1, 4: named fields are UTF-8; some writers did not know.
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
