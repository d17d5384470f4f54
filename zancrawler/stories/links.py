"""The rules that link two articles. Each says by itself why; none adds up scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations

from zancrawler.stories.member import Evidence, Link, Member
from zancrawler.stories.near import near_pairs, signatures_of

MIN_WORDS_SAME = 8
"""Shorter texts (`Watch the full report.`) are the same in many articles that are not."""
MIN_WORDS_NEAR = 40
"""In shorter ones a formula is most of the text."""
CLOSE = timedelta(days=3)
"""In which newsrooms translate what is news."""
MAX_SHOWN = 12
"""Articles with a picture beyond which it is a stock picture, and says nothing."""
SHARED_NUMBERS = 2
"""At the least that a translation has in common with what it translates."""


def links(members: Sequence[Member], signatures: Mapping[str, bytes]) -> Iterator[Link]:
    """All links among members, whatever their order. `signatures` are by text_digest."""
    ordered = sorted(members, key=lambda member: member.order)
    known = {member.article_id: member for member in ordered}
    yield from _mirrors(ordered, known)
    yield from _copies(ordered)
    yield from _near_copies(ordered, signatures)
    yield from _named_translations(ordered, known)
    yield from _pictured_translations(ordered)


def _mirrors(members: Sequence[Member], known: Mapping[str, Member]) -> Iterator[Link]:
    for member in members:
        origin = known.get(member.mirror_of or "")
        if origin and origin is not member:
            yield Link(origin.article_id, member.article_id, Evidence.MIRROR_OF_OUTLET)


def _copies(members: Sequence[Member]) -> Iterator[Link]:
    """Each of those with the same title and text, with the first of them."""
    for same in _grouped(members, lambda m: [m.text_digest]).values():
        if max(member.words for member in same) >= MIN_WORDS_SAME:
            for member in same[1:]:
                yield Link(same[0].article_id, member.article_id, Evidence.SAME_TEXT, 1.0)


def _near_copies(members: Sequence[Member], signatures: Mapping[str, bytes]) -> Iterator[Link]:
    firsts: dict[str, Member] = {}
    for member in members:
        if member.words >= MIN_WORDS_NEAR and member.text_digest in signatures:
            firsts.setdefault(member.text_digest, member)
    if not firsts:
        return
    texts = list(firsts.values())
    rows = signatures_of([signatures[member.text_digest] for member in texts])
    for one, other, share in near_pairs(rows):
        if have_like_numbers(texts[one].numbers, texts[other].numbers):
            yield Link(
                texts[one].article_id, texts[other].article_id, Evidence.NEAR_TEXT, round(share, 2)
            )


def have_like_numbers(one: Collection[int], other: Collection[int]) -> bool:
    """Whether two texts of one language may be the same: half of their numbers are in both.

    The weather, prices and results are told in the same words every day, with other numbers.
    """
    both = set(one) | set(other)
    return 2 * len(set(one) & set(other)) >= len(both)


def _named_translations(members: Sequence[Member], known: Mapping[str, Member]) -> Iterator[Link]:
    """What a page says of its translations, of which the other page may not know yet.

    Where two articles of one language name the same one, or one names two, the template is broken:
    then only what both say counts.
    """
    named = {
        (member.article_id, name)
        for member in members
        for name in member.translations
        if name in known and _differ(member, known[name])
    }
    naming = Counter((known[one].primary_language, other) for one, other in named)
    being_named = Counter((one, known[other].primary_language) for one, other in named)
    for one, other in sorted(named):
        alone = (
            naming[known[one].primary_language, other] == 1
            and being_named[one, known[other].primary_language] == 1
        )
        if alone or (other, one) in named:
            yield Link(one, other, Evidence.HREFLANG)


def _pictured_translations(members: Sequence[Member]) -> Iterator[Link]:
    for shown in _grouped(members, lambda m: m.pictures).values():
        if len(shown) > MAX_SHOWN:
            continue
        for one, other in combinations(shown, 2):
            if _differ(one, other) and _are_close(one, other) and _translate_numbers(one, other):
                yield Link(one.article_id, other.article_id, Evidence.PICTURE_AND_NUMBERS)


def _differ(one: Member, other: Member) -> bool:
    """Whether the two are known to be in two languages."""
    languages = {one.primary_language, other.primary_language}
    return len(languages) == 2 and None not in languages


def _are_close(one: Member, other: Member) -> bool:
    return (
        one.published is not None
        and other.published is not None
        and abs(one.published - other.published) <= CLOSE
    )


def _translate_numbers(one: Member, other: Member) -> bool:
    """A translation is often shorter, so the shorter list of numbers is the measure."""
    shared = len(one.numbers & other.numbers)
    return shared >= max(SHARED_NUMBERS, min(len(one.numbers), len(other.numbers)) / 2)


def _grouped(
    members: Sequence[Member], keys: Callable[[Member], Collection[str]]
) -> dict[str, list[Member]]:
    """Members by each of their keys, where more than one has it."""
    groups: defaultdict[str, list[Member]] = defaultdict(list)
    for member in members:
        for key in set(keys(member)):
            groups[key].append(member)
    return {key: group for key, group in groups.items() if len(group) > 1}
