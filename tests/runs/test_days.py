"""Sixty days of the newsroom, one crawl a day: after each of them the archive says what is true."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from simulated_days import FIRST_RUN, KEYS, Row, Run, Simulation, days

from zancrawler.archive import Archive
from zancrawler.newsroom import Newsroom, TruthArticle, serve
from zancrawler.newsroom.edition import LAST_DAY, Annals, Presence, Spell
from zancrawler.outlets import Catalogue, canonical_url

KABUL = ZoneInfo("Asia/Kabul")
YOUNG = timedelta(days=3)
MOST = 1.15
"""Requests made, over the fewest that the ground truth allows."""
FILE = re.compile(r"\.(?:css|js|png|svg|ico|woff2)(?:\?|$)")
"""A stylesheet, script, picture or font: what pages need to be shown."""
SHUT = (Spell.OUTAGE, Spell.WALL)
Content = tuple[str, str]
"""Title and text, up to ASCII white space."""


def squeezed(text: str | None) -> str:
    return " ".join((text or "").split())


@dataclass
class Expected:
    """What the archive must say of one article: the truth, as far as looks have shown it."""

    versions: list[Content] = field(default_factory=list)
    shown: int = 0
    pending: Content | None = None
    strikes: int = 0
    held: bool = False

    def look(self, true: TruthArticle, now: datetime) -> None:
        match true.presence:
            case Presence.LIVE:
                self.strikes = 0
                self._show((squeezed(true.title), squeezed(true.text)), now - born(true))
            case Presence.NOT_FOUND | Presence.GONE | Presence.HOME:
                self.strikes += 1
                self.held |= self.strikes >= 3

    def _show(self, content: Content, age: timedelta) -> None:
        if content not in self.versions:
            if self.versions and age >= YOUNG and content != self.pending:
                self.pending = content
                return
            if self.versions:
                self.held |= 2 * words(content) < words(self.versions[-1])
            self.versions.append(content)
        self.pending = None
        self.shown = self.versions.index(content) + 1


def words(content: Content) -> int:
    return len(content[1].split())


def born(true: TruthArticle) -> datetime:
    """The date of the article as its page tells it."""
    published = datetime.fromisoformat(true.date_published)
    if true.date_precision == "day":
        published = published.astimezone(KABUL).replace(hour=0, minute=0, second=0, microsecond=0)
    return published


@dataclass
class Judge:
    """Follows the simulation day by day; its expectations come from the truth and from what the
    newsroom was asked, never from the archive."""

    simulation: Simulation
    articles: dict[str, Expected] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Articles that some source has advertised to us."""
    indexes: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    requisites: set[tuple[str, str]] = field(default_factory=set)
    """Files of pages that were asked for once: outlet and path."""
    made: Counter[str] = field(default_factory=Counter)
    least: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        catalogue = Catalogue.open(self.newsroom.catalogue)
        self.outlets = {name: catalogue.get(name) for name in self.newsroom.homes}
        self.edits = Annals.read().edits
        self.cases = {
            canonical_url(url, self.outlets[case.outlet])
            for case, url in self.newsroom.cases()
            if case.advertised
        }

    @property
    def newsroom(self) -> Newsroom:
        return self.simulation.newsroom

    def judge(self, day: int, runs: list[Run]) -> None:
        now = FIRST_RUN + timedelta(days=day)
        published = {article.url: article for article in self.newsroom.published()}
        weather = self.newsroom.weather()
        shut = {each.outlet for each in weather if each.spell in SHUT}
        down = {each.outlet for each in weather if each.spell is Spell.OUTAGE}
        for run in runs:
            state = "blocked" if run.outlet in shut else "finished"
            assert run.summary["state"] == state, (day, run.summary)
            asked = self._asked(run)
            unseen = {
                url
                for url, true in published.items()
                if true.outlet == run.outlet and true.presence is Presence.LIVE
            } - self.articles.keys()
            files = {(run.outlet, r.path) for r in run.requests if FILE.search(r.path)}
            if day:
                self._count(run, unseen | self._edited(day, run.outlet, published), published)
                self.least[run.outlet] += len(files - self.requisites)
            self.requisites |= files
            if run.outlet not in down:
                self.known |= unseen
            if run.outlet not in shut:
                # Whatever is new, and whatever the outlet says that it edited, on the same day.
                assert unseen <= asked, (day, unseen - asked)
                edited = self._edited(day, run.outlet, published)
                assert edited <= asked, (day, edited - asked)
                for url in asked & published.keys():
                    if published[url].presence is not Presence.BROKEN:
                        self.articles.setdefault(url, Expected()).look(published[url], now)
        self._coverage(day, published, shut)
        self._articles_and_versions(day)
        for table, key in KEYS.items():
            rows = Counter(tuple(row[name] for name in key) for row in self.simulation.rows(table))
            assert set(rows.values()) == {1}, (day, table, rows.most_common(3))

    def _asked(self, run: Run) -> set[str]:
        home, outlet = self.newsroom.homes[run.outlet], self.outlets[run.outlet]
        return {canonical_url(home + request.path, outlet) for request in run.requests}

    def _edited(self, day: int, outlet: str, published: dict[str, TruthArticle]) -> set[str]:
        ids = {edit.article for edit in self.edits if edit.day == day and not edit.silent}
        return {url for url, true in published.items() if true.id in ids and true.outlet == outlet}

    def _coverage(self, day: int, published: dict[str, TruthArticle], shut: set[str]) -> None:
        """Every advertised article is accounted for, and nothing else is."""
        rows = {row["url"]: row for row in self.simulation.rows("coverage")}
        assert self.known <= rows.keys(), (day, self.known - rows.keys())
        assert rows.keys() <= self.known | self.cases, (day, rows.keys() - self.known - self.cases)
        for url, row in rows.items():
            assert row["sources"], (day, url)
            if row["outlet"] in shut:
                continue
            assert row["state"] != "advertised", (day, url)
            expected = self.articles.get(url)
            if expected and published[url].presence is not Presence.BROKEN:
                states = {0: ("captured", "unchanged"), 1: ("failed",), 2: ("failed",)}
                assert row["state"] in states.get(expected.strikes, ("gone",)), (day, url, row)

    def _articles_and_versions(self, day: int) -> None:
        versions: dict[str, dict[int, Row]] = {}
        for row in self.simulation.rows("versions"):
            versions.setdefault(row["canonical_url"], {})[row["version"]] = row
        articles = {row["canonical_url"]: row for row in self.simulation.rows("articles")}
        assert articles.keys() == versions.keys() == self.articles.keys(), day
        for url, expected in self.articles.items():
            found = [
                (squeezed(row["title"]), squeezed(row["text"]))
                for _, row in sorted(versions[url].items())
            ]
            assert found == expected.versions, (day, url)
            row = articles[url]
            assert (row["version"], row["n_versions"]) == (expected.shown, len(found)), (day, url)
            assert squeezed(row["text"]) == found[expected.shown - 1][1], (day, url)
            status = "gone" if expected.strikes >= 3 else "live"
            access = "held" if expected.held else "open"
            assert (row["status"], row["access"]) == (status, access), (day, url)

    def _count(self, run: Run, news: set[str], published: dict[str, TruthArticle]) -> None:
        """The fewest requests that could have told a crawler what is true on this day.

        Every file that its pages need, once (`judge`); robots.txt; each source that the outlet's
        file names; each child sitemap, but for those
        whose index says that they did not change; what is new, what was edited, what came back;
        and the known articles that are due for another look by the ledger's rule.
        """
        sources = self.outlets[run.outlet].sources
        named = (*sources.feeds, *sources.sitemaps, *sources.apis, *sources.listings)
        children = self._children(sources.sitemaps)
        back = {
            url
            for url in self._asked(run) & self.articles.keys()
            if self.articles[url].strikes and published[url].presence is Presence.LIVE
        }
        self.least[run.outlet] += 1 + len(named) + len(children) + len(news | run.due | back)
        self.made[run.outlet] += len(run.requests)

    def _children(self, indexes: tuple[str, ...]) -> set[tuple[str, str]]:
        changed: set[tuple[str, str]] = set()
        for index in indexes:
            try:
                with urlopen(index) as answer:
                    body = answer.read().decode()
            except OSError:
                continue
            entry = r"<sitemap>\s*<loc>(.*?)</loc>\s*(?:<lastmod>(.*?)</lastmod>)?"
            found = set(re.findall(entry, body))
            before = self.indexes.get(index, set())
            changed |= {child for child in found if child not in before or not child[1]}
            self.indexes[index] = found
        return changed

    def the_end(self) -> None:
        """All that ever happened is in the tables, and nothing else."""
        for true in self.newsroom.published():
            if true.presence not in (Presence.LIVE, Presence.BROKEN):
                # The last takedown is of day 33.
                assert self.articles[true.url].strikes >= 3, true.id
            if true.presence is not Presence.BROKEN:
                found = len(self.articles[true.url].versions)
                assert found == true.n_versions, (true.id, found, true.n_versions)

    def asked_for_little(self) -> None:
        for outlet, made in self.made.items():
            print(f"{outlet}: {made} requests where {self.least[outlet]} were the fewest")  # noqa: T201
            assert made <= MOST * self.least[outlet], outlet


