"""Turns at a host that runs on many machines share: one has it, whoever dies or comes late."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hand_clock import Clock

from zancrawler.archive import ArchiveError
from zancrawler.storage.shelf import FolderShelf, Item, shelf_of
from zancrawler.storage.turns import KEPT, LOOK, MOST, REST, SharedTurns

CDN = "cdn.example:8443"
LONGEST = 70.0
OBJECT = "hosts/cdn.example_8443.json"


@dataclass(frozen=True)
class Shelf(FolderShelf):
    """A folder that counts what is written, and can be out of reach."""

    puts: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def get(self, name: str) -> Item | None:
        self._reach()
        return super().get(name)

    def put(self, name: str, data: bytes, tag: str | None) -> str:
        self._reach()
        self.puts.append(name)
        return super().put(name, data, tag)

    def _reach(self) -> None:
        if self.trouble:
            raise ArchiveError(self.trouble[0])


@dataclass
class Two:
    shelf: Shelf
    clock: Clock
    hill: SharedTurns
    valley: SharedTurns

    def again(self, holder: str) -> SharedTurns:
        return SharedTurns(self.shelf, holder, self.clock)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    shelf, clock = Shelf(tmp_path), Clock()
    return Two(shelf, clock, SharedTurns(shelf, "hill", clock), SharedTurns(shelf, "valley", clock))


def played(play: Callable[[Two], Coroutine[object, object, None]]) -> Callable[[Two], None]:
    def test(two: Two) -> None:
        async def whole() -> None:
            await play(two)
            await two.hill.close()
            await two.valley.close()

        asyncio.run(whole())

    test.__doc__ = play.__doc__
    return test


@played
async def test_a_turn_is_kept_for_some_requests_and_then_left_to_others(two: Two) -> None:
    assert await two.hill.take(CDN, LONGEST) == 0.0
    assert await two.hill.take(CDN, LONGEST) is None, "one request at a time"
    two.hill.done(CDN)
    assert await two.valley.take(CDN, LONGEST) is None
    two.clock.seconds = KEPT - 1
    assert await two.hill.take(CDN, LONGEST) == math.inf
    two.hill.done(CDN)
    assert two.shelf.puts == [OBJECT], "it was written once, for two requests"
    two.clock.seconds = KEPT + 1
    assert await two.hill.take(CDN, LONGEST) is None
    assert await two.valley.take(CDN, LONGEST) == 0.0
    two.clock.seconds += REST + 1
    assert await two.hill.take(CDN, LONGEST) is None


@played
async def test_whoever_asked_last_need_not_wait_if_nobody_came_between(two: Two) -> None:
    await two.hill.take(CDN, LONGEST)
    two.hill.done(CDN)
    two.clock.seconds = KEPT + 1
    assert await two.hill.take(CDN, LONGEST) is None
    two.clock.seconds += REST + LOOK
    assert await two.hill.take(CDN, LONGEST) == math.inf


@played
async def test_a_request_that_would_last_beyond_the_turn_is_not_begun(two: Two) -> None:
    """The host has slowed us down meanwhile."""
    await two.hill.take(CDN, LONGEST)
    two.hill.done(CDN)
    two.clock.seconds = 5
    assert await two.hill.take(CDN, LONGEST + KEPT) is None
    two.clock.seconds += REST + LOOK
    assert await two.hill.take(CDN, LONGEST + KEPT) == math.inf


@played
async def test_one_that_is_gone_is_waited_for_as_long_as_it_could_have_asked(two: Two) -> None:
    await two.hill.take(CDN, LONGEST)
    two.clock.seconds = 1_000_000.0
    # By whatever clock it was taken: it counts from when it was seen first.
    assert await two.valley.take(CDN, LONGEST) is None
    two.clock.seconds += KEPT + LONGEST
    assert await two.valley.take(CDN, LONGEST) is None
    two.clock.seconds += LOOK
    assert await two.valley.take(CDN, LONGEST) == 0.0
    # The one that was given up notices, and takes nothing away.
    two.hill.done(CDN)
    assert await two.hill.take(CDN, LONGEST) is None
    two.clock.seconds += REST + LOOK
    assert await two.hill.take(CDN, LONGEST) is None


@played
async def test_the_next_run_of_an_outlet_has_what_its_last_one_left(two: Two) -> None:
    await two.hill.take(CDN, LONGEST)
    next_run = two.again("hill")
    assert await next_run.take(CDN, LONGEST) == 0.0
    await next_run.close()


@played
async def test_a_run_gives_back_at_its_end(two: Two) -> None:
    await two.hill.take(CDN, LONGEST)
    two.hill.done(CDN)
    await two.hill.close()
    assert await two.valley.take(CDN, LONGEST) == 0.0


@played
async def test_without_the_store_nobody_has_a_turn(two: Two) -> None:
    two.shelf.trouble.append("cannot be reached")
    assert await two.hill.take(CDN, LONGEST) is None
    two.shelf.trouble.clear()
    two.clock.seconds += LOOK
    assert await two.hill.take(CDN, LONGEST) == 0.0
    two.hill.done(CDN)
    two.shelf.trouble.append("cannot be reached")
    two.clock.seconds += KEPT + 1
    assert await two.hill.take(CDN, LONGEST) is None
    two.shelf.trouble.clear()
    two.clock.seconds += LOOK
    assert await two.hill.take(CDN, 0.0) is None, "it was given back, not asked under"
    assert await two.valley.take(CDN, LONGEST) == 0.0


@played
async def test_what_cannot_be_read_is_left_alone_for_a_day(two: Two) -> None:
    two.shelf.put(OBJECT, b'{"holder": null, "seconds": -1, "times": 1}', None)
    assert await two.hill.take(CDN, LONGEST) is None
    two.clock.seconds += MOST
    assert await two.hill.take(CDN, LONGEST) is None
    two.clock.seconds += LOOK
    assert await two.hill.take(CDN, LONGEST) == 0.0


def test_a_turn_that_is_not_used_is_given_back_by_itself(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zancrawler.storage.turns._SWEEP", 0.01)

    async def play() -> None:
        await two.hill.take(CDN, LONGEST)
        two.hill.done(CDN)
        two.clock.seconds = KEPT
        while await two.valley.take(CDN, LONGEST) is None:
            two.clock.seconds += LOOK
            await asyncio.sleep(0.02)
        assert two.clock.seconds < KEPT + LONGEST
        await two.hill.close()
        await two.valley.close()

    asyncio.run(play())


@pytest.mark.parametrize("place", ["folder", "s3"])
def test_of_many_runs_one_asks_at_a_time_and_each_comes_to_it(
    place: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six runs and two hosts, on real time that is hurried."""
    store = f"{request.getfixturevalue('bucket')}/a" if place == "s3" else str(tmp_path)
    for name, seconds in (("KEPT", 0.2), ("LOOK", 0.02), ("REST", 0.05), ("_SWEEP", 0.02)):
        monkeypatch.setattr(f"zancrawler.storage.turns.{name}", seconds)
    hosts = ("cdn.example", "fonts.example")
    asking: dict[str, str] = {}
    asked: list[tuple[str, str]] = []

    async def run(name: str) -> None:
        chance = random.Random(name)
        turns = SharedTurns(shelf_of(store), name)
        for _ in range(8):
            host = chance.choice(hosts)
            while await turns.take(host, 30.0) is None:
                await asyncio.sleep(0.02)
            assert host not in asking, (host, asking, name)
            asking[host] = name
            await asyncio.sleep(0.01)
            del asking[host]
            turns.done(host)
            asked.append((name, host))
        await turns.close()

    async def all_runs() -> None:
        await asyncio.gather(*(run(f"outlet{n}") for n in range(6)))

    asyncio.run(all_runs())
    assert len(asked) == 48 and {host for _, host in asked} == set(hosts)
