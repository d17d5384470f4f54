"""The site that is crawled: Wix-like posts of one size on loopback, all in one sitemap.

Posts are sent gzipped, as nearly every server sends its pages.
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from datetime import UTC, datetime

from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from zancrawler.newsroom.article import read_articles
from zancrawler.newsroom.wix_pages import Frame, post_page

BALLAST = 100_000
"""Bytes of code in each page, so that a page has the 125 KB that was measured on real ones."""


class Posts(Resource):
    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self, count: int) -> None:
        super().__init__()
        self.home = ""
        written = [a for a in read_articles() if a.path.startswith("/post/")]
        now = datetime.now(UTC)
        self.pages = {}
        for number in range(count):
            article = written[number % len(written)]
            path = f"/post/story-{number}"
            title = f"{article.title} {number}"
            article = replace(article, id=str(number), path=path, title=title, story=None)
            frame = Frame(home="http://127.0.0.1", now=now, serial=number)
            page = post_page(frame, article, [], [], BALLAST).encode()
            self.pages[path] = gzip.compress(page, 6)

    def render_GET(self, request: Request) -> bytes:  # noqa: N802 - Twisted's name
        path = request.path.decode()
        if path == "/sitemap.xml":
            host = request.getHeader(b"host").decode()
            urls = "".join(f"<url><loc>http://{host}{p}</loc></url>" for p in self.pages)
            namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
            return f'<urlset xmlns="{namespace}">{urls}</urlset>'.encode()
        page = self.pages.get(path)
        if page is None:
            request.setResponseCode(404)
            return b"not here"
        request.setHeader("Content-Type", "text/html; charset=utf-8")
        request.setHeader("Content-Encoding", "gzip")
        return page


def main(count: int) -> None:
    port = reactor.listenTCP(0, Site(Posts(count)), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
