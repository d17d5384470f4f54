"""`verify --replay`, and that pages look in the viewer as they did live."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser
from replayed import VIEWPORT, Replayable, picture_name

from zancrawler.replay.links import replay_link
from zancrawler.replay.package import open_package
from zancrawler.replay.server import serving
from zancrawler.replay.viewer import Viewer
from zancrawler.tables.read import open as read_tables

pytestmark = pytest.mark.slow

MAX_DIFFERENCE = 0.01
"""Of the pixels."""
FAINT = 24
"""Of 255: below this a pixel's difference is one of rounding."""


def verify_replay(archive: Path, sample: int) -> tuple[int, list[dict]]:
    command = [sys.executable, "-m", "zancrawler", "verify", "--replay", "--json"]
    command += ["--sample", str(sample), "--archive", archive]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_sample_replays_as_its_rows_say(newsroom: Replayable, viewer: Viewer) -> None:
    code, pages = verify_replay(newsroom.archive.root, 4)
    assert (code, len(pages)) == (0, 4)
    for page in pages:
        assert page["replays"]
        assert page["paragraphs_shown"] == page["paragraphs"] > 0
        assert page["lost"] == page["escaped"] == []
    assert sum(page["images_loaded"] for page in pages) > 0


def test_what_is_not_as_its_row_says_is_named_and_what_is_withdrawn_not_shown(
    newsroom: Replayable, viewer: Viewer, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    shutil.copytree(newsroom.archive.root, root)
    _, (first, second, third) = verify_replay(root, 3)
    change_text(root, first["url"], "Words that no page of the newsroom ever said.")
    command = [sys.executable, "-m", "zancrawler", "withdraw", second["url"], "--archive", root]
    subprocess.run([*command, "--reason", "safety", "--by", "a test"], check=True, timeout=60)
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


def test_pages_look_as_they_did_live(
    newsroom: Replayable, viewer: Viewer, browser: Browser
) -> None:
    moments = {
        row["url"]: row["fetch_time"]
        for row in read_tables(newsroom.archive).articles(columns=["url", "fetch_time"]).to_pylist()
    }
    photographed = [url for url in moments if (newsroom.archive.root / picture_name(url)).exists()]
    assert len(photographed) >= 5
    package = open_package(newsroom.package)
    with serving(viewer, lambda: package, 0) as home:
        for url in photographed:
            # The viewer's own bar and border are around the page, so its frame is put over them.
            page = browser.new_page(viewport=VIEWPORT)
            page.goto(replay_link(url, moments[url], home))
            shown = (
                page.frame_locator("iframe")
                .frame_locator("replay-web-page iframe")
                .locator("iframe")
            )
            shown.content_frame.locator("h1").first.wait_for(timeout=30_000)
            shown.evaluate(
                """(frame) => {
                  frame.style = "position: fixed; inset: 0; z-index: 9; width: 1000px; "
                    + "height: 800px; border: 0";
                  frame.contentWindow.scrollTo(0, 0);
                }"""
            )
            page.wait_for_timeout(500)
            replayed = page.screenshot()
            page.close()
            live = (newsroom.archive.root / picture_name(url)).read_bytes()
            assert difference(live, replayed) <= MAX_DIFFERENCE, url


def difference(one: bytes, other: bytes) -> float:
    """The part of the pixels that differ."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other)]
    assert pictures[0].size == pictures[1].size
    grey = ImageChops.difference(*pictures).convert("L")
    differing = sum(grey.histogram()[FAINT:])
    return differing / (grey.width * grey.height)
