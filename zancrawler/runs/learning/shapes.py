"""The shape of article addresses: a pattern, generalised from examples and held against others.

Paths are as the outlet's patterns see them: percent-decoded, with the query, no final slash. A
path's language step (`/fa/...`) is set aside first, so that one pattern serves all languages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zancrawler.outlets.platforms.preset import LANGUAGE

FEWEST = 2
"""Examples of a shape: one page is no shape."""
MOST_WORDS = 12
"""Distinct words in one place of a path (sections) that are written out; more are any step."""
SURE = 0.98
"""Of the examples that a narrower form of a step must match: feeds advertise odd things too."""
EXAMPLES = 5_000
"""Paths that are looked at; a larger sitemap has no other shapes."""

_PREFIX = re.compile(LANGUAGE)
_WORD = re.compile(r"[a-z]{2,15}")
_ANY = "[^/?]+"
_FORMS = (
    r"(?:1[34]|19|20)\d\d",
    r"\d{1,2}",
    r"\d+",
    r"\d+\.html",
    r"\d{4,}-[^/?]+",
    r"[^/?]+-\d{4,}",
    r"[^/?]+\.html",
)
"""Of a step, the narrower before the wider."""
_NUMBERED = re.compile(r"\?([\w.-]{1,30}=)\d+")


class _Step(StrEnum):
    NUMBER = "number"
    WORD = "word"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern and what it was held against."""

    pattern: str
    examples: tuple[str, ...]
    """The paths that it was made from."""
    matched: int
    """Of the paths it should match, how many it does."""
    wanted: int
    mistaken: int
    """Of the paths that are known to be no articles, how many it matches."""
    unwanted: int

    @property
    def sound(self) -> bool:
        return self.mistaken * 10 <= self.matched


def language_step(path: str) -> str:
    """The first step of a path that names a language, such as `/fa`; empty if it has none."""
    found = _PREFIX.match(path)
    return found[0] if found else ""


def shapes_of(paths: Iterable[str], unwanted: Sequence[str]) -> list[Shape]:
    """The shapes of paths, those with the most examples first; none matches what one before does.

    `unwanted` are the paths of pages that are no articles.
    """
    wanted = list(dict.fromkeys(paths))[:EXAMPLES]
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for path in wanted:
        if (key := _key(path)) is not None:
            groups[key].append(path)
    found: list[Shape] = []
    for group in sorted(groups.values(), key=len, reverse=True):
        rest = [p for p in group if not any(re.search(s.pattern, p) for s in found)]
        if len(rest) >= FEWEST:
            found.append(_shape(rest, wanted, unwanted))
    return found


def _key(path: str) -> tuple[object, ...] | None:
    """What two paths of one shape have in common; None where the query is too odd to have any."""
    steps, query = _steps(path)
    if query and not _NUMBERED.fullmatch(query):
        return None
    kinds = (_kind(step) for step in steps[:-1])
    last = () if not steps else ("end",)
    return (*kinds, *last, _NUMBERED.sub(r"\1", query))


def _kind(step: str) -> _Step:
    if step.isdigit():
        return _Step.NUMBER
    return _Step.WORD if _WORD.fullmatch(step) else _Step.OTHER


def _steps(path: str) -> tuple[list[str], str]:
    """The steps after the language's, and the query with its question mark."""
    path = path[len(language_step(path)) :]
    path, mark, query = path.partition("?")
    return [step for step in path.split("/") if step], mark + query


def _shape(paths: list[str], wanted: Sequence[str], unwanted: Sequence[str]) -> Shape:
    """The widest pattern of these paths that takes in no more unwanted ones than it must."""
    tried = [_judged(pattern, paths, wanted, unwanted) for pattern in _patterns(paths)]
    return min(tried, key=lambda shape: (shape.mistaken, -shape.matched))


def _judged(
    pattern: str, paths: list[str], wanted: Sequence[str], unwanted: Sequence[str]
) -> Shape:
    matches: Callable[[str], object] = re.compile(pattern).search
    return Shape(
        pattern,
        tuple(paths),
        matched=sum(1 for path in wanted if matches(path)),
        wanted=len(wanted),
        mistaken=sum(1 for path in unwanted if matches(path)),
        unwanted=len(unwanted),
    )


def _patterns(paths: list[str]) -> Iterator[str]:
    """From the widest to the narrowest; they differ in their last step only."""
    split = [_steps(path) for path in paths]
    steps = [list(values) for values in zip(*(steps for steps, _ in split), strict=True)]
    query = r"\?" + _escaped(_NUMBERED.sub(r"\1", split[0][1])) + r"\d+" if split[0][1] else ""
    start = "^" + _languages(paths)
    for values in steps[:-1]:
        start += "/" + _form(values, words=True)
    if not steps:
        yield f"{start}/?{query}$"
        return
    for last in _last_forms(steps[-1], is_only=len(steps) == 1 and not query):
        yield f"{start}/{last}{query}$"


def _languages(paths: list[str]) -> str:
    found = sorted({step for path in paths if (step := language_step(path))})
    if not found:
        return ""
    names = "|".join(_escaped(step[1:]) for step in found)
    step = f"/{names}" if len(found) == 1 else f"/(?:{names})"
    return f"(?:{step})?" if any(not language_step(path) for path in paths) else step


def _form(values: list[str], *, words: bool) -> str:
    """The narrowest form of a step that nearly all values have."""
    distinct = sorted(set(values))
    if words and len(distinct) <= MOST_WORDS and all(map(_WORD.fullmatch, distinct)):
        return distinct[0] if len(distinct) == 1 else f"(?:{'|'.join(distinct)})"
    for form in _FORMS:
        if sum(1 for value in values if re.fullmatch(form, value)) >= SURE * len(values):
            return form
    return _ANY


def _last_forms(values: list[str], *, is_only: bool) -> Iterator[str]:
    """Of the step that names the story. Alone in its path it is held to be of several words, for
    services have such addresses too: `/about`."""
    form = _form(values, words=False)
    if form != _ANY:
        yield form
        return
    skeletons = sorted({re.sub(r"\d+", r"\\d+", _escaped(value)) for value in values})
    if len(skeletons) <= MOST_WORDS and all(r"\d+" in skeleton for skeleton in skeletons):
        yield skeletons[0] if len(skeletons) == 1 else f"(?:{'|'.join(skeletons)})"
    fewest = min(value.count("-") for value in values)
    widest = min(fewest, 2) if is_only else 0
    for hyphens in range(widest, fewest + 1):
        yield rf"[^/?-]*(?:-[^/?-]*){{{hyphens},}}" if hyphens else _ANY


def _escaped(text: str) -> str:
    """`re.escape` without what needs none outside brackets: people read these patterns."""
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)
