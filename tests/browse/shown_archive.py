"""A small archive made by hand: three languages, an edit, hostile words, and what is hidden."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from zancrawler.archive import Archive
from zancrawler.decisions import Action, Decision, record
from zancrawler.ledger import Advertisement, Kind, Ledger, Outcome, State
from zancrawler.tables import Tables

REPLAY = "http://127.0.0.1:8741/"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday."""
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
OVERRIDE = "\u202eelgnahc siht daeR\u202c"


@dataclass(frozen=True)
class Story:
    """One article as one look at it shows it."""

    slug: str
    title: str
    text: str
    language: str = "en"
    outlet: str = "paper"
    day: int = 0
    """Of the look, from START."""
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def url(self) -> str:
        return f"https://{self.outlet}.example/{self.slug}"

    @property
    def id(self) -> str:
        return hashlib.sha256(self.url.encode()).hexdigest()[:20]


BRIDGE = Story(
    "bridge",
    "پلی که مردم ساختند",
    "مردم ده پلی بر رودخانه ساختند و زنان می‌گویند که راه مکتب کوتاه شد.\n\n"
    "۴۱ خانه در آن سوی رود است.",
    "fa-AF",
)
BRIDGE_EDITED = Story(
    "bridge",
    "پلی که مردم ساختند",
    "مردم ده پلی بر رودخانه ساختند و زنان می‌گویند که راه مکتب کوتاه‌تر شد.\n\n"
    "۴۲ خانه در آن سوی رود است.",
    "fa-AF",
    day=1,
)
WELL = Story("well", "د کلي څاه", "د کلي خلک وايي چې د څاه اوبه کمې شوې دي.", "ps", "gazette")
MULE = Story(
    "mule",
    "A mule brings books",
    "A mule called Professor carries sixty books up the valley.\n\nThe girls have read them twice.",
)
HOSTILE = Story(
    "hostile",
    f"{SCRIPT}\u202etitle",
    f"{SCRIPT}\n\n{OVERRIDE} and then books\n\n{{{{ 7 * 7 }}}} {{% raw %}}",
    outlet="gazette",
    more=(
        ("url", "javascript:alert(3)//gazette.example/hostile"),
        ("authors", [SCRIPT, "A\u202eB"]),
        ("section", f'"><b>{SCRIPT}'),
        ("images", [{"url": "javascript:alert(4)", "caption": SCRIPT, "credit": "", "alt": ""}]),
    ),
)
SECRET = Story("secret", "Hidden headline quokka", "She asked that nobody read quokka " * 3)
HELD = Story("held", "Held headline numbat", "A long text that will be cut, numbat " * 20)
HELD_CUT = Story("held", "Held headline numbat", "Cut, numbat.", day=1)
SEEN = (BRIDGE, WELL, MULE, HOSTILE)
HIDDEN_WORDS = ("quokka", "numbat")


def commit(archive: Archive, stories: Iterable[Story]) -> None:
    """As one crawl of each outlet and day would."""
    groups: dict[tuple[int, str], list[Story]] = {}
    for story in stories:
        groups.setdefault((story.day, story.outlet), []).append(story)
    for (day, outlet), group in sorted(groups.items()):
        rows = [_row(story, place) for place, story in enumerate(group)]
        Tables(archive, outlet).commit([_capture(row, day) for row in rows], rows)


def make(archive: Archive) -> Archive:
    commit(archive, (*SEEN, SECRET, HELD))
    commit(archive, (BRIDGE_EDITED, HELD_CUT))
    with Ledger(archive.ledger("paper")) as ledger:
        ledger.advertise([_advert("bridge"), _advert("lost")], START)
        ledger.record(
            [
                Outcome(BRIDGE.url, START, State.CAPTURED, kind=Kind.ARTICLE, text_digest="a"),
                Outcome("https://paper.example/lost", START, State.FAILED, "http-500"),
            ]
        )
    decide(archive, Action.WITHDRAW, SECRET)
    return archive


def decide(archive: Archive, action: Action, story: Story) -> None:
    """The list alone, as `withdraw` writes it first; the tables follow later."""
    record(
        archive,
        [Decision(action, story.id, story.outlet, story.url, START, "steward", "safety")],
    )


def _advert(slug: str) -> Advertisement:
    return Advertisement(f"https://paper.example/{slug}", "https://paper.example/feed", "feed")


def _row(story: Story, place: int) -> dict[str, Any]:
    digest = hashlib.sha256(f"{story.title}\n\n{story.text}".encode()).hexdigest()
    return {
        "article_id": story.id,
        "url": story.url,
        "canonical_url": story.url,
        "title": story.title,
        "text": story.text,
        "language": story.language,
        "date_published": START - timedelta(hours=place + 1),
        "text_digest": f"sha256:{digest}",
        "word_count": len(story.text.split()),
        "fetch_time": START + timedelta(days=story.day, minutes=place),
        "fetch_status": 200,
        "warc_filename": f"warc/{story.outlet}/2026/{story.outlet}-{story.day:05}.warc.gz",
        "warc_record_offset": place * 1000 + 300,
        "warc_record_length": 600,
        "warc_record_id": f"<urn:uuid:{story.id}>",
        "content_digest": f"sha256:{digest[:32].upper()}",
    } | dict(story.more)


def _capture(row: dict[str, Any], day: int) -> dict[str, Any]:
    names = (
        *("url", "fetch_time", "fetch_status", "warc_filename", "warc_record_offset"),
        *("warc_record_length", "content_digest", "article_id", "text_digest"),
    )
    offset = row["warc_record_offset"] - 300
    return {name: row[name] for name in names} | {
        "exchange_offset": offset,
        "exchange_length": 1000,
        "warc_type": "response",
        "page_kind": "article",
    }
