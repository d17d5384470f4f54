"""What a tree of processes takes, looked up in /proc while it works (Linux)."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_EVERY = 0.2
_TICKS = os.sysconf("SC_CLK_TCK")


class Sampler:
    """Follows this process and all that it starts. What a process takes after the last look before
    its end is missed: a fifth of a second at most."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}
        self._peaks: dict[int, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Sampler:
        self._look()
        self._before = sum(self._seconds.values())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._look()
        self._ended.set()
        self._thread.join()

    @property
    def cpu(self) -> float:
        """Seconds of processor time of all of them."""
        return sum(self._seconds.values()) - self._before

    @property
    def largest_mb(self) -> float:
        """The most memory that any of them but this one held at once."""
        peaks = [peak for pid, peak in self._peaks.items() if pid != os.getpid()]
        return max(peaks, default=0) / 1024

    def _follow(self) -> None:
        while not self._ended.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        parents: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    parents[int(folder.name)] = int(_fields(folder)[1])
        ours = {os.getpid()}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        for pid in ours:
            with suppress(OSError):
                fields = _fields(Path(f"/proc/{pid}"))
                self._seconds[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self._peaks[pid] = int(line.split()[1])


def _fields(folder: Path) -> list[str]:
    """Those of `stat` behind the process's name, the state first (proc(5))."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
