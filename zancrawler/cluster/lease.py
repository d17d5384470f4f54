"""Leases: who runs what now, and when it is due again.

A lease is one object on the shelf; taking, renewing and giving it back are conditional writes, so
that of two who try one succeeds. No two clocks are compared for that: whoever wants a lease that
another holds must have watched it stay as it is for the whole term, by a clock of its own that
nobody sets. The holder stops its run before that (`Leash`), also when the machine slept.

A worker keeps in mind what it saw of each lease, and asks for it again only when that may matter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from zancrawler.archive import ArchiveError
from zancrawler.clock import steady_clock
from zancrawler.runs.alarms import Alarm
from zancrawler.runs.pace import LONGEST
from zancrawler.storage.shelf import Item, OvertakenError, Shelf

FOLDER = "leases"
TERM = 180.0
"""Seconds without a renewal after which a lease is anybody's."""
DAYS = 2 * LONGEST.total_seconds()
"""Seconds without a change after which a lease is due, whatever it says: some clock was wrong."""
_MAX_BYTES = 1_000_000
_MAX_GAPS = 100
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class LostLeaseError(ArchiveError):
    """Another worker has the lease; nothing more may be done under it."""


class BadLeaseError(ArchiveError):
    """What stands on the shelf is no lease."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A run whose captures may not all have come into the store."""

    outlet: str
    where: str
    """The folder in which they are, with its host."""
    since: _Moment
    """When its worker took the lease, by its clock."""


