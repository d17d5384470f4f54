"""HTML that nobody has judged yet, parsed with every size bounded."""

from __future__ import annotations

from collections.abc import Sized

from lxml import etree, html

MAX_BYTES = 6_000_000
"""Of a body. Real pages reach 1.4 MB; a tree takes about 17 bytes of memory for each byte."""
MAX_ELEMENTS = 50_000
"""Real pages stay below 10,000."""
MAX_DEPTH = 250
"""Elements within elements. Real pages stay below 60; all climbing up the tree relies on it."""
MAX_ATTRIBUTES = 1_000
"""Of one element: libxml2 walks past all before it to add each."""


class UnreadableMarkup(ValueError):  # noqa: N818  a finding, not a failure
    """This is no HTML, or too much of it; the message says why, without a full stop."""


def parse_html(body: bytes, *, encoding: str | None = None) -> html.HtmlElement:
    """The root element, without comments and processing instructions. Raises UnreadableMarkup.

    `encoding` goes before what the page declares. Every element is a plain HtmlElement: lxml.html
    would choose a class for each in Python, whenever one is looked at.
    """
    if len(body) > MAX_BYTES:
        raise UnreadableMarkup(f"more than {MAX_BYTES:,} bytes of HTML")
    try:
        # Read once without a tree, since building it is what takes long. Only the parser knows
        # what it takes for a tag: quotes lead astray whoever counts on the bytes.
        etree.fromstring(body, _parser(encoding, _Bounds()))
        return html.document_fromstring(body, parser=_parser(encoding))
    except (etree.LxmlError, ValueError) as error:
        if isinstance(error, UnreadableMarkup):
            raise
        raise UnreadableMarkup(f"no HTML: {error}") from error


def _parser(encoding: str | None, target: _Bounds | None = None) -> etree.HTMLParser:
    """One for each page: lxml's are not safe to share between threads."""
    parser = etree.HTMLParser(
        encoding=encoding,
        # lxml calls what a target has, and needs no more.
        target=target,  # type: ignore[arg-type]
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


class _Bounds:
    """A parser target that keeps nothing and stops at the first tag that is too much."""

    def __init__(self) -> None:
        self._depth = self._elements = 0

    def start(self, tag: str | bytes, attributes: Sized) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableMarkup(f"more than {MAX_DEPTH:,} levels of elements")
        if self._elements > MAX_ELEMENTS:
            raise UnreadableMarkup(f"more than {MAX_ELEMENTS:,} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise UnreadableMarkup(f"more than {MAX_ATTRIBUTES:,} attributes in a tag")

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1

    def close(self) -> None:
        """lxml asks for it."""
