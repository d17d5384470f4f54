"""A hostile listing is refused, or read, in a time that no site can stretch."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from zancrawler.discovery import UnreadableSource, Via, page_links
from zancrawler.discovery.markup import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    parse_html,
)
from zancrawler.discovery.sources import read_source
from zancrawler.outlets import Outlet

HOME = "https://zan.example/"
OUTLET = Outlet(
    name="zan",
    title="Zan",
    home=HOME,
    domains=("zan.example",),
    languages=("fa-AF",),
    platform="plain",
    articles=(),
)


def attributes(form: str, count: int = MAX_ATTRIBUTES + 1) -> bytes:
    return f"<p><a {''.join(form.format(number) for number in range(count))}>x</a>".encode()


TOO_MUCH = {
    "bytes": (b"x" * (MAX_BYTES + 1), "6,000,000 bytes"),
    "elements": (b"<p>x" * (MAX_ELEMENTS + 1), "100,000 elements"),
    "depth": (b"<div>" * (MAX_DEPTH + 1), "400 levels"),
    "attributes": (attributes("a{}=1 "), "1,000 attributes"),
    "attributes without values": (attributes("a{} "), "1,000 attributes"),
    "attributes of angle brackets": (attributes("a{}='<>' "), "1,000 attributes"),
    "attributes after a quoted end": (attributes("x='>' a{}=1 "), "1,000 attributes"),
    "attributes without spaces": (attributes("a{}='1'"), "1,000 attributes"),
    "nothing": (b" \n", "no HTML"),
    "a comment": (b"<!-- x -->", "no HTML"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_no_listing(name: str) -> None:
    body, reason = TOO_MUCH[name]
    with pytest.raises(UnreadableSource, match=reason):
        read_source(Via.LISTING, body, HOME, OUTLET)


def test_as_much_as_is_allowed() -> None:
    tree = parse_html(attributes("a{} ", MAX_ATTRIBUTES) + b"<p>x" * (MAX_ELEMENTS - 5))
    assert len(tree.findall(".//p")) > MAX_ELEMENTS - 10
    assert len(tree.find(".//a").attrib) == MAX_ATTRIBUTES
    # With html, body, and the p that lxml puts around text.
    assert parse_html(b"<div>" * (MAX_DEPTH - 2) + b"</div>").xpath("count(//div)") == MAX_DEPTH - 2


HOSTILE = {
    "attributes in one tag": attributes("a{} ", 500_000),
    "attributes in each tag": attributes("a{} ", MAX_ATTRIBUTES) * 700,
    "elements": b"<div>" * 1_000_000,
    "links in links over text": b"<a href=/a><div>" * 190 + b"word " * 1_000_000,
    "links in links over elements": b"<a href=/a><div>" * 190 + b"<b></b>" * 99_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_listing_takes_long(name: str) -> None:
    start = process_time()
    try:
        page_links(parse_html(HOSTILE[name]), HOME)
    except UnreadableSource as reason:
        assert str(reason).startswith("more than")
    # Each took from eight seconds to several minutes.
    assert process_time() - start < 4


PIECES = (
    *("<a href='/a'>", "</a>", "<p>", "</p>", "<div class=x>", "</div>", "<b>", "</b>", "<br>"),
    *("<!-- x -->", "<?x y?>", "<script>a<b</script>", "خبر ", "word ", "\n", "&amp;", "<"),
)
MARKUP = st.lists(st.sampled_from(PIECES), min_size=1).map("".join)


@given(MARKUP)
def test_the_tree_is_lxmls_own_and_links_keep_their_text(markup: str) -> None:
    body = f"<html><body>x{markup}</body></html>".encode()
    tree = parse_html(body)
    assert etree.tostring(tree) == etree.tostring(html.document_fromstring(body))
    texts = {" ".join("".join(anchor.itertext()).split()) for anchor in tree.iter("a")}
    assert {link.text or "" for link in page_links(tree, HOME).links} <= texts
