"""A quarter of an outlet's life, crawled once a day: what the rules of `due` cost and find."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from zancrawler.ledger import Advertisement, Due, Kind, Ledger, Outcome, State
from zancrawler.ledger.due import DAY, HOUR

START = datetime(2026, 3, 1, 3, tzinfo=UTC)
DAYS = 90
HOME = "https://zan.example"
FEED, INDEX, SITEMAP = f"{HOME}/feed", f"{HOME}/sitemap.xml", f"{HOME}/posts.xml"


@dataclass
class Post:
    url: str
    published: datetime
    edits: tuple[datetime, ...] = ()
    removed: datetime | None = None

    def version(self, now: datetime) -> int:
        return sum(edit <= now for edit in self.edits)

    def modified(self, now: datetime) -> datetime:
        return max([self.published, *(edit for edit in self.edits if edit <= now)])


@dataclass
class Site:
    """Three articles a day; a tenth is edited within two days, a fiftieth in its third week and
    one in forty is taken down."""

    posts: dict[str, Post] = field(default_factory=dict)
    requests: Counter[Kind] = field(default_factory=Counter)
    found: dict[str, list[int]] = field(default_factory=dict)
    """The versions of each article that were captured."""

    def __post_init__(self) -> None:
        chance = random.Random(3)
        for number in range(-300, 3 * DAYS):
            published = START + timedelta(hours=8 * number + chance.random() * 7)
            edits = ()
            if chance.random() < 0.1:
                edits = (published + chance.random() * 2 * DAY,)
            elif chance.random() < 0.02:
                edits = (published + 14 * DAY + chance.random() * 7 * DAY,)
            removed = published + 12 * DAY if chance.random() < 0.025 else None
            url = f"{HOME}/post/story-{number}"
            self.posts[url] = Post(url, published, edits, removed)

    def visible(self, now: datetime) -> list[Post]:
        return [
            post
            for post in self.posts.values()
            if post.published <= now and not (post.removed and post.removed <= now)
        ]

    def answer(self, due: Due, now: datetime) -> Outcome:
        self.requests[due.kind] += 1
        visible = self.visible(now)
        if due.url == FEED:
            return self._source(due, now, sorted(visible, key=lambda p: p.published)[-20:], "feed")
        if due.url == SITEMAP:
            return self._source(due, now, visible, "sitemap")
        post = self.posts[due.url]
        if post not in visible:
            return Outcome(due.url, now, State.GONE, reason="http-404")
        tag = f'"{post.version(now)}"'
        if due.etag == tag:
            return Outcome(due.url, now, State.UNCHANGED, reason="http-304")
        versions = self.found.setdefault(due.url, [])
        if post.version(now) not in versions:
            versions.append(post.version(now))
        return Outcome(
            due.url, now, State.CAPTURED, etag=tag, text_digest=tag, published=post.published
        )

    @staticmethod
    def _source(due: Due, now: datetime, posts: list[Post], via: str) -> Outcome:
        def lastmod(post: Post) -> datetime:
            # A feed gives the hour of publication, this sitemap the day of the last edit.
            if via == "feed":
                return post.published
            return post.modified(now).replace(hour=0, minute=0, second=0, microsecond=0)

        adverts = tuple(Advertisement(p.url, due.url, via, lastmod=lastmod(p)) for p in posts)
        return Outcome(due.url, now, State.CAPTURED, kind=due.kind, adverts=adverts)


def run(ledger: Ledger, site: Site, now: datetime) -> int:
    """One crawl, until nothing is due; returns the number of requests."""
    before = site.requests.total()
    while batch := ledger.due(now, 50):
        for due in batch:
            now += timedelta(seconds=5)
            ledger.record([site.answer(due, now)])
    return site.requests.total() - before


def test_a_quarter_of_daily_crawls(tmp_path: Path) -> None:
    site, chance = Site(), random.Random(4)
    with Ledger(tmp_path / "zan.sqlite") as ledger:
        ledger.advertise(
            [
                Advertisement(FEED, "outlet", "outlet", Kind.FEED),
                Advertisement(SITEMAP, "outlet", "outlet", Kind.SITEMAP),
            ],
            START,
        )
        run(ledger, site, START)
        assert site.requests[Kind.ARTICLE] == len(site.found) >= 290
        run(ledger, site, START + HOUR / 2)
        assert site.requests[Kind.ARTICLE] - len(site.found) <= 3  # today's, an hour old
        daily = []
        for day in range(1, DAYS):
            now = START + day * DAY + chance.random() * HOUR
            daily.append(run(ledger, site, now))
            visible = {post.url for post in site.visible(now)}
            assert visible <= site.found.keys(), "an article was visible and is not held"
        now = START + DAYS * DAY
        coverage = ledger.coverage()
        assert coverage.advertised == coverage.held == len(site.found)
        taken_down = [p for p in site.posts.values() if p.removed and p.url in site.found]
        states: Counter[State] = Counter()
        for post in taken_down:
            entry = ledger.get(post.url)
            assert entry is not None
            if post.removed and post.removed < now - 40 * DAY:
                states[entry.state] += 1
        assert states.keys() == {State.GONE}

    # The edits that a daily crawl could see: those that were not overtaken before the next run.
    edited = [
        post
        for post in site.posts.values()
        if post.edits and post.url in site.found and post.edits[-1] < now - 2 * DAY
    ]
    seen = sum(site.found[post.url][-1] == len(post.edits) for post in edited)
    assert len(edited) > 25
    assert seen / len(edited) > 0.95
    # Three new articles a day; the rest is what it costs to see edits and removals.
    assert sum(daily[-30:]) / 30 < 35