def test_six_days(tmp_path: Path) -> None:
    with serve() as newsroom:
        judge = Judge(Simulation(newsroom, Archive.open(tmp_path / "archive")))
        for day, runs in days(judge.simulation, 5):
            judge.judge(day, runs)
        judge.asked_for_little()
        asks_for_no_body_again(judge, 5)


@pytest.mark.long
def test_sixty_days(tmp_path: Path) -> None:
    with serve() as newsroom:
        judge = Judge(Simulation(newsroom, Archive.open(tmp_path / "archive")))
        for day, runs in days(judge.simulation, LAST_DAY):
            judge.judge(day, runs)
        judge.the_end()
        judge.asked_for_little()
        asks_for_no_body_again(judge, LAST_DAY)


@pytest.mark.long
def test_sixty_days_with_kills(tmp_path: Path) -> None:
    """Judged like the days without: what was killed has left no trace in any table."""
    chance = random.Random(60)
    nights = dict.fromkeys((0, *chance.sample(range(1, LAST_DAY), 27)), chance)
    with serve() as newsroom:
        simulation = Simulation(newsroom, Archive.open(tmp_path / "archive"), kill=nights)
        judge = Judge(simulation)
        for day, runs in days(simulation, LAST_DAY):
            judge.judge(day, runs)
        judge.the_end()
        assert len(simulation.killed) >= 50


def asks_for_no_body_again(judge: Judge, day: int) -> None:
    """A second run, while nothing has changed: no article's body is sent to us."""
    articles = judge.articles.keys()
    for run in judge.simulation.crawl(day, later=timedelta(minutes=20)):
        home, outlet = judge.newsroom.homes[run.outlet], judge.outlets[run.outlet]
        bodies = [
            request.path
            for request in run.requests
            if request.status == 200 and canonical_url(home + request.path, outlet) in articles
        ]
        assert not bodies
        assert run.summary["articles_changed"] == run.summary["articles_new"] == 0
