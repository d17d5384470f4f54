"""Whatever a hostile network sends: an article, a refusal in one sentence, and soon."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import STORY
from reading_cost import cost, reading

from zancrawler.discovery.kind import PageKind

MARKUP = r"""
    <p> </p> <div> </div> <h1> </h1> <ul> <li> <table> <tr> <td> <a href=x> </a> <br> <button>
    <script> </script> <script\ttype=application/ld+json> <noscript> <figure> <img\tsrc=//> <html>
    </body> <!-- --> <![CDATA[ <svg> <math> <select> <template> <time\tdatetime=2025> <article>
    </article> <base\thref=http://[> <iframe> <form> <plaintext> <textarea> {"@type":"NewsArticle",
    "author":[ } ] &#0; &#x202e; &zwnj; <meta\tname=author\tcontent=x>
"""
tags = st.sampled_from([*(tag.replace(r"\t", " ") for tag in MARKUP.split()), "\x00", "\ud83d"])
pieces = st.one_of(tags, st.sampled_from(STORY), st.text(max_size=20))


@settings(max_examples=150)
@given(st.lists(pieces, max_size=40))
def test_tag_soup(parts: list[str]) -> None:
    body = " ".join(parts).encode("utf-8", "surrogatepass")
    found = reading(body)
    assert found.reason
    assert (found.article is not None) == (found.kind is PageKind.ARTICLE)


@settings(max_examples=80)
@given(st.binary(max_size=400))
def test_bytes(body: bytes) -> None:
    assert reading(body).reason
    assert reading(b"<html><body><h1>x</h1><p>" + body).reason


HOSTILE: dict[str, str | bytes] = {
    "nothing": b"",
    "binary": bytes(range(256)) * 20_000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1_000,
    "30 MB": "<p>word word</p>" * 2_000_000,
    "100,000 nested tags": "<div>" * 100_000 + "<p>word",
    "100,000 nested tags and their ends": "<b>" * 100_000 + "word" + "</b>" * 100_000,
    "a wrong charset": b'<meta charset="iso-2022-kr">' + "<p>زنان می‌گویند</p>".encode() * 60_000,
    "no charset": "<p>وزير خارجه گفت</p>".encode("cp1256") * 80_000,
    "UTF-16": ("<p>" + "زنان می‌گویند " * 100_000).encode("utf-16"),
    "UTF-16 without a mark": ("<p>" + "زنان می‌گویند " * 100_000).encode("utf-16-le"),
    "NULs": "<p>wo\x00rd</p>" * 200_000,
    "nothing but NULs": b"\x00" * 5_000_000,
    "surrogates": b"<p>\xed\xa0\x80\xed\xbf\xbf</p>" * 200_000,
    "a tag without end": "<p>x<a " + " ".join(f"a{n}" for n in range(170_000)),
    "attributes without values": "<p " + " ".join(f"a{n}" for n in range(170_000)) + ">word",
    "attributes of angle brackets": "<p " + " ".join(f"a{n}='<>'" for n in range(80_000)) + ">word",
    "attributes after a quoted end": "<p x='>' "
    + " ".join(f"a{n}=1" for n in range(120_000))
    + ">word",
    "one long paragraph": "<h1>T</h1><p>" + "word " * 1_000_000,
    "one long paragraph of wide characters": "<h1>T</h1><p>\U0001f600" + "word " * 1_190_000,
    "30,000 paragraphs": "<h1>T</h1>" + "".join(f"<p>{STORY[0]} {n}</p>" for n in range(30_000)),
    "deep elements": f"<h1>T</h1>{f'<p>{STORY[0]}</p>' * 10}"
    + ("<div>" * 240 + "x" + "</div>" * 240) * 200,
    "many elements": f"<h1>T</h1>{f'<p>{STORY[0]}</p>' * 10}" + "<i>a</i>" * 49_000,
    "line breaks": "<p>" + "word word<br>" * 49_000,
    "links": "<a href=/x/y>word word</a>" * 49_000,
    "cells": "<table>" + "<tr><td>a</td></tr>" * 24_000,
    "a title of separators": "<title>" + "a | news.example " * 300_000 + "</title><h1>a</h1>",
    "a byline without end": '<meta name=author content="' + "By A and B, " * 400_000 + '"><p>x',
    "nested JSON-LD": '<script type="application/ld+json">' + '{"a":[' * 300_000 + "</script><p>x",
    "quotes in JSON-LD": '<script type="application/ld+json">{"@type":"Article","headline":"'
    + '\\"' * 400_000
    + "</script><p>x",
    "comments in JSON-LD": '<script type="application/ld+json">' + "/*" * 900_000 + "</script><p>x",
    "dates": "<h1>T</h1>" + "<p>12 May 2024 13 Jan 2023</p>" * 49_000,
    "direction marks": "<h1>T</h1><p>" + "\u202e\u2066a\u2069" * 400_000,
    "headings": "<title>x y z</title>" + "<h1>x y w</h1>" * 49_000,
    "microdata": "<div itemscope itemtype=http://schema.org/Article><i itemprop=x></i></div>"
    * 24_000,
}


@pytest.fixture(scope="module")
def child() -> Iterator[ProcessPoolExecutor]:
    """A process of its own, since a process's highest memory never sinks."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long_nor_much(name: str, child: ProcessPoolExecutor) -> None:
    page = HOSTILE[name]
    body = page if isinstance(page, bytes) else f"<html><body>{page}".encode()
    reason, seconds, kilobytes = child.submit(cost, body).result()
    assert reason
    assert "\n" not in reason
    assert seconds < 10
    assert kilobytes < 500 * 1024
