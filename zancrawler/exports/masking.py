"""Names that must not be read outside the archive: `masked-names.txt`, one name a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from zancrawler.archive import ArchiveError
from zancrawler.extraction.normalize import normalized

MAX_NAMES = 10_000
COVER = "█████"

_BETWEEN = "[\u00ad\u0640\u064b-\u0655\u0670\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]*"
"""What a spelling may have between two letters of a name, unseen."""
_GAP = "[\\s\u200b-\u200f\u00a0_-]+"
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
        return cls(re.compile(rf"(?<![^\W_])(?:{forms})(?![^\W_])", re.IGNORECASE))

    def are_in_url(self, url: str) -> bool:
        """Whether a URL, as its slug, names somebody."""
        return bool(self.pattern and self.pattern.search(re.sub(r"[/._+]", " ", unquote(url))))

    def cover(self, text: str) -> str:
        """The text with every listed name, in any of its spellings, under a bar."""
        return self.pattern.sub(COVER, text) if self.pattern else text


def _form(name: str) -> str:
    words = re.split(_GAP, normalized(name).strip())
    return _GAP.join("".join(_letter(c) + _BETWEEN for c in word) for word in words if word)


def _letter(letter: str) -> str:
    return f"[{_LETTERS[letter]}]" if letter in _LETTERS else re.escape(letter)
