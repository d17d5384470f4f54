"""Checks: small runs that look whether an outlet's file still holds, and what the last one found.

What a check captures goes into the WARC and the tables like all else. The ledger hears nothing of
it: it decides what a crawl asks for, and a crawl must not take for granted what only a check saw.
Only a ledger that is made again from the WARCs counts its looks too, for a crawl's own record may
be a revisit of what the check captured first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from zancrawler.archive import Archive, put_durably

PURPOSE = "check-"
"""In the crawl_id of a check: `zannews-check-20261124120000`."""

ONE_PAGE = "page-"
"""In the crawl_id of the capture of one page (`zancrawler.runs.page`)."""


class FaultCode(StrEnum):
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    """A wall stands before a source or the articles."""
    DISALLOWED = "disallowed"
    """robots.txt forbids what the file names."""
    MOVED = "moved"
    """It leads to a host that is none of the outlet's."""
    SOURCE_DEAD = "source_dead"
    """A feed, sitemap, API or listing of the file's answers with an error, or is none any more."""
    NOTHING_ADVERTISED = "nothing_advertised"
    PATTERN = "pattern"
    """What is advertised is no article by the file's patterns."""
    BODY_EMPTY = "body_empty"
    """Articles have no text where the file says it stands."""
    DATES_MISSING = "dates_missing"
    TITLES_MISSING = "titles_missing"
    NO_ARTICLE = "no_article"
    """Pages that the patterns take for articles do not read as any."""


@dataclass(frozen=True, slots=True)
class Fault:
    code: FaultCode
    message: str
    """One sentence: what was found, and what to do."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A page that a check took for an article. Its words are in the tables, and only there: what a
    person withdraws must not live on in a file that nobody thinks of."""

    url: str
    """Canonical."""
    kind: str
    """As `captures.page_kind`; or why there was no page, as `unreachable`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    outlet: str
    crawl_id: str
    at: datetime
    """Aware, UTC: when it ended."""
    requests: int
    sources: int
    """Of those that the file names, how many gave something."""
    advertised: int
    articles: tuple[Tried, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.faults

    @property
    def verdict(self) -> str:
        """In words: `in order`, `1 fault`, `3 faults`."""
        if self.is_sound:
            return "in order"
        return f"{len(self.faults)} fault" + "s" * (len(self.faults) > 1)

    def as_json(self) -> dict[str, Any]:
        return {"sound": self.is_sound, **dict(msgspec.to_builtins(self))}


def is_crawl(crawl_id: str, outlet: str) -> bool:
    """Not so a check, and the capture of one page: they tell nothing of how an outlet fares."""
    return not crawl_id.startswith((f"{outlet}-{PURPOSE}", f"{outlet}-{ONE_PAGE}"))


def is_check(crawl_id: str, outlet: str) -> bool:
    return crawl_id.startswith(f"{outlet}-{PURPOSE}")


def put_check(archive: Archive, check: Check) -> None:
    with put_durably(archive.check(check.outlet)) as path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(check)))


def last_check(archive: Archive, outlet: str) -> Check | None:
    """None: there was none, or what is kept of it is of another make."""
    try:
        return msgspec.json.decode(archive.check(outlet).read_bytes(), type=Check)
    except (OSError, msgspec.MsgspecError):
        return None
