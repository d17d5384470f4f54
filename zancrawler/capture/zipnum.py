"""Does the index of a compressed CDXJ lead to its blocks (ZipNum, as WACZ 1.1.1 5.2.2 has it)?"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator

FORMAT = "cdxj-gzip-1.0"
MAX_BLOCK = 16 << 20
"""Bytes of a compressed block. Those of 3,000 lines have 200 KB."""


def check_blocks(
    lines: Iterable[bytes], read: Callable[[int, int], bytes], size: int
) -> Iterator[str]:
    """What is wrong. `read` gives bytes of the compressed file, which has `size` of them."""
    end = 0
    before = b""
    for number, line in enumerate(lines, 1):
        key, brace, rest = line.partition(b" {")
        try:
            fields = json.loads(brace + rest)
            if number == 1 and key.startswith(b"!meta"):
                if fields["format"] != FORMAT:
                    yield f"its format is not {FORMAT}"
                continue
            offset, length = int(fields["offset"]), int(fields["length"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            yield f"line {number} cannot be read"
            continue
        if number == 1:
            yield "it does not begin with its format"
        if key < before:
            yield f"line {number} sorts before the last one"
        if offset != end:
            yield f"line {number}: its block does not begin where the last one ends"
        before, end = key, offset + length
        yield from (
            f"line {number}: {fault}" for fault in _block(key, fields, offset, length, read)
        )
    if end != size:
        yield "its blocks are not all of the compressed index"


def _block(
    key: bytes,
    fields: dict[str, object],
    offset: int,
    length: int,
    read: Callable[[int, int], bytes],
) -> Iterator[str]:
    if not 0 < length <= MAX_BLOCK or offset < 0:
        yield f"a block cannot have {length} bytes at {offset}"
        return
    packed = read(offset, length)
    digest = fields.get("digest")
    if digest is not None and digest != f"sha256:{hashlib.sha256(packed).hexdigest()}":
        yield "its block is not the one of its digest"
    try:
        first = zlib.decompressobj(31).decompress(packed, len(key) + 1)
    except zlib.error:
        yield "no compressed block stands there"
        return
    if first.rstrip() != key:
        yield "its block begins with another capture"
