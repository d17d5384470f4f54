"""One hostile answer must not take the outlet's other pages with it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler

GOOD = (
    "<html lang=en><head><title>A story {n}</title><meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2025-0{n}-01T00:00:00Z'></head>"
    "<body><article>"
    "<h1>A story {n}</h1>" + "<p>The school in the valley opened its doors again.</p>" * 8
) + "</article></body></html>"

TOML = """
title = "Hostile"
home = "http://{host}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
[sources]
sitemaps = ["/sitemap.xml"]
[[articles]]
url = '^/story/'
[politeness]
delay = 0
"""

HEADS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/story/1": (200, {"Content-Type": "text/html; charset=utf-8"}, GOOD.format(n=1).encode()),
    "/story/a": (302, {"Location": "http://["}, b""),
    "/story/b": (302, {"Location": "//\u2100/x"}, b""),
    "/story/c": (302, {"Location": "http://host:99999/"}, b""),
    "/story/d": (200, {"Content-Type": "text/html; charset=idna"}, b"<p>\xff" * 50),
    "/story/e": (200, {"Content-Type": "text/html; charset=undefined"}, b"<p>\xff" * 50),
    "/story/f": (200, {"Content-Type": "text/html; charset=base64"}, b"<p>\xff" * 50),
    "/story/g": (302, {"Location": "http://user:secret@other.invalid/"}, b""),
    "/story/h": (302, {"Location": "/story/h?again=1"}, b""),
    "/story/i": (200, {"Content-Type": "text/html"}, b"<a " * 20_000),
    "/story/2": (200, {"Content-Type": "text/html; charset=utf-8"}, GOOD.format(n=2).encode()),
}


class Hostile(BaseHTTPRequestHandler):
    robots = 404

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            status, headers, body = self.robots, {}, b""
        elif self.path == "/sitemap.xml":
            host = self.headers["Host"]
            urls = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in HEADS)
            status, headers, body = 200, {}, f"<urlset>{urls}</urlset>".encode()
        else:
            status, headers, body = HEADS.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value.encode("utf-8").decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def outlets(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    handler = type("Handler", (Hostile,), {"robots": getattr(request, "param", 404)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tmp_path / "outlets"
    folder.mkdir()
    host = f"127.0.0.1:{server.server_port}"
    (folder / "hostile.toml").write_text(TOML.format(host=host))
    yield folder
    server.shutdown()


def test_the_good_pages_are_kept(outlets: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    for _ in range(2):
        zancrawler("crawl", "hostile", "--archive", archive, "--outlets", outlets)
    articles = pq.read_table(archive / "tables/articles", columns=["title"])["title"].to_pylist()
    assert sorted(articles) == ["A story 1", "A story 2"]
    captures = pq.read_table(archive / "tables/captures").to_pylist()
    assert {row["url_path"] for row in captures} >= set(HEADS)
    assert not [row for row in captures if "secret" in (row["fetch_redirect"] or "")]
    zancrawler("rebuild", "--ledger", "--archive", archive, "--outlets", outlets)
    assert "in order" in zancrawler("verify", "--archive", archive, "--outlets", outlets)


@pytest.mark.parametrize("outlets", [503], indirect=True)
def test_a_site_whose_robots_txt_fails_is_left_alone(outlets: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    said = zancrawler(
        "crawl", "hostile", "--json", "--archive", archive, "--outlets", outlets, code=1
    )
    (run,) = json.loads(said[: said.rindex("]") + 1])
    assert run["state"] == "blocked"
    captures = pq.read_table(archive / "tables/captures", columns=["url_path"])
    assert set(captures["url_path"].to_pylist()) == {"/robots.txt"}
