"""Stories out of links: whatever the links, everyone has one place, and order says nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zancrawler.stories import Evidence, Link, Member, Placed, Relation
from zancrawler.stories.places import placed

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = [f"a{n}" for n in range(12)]


def member(name: str, *, published: int = 0, seen: int = 0, mirror: bool = False) -> Member:
    return Member(
        article_id=name,
        outlet="mirror" if mirror else f"outlet-{name[-1]}",
        language="en",
        published=START + timedelta(hours=published),
        first_seen=START + timedelta(days=90, hours=seen),
        text_digest=name,
        words=100,
        mirror_of="somewhere" if mirror else None,
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Member], list[Link]]:
    hours = st.integers(0, 5)
    members = [
        member(name, published=draw(hours), seen=draw(hours), mirror=draw(st.booleans()))
        for name in NAMES
    ]
    pair = st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True)
    links = [
        Link(one, other, evidence, share if evidence is Evidence.NEAR_TEXT else None)
        for one, other, evidence, share in draw(
            st.lists(
                st.tuples(
                    pair.map(lambda p: p[0]),
                    st.sampled_from(NAMES),
                    st.sampled_from(Evidence),
                    st.sampled_from([0.5, 0.75, 1.0]),
                ).filter(lambda t: t[0] != t[1]),
                max_size=15,
            )
        )
    ]
    return members, links


def by_id(members: list[Member], links: list[Link]) -> dict[str, Placed]:
    places = list(placed(members, links))
    assert len(places) == len(members)
    return {place.article_id: place for place in places}


@given(worlds(), st.randoms())
def test_the_order_of_members_and_links_says_nothing(world, random) -> None:
    members, links = world
    expected = by_id(members, links)
    members, links = (
        list(members),
        [
            Link(link.other, link.one, link.evidence, link.similarity)
            if random.random() < 0.5
            else link
            for link in links
        ],
    )
    random.shuffle(members)
    random.shuffle(links)
    assert by_id(members, links) == expected


@given(worlds())
def test_an_unrelated_article_changes_no_place(world) -> None:
    members, links = world
    stranger = member("stranger", published=-5, seen=-5)
    expected = by_id(members, links)
    with_it = by_id([*members, stranger], links)
    assert with_it.pop("stranger") == Placed("stranger", "stranger", Relation.ORIGINAL)
    assert with_it == expected


@given(worlds())
def test_a_story_has_one_origin_to_which_all_lead(world) -> None:
    members, links = world
    known = {each.article_id: each for each in members}
    places = by_id(members, links)
    for name, place in places.items():
        story = [each for each, other in places.items() if other.story_id == place.story_id]
        assert place.story_id == min(story, key=lambda n: (known[n].first_seen, n))
        steps = 0
        while places[name].related_to:
            name, steps = places[name].related_to, steps + 1
            assert steps < len(members)
        assert places[name].relation is Relation.ORIGINAL
        assert name == min(story, key=lambda n: known[n].order)
    for link in links:
        assert places[link.one].story_id == places[link.other].story_id


def test_a_mirror_is_no_origin_however_early() -> None:
    mirror, source = member("a1", published=1, mirror=True), member("a2", published=2)
    places = by_id([mirror, source], [Link("a1", "a2", Evidence.SAME_TEXT, 1.0)])
    assert places["a2"].relation is Relation.ORIGINAL
    assert (places["a1"].relation, places["a1"].related_to) == (Relation.MIRROR, "a2")


def test_the_strongest_link_is_the_reason() -> None:
    members = [member("a1", published=1), member("a2", published=2), member("a3", published=3)]
    links = [
        Link("a1", "a3", Evidence.HREFLANG),
        Link("a1", "a2", Evidence.HREFLANG),
        Link("a2", "a3", Evidence.NEAR_TEXT, 0.8),
    ]
    assert by_id(members, links)["a3"].related_to == "a2"


def test_what_is_found_later_does_not_change_the_id_even_if_published_earlier() -> None:
    first, second = member("a2", published=2, seen=1), member("a3", published=3, seen=2)
    links = [Link("a2", "a3", Evidence.HREFLANG)]
    before = by_id([first, second], links)
    backfilled = member("a1", published=1, seen=9)
    after = by_id([first, second, backfilled], [*links, Link("a1", "a2", Evidence.SAME_TEXT, 1.0)])
    assert {place.story_id for place in before.values()} == {"a2"}
    assert {place.story_id for place in after.values()} == {"a2"}
    assert after["a1"].relation is Relation.ORIGINAL
