"""Languages as the pages name, colour and set them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RIGHT_TO_LEFT = ("fa", "prs", "ps", "ar", "ur")


@dataclass(frozen=True, slots=True)
class Language:
    tag: str
    name: str
    style: str
    """The end of its CSS class."""

    @property
    def is_right_to_left(self) -> bool:
        return self.tag.partition("-")[0] in _RIGHT_TO_LEFT


KNOWN = (
    Language("fa-AF", "Dari", "dari"),
    Language("ps", "Pashto", "pashto"),
    Language("en", "English", "english"),
    Language("fa-IR", "Iranian Persian", "persian"),
)
OTHER = "other"


def language(tag: str | None) -> Language:
    """`und` and None are a language that we cannot tell."""
    for known in KNOWN:
        if known.tag == tag:
            return known
    return Language(tag or "und", "unknown" if tag in (None, "und") else str(tag), OTHER)


def in_order(tags: Iterable[str]) -> Sequence[str]:
    """As the legend has them: the known first, each at its place in every plot."""
    order = [known.tag for known in KNOWN]
    return sorted(tags, key=lambda tag: (order.index(tag) if tag in order else len(order), tag))
