"""The character set of a page that does not tell it, or tells a wrong one."""

from __future__ import annotations


def unmarked_utf_16(body: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: markup is ASCII, so every other byte of it is
    zero. None for all else."""
    start = body[:200]
    if b"<\x00" in start and start[1::2].count(0) > len(start) * 0.2:
        return "utf-16-le"
    if b"\x00<" in start and start[0::2].count(0) > len(start) * 0.2:
        return "utf-16-be"
    return None
