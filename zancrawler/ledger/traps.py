"""URL explosions: calendars, repeater parameters, endless `?start=`, paths that loop."""

from __future__ import annotations

import re
from dataclasses import dataclass

FREE_URLS = 200
"""A shape with no more URLs than this is no explosion."""
FREE_LOOKS = 50
"""Looks at a shape before it is judged; all that a trap can cost."""
FRUITFUL_SHARE = 0.1
"""Of a shape's first looks, the share that must bring a new text or show a new article."""
MAX_PARAMETER_URLS = 100_000
"""URLs of one shape with a query. The largest outlet known has some 200,000 articles in all."""
MAX_DEPTH = 16
"""Path segments; the deepest real article path seen has 7."""
MAX_SHAPES = 5_000
"""Per outlet; the rest share one shape."""

LOOPING = "(a path that repeats itself)"
DEEP = "(a path too deep)"
MANY = "(shapes beyond counting)"

_PLAIN_WORD = re.compile(r"[a-z]{1,20}(?:\.[a-z]{2,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """URLs that differ only in slugs, numbers and parameter values."""

    name: str
    urls: int = 0
    """Distinct URLs advertised, those refused not among them."""
    looks: int = 0
    """URLs of it that were looked at and answered."""
    fruits: int = 0
    """Looks among these that brought a new text, or showed an article for the first time."""
    refused: int = 0
    """Advertisements turned away since it is known for a trap."""
    trap: str | None = None
    """Why it is one."""
    example: str = ""


def shape_of(url: str) -> str:
    """`host/word/*/#?name&name`: numbers are `#`, slugs `*`, parameters without their values.

    Only the first segment of the path keeps its word: a site has few sections and many tags.
    """
    location, _, query = url.partition("://")[2].partition("?")
    host, *path = location.split("/")
    segments = [segment for segment in path if segment]
    if len(segments) > MAX_DEPTH:
        return DEEP
    if _loops(segments):
        return LOOPING
    shaped = [_segment(segment, first=index == 0) for index, segment in enumerate(segments)]
    names = {pair.partition("=")[0][:40] for pair in query.split("&")} if query else set()
    names = {"#" if name.isdigit() else name for name in names}
    return f"{host}/{'/'.join(shaped)}" + ("?" + "&".join(sorted(names)[:10]) if query else "")


def _segment(segment: str, *, first: bool) -> str:
    if segment.isdigit():
        return "#"
    if first and _PLAIN_WORD.fullmatch(segment):
        return segment.lower()
    return "*"


def _loops(segments: list[str]) -> bool:
    """The same run of one to four segments three times in a row; of one number four times, for the
    eleventh of a November may be written 11/11/11."""
    return any(
        segments[start : start + times * size] == segments[start : start + size] * times
        for size in range(1, 5)
        for start in range(len(segments) - 3 * size + 1)
        for times in (4 if size == 1 and segments[start].isdigit() else 3,)
    )


def trap(shape: Shape) -> str | None:
    """Why no more URLs of this shape are to be asked for; None where it is no trap."""
    if shape.trap:
        return shape.trap
    if shape.name == LOOPING:
        return "path loops"
    if shape.name == DEEP:
        return f"path of more than {MAX_DEPTH} segments"
    if "?" in shape.name and shape.urls > MAX_PARAMETER_URLS:
        return f"more than {MAX_PARAMETER_URLS:,} URLs"
    barren = shape.looks >= FREE_LOOKS and shape.fruits < shape.looks * FRUITFUL_SHARE
    if shape.urls > FREE_URLS and barren:
        return f"{shape.looks} looks brought {shape.fruits} new texts or articles"
    return None
