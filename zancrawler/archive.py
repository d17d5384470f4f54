"""The archive directory: where things are, its locks, and how a file is put there durably."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path


class ArchiveError(Exception):
    """A fault that the user can mend; the message says how."""


class UsageError(ArchiveError):
    """What the user named cannot be meant, or is not there: exit code 2 in every command."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM)
_NO_ROOM_IN_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")


def disk_fault(error: BaseException) -> str | None:
    """The sentence for a disk that is full, fails or may not be written; None for other faults."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or ""
        number = next(
            (
                number
                for names, number in (
                    (_NO_ROOM_IN_SQLITE, errno.ENOSPC),
                    (("SQLITE_READONLY", "SQLITE_CANTOPEN"), errno.EROFS),
                    (("SQLITE_IOERR",), errno.EIO),
                )
                if name.startswith(names)
            ),
            None,
        )
        where, why = "a database", str(error)
    elif isinstance(error, OSError):
        number, where = error.errno, str(error.filename or "what this writes")
        # Arrow's own words are long, and name no file.
        why = os.strerror(error.errno) if error.errno else ""
    else:
        return None
    if number in _NO_ROOM:
        return f"no room on the disk for {where} ({why}); free some and run this again"
    if number == errno.EROFS:
        return f"cannot write {where} ({why}); copy the archive to a disk where this may write"
    if number in _NOT_ALLOWED:
        return f"this account may not use {where} ({why}); check who owns it"
    if number == errno.EIO:
        return f"the disk failed over {where} ({why}); see to the disk before you write to it again"
    return None


def in_words(error: BaseException) -> str:
    """`disk_fault`'s sentence, or what the error says itself."""
    return disk_fault(error) or str(error)


class ArchiveLockedError(ArchiveError):
    """Another run holds this outlet; wait for it or stop it."""

    def __init__(self, outlet: str, holder: str) -> None:
        super().__init__(
            f"outlet '{outlet}' is being crawled by another run ({holder}); "
            "wait until it ends, or stop it"
        )
        self.outlet = outlet
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive on local disk. Every path in it is named here and nowhere else."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> Archive:
        """The archive at `root`, created with its README where there is none.

        Raises UsageError for what is no folder, ArchiveError for one that cannot be written.
        """
        archive = cls(root.absolute())
        try:
            archive.root.mkdir(parents=True, exist_ok=True)
            readme = archive.root / "README.md"
            if not readme.exists():
                readme.write_bytes(
                    resources.files("zancrawler").joinpath("archive_readme.md").read_bytes()
                )
        except OSError as error:
            is_no_folder = isinstance(error, FileExistsError | NotADirectoryError)
            raise (UsageError if is_no_folder else ArchiveError)(
                f"cannot use {archive.root} as an archive ({error.strerror}); "
                "name a writable folder with --archive"
            ) from error
        return archive

    @classmethod
    def existing(cls, root: Path) -> Archive:
        """The archive at `root`, to read. Raises UsageError where there is none."""
        archive = cls(root.absolute())
        if not any((archive.root / part).is_dir() for part in ("warc", "tables")):
            raise UsageError(f"{root} holds no archive; name one with --archive")
        return archive

    @property
    def is_writable(self) -> bool:
        """Whether its folder can be written: it may be on a disk that was handed over."""
        return os.access(self.root, os.W_OK)

    @property
    def tables(self) -> Path:
        return self.root / "tables"

    @property
    def withdrawn(self) -> Path:
        """What people decided of single articles, one JSON object a line (zancrawler.decisions)."""
        return self.root / "withdrawn.jsonl"

    @property
    def masked_names(self) -> Path:
        """Names of people that no release may show, one a line."""
        return self.root / "masked-names.txt"

    def table(self, name: str) -> Path:
        return self.tables / name

    def partition(self, table: str, outlet: str, year: int) -> Path:
        """The folder of one hive partition. Its keys, `site` and `year`, are no columns."""
        return self.table(table) / f"site={outlet}" / f"year={year}"

    def warcs(self, outlet: str) -> Path:
        return self.root / "warc" / outlet

    def warc(self, outlet: str, started: datetime, serial: int) -> Path:
        """The name of the outlet's WARC number `serial`, begun at `started` (UTC).

        No `~` in it: `wacz validate` refuses such a name.
        """
        name = f"{outlet}-{started:%Y%m%d%H%M%S}-{serial:05d}.warc.gz"
        return self.warcs(outlet) / f"{started:%Y}" / name

    def cdxj(self, warc: Path) -> Path:
        """The index of a closed WARC of this archive."""
        relative = warc.relative_to(self.root / "warc")
        return (
            self.root
            / "cdxj"
            / relative.parent
            / (relative.name.removesuffix(".warc.gz") + ".cdxj")
        )

    def relative(self, path: Path) -> str:
        """The path as rows name it: from the archive's root, with `/`."""
        return path.relative_to(self.root).as_posix()

    def memory(self, outlet: str) -> Path:
        """What was learnt of the outlet's pages and is cut from its texts."""
        return self.root / "memory" / f"{outlet}.json"

    def check(self, outlet: str) -> Path:
        """What the last check of the outlet's file found (`zancrawler.runs.checks`)."""
        return self.root / "checks" / f"{outlet}.json"

    def ledger(self, outlet: str) -> Path:
        return self.root / "ledger" / f"{outlet}.sqlite"

    @property
    def search_index(self) -> Path:
        """What `search` looks things up in; made from the tables, and made again if it is gone."""
        return self.root / "search" / "index.sqlite"

    @property
    def browse_export(self) -> Path:
        """What `browse` and `report` read; made from the tables, and made again if it is gone."""
        return self.root / "browse" / "archive.sqlite"

    @property
    def proof_log(self) -> Path:
        """One entry a line for what was closed and written (`zancrawler.proofs`)."""
        return self.root / "proofs" / "log.jsonl"

    @property
    def checkpoint(self) -> Path:
        """How far the log has come, and the root of its tree."""
        return self.root / "proofs" / "checkpoint"

    @property
    def proof_index(self) -> Path:
        """Which entry of the log is each file's; made from it, and made again if it is gone."""
        return self.root / "proofs" / "index.sqlite"

    @property
    def store(self) -> Path:
        """What is known of the store that the archive was pushed to (`zancrawler.storage`)."""
        return self.root / "store"

    @classmethod
    def of_warc(cls, warc: Path) -> Archive:
        """The archive that a WARC of this name stands in."""
        return cls(warc.parents[3])

    def lock_file(self, outlet: str) -> Path:
        """Who holds the outlet, in words, while somebody does."""
        return self.root / "ledger" / f"{outlet}.lock"

    @contextmanager
    def lock(self, outlet: str, holder: str) -> Iterator[None]:
        """Holds the outlet for one run; the kernel lets go of it if the process dies.

        `holder` is what another run is told of us. Raises ArchiveLockedError.
        """
        path = self.lock_file(outlet)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise ArchiveLockedError(outlet, file.read().strip() or "unknown") from None
            file.truncate(0)
            file.write(holder)
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)


@contextmanager
def put_durably(path: Path) -> Iterator[Path]:
    """Yields a hidden name beside `path` to write to; on leaving, the file is there for good.

    Write, fsync, rename, fsync of the folder: a reader, and whoever comes after a power cut,
    sees the old file or the new one and nothing between. On an error the hidden file is removed
    and the old one stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
