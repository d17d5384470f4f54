"""Whatever a hostile network sends: an article, a refusal in one sentence, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import NOW, STORY, URL, outlet

from zancrawler.discovery.kind import PageKind
from zancrawler.runs.reading import Reading, read_page

UNKNOWN = outlet(languages=())


def reading(body: bytes) -> Reading:
    return read_page(body, URL, UNKNOWN, captured_at=NOW)


MARKUP = r"""
    <p> </p> <div> </div> <h1> </h1> <ul> <li> <table> <tr> <td> <a href=x> </a> <br> <button>
    <script> </script> <script\ttype=application/ld+json> <noscript> <figure> <img\tsrc=//> <html>
    </body> <!-- --> <![CDATA[ <svg> <math> <select> <template> <time\tdatetime=2025> <article>
    </article> <base\thref=http://[> <iframe> <form> <plaintext> <textarea> {"@type":"NewsArticle",
    "author":[ } ] &#0; &#x202e; &zwnj; <meta\tname=author\tcontent=x>
"""
tags = st.sampled_from([*(tag.replace(r"\t", " ") for tag in MARKUP.split()), "\x00", "\ud83d"])
pieces = st.one_of(tags, st.sampled_from(STORY), st.text(max_size=20))


@settings(max_examples=150, deadline=5_000)
@given(st.lists(pieces, max_size=40))
def test_tag_soup(parts: list[str]) -> None:
    body = " ".join(parts).encode("utf-8", "surrogatepass")
    found = reading(body)
    assert found.reason
    assert (found.article is not None) == (found.kind is PageKind.ARTICLE)


@settings(max_examples=80, deadline=5_000)
@given(st.binary(max_size=400))
def test_bytes(body: bytes) -> None:
    assert reading(body).reason
    assert reading(b"<html><body><h1>x</h1><p>" + body).reason


HOSTILE = {
    "one long paragraph": "<h1>T</h1><p>" + "word " * 1_000_000,
    "70,000 paragraphs": "<h1>T</h1>"
    + "".join(f"<p>{STORY[0][:60]} {n}</p>" for n in range(60_000)),
    "line breaks": "<p>" + "word word<br>" * 190_000,
    "links": "<a href=/x/y>word word</a>" * 90_000,
    "cells": "<table>" + "<tr><td>a</td></tr>" * 49_000,
    "a title of separators": "<title>" + "a | news.example " * 300_000 + "</title><h1>a</h1>",
    "a byline without end": '<meta name=author content="' + "By A and B, " * 400_000 + '"><p>x',
    "nested JSON-LD": '<script type="application/ld+json">' + '{"a":[' * 300_000 + "</script><p>x",
    "quotes in JSON-LD": '<script type="application/ld+json">{"@type":"Article","headline":"'
    + '\\"' * 400_000
    + "</script><p>x",
    "comments in JSON-LD": '<script type="application/ld+json">' + "/*" * 900_000 + "</script><p>x",
    "dates": "<h1>T</h1>" + "<p>12 May 2024 13 Jan 2023</p>" * 60_000,
    "direction marks": "<h1>T</h1><p>" + "\u202e\u2066a\u2069" * 400_000,
    "headings": "<title>x y z</title>" + "<h1>x y w</h1>" * 60_000,
    "microdata": "<div itemscope itemtype=http://schema.org/Article><i itemprop=x></i></div>"
    * 30_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    start = time.process_time()
    assert reading(f"<html><body>{HOSTILE[name]}".encode()).reason
    assert time.process_time() - start < 10
