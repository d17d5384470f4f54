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
_HOSTS = (LOOPBACK, "localhost")
_VIEWER = "/replay/"
_SCRIPT = "text/javascript; charset=utf-8"
_OURS = resources.files("zancrawler.replay")
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
"""Holds for our page and, since it comes with sw.js as well, for whatever the viewer asks for."""
_RANGE = re.compile(r"bytes=(?!-$)(\d{0,15})-(\d{0,15})")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, viewer: Viewer, package: Callable[[], Opened]) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.viewer = viewer
        self.package = package


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not _is_ours(self.headers.get("Host", "")):
            self._say(HTTPStatus.FORBIDDEN, "this is served to this machine alone")
            return
        path = urlsplit(self.path).path
        if path in (f"{_VIEWER}ui.js", f"{_VIEWER}sw.js"):
            script = self.server.viewer.read(path.removeprefix(_VIEWER))
            self._send(HTTPStatus.OK, _SCRIPT, script)
            return
        if path == "/open.js":
            self._send(HTTPStatus.OK, _SCRIPT, (_OURS / "open.js").read_bytes())
            return
        if path != "/" and not path.endswith("/archive.wacz"):
            self._say(HTTPStatus.NOT_FOUND, "there is nothing here; the viewer is at /")
            return
        try:
            opened = self.server.package()
        except ArchiveError as error:
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        if path == "/":
            page = Template((_OURS / "index.html").read_text("utf-8"))
            html = page.substitute(source=f"/{opened.name}/archive.wacz")
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", html.encode("utf-8"))
        elif path == f"/{opened.name}/archive.wacz":
            self._give(opened)
        else:
            self._say(HTTPStatus.GONE, "something was withdrawn or held meanwhile; reload the page")

    do_HEAD = do_GET  # noqa: N815

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
                self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "text/plain", 0)
                self.send_header("Content-Range", f"bytes */{opened.size}")
                self.end_headers()
                return
            status = HTTPStatus.PARTIAL_CONTENT
        self._head(status, "application/wacz", end - start)
        self.send_header("Accept-Ranges", "bytes")
        if status is HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{opened.size}")
        self.end_headers()
        if self.command != "HEAD":
            for piece in opened.pieces(start, end - start):
                self.wfile.write(piece)

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        self._send(status, "text/plain; charset=utf-8", f"{sentence}\n".encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self._head(status, kind, len(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a log of what was looked at is nobody's business."""


def _is_ours(host: str) -> bool:
    """Another site may have its name point here; what its pages ask for is not ours to give."""
    try:
        return urlsplit(f"//{host}").hostname in _HOSTS
    except ValueError:
        return False


@contextmanager
def serving(viewer: Viewer, package: Callable[[], Opened], port: int) -> Iterator[str]:
    """The viewer's address, while it is served. `port` 0 takes a free one.

    Raises ArchiveError when the port is taken.
    """
    try:
        server = _Server(port, viewer, package)
    except OSError as error:
        raise ArchiveError(
            f"cannot listen on port {port} ({error.strerror}); name another with --port"
        ) from error
    thread = Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
