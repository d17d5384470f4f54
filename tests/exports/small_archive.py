"""A small archive made by hand: two runs, two days apart, over a few pages of one outlet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import made

from zancrawler.archive import Archive
from zancrawler.capture.writer import WarcWriter
from zancrawler.extraction.memory import SiteMemory
from zancrawler.ledger import Ledger
from zancrawler.outlets import parse_outlet
from zancrawler.runs.series import catch_up
from zancrawler.tables import Tables

TOML = """
title = "Tester"
home = "http://news.example/"
domains = ["news.example"]
languages = ["fa-AF", "en"]
platform = "plain"

[[articles]]
url = '^/story/'
body = ["article"]
title = ["h1"]
"""
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)
SECOND = datetime(2026, 3, 3, 8, tzinfo=UTC)
WORDS = {
    "saffron": "زعفران‌کاران هرات می‌گویند که امسال باران کم بود و بازار بی‌رونق ماند، با این همه "
    "زنان دهکده هر بامداد پیش از برآمدن آفتاب گل می‌چینند و تا نیم‌روز دانه‌ها را جدا می‌کنند.",
    "library": "A mule called Professor carries sixty books in two baskets up the valley every "
    "Wednesday, and the girls who wait at the bridge have read all of them twice already.",
    "well": "The well-diggers of the dry plain go down forty metres with a rope and a lamp, and "
    "each year the water that they look for stands two metres deeper than the year before.",
}


FOOTER = "<p>A paper that nobody prints.</p>" * 20
"""Makes pages large enough for a revisit to be worth its while."""


@dataclass(frozen=True)
class Page:
    path: str
    body: str
    kind: bytes = b"text/html; charset=utf-8"
    chunked: bool = False
    coding: str = "utf-8"

    @property
    def url(self) -> str:
        return f"http://news.example{self.path}"

    @property
    def answer(self) -> bytes:
        body = f"{self.body}<footer>{FOOTER}</footer>".encode(self.coding)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: " + self.kind + b"\r\n"
        if self.chunked:
            half = len(body) // 2
            parts = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:half], body[half:]))
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n"
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def story(name: str, more: str = "", chunked: bool = False) -> Page:
    text = f"<p>{WORDS[name]}</p><p>{more or 'She said so on Sunday, at the market.'}</p>"
    html = f"<!doctype html><title>{name}</title><h1>The {name} story</h1><article>{text}</article>"
    return Page(f"/story/{name}", html, chunked=chunked)


STORIES = [story("saffron"), story("library", chunked=True), story("well")]
HOME = Page("/", f"<h1>Home</h1><a href='/story/well'>{' '.join(WORDS['well'].split()[:14])}</a>")
ABOUT = Page("/about", "<h1>About us</h1>" + "<p>We are a test.</p>" * 20)


def crawl(archive: Archive, at: datetime, pages: Iterable[Page]) -> None:
    """One run: captures the pages, a second apart, and brings the tables up to it."""
    writer = WarcWriter(archive, "tester", 1 << 30, [("software", "test"), ("isPartOf", "run")])
    for number, page in enumerate(pages):
        exchange = made.exchange(archive.root, page.url, page.answer)
        exchange.issued_at = at + timedelta(seconds=number)
        writer.write(exchange, None, {"fetchTimeMs": "5"})
    writer.close()
    outlet = parse_outlet("tester", TOML, where="a test")
    with Ledger(archive.ledger("tester")) as ledger:
        for _ in catch_up(archive, Tables(archive, "tester"), outlet, ledger):
            pass


def learn(archive: Archive, *lines: str) -> None:
    """The outlet's memory is now that these lines recur."""
    path = archive.memory("tester")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SiteMemory("tester", FIRST, 1, lines).to_json())


def make(archive: Archive) -> None:
    """Two runs; in the second, one story was edited and the rest is the same as before."""
    crawl(archive, FIRST, [HOME, ABOUT, *STORIES])
    edited = story("library", "The mule has a new saddle now, a gift of the readers of Kabul.")
    crawl(archive, SECOND, [HOME, ABOUT, STORIES[0], edited, STORIES[2]])
