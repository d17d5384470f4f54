"""Of an image's candidates, the ones that a usual browser asks for (HTML standard, 4.8.4).

A replayed page asks for what its browser would have chosen live, and players find no other size in
its place. So the candidates of two screens are taken, and no more: both `VIEWPORT` wide, one of
one device pixel to the CSS pixel and one of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from math import sqrt

VIEWPORT = 1280
"""CSS pixels."""
PIXEL_RATIOS = (1.0, 2.0)
MAX_CANDIDATES = 100
"""Of one srcset; real ones have up to some twenty."""
MAX_LENGTH = 50_000
"""Characters of one attribute."""

_CANDIDATE = re.compile(r"[\s,]*(\S+)([^,]*)")
_DESCRIPTOR = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)([wx])")
_CONDITION = re.compile(r"\(\s*(min|max)-width\s*:\s*(\d{1,6}(?:\.\d{1,6})?)(px|em|rem)\s*\)")
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(px|em|rem|vw)\s*$")
_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0, "vw": VIEWPORT / 100}


@dataclass(frozen=True, slots=True)
class Candidate:
    url: str
    width: float | None = None
    """Pixels (`640w`)."""
    density: float | None = None
    """`2x`."""


def candidates(srcset: str) -> Iterator[Candidate]:
    """In the order of the attribute. A URL may hold commas, but neither begin nor end with one."""
    text, start = srcset[:MAX_LENGTH], 0
    while found := _CANDIDATE.match(text, start):
        url, descriptors, start = found[1], found[2], found.end()
        if url.endswith(","):
            # No descriptor: what follows is the next candidate.
            url, descriptors, start = url.rstrip(","), "", found.end(1)
        said = _DESCRIPTOR.fullmatch(descriptors.strip())
        number = float(said[1]) if said else None
        if url and (said or not descriptors.strip()):
            is_width = said is not None and said[2] == "w"
            yield Candidate(url, number if is_width else None, None if is_width else number or 1.0)


def chosen(srcset: str, sizes: str = "") -> tuple[str, ...]:
    """The URLs that browsers of one and of two pixels to the CSS pixel ask for; often the same."""
    slot = slot_width(sizes)
    densities: dict[float, str] = {}
    for candidate in islice(candidates(srcset), MAX_CANDIDATES):
        density = candidate.width / slot if candidate.width else candidate.density
        densities.setdefault(density or 1.0, candidate.url)
    ordered = sorted(densities.items())
    picks = (_pick(ordered, ratio) for ratio in PIXEL_RATIOS) if ordered else ()
    return tuple(dict.fromkeys(picks))


def _pick(ordered: list[tuple[float, str]], ratio: float) -> str:
    """As Chromium does: the next denser one, from the geometric mean of two neighbours on."""
    for (density, url), (denser, _) in pairwise(ordered):
        if denser < ratio:
            continue
        if (ratio <= 1.0 and ratio > density) or ratio >= sqrt(density * denser):
            continue
        return url
    return ordered[-1][1]


def slot_width(sizes: str) -> float:
    """CSS pixels that the image takes; the whole viewport where `sizes` is not to be read."""
    for entry in sizes[:MAX_LENGTH].split(","):
        if _holds(entry) and (found := _LENGTH.search(entry.strip())):
            return float(found[1]) * _PIXELS[found[2]] or VIEWPORT
    return VIEWPORT


def matches(media: str) -> bool:
    """Whether a media query of `<source>` may hold; one that is not to be read may."""
    return "print" not in media and _holds(media)


def _holds(text: str) -> bool:
    for limit, number, unit in _CONDITION.findall(text):
        width = float(number) * _PIXELS[unit]
        if (limit == "min" and width > VIEWPORT) or (limit == "max" and width < VIEWPORT):
            return False
    return True
