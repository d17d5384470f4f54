"""How the records of a WARC are compressed: gzip (WARC 1.1, Annex D) or Zstandard (the IIPC's
proposal "Zstandard Compression for WARC Files 1.0"), each record in a member of its own."""

from __future__ import annotations

import os
import sys
from typing import Protocol

from isal import isal_zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31
"""zlib's word for a gzip member with a 32 KiB window."""
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
"""Of the skippable frame at the start of a file that holds the dictionary of all its records."""
MAX_DICTIONARY = 16 << 20
"""Bytes; Archive Team's have 1 MiB."""
ZSTD_BOUNDS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
"""128 MiB of memory for a window, as much as `zstd -d` allows."""


class BadMemberError(Exception):
    """The bytes are not compressed as they say they are."""


class Codec(Protocol):
    """Takes the members of a file apart, one after another."""

    name: str
    """What a member is called."""
    allows_empty: bool
    """Whether a member may hold nothing."""

    def is_member(self, data: bytes) -> bool:
        """Whether a member begins with these four bytes."""

    def begin(self) -> None:
        """The next bytes are those of a new member."""

    @property
    def ended(self) -> bool:
        """Whether the member has come to its end; so too before the first."""

    def decompress(self, data: bytes, size: int) -> tuple[bytes, bytes]:
        """At most `size` bytes of the member, and what of `data` was not used.

        None: the member is at its end, or needs more data. Raises BadMemberError.
        """


class _Gzip:
    name = "gzip member"
    allows_empty = False

    def __init__(self) -> None:
        self._stream: isal_zlib.Decompress | None = None

    def is_member(self, data: bytes) -> bool:
        return data.startswith(GZIP_MAGIC)

    def begin(self) -> None:
        self._stream = isal_zlib.decompressobj(GZIP_WINDOW)

    @property
    def ended(self) -> bool:
        return self._stream is None or self._stream.eof

    def decompress(self, data: bytes, size: int) -> tuple[bytes, bytes]:
        assert self._stream is not None
        try:
            out = self._stream.decompress(data, size)
        except isal_zlib.error as error:  # type: ignore[misc]
            raise BadMemberError(str(error)) from error
        stream = self._stream
        return bytes(out), stream.unused_data if stream.eof else stream.unconsumed_tail


class _Zstandard:
    name = "Zstandard frame"
    # A skippable frame is one; the dictionary stands in such.
    allows_empty = True

    def __init__(self, dictionary: bytes | None) -> None:
        self._dictionary = None if dictionary is None else zstd.ZstdDict(dictionary)
        self._stream: zstd.ZstdDecompressor | None = None

    def is_member(self, data: bytes) -> bool:
        return data == ZSTD_MAGIC or (data[1:] == DICTIONARY_MAGIC[1:] and data[0] >> 4 == 5)

    def begin(self) -> None:
        self._stream = zstd.ZstdDecompressor(self._dictionary, ZSTD_BOUNDS)

    @property
    def ended(self) -> bool:
        return self._stream is None or self._stream.eof

    def decompress(self, data: bytes, size: int) -> tuple[bytes, bytes]:
        assert self._stream is not None
        try:
            out = self._stream.decompress(data, size)
        except zstd.ZstdError as error:
            raise BadMemberError(str(error)) from error
        return out, self._stream.unused_data if self._stream.eof else b""


def codec_of(start: bytes, descriptor: int) -> Codec | None:
    """What the file is compressed with, by the bytes where reading begins; None: it is not.

    Raises BadMemberError when the dictionary, which stands at the file's start, cannot be read.
    """
    if start.startswith(GZIP_MAGIC):
        return _Gzip()
    if start.startswith((ZSTD_MAGIC, DICTIONARY_MAGIC)):
        return _Zstandard(_dictionary(descriptor))
    return None


def _dictionary(descriptor: int) -> bytes | None:
    frame = os.pread(descriptor, 8, 0)
    if not frame.startswith(DICTIONARY_MAGIC):
        return None
    size = int.from_bytes(frame[4:], "little")
    if size > MAX_DICTIONARY:
        raise BadMemberError(f"its dictionary has {size} bytes, more than {MAX_DICTIONARY}")
    content = os.pread(descriptor, size, 8)
    if not content.startswith(ZSTD_MAGIC):
        return content
    dictionary, whole = unzstandard(content, MAX_DICTIONARY)
    if dictionary is None or not whole:
        raise BadMemberError("its dictionary cannot be read")
    return dictionary


def unzstandard(data: bytes, limit: int) -> tuple[bytes | None, bool]:
    """A Zstandard frame's content, at most `limit` bytes, and whether it is whole; None: it is no
    such frame."""
    stream = zstd.ZstdDecompressor(options=ZSTD_BOUNDS)
    try:
        content = stream.decompress(data, limit + 1)
    except zstd.ZstdError:
        return None, False
    return content[:limit], stream.eof and len(content) <= limit
