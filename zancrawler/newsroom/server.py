"""The newsroom as an HTTP server on loopback: the outlets and the desk, a port each."""

# Twisted's web classes carry no annotations.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import gzip
import json
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

from twisted.internet import reactor as the_reactor
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.stdio import StandardIO
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from zancrawler.newsroom.answer import Answer, Ask, Manner
from zancrawler.newsroom.desk import Desk, LoggedRequest
from zancrawler.newsroom.imprints import IMPRINTS
from zancrawler.output import drop_output

LOOPBACK = "127.0.0.1"
PIECES = 8
DRIP = 0.25
"""Seconds between the pieces of a slow answer."""

# Twisted installs the reactor as a module and types it as one.
reactor = cast(Any, the_reactor)


class Outlet(Resource):
    """One outlet's port."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.desk = desk
        self.name = name

    def render_GET(self, request: Request) -> bytes | int:  # noqa: N802 - Twisted's name
        ask = Ask(
            path=unquote(request.path.decode("latin-1")),
            query={
                name.decode(errors="replace"): values[-1].decode(errors="replace")
                for name, values in request.args.items()
            },
            serial=len(self.desk.log),
        )
        answer = self.desk.answer(self.name, ask)
        request.setHeader("Server", IMPRINTS[self.name].software)
        if unchanged(request, answer):
            body: bytes | int = b""
        else:
            body = deliver(request, answer)
        self.desk.log.append(
            LoggedRequest(
                time=time.time(),
                outlet=self.name,
                method=request.method.decode("latin-1"),
                path=request.uri.decode("latin-1"),
                status=request.code,
                user_agent=(request.getHeader(b"user-agent") or b"").decode("latin-1"),
            )
        )
        return body


def unchanged(request: Request, answer: Answer) -> bool:
    """Set the validators; true when the client's own still hold and 304 is set (RFC 9110, 13)."""
    by_etag = answer.etag and request.setETag(f'"{answer.etag}"'.encode()) is http.CACHED
    if answer.modified is None:
        return bool(by_etag)
    # If-None-Match given, If-Modified-Since must not count (RFC 9110, 13.1.3).
    if request.getHeader(b"if-none-match") is not None:
        request.setHeader("Last-Modified", http.datetimeToString(answer.modified.timestamp()))
        return bool(by_etag)
    return request.setLastModified(answer.modified.timestamp()) is http.CACHED


def deliver(request: Request, answer: Answer) -> bytes | int:
    """Send the answer in its manner."""
    request.setResponseCode(answer.status, HTTPStatus(answer.status).phrase.encode())
    request.setHeader("Content-Type", answer.content_type)
    for name, value in answer.headers:
        request.setHeader(name, value)
    body, manner = answer.body, answer.manner
    if manner is Manner.GZIP:
        request.setHeader("Vary", "Accept-Encoding")
        if b"gzip" in (request.getHeader(b"accept-encoding") or b""):
            request.setHeader("Content-Encoding", "gzip")
            body = gzip.compress(body, 6, mtime=0)
    if manner in (Manner.WHOLE, Manner.CUT):
        request.setHeader("Content-Length", str(len(body)))
    match manner:
        case Manner.WHOLE:
            return body
        case Manner.CUT:
            request.write(body[: len(body) // 2])
            request.loseConnection()
        case Manner.SLOW:
            drip(request, pieces(body))
        case Manner.GZIP | Manner.CHUNKED:
            for piece in pieces(body):
                request.write(piece)
            request.finish()
    return NOT_DONE_YET


def pieces(body: bytes) -> list[bytes]:
    size = max(1, -(-len(body) // PIECES))
    return [body[start : start + size] for start in range(0, len(body), size)]


def drip(request: Request, rest: list[bytes]) -> None:
    """Write the pieces one by one, until the last or until the client has gone."""
    if request.channel is None:
        return
    if not rest:
        request.finish()
        return
    request.write(rest[0])
    reactor.callLater(DRIP, drip, request, rest[1:])


class Control(Resource):
    """The port from which tests move the newsroom through its days and ask for the truth."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def render_GET(self, request: Request) -> bytes:  # noqa: N802 - Twisted's name
        day = int(request.args[b"day"][0]) if b"day" in request.args else None
        match request.path:
            case b"/truth":
                value: object = self.desk.truth(day)
            case b"/weather":
                value = self.desk.weather(day)
            case b"/cases":
                value = self.desk.named_cases()
            case b"/requests":
                value = [asdict(each) for each in self.desk.log]
            case b"/day":
                value = self.desk.edition.day
            case _:
                request.setResponseCode(http.NOT_FOUND)
                value = None
        return _json(request, value)

    def render_PUT(self, request: Request) -> bytes:  # noqa: N802 - Twisted's name
        """`PUT /day`, the number in the body; 400 when there is no such day."""
        try:
            self.desk.set_day(int(cast(Any, request.content).read(16)))
        except ValueError as error:
            request.setResponseCode(http.BAD_REQUEST)
            return _json(request, str(error))
        return _json(request, self.desk.edition.day)


def _json(request: Request, value: object) -> bytes:
    request.setHeader("Content-Type", "application/json")
    return json.dumps(value, ensure_ascii=False).encode()


class ParentWatch(Protocol):
    """Stops the server when its standard input ends: whoever started it is gone."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if reactor.running:
            reactor.stop()


def serve(port: int, day: int, outlets: Sequence[str], *, watch_parent: bool = False) -> None:
    """Serve until stopped. The outlets get `port` and the next ones, the desk the last; 0: any.

    The first line on standard output is JSON: `homes` and `control`, base URLs.
    """
    doors = [_bind(port + place if port else 0) for place in range(len(outlets) + 1)]
    bases = [f"http://{LOOPBACK}:{door.getsockname()[1]}" for door in doors]
    homes = dict(zip(outlets, bases, strict=False))
    desk = Desk(homes, day)
    resources = [*(Outlet(desk, name) for name in outlets), Control(desk)]
    for door, resource in zip(doors, resources, strict=True):
        reactor.adoptStreamPort(door.fileno(), socket.AF_INET, Site(resource))
        door.close()
    if watch_parent:
        StandardIO(ParentWatch())
    try:
        sys.stdout.write(json.dumps({"homes": homes, "control": bases[-1]}) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever started it is gone.
        drop_output()
        return
    reactor.run()


def _bind(port: int) -> socket.socket:
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setblocking(False)
    door.bind((LOOPBACK, port))
    door.listen(50)
    return door
