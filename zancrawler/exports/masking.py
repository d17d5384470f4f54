"""Names that must not be read outside the archive: `masked-names.txt`, one name a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from zancrawler.archive import ArchiveError
from zancrawler.extraction.normalize import normalized

MAX_NAMES = 10_000
COVER = "█████"

_UNSEEN = "\u0640\u064b-\u0655\u0670\u202a-\u202e\u2060\u2066-\u2069"
_JOINERS = "\u00ac\u00ad\u200b-\u200f"
_BLANKS = f"\\s\u00a0_{_JOINERS}-"
_BETWEEN = f"[{_UNSEEN}{_JOINERS}]*"
"""What a spelling may have between two letters of a name, unseen."""
_GAP = f"[{_UNSEEN}]*+[{_BLANKS}][{_UNSEEN}{_BLANKS}]*+"
"""And between two of its words. It can be read in one way only, however many joiners there are."""
_PREFIX = f"(?:(?:و|ب[هةۀ]?){_BETWEEN}+)?"
"""'And' and 'to', which many write together with the name."""
_COMPOSED = re.compile(
    "[\ufb50-\ufdff\ufe70-\ufefc\uff00-\uffef\U0001d400-\U0001d7ff]|[^\\W\\d_][\u0300-\u036f]+"
)
"""What NFKC writes as other letters: presentation forms, ligatures, wide letters, loose accents."""
_LETTERS = {"ی": "یيىېۍئ", "ک": "کكڪ", "ه": "هةۀہھۂەۃ", "گ": "گګ", "ا": "اأإآٱ", "و": "وؤ"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names, as one pattern; none where nobody is listed."""

    pattern: re.Pattern[str] | None = None

    def __bool__(self) -> bool:
        return self.pattern is not None

    @classmethod
    def read(cls, path: Path) -> Names:
        """From a file that may be absent. `#` begins a remark. Raises ArchiveError."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise ArchiveError(
                f"{path} cannot be read ({error}); it must be UTF-8 text, one name a line"
            ) from error
        return cls.of([line.partition("#")[0].strip() for line in lines])

    @classmethod
    def of(cls, names: list[str]) -> Names:
        """Raises ArchiveError for more than MAX_NAMES."""
        wanted = sorted({name for name in names if name}, key=len, reverse=True)
        if len(wanted) > MAX_NAMES:
            raise ArchiveError(f"{len(wanted)} names are to be masked; {MAX_NAMES} can be")
        if not wanted:
            return cls()
        forms = "|".join(_form(name) for name in wanted)
        pattern = rf"(?<![^\W_]){_PREFIX}(?P<name>{forms})(?![^\W_])"
        return cls(re.compile(pattern, re.IGNORECASE))

    def are_in_text(self, text: str) -> bool:
        """Whether a text names somebody, in any spelling."""
        return next(self._spans(text), None) is not None

    def are_in(self, row: Mapping[str, Any]) -> bool:
        """Whether a row's words or URLs do."""
        if not self:
            return False
        for value in row.values():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and (self.are_in_text(text) or self.are_in_url(text)):
                    return True
        return False

    def are_in_url(self, url: str) -> bool:
        """Whether a URL, as its slug, names somebody."""
        return self.are_in_text(re.sub(r"[/._+]", " ", unquote(url)))

    def cover(self, text: str) -> str:
        """The text with every listed name, in any of its spellings, under a bar."""
        pieces, end = [], 0
        for start, stop in self._spans(text):
            pieces += [text[end:start], COVER]
            end = stop
        return "".join([*pieces, text[end:]])

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names stand in the text as it is, in order."""
        if self.pattern is None:
            return
        composed = list(_COMPOSED.finditer(text))
        plain = _plain(text, composed) if composed else text
        places = _places(text, composed) if composed else range(len(text) + 1)
        for found in self.pattern.finditer(plain):
            first, after = found.span("name")
            while after < len(plain) and places[after] == places[after - 1]:
                # A ligature of the name's last letter and the next is covered whole.
                after += 1
            yield places[first], places[after]


def _plain(text: str, composed: list[re.Match[str]]) -> str:
    """The text with these parts as NFKC writes them."""
    pieces, end = [], 0
    for part in composed:
        pieces += [text[end : part.start()], unicodedata.normalize("NFKC", part.group())]
        end = part.end()
    return "".join([*pieces, text[end:]])


def _places(text: str, composed: list[re.Match[str]]) -> list[int]:
    """For each letter of the plain text, and its end, where it stands in the text as it is."""
    places: list[int] = []
    end = 0
    for part in composed:
        places += range(end, part.start())
        places += [part.start()] * len(unicodedata.normalize("NFKC", part.group()))
        end = part.end()
    return [*places, *range(end, len(text) + 1)]


def _form(name: str) -> str:
    words = re.split(f"[{_BLANKS}]+", re.sub(f"[{_UNSEEN}]", "", normalized(name)))
    forms = [f"{_BETWEEN}+".join(map(_letter, word)) for word in words if word]
    return _GAP.join(forms) + _BETWEEN


def _letter(letter: str) -> str:
    return f"[{_LETTERS[letter]}]" if letter in _LETTERS else re.escape(letter)
