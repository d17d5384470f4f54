"""A made-up outlet's days as looks: what a crawl, or a rebuild from its WARCs, would record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from zancrawler.ledger import Advertisement, Kind, Outcome, State

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOME = "https://zan.example"
FEED, SITEMAP = f"{HOME}/feed", f"{HOME}/sitemap.xml"


def looks(days: int, seed: int = 7) -> Iterator[Outcome]:
    """Each day a feed of the last 20 articles, a sitemap now and then, and a dozen pages."""
    chance = random.Random(seed)
    posts: list[str] = []
    at = START
    for day in range(days):
        at = START + timedelta(days=day)
        posts += [f"{HOME}/post/{day}-{n}" for n in range(chance.randint(1, 5))]
        yield _source(FEED, Kind.FEED, "feed", posts[-20:], at)
        if day % 5 == 0:
            yield _source(SITEMAP, Kind.SITEMAP, "sitemap", posts, at + timedelta(seconds=9))
        for number in range(12):
            at += timedelta(seconds=chance.randint(5, 20))
            yield _page(chance.choice(posts[-40:]), number, at, chance)


def _source(url: str, kind: Kind, via: str, posts: list[str], at: datetime) -> Outcome:
    adverts = tuple(
        Advertisement(post, url, via, title=post[-6:], lastmod=at - timedelta(hours=5))
        for post in posts
    )
    return Outcome(url, at, State.CAPTURED, kind=kind, adverts=adverts, etag=f'"{at:%j}"')


def _page(url: str, number: int, at: datetime, chance: random.Random) -> Outcome:
    states = (State.CAPTURED, State.UNCHANGED, State.FAILED, State.BLOCKED, State.GONE)
    state = chance.choices(states, (70, 10, 8, 4, 8))[0]
    return Outcome(
        url,
        at,
        state,
        reason=None if state in (State.CAPTURED, State.UNCHANGED) else f"because-{number}",
        kind=Kind.ARTICLE,
        text_digest=f"{url} {chance.random() < 0.2}" if state is State.CAPTURED else None,
        adverts=(Advertisement(f"{HOME}/post/linked-{number}", url, "link"),),
    )
