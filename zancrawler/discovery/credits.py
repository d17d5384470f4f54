"""Credits: whose a picture is, by the words about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

MAX_CREDIT = 1_000
"""Characters around a picture that are searched for an agency's name."""
MAX_PARTS = 100
"""Elements in a credit, and pictures in one that are asked for their own words."""
MAX_READ = 100_000
"""Elements of a page that are looked at, so that no nesting of figures takes long. A page has
50,000 at most, and all but a few stand around one picture."""
_WORDS = ("alt", "title", "data-caption")


@dataclass(slots=True)
class Agencies:
    """Those whose pictures on one page are left out. What stands around pictures is read once."""

    names: tuple[str, ...]
    """Without case (`str.casefold`)."""
    _left: int = MAX_READ
    _about: dict[HtmlElement, bool | None] = field(default_factory=dict)
    """What was found in the elements around pictures; None where they hold more than one."""

    def own(self, picture: HtmlElement) -> bool:
        """Whether the words about a picture name one of them."""
        if not self.names:
            return False
        images = (picture, *islice(picture.iter("img"), MAX_PARTS))
        if any(self._are_in(image.get(name) or "") for image in images for name in _WORDS):
            return True
        figure = next(picture.iterancestors("figure"), None)
        around = islice(picture.iterancestors(), 3) if figure is None else (figure,)
        for element in around:
            named = None if element.tag == "body" else self._in(element)
            if named is not False:
                return bool(named)
        return False

    def _are_in(self, text: str) -> bool:
        said = " ".join(text.split()).casefold()
        return any(name in said for name in self.names)

    def _in(self, element: HtmlElement) -> bool | None:
        """Whether its captions name one; None for what is no figure and holds two pictures."""
        if element not in self._about:
            self._about[element] = self._read(element)
        return self._about[element]

    def _read(self, element: HtmlElement) -> bool | None:
        pictures, named = 0, False
        for each in islice(element.iterdescendants(), self._left):
            self._left -= 1
            pictures += each.tag == "img"
            if pictures > 1 and element.tag != "figure":
                return None
            named = named or (_is_caption(each) and self._are_in(_text(each)))
        return named


def _is_caption(element: HtmlElement) -> bool:
    kind = element.get("class") or ""
    return element.tag == "figcaption" or "caption" in kind or "credit" in kind


def _text(caption: HtmlElement) -> str:
    """Nothing where it is too long for a credit."""
    if len(list(islice(caption.iter(), MAX_PARTS + 1))) > MAX_PARTS:
        return ""
    text = " ".join(caption.itertext())
    return text if len(text) <= MAX_CREDIT else ""
