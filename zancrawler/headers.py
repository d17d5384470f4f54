"""The header fields of an answer: names and values as text, in their order."""

from __future__ import annotations

from collections.abc import Sequence

Headers = Sequence[tuple[str, str]]


def first(headers: Headers, name: str) -> str:
    """The first value of a field, whatever the case of its name; empty where there is none."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def location(headers: Headers) -> str:
    """The first Location. Many servers send UTF-8 in it, which no RFC foresees."""
    value = first(headers, "location")
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def media_type(headers: Headers) -> str:
    """That of Content-Type, in lower case and without parameters (RFC 9110, 8.3.1)."""
    return first(headers, "content-type").partition(";")[0].strip().lower()
