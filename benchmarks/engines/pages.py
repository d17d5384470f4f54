"""The archive that is rebuilt: one outlet's Wix posts, written to WARCs without a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from zancrawler.archive import Archive
from zancrawler.capture.exchange import WireExchange
from zancrawler.capture.writer import WarcWriter
from zancrawler.newsroom.article import Article, read_articles
from zancrawler.newsroom.wix_pages import Frame, post_page

OUTLET = "posts"
HOST = "http://posts.example"
BALLAST = 100_000
"""Bytes of code in each page, so that a page has the 125 KB that was measured on real ones."""
WARC_BYTES = 64 << 20
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
TOML = f"""
title = "Posts"
home = "{HOST}/"
domains = ["posts.example"]
languages = ["fa-AF", "ps", "en"]
platform = "wix"
"""


def write_archive(root: Path, pages: int, ballast: int = BALLAST) -> Archive:
    """An archive of as many pages, each with words of its own; WARCs and indexes, no tables."""
    archive = Archive.open(root)
    information = [("software", "benchmark"), ("isPartOf", "run"), ("outletToml", TOML)]
    writer = WarcWriter(archive, OUTLET, WARC_BYTES, information)
    with TemporaryDirectory() as spool:
        for number, (path, page) in enumerate(_posts(pages, ballast)):
            made = WireExchange(HOST + path, "GET", Path(spool))
            made.issue()
            made.issued_at = FIRST + timedelta(seconds=number)
            made.write(f"GET {path} HTTP/1.1\r\nHost: posts.example\r\n\r\n".encode())
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                f"Content-Length: {len(page)}\r\n\r\n"
            )
            made.receive(head.encode() + page)
            made.complete(0)
            writer.write(made, None, {"fetchTimeMs": "5"})
    writer.close()
    return archive


def _posts(count: int, ballast: int) -> Iterator[tuple[str, bytes]]:
    """Posts in three languages, each of the blocks of three articles: about 450 words."""
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in read_articles():
        groups[article.language].append(article)
    for number in range(count):
        group = list(groups.values())[number % len(groups)]
        first, *more = (group[(number // len(groups) + i) % len(group)] for i in range(3))
        post = replace(
            first,
            id=str(number),
            # Not the bare number: 404 in an address is taken for what it says.
            path=f"/post/story-{number:06}x",
            title=f"{first.title} {number}",
            blocks=(*first.blocks, *(block for article in more for block in article.blocks)),
            story=None,
        )
        frame = Frame(home=HOST, now=FIRST, serial=number)
        yield post.path, post_page(frame, post, [], more, ballast).encode()
