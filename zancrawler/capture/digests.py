"""Digests as WARC writes them."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable


def labelled(digest: bytes) -> str:
    """`sha256:` and padded Base32: FastWARC compares nothing else."""
    return "sha256:" + b32encode(digest).decode("ascii")


def sha256(pieces: Iterable[bytes]) -> str:
    """The labelled SHA-256 of all the pieces together."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return labelled(digest.digest())
