"""A hostile listing is refused, or read, in a time that no site can stretch."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.discovery import UnreadableSource, Via, page_links
from zancrawler.discovery.sources import read_source
from zancrawler.markup import MAX_ATTRIBUTES, MAX_BYTES, parse_html
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


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"x" * (MAX_BYTES + 1), "6,000,000 bytes"),
        (b"<a " + b"".join(b"a%d='>'" % n for n in range(MAX_ATTRIBUTES + 1)) + b">", "attributes"),
        (b"<div>" * 500, "250 levels"),
        (b" \n", "no HTML"),
    ],
    ids=["bytes", "attributes", "depth", "nothing"],
)
def test_too_much_is_no_listing(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read_source(Via.LISTING, body, HOME, OUTLET)


HOSTILE = {
    "links in links over text": b"<a href=/a><div>" * 120 + b"word " * 1_000_000,
    "links in links over elements": b"<a href=/a><div>" * 120 + b"<b></b>" * 49_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_listing_takes_long(name: str) -> None:
    start = process_time()
    assert page_links(parse_html(HOSTILE[name]), HOME).links
    # Each took several minutes.
    assert process_time() - start < 4


PIECES = (
    *("<a href='/a'>", "</a>", "<p>", "</p>", "<div class=x>", "</div>", "<b>", "</b>", "<br>"),
    *("<!-- x -->", "<?x y?>", "<script>a<b</script>", "خبر ", "word ", "\n", "&amp;", "<"),
)


@given(st.lists(st.sampled_from(PIECES), min_size=1).map("".join))
def test_links_keep_their_text(markup: str) -> None:
    tree = parse_html(f"<html><body>x{markup}</body></html>".encode())
    texts = {" ".join("".join(anchor.itertext()).split()) for anchor in tree.iter("a")}
    assert {link.text or "" for link in page_links(tree, HOME).links} <= texts
