"""The SQLite file that Datasette serves: what may be shown of `articles`, without the texts.

It is derived from the tables and may be deleted at any time. A chunk of `articles` is read again
when its file is not the one that was read last. Only rows that are open come in; what is withdrawn
goes at once, and is overwritten in the file (`secure_delete`).
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.decisions import Decisions
from zancrawler.search.index import is_damage
from zancrawler.tables.articles import ARTICLES, Access
from zancrawler.tables.chunks import SchemaMismatchError, open_chunk, schema_version, stamps
from zancrawler.tables.columns import SCHEMA_VERSION

FORMAT = 1
"""To be raised with every change of the schema below."""
COLUMNS = (
    *("article_id", "outlet", "title", "language", "date_published", "section", "status"),
    *("word_count", "version", "n_versions", "first_seen", "last_seen", "story_id", "url"),
    *("fetch_time", "warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id"),
    "text_digest",
)
"""Of `articles`, by the same names: what a result set that is downloaded can be checked by."""
_TIMES = ("date_published", "first_seen", "last_seen", "fetch_time")
_PLACE_BITS = 20
"""A rowid is the chunk's number and, in these bits, the place in it: rows of a chunk lie together
and need no index of their own. A chunk has some thousand rows."""
_PATIENCE = 30.0
"""Seconds to wait for whoever reads at this moment."""
_CACHE = 64_000
"""KiB of pages in memory: a transaction that spilled would lock out the readers."""

_TABLES = """
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    path TEXT UNIQUE NOT NULL,  -- from the archive's root
    outlet TEXT NOT NULL,
    stamp TEXT,                 -- of the file that was read; null while it must be read again
    newest TEXT                 -- the latest last_seen
);
CREATE TABLE hidden (article_id TEXT PRIMARY KEY, outlet TEXT NOT NULL);
CREATE TABLE weeks (
    chunk INTEGER NOT NULL,
    language TEXT,
    week TEXT,                  -- its Monday; null for articles without a date
    articles INTEGER NOT NULL
);
CREATE TABLE articles (
    article_id TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    title TEXT,
    language TEXT,
    date_published TEXT,
    section TEXT,
    status TEXT NOT NULL,
    word_count INTEGER,
    version INTEGER NOT NULL,
    n_versions INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    story_id TEXT,
    url TEXT NOT NULL,
    fetch_time TEXT NOT NULL,
    warc_filename TEXT NOT NULL,
    warc_record_offset INTEGER NOT NULL,
    warc_record_length INTEGER,
    warc_record_id TEXT,
    text_digest TEXT NOT NULL
);
"""
# In the order in which Datasette pages through a table: a deep page is then read, not sorted.
_INDEXES = f"""
CREATE INDEX weeks_by_chunk ON weeks (chunk);
CREATE INDEX articles_by_date ON articles (date_published DESC, article_id);
CREATE INDEX articles_by_first_seen ON articles (first_seen DESC, article_id);
CREATE INDEX articles_by_outlet ON articles (outlet, date_published DESC, article_id);
CREATE INDEX articles_by_language ON articles (language, date_published DESC, article_id);
CREATE INDEX articles_by_story ON articles (story_id);
CREATE INDEX articles_by_status ON articles (status, date_published DESC, article_id);
PRAGMA user_version = {FORMAT};
"""


class NoExportError(ArchiveError):
    """The export cannot be written where the archive is."""

    def __init__(self, archive: Archive, error: OSError | sqlite3.Error) -> None:
        super().__init__(
            f"cannot write {archive.browse_export} ({error}); to look at an archive that cannot be "
            "written, copy its tables, withdrawn.jsonl and ledger to a disk that can"
        )


@dataclass(frozen=True, slots=True)
class Export:
    """The export of one archive. Any number of processes may read it while one refreshes it."""

    archive: Archive
    elsewhere: Path | None = None
    """The folder that it is in, where that is not the archive's own."""

    @classmethod
    @contextmanager
    def to_look(cls, archive: Archive) -> Iterator[Export]:
        """The archive's own; where the archive cannot be written, a copy that goes again."""
        if archive.is_writable:
            yield cls(archive)
            return
        own = archive.browse_export
        with TemporaryDirectory(prefix="zancrawler-") as folder:
            # With the journal that a crash may have left.
            for file in own.parent.glob(f"{own.name}*"):
                shutil.copyfile(file, Path(folder) / file.name)
            yield cls(archive, Path(folder))

    @property
    def path(self) -> Path:
        own = self.archive.browse_export
        return self.elsewhere / own.name if self.elsewhere else own

    def refresh(self) -> bool:
        """Brings it up to the tables and to what people decided; whether there was anything to do.

        Costs a look at each chunk's file when there is not. Raises NoExportError, what
        `tables.chunks` raises for a damaged chunk or one of another version, and ArchiveError for
        decisions that cannot be read: then nothing may be shown.
        """
        hidden = {
            decision.article_id: decision.outlet
            for decision in Decisions.read(self.archive).withdrawn()
        }
        if self._state() == (hidden, stamps(self.archive, ARTICLES)):
            return False
        try:
            with self._locked():
                if self._state() is None:
                    self._make_anew(hidden)
                else:
                    with self.opened() as database:
                        self._hide(database, hidden)
                        self._take_in(database, hidden)
        except (OSError, sqlite3.OperationalError) as error:
            raise NoExportError(self.archive, error) from error
        return True

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        # To be written even by those who only read: after a crash the first one plays the journal.
        uri = f"{self.path.as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE)) as database:
            database.execute(f"PRAGMA cache_size = -{_CACHE}")
            database.execute("PRAGMA secure_delete = ON")
            database.execute("PRAGMA synchronous = NORMAL")
            yield database

    def chunk_of(self, article_id: str) -> Path | None:
        """Where the row of an article stands, if it may be shown."""
        with self.opened() as database:
            found = database.execute(
                "SELECT path FROM articles JOIN chunks "
                f"ON chunks.id = articles.rowid >> {_PLACE_BITS} WHERE article_id = ?",
                (article_id,),
            ).fetchone()
        return self.archive.root / found[0] if found else None

    def _state(self) -> tuple[dict[str, str], dict[str, str | None]] | None:
        """What is hidden and the stamps of what was read; None without an export we can use."""
        if not self.path.exists():
            return None
        try:
            with self.opened() as database:
                if database.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                    return None
                return (
                    dict(database.execute("SELECT article_id, outlet FROM hidden").fetchall()),
                    dict(database.execute("SELECT path, stamp FROM chunks").fetchall()),
                )
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise NoExportError(self.archive, error) from error
            return None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Waits for another process or thread that refreshes the export."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_anew(self, hidden: dict[str, str]) -> None:
        """Beside its place, without a journal, the indexes last: that spares much writing."""
        # What a killed process left; of a damaged file SQLite would play the journal into ours.
        for left in self.path.parent.glob(f"*{self.path.name}[.-]*"):
            left.unlink()
        with (
            put_durably(self.path) as temporary,
            closing(sqlite3.connect(temporary)) as database,
        ):
            database.execute(f"PRAGMA cache_size = -{_CACHE}")
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(_TABLES)
            self._hide(database, hidden)
            self._take_in(database, hidden)
            database.executescript(_INDEXES)

    def _hide(self, database: sqlite3.Connection, hidden: dict[str, str]) -> None:
        """Takes out what is withdrawn; has the chunks read again of what is hidden no more."""
        before = dict(database.execute("SELECT article_id, outlet FROM hidden").fetchall())
        with database:
            for article_id, outlet in hidden.items() - before.items():
                database.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))
                database.execute(
                    "INSERT OR REPLACE INTO hidden VALUES (?, ?)", (article_id, outlet)
                )
            for article_id in before.keys() - hidden.keys():
                database.execute("DELETE FROM hidden WHERE article_id = ?", (article_id,))
            for outlet in {outlet for _, outlet in hidden.items() ^ before.items()}:
                database.execute("UPDATE chunks SET stamp = NULL WHERE outlet = ?", (outlet,))

    def _take_in(self, database: sqlite3.Connection, hidden: dict[str, str]) -> None:
        now = stamps(self.archive, ARTICLES)
        known = dict(database.execute("SELECT path, stamp FROM chunks").fetchall())
        for path in known.keys() - now.keys():
            with database:
                chunk = _emptied(database, path)
                database.execute("DELETE FROM chunks WHERE id = ?", (chunk,))
        for path, stamp in now.items():
            if known.get(path) != stamp:
                self._read(database, path, stamp, hidden)

    def _read(
        self, database: sqlite3.Connection, path: str, stamp: str, hidden: dict[str, str]
    ) -> None:
        try:
            with open_chunk(self.archive.root / path) as file:
                if (found := schema_version(file.schema_arrow)) != SCHEMA_VERSION:
                    raise SchemaMismatchError(self.archive.root / path, found)
                rows = file.read(columns=[*COLUMNS, "access"])
        except FileNotFoundError:
            # A rebuild has put other files here since we looked.
            return
        rows = _shown(rows, hidden)
        values = (_texts(rows[name]) if name in _TIMES else rows[name] for name in COLUMNS)
        names = ", ".join(COLUMNS)
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        with database:
            chunk = _emptied(database, path)
            places = range(chunk << _PLACE_BITS, (chunk << _PLACE_BITS) + rows.num_rows)
            database.executemany(
                f"INSERT OR REPLACE INTO articles (rowid, {names}) VALUES ({marks})",
                zip(places, *(column.to_pylist() for column in values), strict=True),
            )
            database.executemany(
                "INSERT INTO weeks (chunk, language, week, articles) VALUES (?, ?, ?, ?)",
                ((chunk, *each) for each in _weeks(rows)),
            )
            newest = pc.max(_texts(rows["last_seen"])).as_py()
            database.execute(
                "UPDATE chunks SET stamp = ?, newest = ? WHERE id = ?", (stamp, newest, chunk)
            )


