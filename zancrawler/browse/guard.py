"""What stands before Datasette: who may ask, for what, and that the answer is up to date."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from zancrawler.archive import ArchiveError
from zancrawler.browse.cells import Cells
from zancrawler.browse.export import Export

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = "127.0.0.1"
_HOSTS = (LOOPBACK, "localhost")
MAX_ADDRESS = 4_000
"""Bytes of path and query."""
_ASKED = re.compile(
    r"/|/search|/outlet/[a-z0-9-]{1,80}|/article/[0-9a-f]{20}(/changes)?"
    r"|/archive/articles(\.json|\.csv)?"
)
_FILES = re.compile(r"/static/[a-z.]+|/favicon\.ico")
"""Nothing else is answered, so none of Datasette's pages for SQL, settings or debugging."""
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application around Datasette's."""

    app: App
    export: Export
    inode: int
    """Of the export's file that Datasette has open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        guarded = _with_headers(send)
        if scope["path"].endswith(".csv"):
            guarded = _without_formulas(guarded)
        refusal = _refusal(scope)
        if not refusal and not _FILES.fullmatch(scope["path"]):
            try:
                await asyncio.to_thread(self.export.refresh)
                if self.export.path.stat().st_ino != self.inode:
                    refusal = (
                        503,
                        "the export was replaced; stop `zancrawler browse`, start it anew",
                    )
            except (ArchiveError, OSError) as error:
                refusal = 500, str(error)
        if refusal:
            await _say(guarded, *refusal)
        else:
            await self.app(scope, receive, guarded)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers = dict(scope["headers"])
    if not _is_ours(headers.get(b"host", b"").decode("latin-1")):
        return 403, "this is served to this machine alone"
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "this can only be read"
    path = scope["path"]
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_ADDRESS:
        return 414, "the address is too long"
    if not _ASKED.fullmatch(path) and not _FILES.fullmatch(path):
        return 404, "there is nothing here; the archive is at /"
    return None


def _is_ours(host: str) -> bool:
    """Another site may have its name point here; what its pages ask for is not ours to give."""
    try:
        return urlsplit(f"//{host}").hostname in _HOSTS
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    ours = {name for name, _ in _HEADERS} | {b"set-cookie", b"link"}

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            theirs = [pair for pair in message.get("headers", ()) if pair[0].lower() not in ours]
            message = {**message, "headers": [*theirs, *_HEADERS]}
        await send(message)

    return guarded


def _without_formulas(send: Send) -> Send:
    cells = Cells()

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            body = cells.feed(message.get("body", b""), last=not message.get("more_body", False))
            message = {**message, "body": body}
        await send(message)

    return guarded


async def _say(send: Send, status: int, sentence: str) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind]})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
