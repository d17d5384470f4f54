"""What a request was for, and under which conditions it asks."""

from __future__ import annotations

from scrapy.http import Request
from twisted.python.failure import Failure


def asked_url(failure: Failure) -> str:
    """Scrapy hangs the request on the failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    return request.url


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request's conditions: the very strings that the server sent (RFC 9110 section 13)."""
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in asked.items() if value}
