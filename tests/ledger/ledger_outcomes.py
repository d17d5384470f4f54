"""What a ledger is told in the tests, and what is asked of it."""

from __future__ import annotations

from datetime import UTC, datetime

from zancrawler.ledger import Advertisement, Entry, Kind, Ledger, Outcome, State

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOME = "https://zan.example"
FEED = f"{HOME}/feed"
POST = f"{HOME}/post/a"


def advert(
    url: str = POST, source: str = FEED, via: str = "feed", **known: object
) -> Advertisement:
    return Advertisement(url, source, via, **known)  # type: ignore[arg-type]


def feed(at: datetime, *urls: str, url: str = FEED, **known: object) -> Outcome:
    adverts = tuple(advert(u, url, **known) for u in urls)
    return Outcome(url, at, State.CAPTURED, kind=Kind.FEED, adverts=adverts)


def look(at: datetime, state: State = State.CAPTURED, url: str = POST, **known: object) -> Outcome:
    return Outcome(url, at, state, kind=Kind.ARTICLE, **known)  # type: ignore[arg-type]


def entry(ledger: Ledger, url: str = POST) -> Entry:
    found = ledger.get(url)
    assert found is not None
    return found


def urls_due(ledger: Ledger, now: datetime, limit: int = 100) -> list[str]:
    return [due.url for due in ledger.due(now, limit)]
