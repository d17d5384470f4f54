"""A robots.txt as text, and its rules (RFC 9309)."""

from __future__ import annotations

from protego import Protego

MAX_BYTES = 512_000
"""That count (section 2.5 asks for at least 500 KiB)."""


def robots_text(body: bytes) -> str:
    return body[:MAX_BYTES].decode("utf-8-sig", "replace")


def robots_rules(body: bytes) -> Protego:
    return Protego.parse(robots_text(body))
