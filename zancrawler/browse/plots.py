"""Plots as inline SVG, drawn on the server. Colours are classes, for a policy without styles.

The drawings hold marks only and are stretched to their place; every word stands beside them in
HTML, where it keeps its size. To a screen reader each is one picture with a description.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

from zancrawler.browse.glance import Week
from zancrawler.browse.languages import in_order, language

_BAR, _STEP, _HEIGHT = 8, 10, 100


def weeks(shown: Sequence[Week], description: str, top: int | None = None) -> Markup:
    """One bar a week, parted by language. `top` is the number at the upper edge."""
    top = top or most(shown)
    bars = []
    for place, week in enumerate(shown):
        below = 0.0
        for tag in in_order(week.languages):
            height = _HEIGHT * week.languages[tag] / top if top else 0
            below += height
            bars.append(
                f'<rect class="fill-{language(tag).style}" x="{place * _STEP}" width="{_BAR}" '
                f'y="{_number(_HEIGHT - below)}" height="{_number(height)}"/>'
            )
    return _drawing(len(shown) * _STEP, _HEIGHT, bars, description)


def line(shown: Sequence[Week], description: str) -> Markup:
    """One grey bar a week, for a row of a table: its own scale, to show the shape."""
    top = most(shown)
    bars = [
        f'<rect class="fill-quiet" x="{place * _STEP}" width="{_BAR}" '
        f'y="{_number(_HEIGHT - height)}" height="{_number(height)}"/>'
        for place, week in enumerate(shown)
        if (height := _HEIGHT * week.articles / top if top else 0)
    ]
    return _drawing(len(shown) * _STEP, _HEIGHT, bars, description)


def shares(numbers: Mapping[str, int], description: str) -> Markup:
    """One bar over the whole width, parted by language."""
    total, left = sum(numbers.values()), 0.0
    parts = []
    for tag in in_order(numbers):
        width = 1000 * numbers[tag] / total if total else 0
        parts.append(
            f'<rect class="fill-{language(tag).style}" x="{_number(left)}" y="0" '
            f'width="{_number(width)}" height="10"/>'
        )
        left += width
    return _drawing(1000, 10, parts, description)


def most(shown: Iterable[Week]) -> int:
    """Articles of the week that has most of them."""
    return max((week.articles for week in shown), default=0)


def _drawing(width: int, height: int, marks: Iterable[str], description: str) -> Markup:
    return Markup(
        f'<svg role="img" viewBox="0 0 {width or 1} {height}" preserveAspectRatio="none" '
        f'focusable="false" aria-label="{escape(description)}">{"".join(marks)}</svg>'
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
