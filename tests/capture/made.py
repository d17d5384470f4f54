"""Exchanges made by hand, written without a crawl."""

from __future__ import annotations

import random
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.capture.exchange import CapturedExchange, Truncated, WireExchange
from zancrawler.capture.writer import WarcWriter


def exchange(folder: Path, url: str, response: bytes, *, whole: bool = True) -> WireExchange:
    path = "/" + url.split("/", 3)[3]
    made = WireExchange(url, "GET", folder)
    made.issue()
    made.write(f"GET {path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode())
    if response:
        made.receive(response)
    if whole:
        made.complete(0)
    else:
        made.cut(ConnectionError("gone"), Truncated.DISCONNECT)
    return made


def page(number: int, size: int = 3000, chunks: bool = False) -> bytes:
    body = random.Random(number).randbytes(size)
    if chunks:
        return (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n"
            + b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
        )
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


def write(archive: Archive, count: int, *, close: bool = True, **options) -> list[CapturedExchange]:
    """A WARC of the outlet `tester` with `count` pages, every third one chunked."""
    writer = WarcWriter(
        archive, "tester", options.get("max_bytes", 1 << 30), [("software", "test")]
    )
    captured = [
        writer.write(
            exchange(
                archive.root, f"http://news.example/{number}", page(number, chunks=not number % 3)
            ),
            None,
            {"fetchTimeMs": "5"},
        )
        for number in range(count)
    ]
    if close:
        writer.close()
    return captured
