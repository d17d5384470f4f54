"""The header fields of an answer: names and values as text, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

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


def total_pages(headers: Headers) -> int | None:
    """How many an API of WordPress says there are (X-WP-TotalPages)."""
    value = first(headers, "x-wp-totalpages")
    return int(value[:9]) if value.isascii() and value.isdigit() else None


def retry_after(headers: Headers, now: datetime) -> int | None:
    """Seconds from `now` for which a server asks to be left alone (RFC 9110, 10.2.3): it says a
    number of them, or a date. None where it asks for nothing that can be understood."""
    value = first(headers, "retry-after").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    try:
        until = parsedate_to_datetime(value)
        # An HTTP date is GMT, whether it says so or not.
        return max(int((until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()), 0)
    except (ValueError, OverflowError, IndexError):
        return None
