"""The export: what may be shown, as the tables and the decisions have it at this moment."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from shown_archive import (
    BRIDGE,
    HELD,
    HIDDEN_WORDS,
    MULE,
    SECRET,
    SEEN,
    Story,
    commit,
    decide,
    make,
)

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.export import Export, NoExportError
from zancrawler.decisions import Action


def ids(export: Export) -> set[str]:
    with export.opened() as database:
        rows = database.execute("SELECT article_id FROM articles").fetchall()
        (summed,) = database.execute("SELECT sum(articles) FROM weeks").fetchone()
    assert summed == len(rows)
    return {row[0] for row in rows}


def stamps(export: Export) -> dict[str, str]:
    with export.opened() as database:
        return dict(database.execute("SELECT path, stamp FROM chunks").fetchall())


def test_it_holds_what_is_open_and_nothing_else(archive: Archive) -> None:
    export = Export(archive)
    assert export.refresh()
    assert ids(export) == {story.id for story in SEEN}
    content = export.path.read_bytes()
    assert not any(word.encode() in content for word in HIDDEN_WORDS)
    # Nor any text: that is in the tables.
    assert MULE.title.encode() in content and b"sixty books" not in content
    assert not export.refresh()


def test_only_the_chunks_that_changed_are_read_again(archive: Archive) -> None:
    export = Export(archive)
    export.refresh()
    before = stamps(export)
    commit(archive, [Story("new", "Another", "Another text.", outlet="gazette", day=3)])
    # A row that no chunk brings stays only where its chunk is left alone.
    with export.opened() as database, database:
        database.execute("UPDATE articles SET section = 'kept'")
    assert export.refresh()
    after = stamps(export)
    assert {path for path in after if before.get(path) != after[path]} == {
        path for path in after if "site=gazette" in path
    }
    with export.opened() as database:
        rows = database.execute("SELECT outlet, section FROM articles").fetchall()
    assert {outlet for outlet, section in rows if section == "kept"} == {"paper"}
    assert len(rows) == len(SEEN) + 1


def test_a_decision_counts_before_the_tables_follow_and_can_be_taken_back(archive: Archive) -> None:
    export = Export(archive)
    export.refresh()
    decide(archive, Action.WITHDRAW, MULE)
    export.refresh()
    assert ids(export) == {story.id for story in SEEN} - {MULE.id}
    assert MULE.title.encode() not in export.path.read_bytes()
    decide(archive, Action.RESTORE, MULE)
    decide(archive, Action.RESTORE, SECRET)
    export.refresh()
    assert ids(export) == {story.id for story in (*SEEN, SECRET)}
    decide(archive, Action.PURGE, SECRET)
    export.refresh()
    assert SECRET.id not in ids(export) and HELD.id not in ids(export)


def test_a_chunk_that_is_gone_takes_its_rows_along(archive: Archive) -> None:
    export = Export(archive)
    export.refresh()
    for path in archive.table("articles").glob("site=gazette/**/*.parquet"):
        path.unlink()
    export.refresh()
    assert ids(export) == {BRIDGE.id, MULE.id}


def test_a_damaged_or_foreign_file_is_made_anew(archive: Archive) -> None:
    export = Export(archive)
    export.refresh()
    export.path.write_bytes(b"no database at all" * 1000)
    export.refresh()
    assert ids(export) == {story.id for story in SEEN}
    with sqlite3.connect(export.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    left = export.path.with_name(f".{export.path.name}.99.tmp")
    left.write_text("by a killed process")
    export.refresh()
    assert ids(export) == {story.id for story in SEEN}
    assert not left.exists()


DIE_IN_A_TRANSACTION = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA cache_size = 1")
database.execute("PRAGMA cache_spill = 1")
for number in range(200):
    database.execute("UPDATE articles SET title = ?, section = ?", ("half " * 900, str(number)))
    database.execute("INSERT INTO weeks VALUES (1, ?, 'half', 1)", ("half" * 900,))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_refresh_that_was_killed_leaves_what_was_before(archive: Archive) -> None:
    export = Export(archive)
    export.refresh()
    done = subprocess.run([sys.executable, "-c", DIE_IN_A_TRANSACTION, export.path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert export.path.with_name(f"{export.path.name}-journal").stat().st_size
    assert b"half half" in export.path.read_bytes()
    assert not export.refresh()
    assert ids(export) == {story.id for story in SEEN}
    assert b"half half" not in export.path.read_bytes()


def test_decisions_that_cannot_be_read_stop_it(archive: Archive) -> None:
    Export(archive).refresh()
    with archive.withdrawn.open("a") as file:
        file.write("{broken\n")
    with pytest.raises(ArchiveError, match="mend or remove"):
        Export(archive).refresh()


def test_where_it_cannot_be_written_one_sentence_says_so(tmp_path: Path) -> None:
    archive = make(Archive.open(tmp_path / "archive"))
    archive.browse_export.parent.write_text("a file where the folder should be")
    with pytest.raises(NoExportError, match="cannot write"):
        Export(archive).refresh()
