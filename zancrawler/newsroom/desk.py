"""The newsroom's desk: the day it is, the sites of that day, and the log of what was asked."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, replace

from zancrawler.newsroom.answer import Answer, Ask
from zancrawler.newsroom.assets import asset
from zancrawler.newsroom.cases import Case, case_url, challenge, instead, manner_of, read_cases
from zancrawler.newsroom.edition import Annals, Edition, Spell
from zancrawler.newsroom.imprints import IMPRINTS
from zancrawler.newsroom.masthead import read_mastheads
from zancrawler.newsroom.site import Site
from zancrawler.newsroom.truth import true_articles

LOGGED = 500_000
"""Requests remembered, the latest ones."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    time: float
    """Seconds since the epoch, by the real clock."""
    outlet: str
    method: str
    path: str
    """Path and query as they were sent."""
    status: int
    user_agent: str


class Desk:
    """Answers for all outlets and keeps what changes: the day, the visits, the log."""

    def __init__(self, homes: dict[str, str], day: int) -> None:
        self.homes = homes
        self.mastheads = read_mastheads()
        self.annals = Annals.read(homes)
        self.cases = read_cases({each.id: each.path for each in self.annals.articles}, homes)
        self.log: deque[LoggedRequest] = deque(maxlen=LOGGED)
        self.visits: Counter[tuple[str, str]] = Counter()
        self.set_day(day)

    def set_day(self, day: int) -> None:
        """Move the newsroom to a day. Raises ValueError when there is no such day."""
        self.edition = self.annals.edition(day)
        self.sites = self._sites(self.edition)

    def _sites(self, edition: Edition) -> dict[str, Site]:
        return {
            outlet: IMPRINTS[outlet].build(
                self.mastheads[outlet],
                edition,
                home,
                tuple(case for case in self.cases if case.outlet == outlet),
            )
            for outlet, home in self.homes.items()
        }

    def answer(self, outlet: str, ask: Ask) -> Answer:
        if self.edition.under(outlet, Spell.OUTAGE):
            return Answer(503, b"Service Unavailable", "text/plain")
        site = self.sites[outlet]
        case = self._case(outlet, ask.path)
        visits = self.visits[outlet, ask.path]
        self.visits[outlet, ask.path] += 1
        if case and (other := instead(case, visits, self.homes[outlet])):
            return other
        answer = asset(ask.path) or site.answer(ask)
        if self.edition.under(outlet, Spell.WALL) and _is_page(answer):
            return challenge(403)
        manner = manner_of(case, visits) if case else None
        return replace(answer, manner=manner) if manner else answer

    def _case(self, outlet: str, path: str) -> Case | None:
        return next((c for c in self.cases if (c.outlet, c.path) == (outlet, path)), None)

    def truth(self, day: int | None = None) -> list[dict[str, object]]:
        """Every article ever published until the day, as JSON values."""
        edition = self._at(day)
        articles = true_articles(edition, self.homes, self._sites(edition))
        return [asdict(article) for article in articles]

    def weather(self, day: int | None = None) -> list[dict[str, object]]:
        """What befalls the outlets on the day, as JSON values."""
        return [asdict(spell) for spell in self._at(day).weather]

    def named_cases(self) -> list[dict[str, object]]:
        """The awkward cases, each with its URL, as JSON values."""
        return [
            {"case": asdict(case), "url": case_url(case, self.homes[case.outlet])}
            for case in self.cases
        ]

    def _at(self, day: int | None) -> Edition:
        return self.edition if day is None else self.annals.edition(day)


def _is_page(answer: Answer) -> bool:
    return answer.status == 200 and answer.content_type.startswith("text/html")
