"""The page: bytes as they came, decoded and parsed, with every size bounded."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from charset_normalizer import from_bytes
from lxml.etree import strip_elements
from lxml.html import HtmlElement
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

from zancrawler.charset import unmarked_utf_16
from zancrawler.markup import MAX_BYTES, UnreadableMarkup, parse_html

BROKEN = "\ufffd"
"""Stands for bytes that are no character."""

DETECTION_BYTES = 50_000
"""How much of a body without any usable declaration is looked at to guess its charset."""

MOSTLY = 3
"""Of so many characters beyond ASCII at most one may be broken in a body that is still UTF-8. Of
text in other charsets, taken for it, seven in ten and more are."""

_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x00\x00")
_TAG = re.compile(rb"<[a-zA-Z!]")
_UNREAD = ("svg", "style")
# C0 controls but tab, newline, form feed and return: HTML allows none, XML can hold none.
_CONTROLS = bytes((*range(9), 11, *range(14, 32), 127))
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
# Labels that stand for windows-1252 in practice (WHATWG): set by servers that were never told.
_UNTRUSTED = ("cp1252", "iso8859-1", "latin-1", "ascii")
_LEGACY = (
    *("cp1256", "cp1252", "cp1251", "cp1250", "cp1254"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
)
_ARABIC_WORD = re.compile("[\u0621-\u06d2\u200c]{2,}")
_RIGHT_TO_LEFT = re.compile(
    rb"""\b(?:dir\s*=\s*["']?rtl|lang\s*=\s*["']?(?:fa|ps|prs|ar|ur)\b)""", re.IGNORECASE
)


class UnreadablePage(ValueError):  # noqa: N818  a name that callers read as what it is
    """These bytes are no HTML page that can be read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML page as its capture holds it, decoded and parsed once for all readers."""

    url: str
    text: str
    """The decoded HTML."""
    tree: HtmlElement
    """Without drawings and style sheets, a fifth of all elements. Shared: readers do not change it.
    """
    captured_at: datetime
    """Aware UTC."""

    @classmethod
    def parse(
        cls, body: bytes, url: str, *, content_type: str | None = None, captured_at: datetime
    ) -> Page:
        """Decodes and parses a body whose content encoding is already undone.

        `content_type` is the HTTP header's value. Raises UnreadablePage for what is empty, too
        large, too finely cut, or no HTML.
        """
        if not body.strip(b"\x00\t\n\x0c\r "):
            raise UnreadablePage("The body is empty.")
        if len(body) > MAX_BYTES:
            raise UnreadablePage(
                f"The body has {len(body):,} bytes; no more than {MAX_BYTES:,} are read as HTML."
            )
        html = _clean(decode(body, content_type))
        if not _TAG.search(html):
            raise UnreadablePage("The body holds no HTML tag.")
        try:
            tree = parse_html(html, encoding="utf-8")
        except UnreadableMarkup as error:
            raise UnreadablePage(f"The page cannot be read: {error}.") from error
        strip_elements(tree, *_UNREAD, with_tail=False)
        return cls(url, html.decode(), tree, captured_at)


def _clean(text: str) -> bytes:
    """UTF-8 without what no HTML may hold. Bytes are cleaned six times as fast as text."""
    if "\uffff" in text or "\ufffe" in text:
        text = _NO_CHARACTERS.sub("", text)
    return text.encode("utf-8", "replace").translate(None, _CONTROLS)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of an HTML body. Never fails on bad bytes: they become U+FFFD.

    The order of the HTML standard (section 13.2.3: byte order mark, header, meta, guess) with one
    change: a body with non-ASCII characters that is valid UTF-8, but for a few broken bytes, is
    UTF-8 whatever is declared, since no other charset's text passes for it by chance, and servers
    declare wrongly often. One that is not is no UTF-8 if anything else is declared or it is Arabic.
    """
    bom_encoding, _ = read_bom(body)
    if bom_encoding:
        return body.decode(bom_encoding, "replace").lstrip("\ufeff")
    if utf_16 := unmarked_utf_16(body):
        return body.decode(utf_16, "replace")
    if body.startswith(_BINARY) or body[:1_000].count(b"\x00") > 100:
        raise UnreadablePage("The body is binary, not HTML.")
    text = body.decode("utf-8", "replace")
    # The last may be a character that was cut off with the body.
    broken = text[:-1].count(BROKEN)
    if not broken or broken * MOSTLY <= len(text) - len(text.encode("ascii", "ignore")):
        return text
    declared = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    for encoding in declared:
        if encoding and encoding not in _UNTRUSTED and not encoding.startswith("utf-"):
            # Python knows codecs that are no charsets of text, and some that refuse to replace.
            with suppress(LookupError, UnicodeError):
                return body.decode(encoding, "replace")
    sample = _beyond_ascii(body)
    if _is_cp1256(sample):
        return body.decode("cp1256", "replace")
    return text if "utf-8" in declared else body.decode(_guess(body, sample), "replace")


def _beyond_ascii(body: bytes) -> bytes:
    """The lines that are not plain ASCII."""
    lines = [line for line in body.split(b"\n") if not line.isascii()]
    return b"\n".join(lines)[:DETECTION_BYTES]


def _guess(body: bytes, sample: bytes) -> str:
    """The likeliest legacy charset of those lines."""
    if _RIGHT_TO_LEFT.search(body[:20_000]):
        return "cp1256"
    best = from_bytes(sample, cp_isolation=list(_LEGACY)).best()
    return best.encoding if best else "cp1252"


def _is_cp1256(sample: bytes) -> bool:
    """Whether nearly all bytes beyond ASCII are words of Arabic letters. No other charset's are:
    those of Cyrillic and Greek hold accented letters then, those of French stand one by one."""
    text = sample.decode("cp1256", "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return sum(map(len, _ARABIC_WORD.findall(text))) * 10 >= 9 * beyond > 0
