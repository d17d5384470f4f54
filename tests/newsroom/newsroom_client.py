"""A plain HTTP client, which shows what the newsroom sent."""

from __future__ import annotations

import gzip
import http.client
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import lxml.html


@dataclass(frozen=True)
class Got:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    """As sent, de-chunked; what had come when the connection was cut."""

    @property
    def html(self) -> lxml.html.HtmlElement:
        body = self.body
        if self.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        return lxml.html.document_fromstring(body.decode())


def get(url: str, **headers: str) -> Got:
    """One GET, redirects not followed; `if_none_match="..."` sends If-None-Match."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    target = quote(parts.path or "/", safe="/%!'()*+,;=:@$&")
    if parts.query:
        target += "?" + parts.query
    connection.request(
        "GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    connection.close()
    return Got(answer.status, answer.headers, body)
