"""Sitemaps as sitemaps.org and its extensions have them, and the `Sitemap:` lines of robots.txt."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from lxml import etree

from zancrawler.discovery.advert import (
    Advert,
    Discovered,
    UnreadableSource,
    Via,
    absolute_url,
    plain_title,
    w3c_datetime,
)
from zancrawler.discovery.feeds import read_feed
from zancrawler.discovery.robots import robots_text

MAX_SITEMAP_BYTES = 52_428_800
"""Uncompressed; the protocol's own bound (https://www.sitemaps.org/protocol.html)."""

MAX_GZIP_MEMBERS = 1_000
"""Per file; who appends to one each day gets there after three years."""
_PIECE = 65_536

MAX_SITEMAP_URLS = 50_000
"""Per sitemap, and child sitemaps per index; the protocol's own bound too. As many again may be
other languages of these."""

MAX_ELEMENTS = 2_000_000
"""Per document; 40 for each URL that may be in it."""

MAX_ENTRY_ELEMENTS = 10_000
"""Per URL; Google's image extension allows 1,000 images, of some five elements each."""

MAX_TAG_BYTES = 1_000_000
"""Between one `<` and the next. A longer tag or text is no sitemap's, and costs memory."""

MAX_INDEX_DEPTH = 3
"""The protocol knows one level of index; some sites nest them, and a loop must end."""

MAX_ROBOTS_SITEMAPS = 200

_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")

_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)

_XML_FAULTS = (etree.XMLSyntaxError, UnicodeDecodeError)
"""The second is lxml's answer to a surrogate (`&#xd800;`) in a name."""


@dataclass(slots=True)
class _Harvest:
    """What was read so far; bounded."""

    source: str
    depth: int
    adverts: dict[str, Advert] = field(default_factory=dict)
    alternates: dict[str, Advert] = field(default_factory=dict)
    follow: dict[str, Advert] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)

    def add(
        self,
        into: dict[str, Advert],
        loc: str,
        via: Via,
        title: str | None = None,
        lastmod: datetime | None = None,
    ) -> None:
        url = absolute_url(loc, self.source)
        if url is None:
            self.problems["a location that is no usable URL"] = None
        elif len(into) >= MAX_SITEMAP_URLS:
            self.problems[f"only the first {MAX_SITEMAP_URLS:,} locations are read"] = None
        elif url != self.source:
            into.setdefault(url, Advert(url, self.source, via, title, lastmod))

    def discovered(self) -> Discovered:
        others = (each for url, each in self.alternates.items() if url not in self.adverts)
        return Discovered(
            (*self.adverts.values(), *others), tuple(self.follow.values()), tuple(self.problems)
        )


