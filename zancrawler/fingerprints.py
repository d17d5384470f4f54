"""Fingerprints of a text: by them its words are known again in any page, without being kept.

A text is cut into blocks of eight words, and a hash of each is kept; a page carries the text if any
eight running words of it are one of the blocks, so fifteen words in a row are always found. Blocks
do not overlap: from runs that do, the whole text can be told word by word, each from the seven
before it (compare winnowing: Schleimer, Wilkerson and Aiken, 2003, which has that fault).
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from base64 import b85decode, b85encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from zancrawler.charset import unmarked_utf_16

BLOCK = 8
"""Words."""
ENOUGH = 2 * BLOCK - 1
"""Words in a row that are always known again."""
MAX_PAGE = 64 << 20
"""Characters of a page that are looked through."""
_HASH = 8
"""Bytes: two different blocks of words share one in no archive."""

_WORD = re.compile(r"[^\W_]+")
_WRAPPER = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->")
"""What stands round text that is no tag."""
_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""=\s{0,9}(?:"([^"]*)"|'([^']*)')""")
# JSON in JSON doubles its backslashes each time; more than three times is nobody's page.
_JSON_ESCAPE = re.compile(r"\\{1,8}u([0-9a-fA-F]{4})")
_JSON_SPACE = re.compile(r"\\{1,8}[nrtbf]")
_INVISIBLE = re.compile(
    "[\u00ad\u0640\u064b-\u0655\u0670\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LETTERS = str.maketrans("يىكةۀہھ", "ییکهههه")


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of any number of texts."""

    hashes: frozenset[bytes] = frozenset()

    @classmethod
    def of(cls, text: str) -> Fingerprints:
        """Of plain text. None for one of fewer words than a block: it would be found everywhere."""
        words = _words(text)
        starts = range(0, len(words) - BLOCK + 1, BLOCK)
        return cls(frozenset(_hash(words, start) for start in starts))

    @classmethod
    def union(cls, several: Iterable[Fingerprints]) -> Fingerprints:
        return cls(frozenset().union(*(each.hashes for each in several)))

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def found_in(self, page: str) -> bool:
        """Whether a page in HTML, XML, JSON or plain text holds fifteen running words of a text.

        Fewer are enough where they are a block of it.
        """
        return bool(self.hashes) and any(
            _hash(words, start) in self.hashes
            for words in _parts(page[:MAX_PAGE])
            for start in range(len(words) - BLOCK + 1)
        )

    def found_in_bytes(self, body: bytes) -> bool:
        """As `found_in`, of a page as it was sent."""
        return bool(self.hashes) and self.found_in(decoded(body))

    def text(self) -> str:
        """One word of ASCII; empty for none."""
        return b85encode(b"".join(sorted(self.hashes))).decode()

    @classmethod
    def parse(cls, written: str) -> Fingerprints:
        """Raises ValueError for what `text` has not written."""
        data = b85decode(written)
        return cls(frozenset(data[i : i + _HASH] for i in range(0, len(data), _HASH)))


def decoded(body: bytes) -> str:
    """A page in UTF-8, UTF-16 or windows-1256."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    if unmarked := unmarked_utf_16(body):
        return body.decode(unmarked, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        # A page in UTF-8 with one bad byte must be found as well as one of the nineties.
        return body.decode("utf-8", "replace") + " " + body.decode("windows-1256", "replace")


def unescaped(page: str) -> str:
    """A page in HTML, XML, JSON or plain text with its letters as they are read; tags stay."""
    plain = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), page)
    plain = _JSON_SPACE.sub(" ", plain)
    # Feeds hold HTML that is escaped once more.
    return _WRAPPER.sub(" ", html.unescape(html.unescape(plain)))


def without_tags(plain: str, between: str = " ") -> str:
    """What the text of a page shows, with this for each tag."""
    return _TAG.sub(between, plain)


def _parts(page: str) -> Iterator[list[str]]:
    """The words of what a page shows, and of what it has in attributes."""
    plain = unescaped(page)
    yield _words(without_tags(plain))
    yield _words(" ".join(a or b for a, b in _ATTRIBUTE.findall(plain)))


def _words(text: str) -> list[str]:
    """In one spelling, whatever keyboard, font or converter wrote them."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_LETTERS)
    return _WORD.findall(plain.casefold())


def _hash(words: list[str], start: int) -> bytes:
    block = " ".join(words[start : start + BLOCK]).encode("utf-8", "replace")
    return blake2b(block, digest_size=_HASH).digest()
