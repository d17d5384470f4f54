"""The spider sees what Scrapy itself would have decoded."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.downloadermiddlewares import httpcompression
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from zancrawler.capture.decoding import DecodingMiddleware, gunzipped

PAGE = "<p>می‌گویند خبر</p>".encode() * 500
CODED = gzip.compress(PAGE, mtime=0)
HIGHEST = 1 << 20


def decoded(middleware: type, body: bytes, encoding: bytes = b"gzip") -> object:
    try:
        return middleware._decode(body, encoding, HIGHEST)
    except (ValueError, OSError, EOFError, zlib.error) as error:
        return type(error)


@pytest.mark.parametrize(
    "body",
    [
        CODED,
        CODED + gzip.compress(b"more", mtime=0),
        CODED + b"trailing garbage",
        CODED + bytes(20),
        CODED[:-8] + bytes(8),
        CODED[:2000],
        CODED[:12],
        b"",
        PAGE,
        gzip.compress(b"", mtime=0),
        gzip.compress(bytes(HIGHEST), mtime=0),
        gzip.compress(bytes(HIGHEST + 1), mtime=0),
    ],
    ids=lambda body: f"{zlib.crc32(body):08x}",
)
def test_all_that_comes_is_decoded_as_scrapy_does_it(body):
    for encoding in (b"gzip", b"x-gzip"):
        ours = decoded(DecodingMiddleware, body, encoding)
        assert ours == decoded(httpcompression.HttpCompressionMiddleware, body, encoding)


@given(st.binary(max_size=400), st.integers(0, 60), st.integers(0, 255))
def test_a_damaged_stream_too(data, place, byte):
    coded = bytearray(gzip.compress(data, mtime=0))
    coded[place % len(coded)] = byte
    ours = decoded(DecodingMiddleware, bytes(coded))
    assert ours == decoded(httpcompression.HttpCompressionMiddleware, bytes(coded))


def test_scrapy_hands_gzip_to_us(monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(httpcompression, "gunzip", forbidden)
    middleware = DecodingMiddleware.from_crawler(get_crawler())
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    response = Response("http://a.test/", headers=headers, body=CODED)
    seen = middleware.process_response(Request("http://a.test/"), response)
    assert isinstance(seen, HtmlResponse)
    assert seen.body == PAGE
    assert "Content-Encoding" not in seen.headers


def test_a_bomb_takes_no_more_memory_than_the_bound():
    bomb = gzip.compress(bytes(200 << 20))
    tracemalloc.start()
    assert gunzipped(bomb, HIGHEST) is None
    assert tracemalloc.get_traced_memory()[1] < 8 * HIGHEST
    tracemalloc.stop()
