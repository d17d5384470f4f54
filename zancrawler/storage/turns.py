"""Who may ask a host now, of workers on many machines: an object for each host on their shelf.

Nobody asks a host without its turn, also not one that is its own by a lease: another outlet may
show a picture of it. A turn is kept for a while, for the store is not to be written twice a
request; then it is given back, and left to others for a moment. As with leases no two clocks are
compared: the turn of one that is gone is whose who has watched it stay as it is for longer than
that one could have asked under it.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Annotated

import msgspec

from zancrawler.archive import ArchiveError
from zancrawler.clock import steady_clock
from zancrawler.storage.shelf import OvertakenError, Shelf

FOLDER = "hosts"
KEPT = 30.0
"""Seconds after which a turn is given back, once nothing is asked under it."""
LOOK = 2.0
"""Seconds between two looks at a turn that another has."""
REST = 1.5 * LOOK
"""Seconds for which whoever gave a turn back leaves it to others."""
MOST = 86_400.0
"""Seconds after which a turn is anybody's, whatever it says."""
_SWEEP = 1.0
_UNSAFE = re.compile(r"[^a-z0-9.-]+")


class _State(Enum):
    OTHERS = auto()
    """Somebody else's or nobody's."""
    KEPT = auto()
    ASKING = auto()


class _Standing(msgspec.Struct, frozen=True):
    """What stands on the shelf."""

    holder: str | None
    """None: nobody's."""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=MOST)]
    """How long its holder may ask under it, from when it was taken."""
    times: int
    """How often it was written: no two of its states are alike."""


@dataclass(slots=True)
class _Turn:
    """One host's, as this run knows it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    state: _State = _State.OTHERS
    tag: str | None = None
    """Of the object as it was seen last."""
    since: float = 0.0
    """When it was seen so first, or taken; as all times here by our clock."""
    until: float = 0.0
    """Nothing may go on under it later."""
    again: float = 0.0
    """Not to be looked at before."""
    times: int = 0
    given_back: str | None = None
    """The tag with which we did: if it stands, nobody has asked since."""


class SharedTurns:
    """One run's.

    `holder` is of this run and of those before it that are known to be over: what they left is
    taken at once.
    """

    look = LOOK

    def __init__(
        self, shelf: Shelf, holder: str, clock: Callable[[], float] = steady_clock
    ) -> None:
        self._shelf = shelf
        self._holder = holder
        self._clock = clock
        self._turns: dict[str, _Turn] = {}
        self._sweeper: asyncio.Task[None] | None = None

    async def take(self, host: str, longest: float) -> float | None:
        """The turn for one request that takes `longest` seconds at the most; None: not now.

        Seconds since another may have asked the host, infinite where it was we who asked last.
        While the store cannot be reached nobody has a turn.
        """
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep())
        turn = self._turns.setdefault(host, _Turn())
        async with turn.lock:
            now = self._clock()
            if turn.state is _State.OTHERS:
                if now < turn.again:
                    return None
                return await asyncio.to_thread(self._take, host, turn, longest)
            if turn.state is _State.KEPT and now + longest <= turn.until:
                turn.state = _State.ASKING
                return math.inf
            if turn.state is _State.KEPT:
                await asyncio.to_thread(self._give_back, host, turn)
            return None

    def done(self, host: str) -> None:
        """The answer is there."""
        self._turns[host].state = _State.KEPT

    async def close(self) -> None:
        """Gives back all that nothing is asked under."""
        if self._sweeper:
            self._sweeper.cancel()
        await self._give_back_all(0.0)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            await self._give_back_all(KEPT)

    async def _give_back_all(self, kept: float) -> None:
        """Those that were kept for as many seconds, and under which nothing is asked."""
        for host, turn in list(self._turns.items()):
            async with turn.lock:
                is_over = self._clock() - turn.since >= kept
                if turn.state is _State.KEPT and is_over:
                    await asyncio.to_thread(self._give_back, host, turn)

    def _take(self, host: str, turn: _Turn, longest: float) -> float | None:
        turn.again = self._clock() + LOOK
        with suppress(ArchiveError):
            item = self._shelf.get(_path(host))
            now = self._clock()
            tag = item.tag if item else None
            if tag != turn.tag:
                turn.tag, turn.since = tag, now
            standing = _parse(item.data) if item else _Standing(None, 0.0, 0)
            is_free = standing.holder in (None, self._holder)
            if not is_free and now - turn.since <= standing.seconds:
                return None
            turn.until = now + KEPT + longest
            turn.times = standing.times + 1
            turn.tag = self._put(host, turn, self._holder, KEPT + longest)
            turn.since, turn.state = now, _State.ASKING
            return math.inf if tag and tag == turn.given_back else 0.0
        return None

    def _give_back(self, host: str, turn: _Turn) -> None:
        turn.times += 1
        try:
            turn.given_back = turn.tag = self._put(host, turn, None, 0.0)
        except OvertakenError:
            # We were given up: the machine slept.
            turn.tag = None
        except ArchiveError:
            # It is tried again; nothing more is asked under it.
            turn.until = 0.0
            return
        turn.state = _State.OTHERS
        turn.again = self._clock() + REST

    def _put(self, host: str, turn: _Turn, holder: str | None, seconds: float) -> str:
        standing = _Standing(holder, min(seconds, MOST), turn.times)
        return self._shelf.put(_path(host), msgspec.json.encode(standing), turn.tag)


def _parse(data: bytes) -> _Standing:
    """What cannot be read is somebody's, for the longest that there is."""
    try:
        return msgspec.json.decode(data, type=_Standing)
    except (ValueError, RecursionError):
        return _Standing("", MOST, 0)


def _path(host: str) -> str:
    """Two hosts whose names differ only in what no store's names may have share a turn."""
    return f"{FOLDER}/{_UNSAFE.sub('_', host.lower())[:200]}.json"
