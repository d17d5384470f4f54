"""Leases: one holder each, whoever dies, sleeps or comes late."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from zancrawler.archive import ArchiveError
from zancrawler.cluster.lease import Held, Leases, LostLeaseError
from zancrawler.cluster.shelf import FolderShelf, Item, OvertakenError, shelf_of

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def leases(folder: Path, holder: str, clock: Callable[[], float]) -> Leases:
    return Leases(FolderShelf(folder), holder, f"host:/{holder}", 60, clock, lambda: NOW)


def test_one_of_two_gets_it_and_it_waits_until_it_is_due(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    held = ours.take("paper")
    assert held and held.lost is None and held.lease.turns == 1
    assert theirs.take("paper") is None
    ours.give_back(ours.renew(held), NOW + timedelta(hours=1), failures=2)
    assert theirs.take("paper") is None
    (lease,) = theirs.all()
    assert (lease.holder, lease.failures, lease.due) == (None, 2, NOW + timedelta(hours=1))
    theirs.now = lambda: NOW + timedelta(hours=2)
    taken = theirs.take("paper")
    assert taken and taken.lost is None and taken.lease.turns == 2 and taken.lease.failures == 2


def test_it_is_taken_over_after_a_whole_term_of_silence(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    held = ours.take("paper")
    assert held and theirs.take("paper") is None
    clock.seconds = 59
    held = ours.renew(held)
    clock.seconds = 61
    # Silent since when *we* saw it last: no clock of the other's is asked.
    assert theirs.take("paper") is None
    clock.seconds = 120
    assert theirs.take("paper") is None
    clock.seconds = 121
    taken = theirs.take("paper")
    assert taken and taken.lost and taken.lost.where == "host:/a" and taken.lease.turns == 2
    with pytest.raises(LostLeaseError):
        ours.renew(held)
    with pytest.raises(LostLeaseError):
        ours.give_back(held, None, 0)
    assert theirs.renew(taken).lost == taken.lost


def test_never_two_hold_it_whatever_happens(tmp_path: Path) -> None:
    """Workers that stop, sleep and wake at random; each believes in a lease for 2/3 of its term."""
    chance = random.Random(9)
    clock = Clock()
    workers = [leases(tmp_path, str(n), clock) for n in range(4)]
    held: dict[int, tuple[Held, float]] = {}
    asleep: dict[int, float] = {}
    takeovers = 0
    for _ in range(4_000):
        clock.seconds += chance.uniform(0, 8)
        number = chance.randrange(4)
        if asleep.get(number, 0) > clock.seconds:
            continue
        if chance.random() < 0.05:
            asleep[number] = clock.seconds + chance.uniform(0, 300)
            continue
        mine = held.get(number)
        if mine is None:
            begun = clock.seconds
            if taken := workers[number].take("paper"):
                takeovers += taken.lost is not None
                held[number] = taken, begun
        elif clock.seconds - mine[1] >= 40 or chance.random() < 0.02:
            del held[number]
        else:
            held[number] = workers[number].renew(mine[0]), clock.seconds
        believers = [n for n, (_, begun) in held.items() if clock.seconds - begun < 40]
        assert len(believers) <= 1
    assert takeovers > 20


def test_a_lease_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "leases").mkdir()
    for text in ("", "[]", '{"name": "paper"}', "\x00", "[" * 50_000):
        (tmp_path / "leases" / "paper.json").write_text(text)
        with pytest.raises(ArchiveError, match="remove it"):
            leases(tmp_path, "a", Clock()).take("paper")


def test_of_many_that_write_at_once_one_does(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    tag: str | None = None
    for turn in range(5):
        barrier, written = Barrier(8), []

        def write(name: int, tag: str | None = tag, barrier: Barrier = barrier) -> None:
            barrier.wait()
            try:
                written.append((name, shelf.put("one.json", f"{turn} {name}".encode(), tag)))  # noqa: B023
            except OvertakenError:
                return

        threads = [Thread(target=write, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ((name, tag),) = written
        assert shelf.get("one.json") == Item(f"{turn} {name}".encode(), tag)
    assert shelf.names(".") == ["one.json"]


def test_what_workers_cannot_share_is_said() -> None:
    with pytest.raises(ArchiveError, match="shared folder"):
        shelf_of("gs://bucket/archive")
