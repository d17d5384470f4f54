"""Serves a package and its viewer on loopback, to this machine's browser alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from string import Template
from threading import Thread
from urllib.parse import urlsplit

from zancrawler.archive import ArchiveError

from .package import Opened
from .viewer import Viewer

LOOPBACK = "127.0.0.1"
_POLL = 0.1
"""Seconds until the end is noticed."""
_SCRIPT = "text/javascript; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_OURS = resources.files("zancrawler.replay")
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""Holds for our pages and, since it comes with sw.js as well, for whatever the viewer asks for.
What the viewer gives a page is held by guard.js."""
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "hid",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
_OUR_SCRIPTS = {"/open.js": "open.js", "/replay/sw.js": "guard.js"}
_VIEWER_SCRIPTS = {"/replay/ui.js": "ui.js", "/replay/wabac.js": "sw.js"}
_RANGE = re.compile(r"bytes=(?!-$)(\d{0,15})-(\d{0,15})")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, answer: type[_Handler]) -> None:
        super().__init__((LOOPBACK, port), answer)
        self.address = f"http://{LOOPBACK}:{self.server_port}/"
        self.policy = _POLICY


class _Home(_Server):
    """Gives the page that a user opens. What is replayed never gets its origin."""

    def __init__(self, port: int, framed: str) -> None:
        super().__init__(port, _HomeHandler)
        self.framed = framed
        self.policy = f"{_POLICY}; frame-src {framed}; frame-ancestors 'none'"


class _Framed(_Server):
    """Gives the viewer, in whose origin all is that it replays: on a port of its own, another one
    each time, so that nothing a page leaves in the browser is there for the next package."""

    def __init__(self, viewer: Viewer, package: Callable[[], Opened]) -> None:
        super().__init__(0, _FramedHandler)
        self.viewer = viewer
        self.package = package
        self.home = ""

    def frame_by(self, home: str) -> None:
        self.home = home
        self.policy = f"{_POLICY}; frame-ancestors 'self' {home}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = _name_of(self.headers.get("Host", ""))
        if host == LOOPBACK:
            self.answer(urlsplit(self.path).path)
        elif host == "localhost":
            # Another origin to a browser: the viewer would not let itself be framed by it.
            self.redirect(self.server.address)
        else:
            self.say(HTTPStatus.FORBIDDEN, "this is served to this machine alone")

    do_HEAD = do_GET  # noqa: N815

    def answer(self, path: str) -> None:
        self.say(HTTPStatus.NOT_FOUND, "there is nothing here; the viewer is at /")

    def say(self, status: HTTPStatus, sentence: str) -> None:
        self.send(status, "text/plain; charset=utf-8", f"{sentence}\n".encode())

    def send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.head(status, kind, len(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def redirect(self, address: str) -> None:
        self.head(HTTPStatus.SEE_OTHER, "text/plain", 0)
        self.send_header("Location", address)
        self.end_headers()

    def head(self, status: HTTPStatus, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Permissions-Policy", _PERMISSIONS)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a log of what was looked at is nobody's business."""


class _HomeHandler(_Handler):
    server: _Home

    def answer(self, path: str) -> None:
        if path == "/":
            page = Template((_OURS / "index.html").read_text("utf-8"))
            html = page.substitute(viewer=self.server.framed)
            self.send(HTTPStatus.OK, _HTML, html.encode("utf-8"))
        elif path == "/index.js":
            self.send(HTTPStatus.OK, _SCRIPT, (_OURS / "index.js").read_bytes())
        else:
            super().answer(path)


class _FramedHandler(_Handler):
    server: _Framed

    def answer(self, path: str) -> None:
        if self.headers.get("Sec-Fetch-Dest") == "document":
            # A window of its own has no frame around it.
            self.redirect(self.server.home)
        elif path in _OUR_SCRIPTS:
            self.send(HTTPStatus.OK, _SCRIPT, (_OURS / _OUR_SCRIPTS[path]).read_bytes())
        elif path in _VIEWER_SCRIPTS:
            script = self.server.viewer.read(_VIEWER_SCRIPTS[path])
            self.send(HTTPStatus.OK, _SCRIPT, script)
        elif path == "/" or path.endswith("/archive.wacz"):
            self._packaged(path)
        else:
            super().answer(path)

    def _packaged(self, path: str) -> None:
        try:
            opened = self.server.package()
        except ArchiveError as error:
            self.say(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        if path == "/":
            page = Template((_OURS / "viewer.html").read_text("utf-8"))
            html = page.substitute(source=f"/{opened.name}/archive.wacz")
            self.send(HTTPStatus.OK, _HTML, html.encode("utf-8"))
        elif path == f"/{opened.name}/archive.wacz":
            self._give(opened)
        else:
            self.say(HTTPStatus.GONE, "something was withdrawn or held meanwhile; reload the page")

    def _give(self, opened: Opened) -> None:
        """The package or one range of it (RFC 9110, 14)."""
        start, end = 0, opened.size
        status = HTTPStatus.OK
        if (asked := self.headers.get("Range")) and (found := _RANGE.fullmatch(asked.strip())):
            first, last = found.groups()
            if first:
                start, end = int(first), min(end, int(last) + 1 if last else end)
            elif last:
                start = max(0, end - int(last))
            if start >= end:
                self.head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "text/plain", 0)
                self.send_header("Content-Range", f"bytes */{opened.size}")
                self.end_headers()
                return
            status = HTTPStatus.PARTIAL_CONTENT
        self.head(status, "application/wacz", end - start)
        self.send_header("Accept-Ranges", "bytes")
        if status is HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{opened.size}")
        self.end_headers()
        if self.command != "HEAD":
            for piece in opened.pieces(start, end - start):
                self.wfile.write(piece)


def _name_of(host: str) -> str | None:
    """Another site may have its name point here; what its pages ask for is not ours to give."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


@contextmanager
def serving(viewer: Viewer, package: Callable[[], Opened], port: int) -> Iterator[str]:
    """The viewer's address, while it is served. `port` 0 takes a free one.

    Raises ArchiveError when the port is taken.
    """
    framed = _Framed(viewer, package)
    try:
        home = _Home(port, framed.address)
    except OSError as error:
        framed.server_close()
        raise ArchiveError(
            f"cannot listen on port {port} ({error.strerror}); name another with --port"
        ) from error
    framed.frame_by(home.address)
    servers = (home, framed)
    threads = [
        Thread(target=server.serve_forever, args=(_POLL,), daemon=True) for server in servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield home.address
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()
