"""Hostile markup is refused, or parsed, in a time that no site can stretch."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from zancrawler.markup import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    UnreadableMarkup,
    parse_html,
)


def attributes(form: str, count: int = MAX_ATTRIBUTES + 1) -> bytes:
    return f"<p><a {''.join(form.format(number) for number in range(count))}>x</a>".encode()


TOO_MUCH = {
    "bytes": (b"x" * (MAX_BYTES + 1), "6,000,000 bytes"),
    "elements": (b"<p>x" * (MAX_ELEMENTS + 1), "50,000 elements"),
    "depth": (b"<div>" * (MAX_DEPTH + 1), "250 levels"),
    "attributes": (attributes("a{}=1 "), "1,000 attributes"),
    "attributes without values": (attributes("a{} "), "1,000 attributes"),
    "attributes of angle brackets": (attributes("a{}='<>' "), "1,000 attributes"),
    "attributes after a quoted end": (attributes("x='>' a{}=1 "), "1,000 attributes"),
    "attributes without spaces": (attributes("a{}='1'"), "1,000 attributes"),
    "attributes parted by slashes": (attributes("a{}/"), "1,000 attributes"),
    "nothing": (b" \n", "no HTML"),
    "a comment": (b"<!-- x -->", "no HTML"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused(name: str) -> None:
    body, reason = TOO_MUCH[name]
    with pytest.raises(UnreadableMarkup, match=reason):
        parse_html(body)


def test_as_much_as_is_allowed() -> None:
    tree = parse_html(attributes("a{} ", MAX_ATTRIBUTES) + b"<p>x" * (MAX_ELEMENTS - 5))
    assert len(tree.findall(".//p")) > MAX_ELEMENTS - 10
    assert len(tree.find(".//a").attrib) == MAX_ATTRIBUTES
    # With html, body, and the p that lxml puts around text.
    assert parse_html(b"<div>" * (MAX_DEPTH - 2) + b"</div>").xpath("count(//div)") == MAX_DEPTH - 2


HOSTILE = {
    **{
        f"a megabyte of {form!r}": attributes(form, 1_000_000 // len(form.format(99_999)))
        for form in ("a{}=1 ", "a{} ", "a{}='<>' ", "x='>' a{}=1 ", "a{}='1'", "a{}/")
    },
    "attributes in each tag": attributes("a{} ", MAX_ATTRIBUTES) * 240,
    "a tag without end": attributes("a{} ", 170_000).partition(b">x")[0],
    "elements": b"<div>" * 1_000_000,
    "end tags": b"</div>" * 900_000,
    "attributes of end tags": b"</p" + attributes("a{} ", 150_000)[2:],
    "quotes": b"<a b=\"'>" * 600_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_page_takes_long(name: str) -> None:
    start = process_time()
    try:
        parse_html(HOSTILE[name])
    except UnreadableMarkup as reason:
        assert str(reason).startswith(("more than", "no HTML"))
    # Each form of attributes took from eight to eleven seconds.
    assert process_time() - start < 4


PIECES = (
    *("<a href='/a'>", "</a>", "<p>", "</p>", "<div class=x>", "</div>", "<b>", "</b>", "<br>"),
    *("<!-- x -->", "<?x y?>", "<script>a<b</script>", "خبر ", "word ", "\n", "&amp;", "<"),
)


@given(st.lists(st.sampled_from(PIECES), min_size=1).map("".join))
def test_the_tree_is_lxmls_own_without_comments(markup: str) -> None:
    body = f"<html><body>x{markup}</body></html>".encode()
    judge = html.HTMLParser(remove_comments=True, remove_pis=True)
    assert etree.tostring(parse_html(body)) == etree.tostring(
        html.document_fromstring(body, parser=judge)
    )
    assert all(type(element) is html.HtmlElement for element in parse_html(body).iter())


def test_a_stated_encoding_goes_before_the_pages_own() -> None:
    body = '<meta charset="windows-1252"><p>خبر</p>'.encode()
    assert parse_html(body, encoding="utf-8").findtext(".//p") == "خبر"
