"""Fingerprints of a text: by them its words are known again in any page, without being kept.

Checksums of all runs of eight words (shingles: Broder, "On the resemblance and containment of
documents", 1997). A page carries the text if it holds three of them, so ten words in a row; that
three checksums of 32 bits agree by chance is not to be expected in any archive.
"""

from __future__ import annotations

import html
import re
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

RUN = 8
"""Words of a shingle."""
ENOUGH = 3
"""Shingles that a page must share; all of a text that has fewer."""
MAX_PAGE = 64 << 20
"""Characters of a page that are looked through."""

_WORD = re.compile(r"[^\W_]+")
_WRAPPER = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->")
"""What stands round text that is no tag."""
_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")
_JSON_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_JSON_SPACE = re.compile(r"\\+[nrtbf]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u0640]")


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of one text or of several."""

    texts: tuple[frozenset[int], ...] = ()

    @classmethod
    def of(cls, text: str) -> Fingerprints:
        """Of plain text. None for one of fewer words than a run: it would be found everywhere."""
        found = frozenset(_shingles(_words(text)))
        return cls((found,)) if found else cls()

    @classmethod
    def union(cls, several: Iterable[Fingerprints]) -> Fingerprints:
        return cls(tuple(dict.fromkeys(text for each in several for text in each.texts)))

    def found_in(self, page: str) -> bool:
        """Whether a page in HTML, XML, JSON or plain text holds ten running words of a text."""
        if not self.texts:
            return False
        seen = frozenset(shingle for part in _parts(page[:MAX_PAGE]) for shingle in _shingles(part))
        return any(len(text & seen) >= min(ENOUGH, len(text)) for text in self.texts)

    def text(self) -> str:
        """One word of ASCII per text."""
        return " ".join(
            b85encode(b"".join(n.to_bytes(4, "big") for n in sorted(text))).decode()
            for text in self.texts
        )

    @classmethod
    def parse(cls, written: str) -> Fingerprints:
        """Raises ValueError for what `text` has not written."""
        return cls(tuple(frozenset(_numbers(b85decode(word))) for word in written.split()))


def _numbers(data: bytes) -> Iterator[int]:
    for start in range(0, len(data), 4):
        yield int.from_bytes(data[start : start + 4], "big")


def _parts(page: str) -> Iterator[list[str]]:
    """The words of what a page shows, and of what it has in attributes."""
    plain = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), page)
    plain = _JSON_SPACE.sub(" ", plain)
    # Feeds hold HTML that is escaped once more.
    plain = _WRAPPER.sub(" ", html.unescape(html.unescape(plain)))
    yield _words(_TAG.sub(" ", plain))
    yield _words(" ".join(a or b for a, b in _ATTRIBUTE.findall(plain)))


def _words(text: str) -> list[str]:
    return _WORD.findall(_INVISIBLE.sub("", text).casefold())


def _shingles(words: list[str]) -> Iterator[int]:
    for start in range(len(words) - RUN + 1):
        yield zlib.crc32(" ".join(words[start : start + RUN]).encode("utf-8", "replace"))
