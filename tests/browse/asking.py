"""Requests as a browser, or somebody who is none, sends them."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote, urlsplit


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(method, quote(path, safe="/?=&-_.%~"), headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def page(address: str, path: str) -> str:
    """The body of what is there."""
    answer, body = ask(address, path)
    assert answer.status == 200, (answer.status, body[-800:])
    return body
