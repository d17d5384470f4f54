"""What the log says of each file, from its first entry to its last: for those who check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .entry import FileDigest, FilesWritten, PurgeBegun, Taken, WarcClosed, parse_line
from .files import WITHDRAWN, Member
from .tree import root


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the log, and its place in it."""

    number: int
    entry: WarcClosed
    taken: tuple[Taken, ...] = ()
    """What the purge before it took out of the WARC of the entry before it."""


@dataclass(slots=True)
class WarcHistory:
    """A WARC, from when it was closed through every purge."""

    told: list[Told] = field(default_factory=list)
    taking: dict[int, Taken] = field(default_factory=dict)
    """By offset: of a purge that was begun, and of which no end is told yet."""

    @property
    def latest(self) -> WarcClosed:
        return self.told[-1].entry

    def leaves(self, members: Sequence[Member]) -> Iterator[tuple[Told, list[tuple[bytes, int]]]]:
        """Of each entry, the newest first, its leaves with their offsets.

        Those of older entries come from the file as it is now and the hashes of what was purged.
        """
        leaves = [(member.leaf, member.offset) for member in members]
        for told in reversed(self.told):
            yield told, leaves
            leaves = list(_before(leaves, told.taken))

    def fault(self, members: Sequence[Member]) -> Told | None:
        """The newest entry whose tree the file does not give."""
        for told, leaves in self.leaves(members):
            if root(leaf for leaf, _ in leaves).hex() != told.entry.root:
                return told
        return None


def _before(
    leaves: Iterable[tuple[bytes, int]], taken: Iterable[Taken]
) -> Iterator[tuple[bytes, int]]:
    by_offset = {one.offset: one for one in taken}
    for leaf, offset in leaves:
        gone = by_offset.get(offset)
        if gone is None or leaf.hex() == gone.leaves[0]:
            # A purge that was begun, stopped, and begun again otherwise may have spared it.
            yield leaf, offset
        else:
            yield from ((bytes.fromhex(one), offset) for one in gone.leaves)


@dataclass(slots=True)
class History:
    """All of the log, by path."""

    warcs: dict[str, WarcHistory] = field(default_factory=dict)
    files: dict[str, FileDigest] = field(default_factory=dict)
    """Other files that stand, as they were written last."""
    decisions: list[FileDigest] = field(default_factory=list)
    """How far the list of decisions had come, each time."""
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Entries that may not be there, by number."""

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> History:
        history = cls()
        for number, line in enumerate(lines):
            try:
                history._take(number, line)
            except ValueError as error:
                history.faults.append((number, f"entry {number} is none: {error}"))
        return history

    def _take(self, number: int, line: bytes) -> None:
        match parse_line(line):
            case WarcClosed() as entry:
                warc = self.warcs.setdefault(entry.path, WarcHistory())
                if warc.told and not warc.taking:
                    self.faults.append(
                        (number, f"entry {number} gives {entry.path} anew without a purge")
                    )
                warc.told.append(Told(number, entry, tuple(warc.taking.values())))
                warc.taking = {}
            case PurgeBegun() as entry:
                warc = self.warcs.setdefault(entry.path, WarcHistory())
                for taken in entry.taken:
                    warc.taking.setdefault(taken.offset, taken)
            case FilesWritten() as entry:
                for file in entry.files:
                    if file.path == WITHDRAWN:
                        self.decisions.append(file)
                    else:
                        self.files[file.path] = file
                for path in entry.gone:
                    self.files.pop(path, None)
