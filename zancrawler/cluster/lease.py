"""Leases: who runs what now, and when it is due again.

A lease is one object on the shelf; taking, renewing and giving it back are conditional writes, so
that of two who try one succeeds. No two clocks are compared: whoever wants a lease that another
holds must have watched it stay as it is for the whole term, by a clock of its own that nobody sets.
The holder stops its run before that (`Leash`), also when the machine slept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from zancrawler.archive import ArchiveError
from zancrawler.cluster.shelf import Item, OvertakenError, Shelf
from zancrawler.runs.pace import steady_clock

FOLDER = "leases"
TERM = 180.0
"""Seconds without a renewal after which a lease is anybody's."""
_MAX_BYTES = 100_000


class LostLeaseError(ArchiveError):
    """Another worker has the lease; nothing more may be done under it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What stands on the shelf."""

    name: str
    holder: str | None
    """None: nobody's."""
    where: str
    """The folder that the last holder worked in, with its host: there is what it has not pushed."""
    since: datetime
    """When that holder took it, by its clock."""
    turns: int = 0
    """How often it was taken."""
    renewals: int = 0
    due: datetime | None = None
    """When there is something to do again; None: now."""
    failures: int = 0
    """Runs in a row that failed."""

    def encode(self) -> bytes:
        return json.dumps(asdict(self), default=datetime.isoformat).encode()

    @classmethod
    def parse(cls, item: Item) -> Lease:
        """Raises ArchiveError."""
        try:
            fields: dict[str, Any] = json.loads(item.data[:_MAX_BYTES])
            due = fields["due"] and datetime.fromisoformat(fields["due"])
            return cls(**{**fields, "since": datetime.fromisoformat(fields["since"]), "due": due})
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ArchiveError(f"a lease cannot be read ({error!r}); remove it") from error


@dataclass(frozen=True, slots=True)
class Held:
    """A lease of ours."""

    lease: Lease
    tag: str
    lost: Lease | None = None
    """The lease of a worker that was not heard of any more, from which it was taken over."""


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
    _watched: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Of leases that others hold: the tag, and since when it is unchanged."""

    def take(self, name: str) -> Held | None:
        """The lease, if it is free and due, or if its holder is gone. Raises ArchiveError."""
        item = self.shelf.get(self._name(name))
        if item is None:
            return self._write(self._mine(Lease(name, None, "", self.now())), None)
        lease = Lease.parse(item)
        if lease.holder is None:
            if lease.due and lease.due > self.now():
                return None
            return self._write(self._mine(lease), item.tag)
        tag, since = self._watched.get(name, ("", 0.0))
        if tag != item.tag:
            self._watched[name] = item.tag, self.clock()
            return None
        if self.clock() - since < self.term:
            return None
        return self._write(self._mine(lease), item.tag, lost=lease)

    def renew(self, held: Held) -> Held:
        """Raises LostLeaseError; ArchiveError when the shelf cannot be reached."""
        lease = replace(held.lease, renewals=held.lease.renewals + 1)
        renewed = self._write(lease, held.tag, lost=held.lost)
        if renewed is None:
            raise LostLeaseError(f"another worker has taken {held.lease.name} over")
        return renewed

    def give_back(self, held: Held, due: datetime | None, failures: int) -> None:
        """Raises LostLeaseError, ArchiveError."""
        lease = replace(held.lease, holder=None, due=due, failures=failures)
        if self._write(lease, held.tag) is None:
            raise LostLeaseError(f"another worker has taken {held.lease.name} over")

    def all(self) -> list[Lease]:
        """Every lease as it stands. Raises ArchiveError."""
        items = [self.shelf.get(f"{FOLDER}/{name}") for name in self.shelf.names(FOLDER)]
        return [Lease.parse(item) for item in items if item]

    def _mine(self, lease: Lease) -> Lease:
        return replace(
            lease,
            holder=self.holder,
            where=self.where,
            since=self.now(),
            turns=lease.turns + 1,
            renewals=0,
        )

    def _write(self, lease: Lease, tag: str | None, *, lost: Lease | None = None) -> Held | None:
        """None where another was first."""
        try:
            return Held(lease, self.shelf.put(self._name(lease.name), lease.encode(), tag), lost)
        except OvertakenError:
            return None

    def _name(self, name: str) -> str:
        return f"{FOLDER}/{name}.json"
