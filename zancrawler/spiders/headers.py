"""The header fields of Scrapy's responses as text, as they are sent: a byte is a character."""

from __future__ import annotations

from scrapy.http import Response


def headers_of(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
