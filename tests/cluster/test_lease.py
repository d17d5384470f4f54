"""Leases: one holder each, whoever dies, sleeps or comes late."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hand_clock import Clock

from zancrawler.cluster.lease import (
    DAYS,
    BadLeaseError,
    Gap,
    Held,
    Lease,
    Leases,
    LostLeaseError,
    Next,
)
from zancrawler.runs.alarms import Alarm, AlarmCode
from zancrawler.storage.shelf import FolderShelf, Item

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAPER = ("paper",)


@dataclass(frozen=True)
class Counting(FolderShelf):
    """A folder that counts what it is asked."""

    asked: list[str] = field(default_factory=list)

    def get(self, name: str) -> Item | None:
        self.asked.append(name)
        return super().get(name)


def leases(folder: Path, holder: str, clock: Callable[[], float]) -> Leases:
    return Leases(FolderShelf(folder), holder, f"host:/{holder}", 60, clock, lambda: NOW)


def ran(held: Held, due: datetime, outlets: Sequence[str] = PAPER, gap: Gap | None = None) -> Held:
    """The lease, when its outlets were run under it."""
    lease = held.lease
    for name in outlets:
        lease = lease.after(name, Next(due), named=True, gap=gap)
    return Held(lease, held.tag, held.lost)


def test_one_of_two_gets_it_and_it_waits_until_it_is_due(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    held = ours.take("paper", PAPER)
    assert held and held.lost is None and held.lease.turns == 1 and held.lease.left == PAPER
    assert theirs.take("paper", PAPER) is None
    ours.give_back(ran(ours.renew(held), NOW + HOUR), PAPER)
    clock.seconds += 40
    assert theirs.take("paper", PAPER) is None
    (lease,) = theirs.all()
    assert (lease.holder, lease.next) == (None, {"paper": Next(NOW + HOUR)})
    clock.seconds += 3600
    theirs.now = lambda: NOW + 2 * HOUR
    taken = theirs.take("paper", PAPER)
    assert taken and taken.lost is None and taken.lease.turns == 2 and taken.lease.gaps == ()


def test_it_is_taken_over_after_a_whole_term_of_silence(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    held = ours.take("paper", PAPER)
    assert held and theirs.take("paper", PAPER) is None
    clock.seconds = 59
    held = ours.renew(held)
    clock.seconds = 61
    # Silent since when *we* saw it last: no clock of the other's is asked.
    assert theirs.take("paper", PAPER) is None
    for clock.seconds in (92, 120, 120.9):
        assert theirs.take("paper", PAPER) is None
    clock.seconds = 122
    taken = theirs.take("paper", PAPER)
    assert taken and taken.lost == "host:/a" and taken.lease.turns == 2
    assert taken.lease.gaps == (Gap("paper", "host:/a", NOW),)
    with pytest.raises(LostLeaseError):
        ours.renew(held)
    with pytest.raises(LostLeaseError):
        ours.give_back(held, PAPER)
    assert theirs.renew(taken).lost == taken.lost


def test_never_two_hold_it_whatever_happens(tmp_path: Path) -> None:
    """Workers that stop, sleep and wake at random; each believes in a lease for 2/3 of its term."""
    chance = random.Random(9)
    clock = Clock()
    workers = [leases(tmp_path, str(n), clock) for n in range(4)]
    held: dict[int, tuple[Held, float]] = {}
    asleep: dict[int, float] = {}
    takeovers = 0
    for _ in range(1_500):
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
            if taken := workers[number].take("paper", PAPER):
                takeovers += taken.lost is not None
                held[number] = taken, begun
        elif clock.seconds - mine[1] >= 40 or chance.random() < 0.02:
            del held[number]
        else:
            held[number] = workers[number].renew(mine[0]), clock.seconds
        believers = [n for n, (_, begun) in held.items() if clock.seconds - begun < 40]
        assert len(believers) <= 1
    assert takeovers > 10


def test_a_lost_run_is_a_gap_until_its_outlet_was_run_again_and_pushed(tmp_path: Path) -> None:
    """Also when the one who took it over is lost himself before he could write it down."""
    clock = Clock()
    names = ("paper", "radio")
    first, second, third = (leases(tmp_path, name, clock) for name in ("a", "b", "c"))
    held = first.take("paper", names)
    assert held
    # One of its two outlets was run and pushed; then it is lost.
    first.renew(ran(held, NOW + HOUR, ("paper",)))
    for worker in (second, third):
        assert worker.take("paper", names) is None
        clock.seconds += 61
        held = worker.take("paper", names)
        assert held and held.lease.left == ("radio",)
    assert held.lease.gaps == (Gap("radio", "host:/a", NOW), Gap("radio", "host:/b", NOW))
    failed = held.lease.after("radio", Next(NOW), named=False, gap=Gap("radio", "c", NOW))
    assert len(failed.gaps) == 3
    assert failed.after("radio", Next(NOW), named=True, gap=None).gaps == ()


def test_gaps_that_are_too_many_are_counted() -> None:
    lease = Lease("paper", None, "", NOW)
    for hour in range(103):
        gap = Gap("paper", "host:/a", NOW + hour * HOUR)
        # The same gap again is the same gap.
        for _ in range(2):
            lease = lease.after("paper", Next(NOW), named=False, gap=gap)
    assert (len(lease.gaps), lease.dropped) == (100, 3)
    assert Lease.parse(Item(lease.encode(), "")).dropped == 3


def test_a_shelf_is_asked_for_a_lease_only_when_that_may_matter(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    shelf = theirs.shelf = Counting(tmp_path)
    held = ours.take("paper", PAPER)
    assert held
    for _ in range(60):
        clock.seconds += 1
        held = ours.renew(held)
        assert theirs.take("paper", PAPER) is None
    assert len(shelf.asked) <= 3
    ours.give_back(ran(held, NOW + HOUR), PAPER)
    shelf.asked.clear()
    for _ in range(3_600):
        clock.seconds += 1
        theirs.take("paper", PAPER)
    assert len(shelf.asked) <= 3


def test_a_clock_that_is_wrong_silences_an_outlet_for_two_days_at_the_most(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (leases(tmp_path, name, clock) for name in ("a", "b"))
    held = ours.take("paper", PAPER)
    assert held
    ours.give_back(ran(held, NOW + 400 * 24 * HOUR), PAPER)
    assert theirs.take("paper", PAPER) is None
    clock.seconds += DAYS - 1
    assert theirs.take("paper", PAPER) is None
    clock.seconds += 2
    taken = theirs.take("paper", PAPER)
    assert taken and taken.lease.left == PAPER and taken.lost is None


def test_a_lease_that_is_none_is_said_and_left_alone_for_a_while(tmp_path: Path) -> None:
    (tmp_path / "leases").mkdir()
    naive = '{"name": "paper", "holder": null, "where": "", "since": "2026-01-01T00:00:00"}'
    for text in ("", "[]", '{"name": "paper"}', "\x00", "[" * 50_000, naive, " " * 2_000_000):
        (tmp_path / "leases" / "paper.json").write_text(text)
        ours = leases(tmp_path, "a", Clock())
        with pytest.raises(BadLeaseError, match="remove it"):
            ours.take("paper", PAPER)
        assert ours.take("paper", PAPER) is None


def test_a_lease_says_all_that_the_next_worker_must_know() -> None:
    alarm = Alarm(AlarmCode.SOURCE, "paper", NOW, "its feed is dead", "https://paper.example/feed")
    lease = Lease("paper", None, "host:/a", NOW, 3, 2, ("tv",), {"paper": Next(NOW, 1, (alarm,))})
    lease = lease.after("radio", Next(NOW), named=True, gap=Gap("radio", "host:/a", NOW))
    assert Lease.parse(Item(lease.encode(), "tag")) == lease
    assert lease.to_run(("paper", "radio", "tv"), NOW - HOUR) == ("radio", "tv")
