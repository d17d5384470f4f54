"""`verify --replay`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from replayed import Replayable

from zancrawler.replay.viewer import Viewer
from zancrawler.tables.read import open as read_tables

pytestmark = pytest.mark.slow


def verify_replay(archive: Path, sample: int) -> tuple[int, list[dict]]:
    command = [sys.executable, "-m", "zancrawler", "verify", "--replay", "--json"]
    command += ["--sample", str(sample), "--archive", archive]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_sample_replays_as_its_rows_say(newsroom: Replayable, viewer: Viewer) -> None:
    code, pages = verify_replay(newsroom.archive.root, 4)
    assert (code, len(pages)) == (0, 4)
    counting = set(read_tables(newsroom.archive).articles(outlet="newsroom-wp")["url"].to_pylist())
    for page in pages:
        assert page["replays"]
        assert page["paragraphs_shown"] == page["paragraphs"] > 0
        assert page["images_loaded"] == page["images"] > 0
        assert page["escaped"] == []
        # One of the two outlets counts its readers.
        lacks = [(lack["why"], "/count.gif?" in lack["url"]) for lack in page["lacks"]]
        assert lacks == ([("left-out", True)] if page["url"] in counting else [])


def test_what_is_not_as_its_row_says_is_named_and_what_is_withdrawn_not_shown(
    newsroom: Replayable, viewer: Viewer, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    shutil.copytree(newsroom.archive.root, root)
    _, (first, second, third) = verify_replay(root, 3)
    change_text(root, first["url"], "Words that no page of the newsroom ever said.")
    command = [sys.executable, "-m", "zancrawler", "withdraw", second["url"], "--archive", root]
    subprocess.run([*command, "--reason", "safety", "--by", "a test"], check=True, timeout=300)
    code, (changed, after, _) = verify_replay(root, 3)
    assert code == 1
    assert (changed["url"], changed["replays"]) == (first["url"], False)
    assert changed["problem"] == "1 of 1 paragraphs are not shown"
    assert after == third


def change_text(root: Path, url: str, text: str) -> None:
    for path in root.glob("tables/articles/*/*/*.parquet"):
        table = pq.ParquetFile(path).read()
        urls = table["url"].to_pylist()
        if url in urls:
            texts = table["text"].to_pylist()
            texts[urls.index(url)] = text
            at = table.schema.get_field_index("text")
            column = pa.array(texts, table.schema.field(at).type)
            pq.write_table(table.set_column(at, table.schema.field(at), column), path)
