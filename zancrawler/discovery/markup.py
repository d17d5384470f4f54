"""HTML that nobody has judged yet, parsed with every size bounded."""

from __future__ import annotations

from collections.abc import Sized

from lxml import etree, html

from zancrawler.discovery.advert import UnreadableSource

MAX_BYTES = 6_000_000
"""Of a decoded body. Real pages reach 1.4 MB."""
MAX_ELEMENTS = 100_000
"""Real pages stay below 10,000."""
MAX_DEPTH = 400
"""Elements within elements. Real pages stay below 60."""
MAX_ATTRIBUTES = 1_000
"""Of one element: libxml2 walks past all before it to add each."""


def parse_html(body: bytes) -> html.HtmlElement:
    """The root element. Raises UnreadableSource for what is empty, too large or too finely cut."""
    if len(body) > MAX_BYTES:
        raise UnreadableSource(f"more than {MAX_BYTES:,} bytes of HTML")
    try:
        # Read once without a tree, since building it is what takes long. Only the parser knows
        # what it takes for a tag: quotes lead astray whoever counts on the bytes.
        parser = html.HTMLParser(
            # lxml calls what a target has, and needs no more.
            target=_Bounds(),  # type: ignore[arg-type]
            huge_tree=True,
        )
        etree.fromstring(body, parser)
        return html.document_fromstring(body, parser=html.HTMLParser(huge_tree=True))
    except (etree.LxmlError, ValueError) as error:
        if isinstance(error, UnreadableSource):
            raise
        raise UnreadableSource(f"no HTML: {error}") from error


class _Bounds:
    """A parser target that keeps nothing and stops at the first tag that is too much."""

    def __init__(self) -> None:
        self._depth = self._elements = 0

    def start(self, tag: str | bytes, attributes: Sized) -> None:
        self._depth += 1
        self._elements += 1
        for found, most, what in (
            (self._depth, MAX_DEPTH, "levels of elements"),
            (self._elements, MAX_ELEMENTS, "elements"),
            (len(attributes), MAX_ATTRIBUTES, "attributes in a tag"),
        ):
            if found > most:
                raise UnreadableSource(f"more than {most:,} {what}")

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1

    def close(self) -> None:
        """lxml asks for it."""
