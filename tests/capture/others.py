"""WARCs in the image of what other tools write, made here of one page.

Each file of `FILES` holds the page at `URL` once, with whatever else its tool puts around it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
import zipfile
from base64 import b32encode
from collections.abc import Callable, Iterable
from io import BytesIO

from backports import zstd

URL = "http://news.example/post/kabul?lang=fa"
PAGE = (
    "<html><head><title>خبر</title></head><body><p>می‌گویند که خبر است.</p></body></html>".encode()
)
DATE = "2026-01-31T12:00:00Z"
ASKED = b"GET /post/kabul?lang=fa HTTP/1.1\r\nHost: news.example\r\n\r\n"
FIELDS = "application/warc-fields"
REQUEST = "application/http;msgtype=request"
RESPONSE = "application/http;msgtype=response"
_NUMBERS = iter(range(1 << 30))


def new_id() -> str:
    return f"<urn:uuid:{uuid.UUID(int=next(_NUMBERS), version=4)}>"


def record(
    kind: str,
    block: bytes,
    content_type: str | None,
    *named: tuple[str, str],
    uri: str | None = URL,
    version: str = "1.0",
    line_end: str = "\r\n",
) -> bytes:
    fields = [("WARC-Type", kind)]
    if not any(name == "WARC-Record-ID" for name, _ in named):
        fields.append(("WARC-Record-ID", new_id()))
    if uri is not None:
        fields.append(("WARC-Target-URI", uri))
    fields += [("WARC-Date", DATE), *named]
    if content_type is not None:
        fields.append(("Content-Type", content_type))
    fields.append(("Content-Length", str(len(block))))
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in fields), "", ""]
    return line_end.join(lines).encode() + block + b"\r\n\r\n"


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data).digest()).decode()


def answer(*headers: str, body: bytes = PAGE, status: str = "HTTP/1.1 200 OK") -> bytes:
    lines = (status, "Content-Type: text/html; charset=utf-8", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def browsertrix() -> list[bytes]:
    """Browsertrix Crawler, which writes with warcio.js: bodies as the browser decoded them."""

    def written(kind: str, block: bytes, content_type: str, *named, uri=URL, payload=None):
        payload = block if payload is None else payload
        digests = [
            ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(payload).hexdigest()}"),
            ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ]
        return record(kind, block, content_type, *named, *digests, uri=uri, version="1.1")

    page = ("WARC-Page-ID", "7f1a3c52-0d6d-4a19-a2c1-6a1b58f0a001")
    identity = ("WARC-Record-ID", new_id())
    block = answer(
        ":status: 200", "content-encoding: br", "x-orig-content-length: 90", status="HTTP/2 200 "
    )
    details = {"ipType": "Public", "cert": {"issuer": "R3", "ctc": "1"}}
    info = {"pageid": page[1], "urls": {URL: {"status": 200, "mime": "text/html"}}, "counts": {}}
    asked = ASKED.replace(b"HTTP/1.1\r\n", b"HTTP/2\r\n:authority: news.example\r\n")
    return [
        record("warcinfo", b"software: Browsertrix-Crawler 1.5\r\n", FIELDS, uri=None),
        written(
            "response",
            block,
            "application/http; msgtype=response",
            identity,
            page,
            ("WARC-Resource-Type", "document"),
            ("WARC-JSON-Metadata", json.dumps(details)),
            ("WARC-Protocol", "h2"),
            ("WARC-Protocol", "tls/1.3"),
            payload=PAGE,
        ),
        written(
            "request",
            asked,
            "application/http; msgtype=request",
            page,
            ("WARC-Concurrent-To", identity[1]),
            payload=b"",
        ),
        written("resource", "خبر".encode(), "text/plain", page, uri=f"urn:text:{URL}"),
        written("resource", b"\x89PNG..", "image/png", page, uri=f"urn:thumbnail:{URL}"),
        written(
            "resource",
            json.dumps(info).encode(),
            "application/json",
            page,
            uri=f"urn:pageinfo:{URL}",
        ),
    ]


def heritrix() -> list[bytes]:
    """Heritrix 3: name look-ups are answers too, and metadata lists what the page links to."""
    response = ("WARC-Record-ID", new_id())
    body = b"52\r\n" + PAGE[:0x52] + b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE) - 0x52, PAGE[0x52:])
    concurrent = ("WARC-Concurrent-To", response[1])
    address = ("WARC-IP-Address", "192.0.2.7")
    links = "".join(f"outlink: http://news.example/{n} L a/@href\r\n" for n in range(300))
    return [
        record(
            "warcinfo", b"software: Heritrix/3.4.0 http://crawler.archive.org\r\n", FIELDS, uri=None
        ),
        record(
            "response",
            b"20260131120000\nnews.example.\t60\tIN\tA\t192.0.2.7\n",
            "text/dns",
            address,
            uri="dns:news.example",
        ),
        record("response", b"domain: news.example\r\n", "text/plain", uri="whois:news.example"),
        record(
            "response",
            answer("Transfer-Encoding: chunked", body=body),
            RESPONSE,
            response,
            address,
            ("WARC-Payload-Digest", sha1(PAGE)),
        ),
        record("request", ASKED, REQUEST, concurrent),
        record(
            "metadata",
            f"via: http://news.example/\r\nfetchTimeMs: 71\r\n{links}".encode(),
            FIELDS,
            concurrent,
        ),
    ]


def wget() -> list[bytes]:
    """GNU Wget: the URI in angle brackets, and its own log and arguments at the end."""
    info, request = ("WARC-Record-ID", new_id()), ("WARC-Record-ID", new_id())
    of = ("WARC-Warcinfo-ID", info[1])
    block = answer("Connection: keep-alive")
    gnu = "metadata://gnu.org/software/wget/warc/"
    return [
        record("warcinfo", b"software: Wget/1.21.3 (linux-gnu)\r\n", FIELDS, info, uri=None),
        record("request", ASKED, REQUEST, request, of, uri=f"<{URL}>"),
        record(
            "response",
            block,
            RESPONSE,
            of,
            ("WARC-Concurrent-To", request[1]),
            ("WARC-IP-Address", "192.0.2.7"),
            ("WARC-Block-Digest", sha1(block)),
            ("WARC-Payload-Digest", sha1(PAGE)),
            uri=f"<{URL}>",
        ),
        record("metadata", info[1].encode(), "text/plain", of, uri=f"{gnu}MANIFEST.txt"),
        record("resource", b'"-q" "w"\n', "text/plain", of, uri=f"{gnu}wget_arguments.txt"),
        record("resource", b"log\n", "text/plain", of, uri=f"<{gnu}wget.log>"),
    ]


def common_crawl() -> list[bytes]:
    """Common Crawl: codings taken off, and the headers that spoke of them renamed."""
    request, response = ("WARC-Record-ID", new_id()), ("WARC-Record-ID", new_id())
    info = ("WARC-Record-ID", new_id())
    of = ("WARC-Warcinfo-ID", info[1])
    block = answer(
        "X-Crawl-Content-Encoding: gzip",
        "X-Crawl-Transfer-Encoding: chunked",
        "X-Crawl-Content-Length: 90",
        f"Content-Length: {len(PAGE)}",
    )
    notes = b'fetchTimeMs: 112\r\ncharset-detected: UTF-8\r\nlanguages-cld2: {"reliable":true}\r\n'
    return [
        record("warcinfo", b"isPartOf: CC-MAIN-2026-05\r\n", FIELDS, info, uri=None),
        record("request", ASKED, REQUEST, request, of),
        record(
            "response",
            block,
            RESPONSE,
            response,
            of,
            ("WARC-Concurrent-To", request[1]),
            ("WARC-Payload-Digest", sha1(PAGE)),
            ("WARC-Block-Digest", sha1(block)),
            ("WARC-Identified-Payload-Type", "text/html"),
        ),
        record("metadata", notes, FIELDS, of, ("WARC-Concurrent-To", response[1])),
    ]


def bare_line_feeds() -> list[bytes]:
    """As some home-made writers have it: lines end in LF alone, and nothing says what belongs
    together."""
    return [
        record("warcinfo", b"software: own\n", FIELDS, uri=None, line_end="\n"),
        record("request", ASKED, REQUEST, line_end="\n"),
        record("response", answer().replace(b"\r\n", b"\n"), RESPONSE, line_end="\n"),
    ]


def by_record(records: Iterable[bytes]) -> bytes:
    return b"".join(gzip.compress(data, mtime=0) for data in records)


def packed(*files: tuple[str, bytes]) -> bytes:
    """A WACZ with these WARCs, as far as adopting needs one."""
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as wacz:
        for name, data in files:
            wacz.writestr(f"archive/{name}", data)
    return package.getvalue()


def zstandard(dictionary: bool = False, packed: bool = False) -> bytes:
    """One frame a record; with a dictionary, it stands in a skippable frame before them."""
    records = wget()
    if not dictionary:
        return b"".join(zstd.compress(data) for data in records)
    trained = zstd.train_dict([data + bytes([n]) for n in range(60) for data in records], 4096)
    content = trained.dict_content
    if packed:
        content = zstd.compress(content)
    frame = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    return frame + b"".join(zstd.compress(data, zstd_dict=trained) for data in records)


def arc() -> bytes:
    """An ARC of version 1, which Heritrix 1 wrote."""
    fields = b"URL IP-address Archive-date Content-type Archive-length\n"
    first = b"1 0 InternetArchive\n" + fields + b"\n"
    block = answer()
    head = b"filedesc://old.arc 0.0.0.0 20060131120000 text/plain %d\n" % len(first)
    page = f"{URL} 192.0.2.7 20060131120000 text/html {len(block)}\n".encode()
    return gzip.compress(head + first) + gzip.compress(page + block + b"\n")


FILES: dict[str, Callable[[], bytes]] = {
    "browsertrix.warc.gz": lambda: by_record(browsertrix()),
    "browsertrix.wacz": lambda: packed(("rec-0.warc.gz", by_record(browsertrix()))),
    "heritrix.warc.gz": lambda: by_record(heritrix()),
    "wget.warc.gz": lambda: by_record(wget()),
    "wget.warc": lambda: b"".join(wget()),
    "common-crawl.warc.gz": lambda: by_record(common_crawl()),
    "line-feeds.warc": lambda: b"".join(bare_line_feeds()),
    "one-member.warc.gz": lambda: gzip.compress(b"".join(common_crawl())),
    "plain.warc.zst": zstandard,
    "dictionary.warc.zst": lambda: zstandard(dictionary=True),
    "packed-dictionary.warc.zst": lambda: zstandard(dictionary=True, packed=True),
    "one-frame.warc.zst": lambda: zstd.compress(b"".join(wget())),
    "zstandard.wacz": lambda: packed(("rec-0.warc.zst", zstandard()), ("1.warc", b"".join(wget()))),
}
