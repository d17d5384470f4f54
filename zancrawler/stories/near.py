"""Finding near copies among many texts without comparing each with each: locality-sensitive hashing
of signatures by bands (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, section 3.4).

The banding is ours, for a library's index gives all candidates of a text at once: a million texts
of one template would make a million times a million. Here each is compared with a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from zancrawler.stories.sketch import PLACES

NEAR = 0.5
"""Share of three-word runs that makes two texts copies. A reprint with every tenth word edited
keeps 0.57; two reports that quote half of their text from one speech share 0.33."""
BANDS = 32
"""Of four places each: finds 0.87 of the pairs that share 0.5, 0.99 of those that share 0.6."""
NEIGHBOURS = 8
"""Of texts that share a band, each is compared with as many as follow it in the order given.
Where more copies than that are about, each is still found by its neighbours."""
_BLOCK = 65_536
"""Pairs compared at a time: 64 MB."""

Signatures = NDArray[np.uint32]


def signatures_of(rows: Sequence[bytes]) -> Signatures:
    """One row of PLACES each."""
    return np.frombuffer(b"".join(rows), dtype="<u4").reshape(len(rows), PLACES)


def near_pairs(signatures: Signatures) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows, the lower first, that share NEAR or more, and their share. Each pair once.

    Takes, per row, its signature and some 100 bytes; at most BANDS times NEIGHBOURS comparisons.
    """
    found = np.empty(0, np.int64)
    for band in range(BANDS):
        pairs = _neighbours(_band_keys(signatures, band))
        pairs = pairs[np.isin(pairs, found, assume_unique=True, invert=True, kind="sort")]
        found = np.concatenate([found, pairs[_shares(signatures, pairs) >= NEAR]])
    found.sort()
    for pair, share in zip(found.tolist(), _shares(signatures, found).tolist(), strict=True):
        one, other = divmod(pair, len(signatures))
        yield one, other, share


def _neighbours(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs of rows with the same key, as one number each: the first times their count, plus the
    second. Not all pairs, but NEIGHBOURS of each row."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    pairs = []
    for distance in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(keys[distance:] == keys[:-distance])
        pairs.append(order[same] * len(keys) + order[same + distance])
    return np.concatenate(pairs)


def _band_keys(signatures: Signatures, band: int) -> NDArray[np.uint64]:
    """64 bits for the places of a band. That two bands share them by chance costs a comparison."""
    places = PLACES // BANDS
    keys = np.zeros(len(signatures), np.uint64)
    for place in range(band * places, (band + 1) * places):
        keys = (keys ^ signatures[:, place]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys


def _shares(signatures: Signatures, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    shares = np.empty(len(pairs), np.float64)
    for start in range(0, len(pairs), _BLOCK):
        one, other = np.divmod(pairs[start : start + _BLOCK], len(signatures))
        shares[start : start + _BLOCK] = (signatures[one] == signatures[other]).mean(axis=1)
    return shares
