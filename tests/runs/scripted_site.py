"""A site on loopback that answers each path as a test has written down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PARAGRAPHS = "".join(
    f"<p>On the {n}th day the school in the valley of {{place}} opened its doors again, and the "
    f"{n} girls who had waited for it since the spring came in by the back of the house.</p>"
    for n in range(4, 12)
)
PLACES = ("Andarab", "Baghlan", "Chimtal", "Darwaz", "Eshkamesh", "Farah", "Ghor", "Herat")


@dataclass(frozen=True)
class Reply:
    body: str | bytes = ""
    status: int = 200
    """0: the connection is cut."""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """`replies` by path and query; `home` is the site's URL, without a slash at the end."""

    home: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    otherwise: Callable[[str], Reply] = lambda path: Reply("<h1>Not found</h1>", 404)


@contextmanager
def scripted_site() -> Iterator[Script]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append(self.path)
            reply = script.replies.get(self.path) or script.otherwise(self.path)
            if not reply.status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Script(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


def story(place: str, number: int) -> str:
    return page(
        f"The school of {place} opens again",
        f"<div id=story><p class=path><a href=/>The Valley</a> &gt; <a href=/>Schools</a></p>"
        f"<h1>The school of {place} opens again</h1>"
        f"<p class=stamp>{number} March 2025</p>"
        f"<div class=words>{PARAGRAPHS.format(place=place)}</div></div>",
    )


def page(title: str, body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{title} | The Valley</title>{head}</head><body>"
        "<ul id=menu><li><a href=/>Home</a><li><a href=/about>About</a>"
        f"<li><a href=/category/schools>Schools</a></ul>{body}<div id=foot>Our address</div></body>"
        "</html>"
    )


def plain_site(script: Script) -> list[str]:
    """Neither feed nor sitemap: a home page that links to stories. Returns their paths."""
    paths = [
        f"/reports/{number}/school-of-{place.lower()}" for number, place in enumerate(PLACES, 1)
    ]
    links = "".join(
        f"<p><a href={path}>The school of {place} opens again</a></p>"
        for path, place in zip(paths, PLACES, strict=True)
    )
    script.replies["/"] = Reply(page("News", links))
    script.replies["/about"] = Reply(page("About", "<p>We are a paper of the valley.</p>"))
    script.replies["/category/schools"] = Reply(page("Schools", links))
    for number, (path, place) in enumerate(zip(paths, PLACES, strict=True), 1):
        script.replies[path] = Reply(story(place, number))
    return paths
