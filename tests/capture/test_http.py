"""Reading HTTP messages back: right, bounded, and never falling over."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hostile import chunked
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.capture.http import Dechunker, parse_head, read_message, split_interim

BODY = "می‌گویند خبر ".encode() * 50


def response(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@given(st.binary(max_size=500), st.integers(1, 50), st.lists(st.integers(1, 40)))
def test_chunks_come_off_however_they_arrive(body, size, cuts):
    data = chunked(body, size, b";a=b", b"T: 1\r\n")
    pieces = []
    dechunker = Dechunker()
    for cut in cuts:
        pieces += dechunker.feed(data[:cut])
        data = data[cut:]
    pieces += dechunker.feed(data)
    assert b"".join(pieces) == body
    assert dechunker.ended


@given(st.binary(max_size=300))
def test_nothing_falls_over(data):
    read_message(data)
    read_message(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    read_message(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br, deflate\r\n\r\n" + data)
    split_interim(data)
    Dechunker().feed(data)


def test_a_head_is_read_as_scrapy_reads_it():
    head = parse_head(
        b"HTTP/1.1 200 \xd8\xae\xd8\xa8\xd8\xb1\nX-One: a\r\n  b\r\nno colon\r\nx-ONE:c\r\n\r\n"
    )
    assert head.status == 200
    assert head.headers == ((b"X-One", b"a  b"), (b"x-ONE", b"c"))


def test_interim_heads_are_set_apart():
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    assert split_interim(early + early + b"HTTP/1.1 200 OK\r\n\r\n") == (
        (early, early),
        2 * len(early),
    )
    assert split_interim(b"HTTP/1.1 100 Conti") == ((), 0)


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY[:30]) + gzip.compress(BODY[30:])),
        ("x-gzip", gzip.compress(BODY) + b"trailing garbage"),
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY, wbits=-15)),
        ("identity", BODY),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("br", brotli.compress(BODY)),
        ("zstd", zstd.compress(BODY)),
        ("gzip", BODY),
        ("deflate", BODY),
        ("br", BODY),
        ("zstd", BODY),
        ("utf-8", BODY),
        ("gzip", b"\xff\xd8\xff\0 an image"),
    ],
    # By the names of the codings: gzip writes the time, and every worker must collect the same ids.
    ids=[
        "gzip",
        "two members",
        "trailing garbage",
        "deflate",
        "raw deflate",
        "identity",
        "twice",
        "br",
        "zstd",
        *("not coded at all",) * 6,
    ],
)
def test_codings_come_off(coding, coded):
    message = read_message(response(coded, f"Content-Encoding: {coding}"))
    body = coded if coded.startswith(b"\xff") else BODY
    assert (message.body, message.coding, message.complete) == (body, None, True)


def test_what_cannot_be_decoded_is_said_to_be_coded():
    for coding in ("zstd", "br", "deflate", "compress"):
        message = read_message(response(b"\xff\xff?", f"Content-Encoding: {coding}"))
        assert (message.body, message.coding) == (b"\xff\xff?", coding)
    broken = read_message(response(b"\x1f\x8bnonsense", "Content-Encoding: gzip"))
    assert (broken.body, broken.coding) == (b"\x1f\x8bnonsense", "gzip")


def test_what_is_cut_is_said_to_be_cut():
    coded = gzip.compress(BODY)
    cut = read_message(response(coded, "Content-Encoding: gzip")[:-20])
    assert BODY.startswith(cut.body)
    assert not cut.complete
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(BODY, 100)[:250]
    assert not read_message(chunks).complete
    assert not read_message(response(BODY)[:-1]).complete


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_does_not_go_off(coding):
    limit = 100_000
    bomb = bytes(50_000_000)
    if coding == "br":
        coded = brotli.compress(bomb)
    elif coding == "zstd":
        coded = zstd.compress(bomb)
    else:
        coded = bomb
        for _ in coding.split(","):
            coded = zlib.compress(coded) if coding == "deflate" else gzip.compress(coded, 6)
    message = read_message(response(coded, f"Content-Encoding: {coding}"), limit)
    assert len(message.body) <= limit
    assert not message.complete
