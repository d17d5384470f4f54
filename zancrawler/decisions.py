"""Decisions of people on single articles: what may not be shown, why, and who said so.

`withdrawn.jsonl` in the archive holds one decision a line, in the order of time, and is only ever
added to. Every reader that shows or exports content consults it; whoever is named in it is asked
for no more. A line carries no word of the article's text: digests, and fingerprints by which its
words are known again on other pages (feeds and listings repeat them). It does carry the URL.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from zancrawler.archive import Archive, ArchiveError, sync_folder
from zancrawler.fingerprints import Fingerprints


class Action(StrEnum):
    """What a person decided."""

    WITHDRAW = "withdraw"
    """Out of sight everywhere, until it is restored or purged."""
    PURGE = "purge"
    """Its records were taken out of the archive. Nothing brings them back."""
    RESTORE = "restore"
    """A withdrawal is taken back."""
    RELEASE = "release"
    """What was held may be shown."""


class Why(StrEnum):
    """What an article is held for, until a person decides."""

    GONE = "gone"
    """The outlet took it down."""
    BACK = "back"
    """The outlet had taken it down, and shows it again."""
    CUT = "cut"
    """It lost more than half of its text."""
    STRIPPED = "stripped"
    """A name or a picture was taken out of it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the list."""

    action: Action
    article_id: str
    outlet: str
    url: str
    """Canonical; the crawler must know what not to ask for again."""
    at: datetime
    by: str
    """Who decided: a name or a role."""
    reason: str
    """A code or a short phrase; it is exported with nothing."""
    text_digests: tuple[str, ...] = ()
    """Of every version that the archive held."""
    fingerprints: Fingerprints = field(default_factory=Fingerprints)
    records: tuple[str, ...] = ()
    """WARC-Record-IDs that a purge took out."""
    pictures: tuple[str, ...] = ()
    """Marks of the pictures that are hidden with it (`zancrawler.pictures`)."""
    held: bool = False
    """Whether it was held before: a restoration shows it no more than that."""

    def line(self) -> str:
        fields: dict[str, Any] = {
            "action": self.action.value,
            "article_id": self.article_id,
            "outlet": self.outlet,
            "url": self.url,
            "at": self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "by": self.by,
            "reason": self.reason,
        }
        marks: dict[str, Any] = {
            "text_digests": list(self.text_digests),
            "fingerprints": self.fingerprints.text(),
            "records": list(self.records),
            "pictures": list(self.pictures),
            "held": self.held,
        }
        return json.dumps(fields | {name: value for name, value in marks.items() if value})

    @classmethod
    def parse(cls, line: str) -> Decision:
        """Raises ValueError for what is no decision."""
        fields = json.loads(line)
        try:
            return cls(
                action=Action(fields["action"]),
                article_id=fields["article_id"],
                outlet=fields["outlet"],
                url=fields["url"],
                at=datetime.fromisoformat(fields["at"]),
                by=fields["by"],
                reason=fields["reason"],
                text_digests=tuple(fields.get("text_digests", ())),
                fingerprints=Fingerprints.parse(fields.get("fingerprints", "")),
                records=tuple(fields.get("records", ())),
                pictures=tuple(fields.get("pictures", ())),
                held=fields.get("held", False),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a decision lacks {error}") from error


@dataclass(frozen=True, slots=True)
class Decisions:
    """The latest decision on each article."""

    latest: dict[str, Decision]
    """By article_id."""

    @classmethod
    def read(cls, archive: Archive) -> Decisions:
        """Raises ArchiveError for a list that cannot be read: then nothing may be shown."""
        return cls.of(history(archive))

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Decisions:
        """Of decisions in the order of time."""
        return cls({decision.article_id: decision for decision in decisions})

    def is_withdrawn(self, article_id: str | None) -> bool:
        return self._action(article_id) in (Action.WITHDRAW, Action.PURGE)

    def is_released(self, article_id: str | None) -> bool:
        return self._action(article_id) is Action.RELEASE

    def withdrawn(self, outlet: str | None = None) -> tuple[Decision, ...]:
        """What is out of sight, of one outlet or of all."""
        return tuple(
            decision
            for decision in self.latest.values()
            if self.is_withdrawn(decision.article_id) and outlet in (None, decision.outlet)
        )

    def fingerprints(self) -> Fingerprints:
        """Of all that is withdrawn: pages that carry its words may not be shown either."""
        return Fingerprints.union(decision.fingerprints for decision in self.withdrawn())

    def pictures(self) -> frozenset[str]:
        """Marks of the pictures of all that is withdrawn."""
        return frozenset(mark for decision in self.withdrawn() for mark in decision.pictures)

    def _action(self, article_id: str | None) -> Action | None:
        decision = self.latest.get(article_id or "")
        return decision.action if decision else None


def history(archive: Archive) -> Iterator[Decision]:
    """Every decision, oldest first. Raises ArchiveError."""
    try:
        text = archive.withdrawn.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    yield from parse(text, str(archive.withdrawn))


def parse(text: str, where: str) -> Iterator[Decision]:
    """The decisions of a list that was read from `where`. Raises ArchiveError."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Decision.parse(line)
        except ValueError as error:
            raise ArchiveError(
                f"line {number} of {where} cannot be read ({error}); mend or remove "
                "it, for nothing can be shown safely while it is unknown"
            ) from error


def record(archive: Archive, decisions: Iterable[Decision]) -> None:
    """Adds decisions to the list, durably, all or none. Raises OSError."""
    lines = "".join(decision.line() + "\n" for decision in decisions).encode()
    with archive.withdrawn.open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        if end and _last_byte(archive) != b"\n":
            # A crash cut the last line short; it must not swallow this one.
            lines = b"\n" + lines
        try:
            if file.write(lines) < len(lines):
                # A disk that is full takes what it has room for.
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(archive.withdrawn))
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise
    sync_folder(archive.root)


def _last_byte(archive: Archive) -> bytes:
    with archive.withdrawn.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)