@dataclass(frozen=True, slots=True)
class Next:
    """What is known of an outlet after its last run."""

    due: _Moment
    """When there is something to do again."""
    failures: int = 0
    """Runs in a row that failed."""
    alarms: tuple[Alarm, ...] = ()
    """That stand; whoever must know was told."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What stands on the shelf."""

    name: str
    holder: str | None
    """None: nobody's."""
    where: str
    """The folder that the last holder worked in, with its host."""
    since: _Moment
    """When that holder took it, by its clock."""
    turns: int = 0
    """How often it was taken."""
    renewals: int = 0
    left: tuple[str, ...] = ()
    """Outlets that the holder still has to run."""
    next: dict[str, Next] = field(default_factory=dict)
    """By outlet; one that is missing is due."""
    gaps: tuple[Gap, ...] = ()
    """That no table names yet; the newest of them."""
    dropped: int = 0
    """How many more there were, which no table will name."""

    def encode(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def parse(cls, item: Item) -> Lease:
        """Raises BadLeaseError."""
        try:
            if len(item.data) > _MAX_BYTES:
                raise ValueError("it is too large")
            return msgspec.json.decode(item.data, type=cls)
        except (ValueError, RecursionError) as error:
            raise BadLeaseError(f"a lease cannot be read ({error}); remove it") from error

    def due(self, outlets: Sequence[str]) -> datetime | None:
        """When the first of these is due; None: now."""
        if any(name not in self.next for name in outlets):
            return None
        return min((self.next[name].due for name in outlets), default=None)

    def to_run(self, outlets: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Those of them that are due, or of which a gap must be named."""
        gaps = {gap.outlet for gap in self.gaps}
        return tuple(
            name
            for name in outlets
            if name in gaps or name not in self.next or self.next[name].due <= now
        )

    def after(self, outlet: str, after: Next, *, named: bool, gap: Gap | None) -> Lease:
        """When a run of an outlet has ended.

        `named`: whether its gaps are in its tables now; `gap`: one that it leaves behind.
        """
        gaps = [each for each in self.gaps if not (named and each.outlet == outlet)]
        told = replace(
            self,
            left=tuple(name for name in self.left if name != outlet),
            next={**self.next, outlet: after},
        )
        return told.with_gaps([*gaps, gap] if gap else gaps)

    def with_gaps(self, gaps: Iterable[Gap]) -> Lease:
        """With these, as many as a lease holds; the others are counted."""
        found = tuple(dict.fromkeys(gaps))
        over = max(0, len(found) - _MAX_GAPS)
        return replace(self, gaps=found[over:], dropped=self.dropped + over)


@dataclass(frozen=True, slots=True)
class Held:
    """A lease of ours."""

    lease: Lease
    tag: str
    lost: str | None = None
    """The folder of a worker that was not heard of any more, from whom it was taken over."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of a lease that we do not hold, by our clock."""

    tag: str
    since: float
    """When it was seen with this tag first."""
    again: float
    """When to look at it again."""
    free: bool = False


@dataclass(slots=True)
class Leases:
    """One worker's."""

    shelf: Shelf
    holder: str
    """Of no other worker, now or before."""
    where: str
    term: float = TERM
    clock: Callable[[], float] = steady_clock
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def take(self, name: str, outlets: Sequence[str], ours: Collection[str] = ()) -> Held | None:
        """The lease, if it is free and one of its outlets due, or if its holder is gone.

        `ours` are outlets of which we have something that the store has not: they are due.
        Asks the shelf only when it may be so: a free lease when it is due, one that another holds
        twice a term. Raises ArchiveError.
        """
        seen = self._seen.get(name)
        if seen and self.clock() < seen.again and not (ours and seen.free):
            return None
        item = self.shelf.get(_path(name))
        if item is None:
            return self._take(Lease(name, None, "", self.now()), None, tuple(outlets))
        if seen is None or seen.tag != item.tag:
            seen = _Seen(item.tag, self.clock(), 0.0)
        try:
            lease = Lease.parse(item)
        except BadLeaseError:
            self._look_again(name, seen, self.term)
            raise
        watched = self.clock() - seen.since
        if lease.holder is None:
            left = self._seconds_until(lease.due(outlets))
            if left > 0 and watched < DAYS and not ours:
                self._look_again(name, replace(seen, free=True), min(left, DAYS - watched))
                return None
            names = lease.to_run(outlets, self.now()) if watched < DAYS else tuple(outlets)
            ours_too = (each for each in outlets if each in ours and each not in names)
            return self._take(lease, item.tag, (*names, *ours_too))
        if watched < self.term:
            self._look_again(name, seen, min(self.term / 2, self.term - watched))
            return None
        lost = [Gap(outlet, lease.where, lease.since) for outlet in lease.left]
        lease = lease.with_gaps([*lease.gaps, *lost])
        return self._take(lease, item.tag, lease.to_run(outlets, self.now()), lease.where)

    def renew(self, held: Held) -> Held:
        """Raises LostLeaseError; ArchiveError when the shelf cannot be reached."""
        return self._rewrite(held, replace(held.lease, renewals=held.lease.renewals + 1))

    def give_back(self, held: Held, outlets: Sequence[str]) -> None:
        """Raises LostLeaseError, ArchiveError."""
        free = self._rewrite(held, replace(held.lease, holder=None, left=()))
        now = self.clock()
        seconds = self._seconds_until(free.lease.due(outlets))
        self._look_again(free.lease.name, _Seen(free.tag, now, now, True), min(seconds, DAYS))

    def all(self) -> list[Lease]:
        """Every lease as it stands. Raises ArchiveError."""
        items = [self.shelf.get(f"{FOLDER}/{name}") for name in self.shelf.names(FOLDER)]
        return [Lease.parse(item) for item in items if item]

    def _seconds_until(self, due: datetime | None) -> float:
        return (due - self.now()).total_seconds() if due else 0.0

    def _look_again(self, name: str, seen: _Seen, seconds: float) -> None:
        self._seen[name] = replace(seen, again=self.clock() + seconds)

    def _take(
        self, lease: Lease, tag: str | None, outlets: tuple[str, ...], lost: str | None = None
    ) -> Held | None:
        """None where another was first."""
        mine = replace(
            lease,
            holder=self.holder,
            where=self.where,
            since=self.now(),
            turns=lease.turns + 1,
            renewals=0,
            left=outlets,
        )
        self._seen.pop(lease.name, None)
        try:
            return Held(mine, self.shelf.put(_path(lease.name), mine.encode(), tag), lost)
        except OvertakenError:
            return None

    def _rewrite(self, held: Held, lease: Lease) -> Held:
        try:
            tag = self.shelf.put(_path(lease.name), lease.encode(), held.tag)
        except OvertakenError as error:
            raise LostLeaseError(f"another worker has taken {lease.name} over") from error
        return replace(held, lease=lease, tag=tag)


def _path(name: str) -> str:
    return f"{FOLDER}/{name}.json"
