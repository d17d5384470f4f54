"""Bounds on what one page reads, compares and shows."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from shown_archive import Story, commit

from zancrawler.archive import Archive
from zancrawler.browse import record
from zancrawler.browse.export import Export
from zancrawler.runs.versions import Version

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_texts_that_repeat_themselves_are_not_compared() -> None:
    begin = time.process_time()
    repeated = Version(1, AT, "a", "a " * 50_000)
    assert record.changes(repeated, Version(2, AT, "a", "b " + "a " * 50_000)) is None
    assert time.process_time() - begin < 1
    words = " ".join(f"word{n}" for n in range(5_000))
    (paragraph,) = record.changes(Version(1, AT, "", words), Version(2, AT, "", words + " more"))[
        1:
    ]
    assert paragraph[-1].text == " more"


def test_a_text_without_end_is_cut(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    story = Story("long", "Long", "word " * record.MAX_TEXT)
    commit(archive, [story])
    export = Export(archive)
    export.refresh()
    found = record.find(archive, export, story.id)
    assert found and found.is_cut and len(found.text) == record.MAX_TEXT


def test_an_article_that_changes_all_the_time_lists_its_latest_versions(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    looks = [Story("live", "Live", f"It is {n} o'clock here.", day=n) for n in range(5)]
    commit(archive, looks)
    export = Export(archive)
    export.refresh()
    found = record.find(archive, export, looks[0].id)
    assert found
    seen = record.versions(archive, found)
    assert [each.version for each in seen] == sorted(each.version for each in seen)
    assert found.row["n_versions"] == len(seen) <= record.MAX_VERSIONS
    assert set(record.texts(archive, found, (1, 2))) == {1, 2}
