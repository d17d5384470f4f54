"""A checkpoint: the state of a log in three lines, as others write it too.

The form is that of c2sp.org/tlog-checkpoint. Ours is the text of such a note and carries no
signature: what makes it worth something is that others hold it, or that a time-stamp is on it.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import ArchiveError

MAX_BYTES = 64 << 10
"""Of a checkpoint file; others add lines and signatures."""
_FORM = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large a log is, and the root of its tree."""

    origin: str
    """Which log."""
    size: int
    """Entries."""
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"

    @classmethod
    def parse(cls, data: bytes) -> Checkpoint:
        """Raises ValueError for what is no checkpoint. Signatures, which follow an empty line, are
        not looked at."""
        form = _FORM.fullmatch(data.decode("utf-8").partition("\n\n")[0].rstrip("\n") + "\n")
        if form is None:
            raise ValueError("it has not the three lines of a checkpoint")
        root = b64decode(form[3], validate=True)
        if b64encode(root).decode("ascii") != form[3]:
            raise ValueError("its root is written in more than one way")
        return cls(form[1], int(form[2]), root)


def read_checkpoint(path: Path) -> Checkpoint:
    """Raises ArchiveError for a file that holds none."""
    try:
        with path.open("rb") as file:
            return Checkpoint.parse(file.read(MAX_BYTES))
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise ArchiveError(f"{path} is no checkpoint of a log: {error}") from error
