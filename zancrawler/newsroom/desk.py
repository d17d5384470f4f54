"""The newsroom's desk: the day it is, the sites of that day, and the log of what was asked."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, replace

from zancrawler.newsroom import wix, wordpress
from zancrawler.newsroom.answer import Answer, Ask
from zancrawler.newsroom.cases import Case, Scenario, challenge, instead, manner_of, read_cases
from zancrawler.newsroom.edition import Annals, Edition, Spell
from zancrawler.newsroom.truth import case_url, true_articles

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
    """Answers for both outlets and keeps what changes: the day, the visits, the log."""

    def __init__(self, homes: dict[str, str], day: int) -> None:
        self.homes = homes
        self.annals = Annals.read()
        self.cases = read_cases({each.id: each.path for each in self.annals.articles})
        self.log: deque[LoggedRequest] = deque(maxlen=LOGGED)
        self.visits: Counter[tuple[str, str]] = Counter()
        self.set_day(day)

    def set_day(self, day: int) -> None:
        """Move the newsroom to a day. Raises ValueError when there is no such day."""
        self.edition = self.annals.edition(day)
        advertised = {
            outlet: tuple(
                case_url(case, self.homes)
                for case in self.cases
                if case.advertised and case.outlet == outlet
            )
            for outlet in self.homes
        }
        heavy = frozenset(case.path for case in self.cases if case.scenario is Scenario.HEAVY)
        self.sites: dict[str, wix.Wix | wordpress.WordPress] = {
            wix.NAME: wix.Wix(self.edition, self.homes[wix.NAME], advertised[wix.NAME], heavy),
            wordpress.NAME: wordpress.WordPress(
                self.edition, self.homes[wordpress.NAME], advertised[wordpress.NAME]
            ),
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
        answer = site.answer(ask)
        if self.edition.under(outlet, Spell.WALL) and _is_page(answer):
            return challenge(403)
        manner = manner_of(case, visits) if case else None
        return replace(answer, manner=manner) if manner else answer

    def _case(self, outlet: str, path: str) -> Case | None:
        return next((c for c in self.cases if (c.outlet, c.path) == (outlet, path)), None)

    def truth(self, day: int | None = None) -> list[dict[str, object]]:
        """Every article ever published until the day, as JSON values."""
        return [asdict(article) for article in true_articles(self._at(day), self.homes)]

    def weather(self, day: int | None = None) -> list[dict[str, object]]:
        """What befalls the outlets on the day, as JSON values."""
        return [asdict(spell) for spell in self._at(day).weather]

    def named_cases(self) -> list[dict[str, object]]:
        """The awkward cases, each with its URL, as JSON values."""
        return [{"case": asdict(case), "url": case_url(case, self.homes)} for case in self.cases]

    def _at(self, day: int | None) -> Edition:
        return self.edition if day is None else self.annals.edition(day)


def _is_page(answer: Answer) -> bool:
    return answer.status == 200 and answer.content_type.startswith("text/html")