def read_sitemap(body: bytes, url: str, depth: int = 0) -> Discovered:
    """The URLs of a sitemap, or the child sitemaps of an index, that was fetched from `url`.

    XML, plain text, RSS or Atom; gzipped or not, whatever its name or headers say. `depth` is the
    number of indexes that led here; below MAX_INDEX_DEPTH an index is followed no further. Other
    languages of a page (`xhtml:link`) are adverts too. Raises UnreadableSource.
    """
    body = _unpacked(body)
    start = body[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise UnreadableSource("an empty sitemap")
    harvest = _Harvest(url, depth)
    if start[:1] != b"<" and b"\x00" not in start[:4]:
        return _plain_text(body, harvest)
    _refuse_endless_tags(body)
    try:
        root = _read_xml(body, harvest, mend=False)
    except _XML_FAULTS as fault:
        harvest = _Harvest(url, depth)
        harvest.problems[f"not well formed ({str(fault)[:200]})"] = None
        try:
            root = _read_xml(_BARE_AMPERSAND.sub(b"&amp;", body), harvest, mend=True)
        except _XML_FAULTS as beyond:
            raise UnreadableSource(f"XML too broken to read ({str(beyond)[:200]})") from beyond
    if root in ("rss", "feed", "RDF"):
        return read_feed(body, url)
    if root not in ("urlset", "sitemapindex") and not (harvest.adverts or harvest.follow):
        raise UnreadableSource(f"not a sitemap (its root element is <{root[:40]}>)")
    return harvest.discovered()


def _unpacked(body: bytes) -> bytes:
    if len(body) > MAX_SITEMAP_BYTES:
        raise UnreadableSource(f"a sitemap of more than {MAX_SITEMAP_BYTES:,} bytes")
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return _inflated(body)
    except zlib.error as fault:
        raise UnreadableSource("a broken gzip file") from fault


def _inflated(body: bytes) -> bytes:
    """All members of a gzip file (RFC 1952, 2.2), in pieces: what follows a member is copied."""
    plain, at = bytearray(), 0
    for _ in range(MAX_GZIP_MEMBERS):
        inflater = zlib.decompressobj(wbits=31)
        while at < len(body) and not inflater.eof:
            piece = body[at : at + _PIECE]
            plain += inflater.decompress(piece, MAX_SITEMAP_BYTES + 1 - len(plain))
            if len(plain) > MAX_SITEMAP_BYTES:
                raise UnreadableSource(
                    f"a sitemap of more than {MAX_SITEMAP_BYTES:,} bytes uncompressed"
                )
            at += len(piece) - len(inflater.unused_data)
        if body[at : at + 2] != b"\x1f\x8b":
            return bytes(plain)
    raise UnreadableSource(f"a gzip file of more than {MAX_GZIP_MEMBERS:,} parts")


def _refuse_endless_tags(body: bytes) -> None:
    at = 0
    while len(body) - at > MAX_TAG_BYTES:
        at = body.rfind(b"<", at, at + MAX_TAG_BYTES) + 1
        if at == 0:
            raise UnreadableSource(f"a tag or text of more than {MAX_TAG_BYTES:,} bytes")


def _read_xml(body: bytes, harvest: _Harvest, *, mend: bool) -> str:
    """Fills the harvest; returns the local name of the root element ("" if there is none).

    Nothing outside the document is ever read, and no entity is ever expanded.
    """
    name = ""
    for element in _elements(body, mend=mend):
        name = name or _local_name(element.getroottree().getroot())
        if element.getroottree().docinfo.internalDTD is not None:
            raise UnreadableSource("a document with a DTD, which no sitemap has")
        kind = _local_name(element)
        if kind == "sitemap":
            _read_child(element, harvest)
        elif kind == "url":
            _read_url(element, harvest)
    return name


def _elements(body: bytes, *, mend: bool) -> Iterator[etree._Element]:
    """Each finished child of the root, and last the root; memory holds one child at a time."""
    events = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        recover=mend,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = elements = in_entry = 0
    for event, element in events:
        if event == "start":
            depth += 1
            elements += 1
            in_entry += 1
            if elements > MAX_ELEMENTS or in_entry > MAX_ENTRY_ELEMENTS:
                raise UnreadableSource("more elements than a sitemap may have")
            continue
        depth -= 1
        if depth <= 1:
            in_entry = 0
            yield element
            element.clear(keep_tail=True)
            # Never the element itself: libxml2 may still be adding text behind it.
            while (done := element.getprevious()) is not None:
                element.getparent().remove(done)


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else "".join(map(str, found.itertext())).strip()


def _read_child(element: etree._Element, harvest: _Harvest) -> None:
    if harvest.depth >= MAX_INDEX_DEPTH:
        harvest.problems[f"an index below {MAX_INDEX_DEPTH} indexes is not followed"] = None
        return
    lastmod = w3c_datetime(_text(element, "{*}lastmod"))
    harvest.add(harvest.follow, _text(element, "{*}loc"), Via.SITEMAP, lastmod=lastmod)


def _read_url(element: etree._Element, harvest: _Harvest) -> None:
    lastmod = w3c_datetime(_text(element, "{*}lastmod")) or w3c_datetime(
        _text(element, "{*}news/{*}publication_date")
    )
    title = plain_title(_text(element, "{*}news/{*}title"))
    # A child, not a descendant: `image:loc` and `video:player_loc` are no pages.
    loc = _text(element, "{*}loc")
    harvest.add(harvest.adverts, loc, Via.SITEMAP, title=title, lastmod=lastmod)
    for link in element.findall("{http://www.w3.org/1999/xhtml}link"):
        if link.get("rel") == "alternate" and link.get("hreflang"):
            harvest.add(harvest.alternates, link.get("href", ""), Via.HREFLANG)


def _plain_text(body: bytes, harvest: _Harvest) -> Discovered:
    """One URL a line, UTF-8 (sitemaps.org, "Text file")."""
    lines = body.decode("utf-8-sig", errors="replace").split("\n", MAX_SITEMAP_URLS + 1)
    if not _ABSOLUTE.match(lines[0].strip()):
        raise UnreadableSource("neither XML nor a list of URLs")
    for line in filter(None, map(str.strip, lines)):
        harvest.add(harvest.adverts, line if _ABSOLUTE.match(line) else "", Via.SITEMAP)
    return harvest.discovered()


def read_robots(body: bytes, url: str) -> Discovered:
    """The sitemaps that a robots.txt names, to be followed; never raises."""
    follow: dict[str, Advert] = {}
    for line in robots_text(body).splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "sitemap" and len(follow) < MAX_ROBOTS_SITEMAPS:
            sitemap = absolute_url(value.split("#", 1)[0], url)
            if sitemap:
                follow.setdefault(sitemap, Advert(url=sitemap, source=url, via=Via.SITEMAP))
    return Discovered(follow=tuple(follow.values()))
