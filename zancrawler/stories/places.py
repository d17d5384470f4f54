"""Links joined to stories, and the place of each article in its own."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from zancrawler.stories.member import Evidence, Link, Member, Placed, Relation

_EVIDENCE = tuple(Evidence)


def placed(members: Sequence[Member], links: Iterable[Link]) -> Iterator[Placed]:
    """Every member once. The result depends on what there is, never on its order.

    A story's id is that of its member that we saw first: a member found later, even one published
    earlier, does not change it. Its origin is the member published first, on no mirror. From there
    each member is joined by the strongest link that leads to it.
    """
    known = {member.article_id: member for member in members}
    linked: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        linked[link.one].append(link)
        linked[link.other].append(link)
    for member in members:
        if member.article_id not in linked:
            yield Placed(member.article_id, member.article_id, Relation.ORIGINAL)
    for story in _stories(linked):
        yield from _places([known[name] for name in story], linked)


def _stories(linked: Mapping[str, Sequence[Link]]) -> Iterator[list[str]]:
    """Ids that links join, directly or through others."""
    seen: set[str] = set()
    for start in linked:
        if start in seen:
            continue
        seen.add(start)
        story = [start]
        for name in story:
            for link in linked[name]:
                neighbour = link.other if link.one == name else link.one
                if neighbour not in seen:
                    seen.add(neighbour)
                    story.append(neighbour)
        yield story


def _places(story: Sequence[Member], linked: Mapping[str, Sequence[Link]]) -> Iterator[Placed]:
    """Prim's algorithm from the origin, the strongest link first."""
    story_id = min(story, key=lambda m: (m.first_seen, m.article_id)).article_id
    ordered = sorted(story, key=lambda m: m.order)
    rank = {member.article_id: index for index, member in enumerate(ordered)}
    joined: set[int] = set()
    waiting: list[_Step] = [_Step(0, 0.0, 0, 0, None)]
    while waiting:
        strength, _, parent, index, similarity = heapq.heappop(waiting)
        if index in joined:
            continue
        joined.add(index)
        member = ordered[index]
        if index == 0:
            yield Placed(member.article_id, story_id, Relation.ORIGINAL)
        else:
            evidence, related = _EVIDENCE[strength], ordered[parent]
            yield Placed(
                member.article_id,
                story_id,
                _relation(related, member, evidence),
                related.article_id,
                evidence,
                similarity,
            )
        for link in linked[member.article_id]:
            other = rank[link.other if link.one == member.article_id else link.one]
            if other not in joined:
                strength = _EVIDENCE.index(link.evidence)
                heapq.heappush(
                    waiting,
                    _Step(strength, -(link.similarity or 0.0), index, other, link.similarity),
                )


class _Step(NamedTuple):
    """A link that leads on from a member that has its place; the least is taken first."""

    strength: int
    distance: float
    parent: int
    member: int
    similarity: float | None


def _relation(one: Member, other: Member, evidence: Evidence) -> Relation:
    match evidence:
        case Evidence.MIRROR_OF_OUTLET:
            return Relation.MIRROR
        case Evidence.SAME_TEXT:
            return Relation.MIRROR if one.outlet != other.outlet else Relation.DUPLICATE
        case Evidence.NEAR_TEXT:
            return Relation.DUPLICATE
        case Evidence.HREFLANG | Evidence.PICTURE_AND_NUMBERS:
            return Relation.TRANSLATION