def _emptied(database: sqlite3.Connection, path: str) -> int:
    """The number of the chunk, of which no row is left."""
    outlet = path.partition("/site=")[2].partition("/")[0]
    database.execute(
        "INSERT INTO chunks (path, outlet) VALUES (?, ?) ON CONFLICT DO NOTHING", (path, outlet)
    )
    found = database.execute("SELECT id FROM chunks WHERE path = ?", (path,)).fetchone()
    chunk = int(found[0])
    database.execute(
        "DELETE FROM articles WHERE rowid >= ? AND rowid < ?",
        (chunk << _PLACE_BITS, (chunk + 1) << _PLACE_BITS),
    )
    database.execute("DELETE FROM weeks WHERE chunk = ?", (chunk,))
    return chunk


def _shown(rows: pa.Table, hidden: dict[str, str]) -> pa.Table:
    is_open = pc.equal(rows["access"], Access.OPEN.value)
    is_hidden = pc.is_in(rows["article_id"], pa.array(list(hidden), pa.string()))
    return rows.filter(pc.and_not(is_open, is_hidden))


def _texts(times: pa.ChunkedArray) -> pa.ChunkedArray:
    """ISO 8601 in UTC, in whole seconds: it sorts as the times do."""
    return pc.strftime(pc.cast(times, pa.timestamp("s", "UTC"), safe=False), "%Y-%m-%dT%H:%M:%SZ")


def _weeks(rows: pa.Table) -> Iterator[tuple[str | None, str | None, int]]:
    """Language, Monday and how many articles."""
    monday = pc.floor_temporal(rows["date_published"], unit="week", week_starts_monday=True)
    named = pa.table({"language": rows["language"], "week": pc.strftime(monday, "%Y-%m-%d")})
    counted = named.group_by(["language", "week"]).aggregate([([], "count_all")])
    for row in counted.to_pylist():
        yield row["language"], row["week"], row["count_all"]
