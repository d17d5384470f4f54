"""What can go wrong in this room, named after what the caller should do."""

from __future__ import annotations

from zancrawler.archive import ArchiveError


class CaptureError(ArchiveError):
    """Capture cannot go on; the run must end. The message says what is safe."""


class DamagedWarcError(ArchiveError):
    """A WARC, or the part of it that was asked for, cannot be read as one."""

    def __init__(self, file: str, offset: int, reason: str) -> None:
        super().__init__(f"{file}: cannot be read from offset {offset} on: {reason}")
        self.file = file
        self.offset = offset
        self.reason = reason
