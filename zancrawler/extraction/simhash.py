"""A 64-bit fingerprint that is close where texts are close (Charikar 2002)."""

from __future__ import annotations

import hashlib
from functools import cache

_SHINGLE = 4
"""Words. Shorter ones make all news alike, longer ones miss copies with small edits."""
_MAX_WORDS = 20_000
_LANE = 16
"""Bits that each of the 64 counters has in one wide integer: room for 65,535 shingles."""


@cache
def _spread() -> tuple[int, ...]:
    """For each byte, its eight bits set apart by a lane each, so that votes add up in one sum."""
    return tuple(
        sum(((byte >> bit) & 1) << (_LANE * bit) for bit in range(8)) for byte in range(256)
    )


def simhash(text: str) -> int | None:
    """The signed 64-bit simhash of a normalised text; None when it has no word.

    Two texts are near-duplicates when few bits differ (3 of 64 is the usual bound: Manku, Jain
    and Das Sarma 2007).
    """
    words = text.split(maxsplit=_MAX_WORDS)[:_MAX_WORDS]
    if not words:
        return None
    spread = _spread()
    shingles = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
    votes = [0] * 8
    for shingle in shingles:
        for index, byte in enumerate(hashlib.blake2b(shingle.encode(), digest_size=8).digest()):
            votes[index] += spread[byte]
    lane = (1 << _LANE) - 1
    value = 0
    for index, vote in enumerate(votes):
        for bit in range(8):
            if ((vote >> (_LANE * bit)) & lane) * 2 > len(shingles):
                value |= 1 << (8 * index + bit)
    return value - (1 << 64) if value >> 63 else value
