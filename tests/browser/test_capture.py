"""A page whose pictures come by a script when somebody has scrolled down to them, captured in a
browser: they are in the WARC, in the replay, and gone when the article is withdrawn.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.dataset as ds
import pytest
from crawled_newsroom import zancrawler
from test_withdraw import holders

from zancrawler.archive import Archive
from zancrawler.capture.reader import Record, read_exchanges, read_records
from zancrawler.capture.views import read_views
from zancrawler.capture.warcfile import page_warcs
from zancrawler.ledger import Ledger
from zancrawler.newsroom import TruthArticle, serve

NAME = "newsroom-plain"
CAPTION = "عکس‌های خواننده‌گان 2: "
BY = ("--reason", "safety", "--by", "steward")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Captured:
    archive: Archive
    outlets: Path
    home: str
    opened: TruthArticle
    """The one article that was captured in a browser."""
    other: TruthArticle
    asked: tuple[str, ...]

    @property
    def ends(self) -> tuple[object, ...]:
        return ("--archive", self.archive.root, "--outlets", self.outlets)

    def copied(self, folder: Path) -> Captured:
        shutil.copytree(self.archive.root, folder / "archive")
        archive = Archive(folder / "archive")
        return Captured(archive, self.outlets, self.home, self.opened, self.other, self.asked)


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Captured]:
    """One crawl of the hand-made site, of which one story is of a kind that needs a browser."""
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine")
    root = tmp_path_factory.mktemp("captured")
    with serve(outlets=[NAME]) as newsroom:
        opened, other, *_ = (true for true in newsroom.truth() if true.language == "fa-AF")
        outlets = root / "outlets"
        shutil.copytree(newsroom.catalogue, outlets)
        file = outlets / f"{NAME}.toml"
        path = urlsplit(opened.url).path.replace(".", "[.]")
        kind = f"""[[articles]]
url = '^{path}$'
capture = "browser"
body = ["#text"]
section = [".path a:last-child"]
drop = [".path", ".pic", "font"]

[[articles]]"""
        file.write_text(file.read_text("utf-8").replace("[[articles]]", kind), "utf-8")
        archive = Archive(root / "archive")
        zancrawler("crawl", NAME, "--archive", archive.root, "--outlets", outlets)
        asked = tuple(request.path for request in newsroom.requests())
        yield Captured(archive, outlets, newsroom.homes[NAME], opened, other, asked)


def records(captured: Captured) -> Iterator[Record]:
    for warc in page_warcs(captured.archive, NAME):
        yield from read_records(warc)


def views(captured: Captured) -> dict[str, Record]:
    """By the name of each."""
    (view,) = [v for warc in page_warcs(captured.archive, NAME) for v in read_views(warc)]
    assert view.page == captured.opened.url
    return {(record.target_uri or "").split(":")[1]: record for record in view.records}


def test_only_the_browser_brings_what_scripts_ask_for(captured: Captured) -> None:
    albums = [path for path in captured.asked if path.startswith(("/albums/", "/pics/album"))]
    assert len(albums) == 4, albums
    shown = {
        exchange.url.rpartition("/")[2]: exchange
        for warc in page_warcs(captured.archive, NAME)
        for exchange in read_exchanges(warc)
        if exchange.hops.startswith("X")
    }
    (album,) = [exchange for name, exchange in shown.items() if name.endswith(".json")]
    assert album.response is not None and CAPTION.encode() in album.response.block
    assert album.remark("via") == captured.opened.url
    assert sum(name.startswith("album-") and name.endswith("-2.png") for name in shown) == 1
    found = views(captured)
    assert found["view"].block.startswith(b"\x89PNG")
    assert CAPTION + captured.opened.title in found["text"].block.decode("utf-8")
    info = json.loads(found["pageinfo"].block)
    assert album.url in info["urls"] and info["problems"] == []
    # The page's own row was read from its own bytes, as a crawl without a browser reads them.
    rows = ds.dataset(captured.archive.table("articles")).to_table().to_pylist()
    (row,) = [row for row in rows if row["url"] == captured.opened.url]
    (page,) = [r for r in records(captured) if r.record_id == row["warc_record_id"]]
    assert (page.type, page.record_id) == ("response", found["view"].concurrent_to[0])
    assert page.date == found["view"].date
    assert " ".join(row["text"].split()) == " ".join(captured.opened.text.split())


def test_others_index_it_alike_and_all_of_it_is_in_order(
    captured: Captured, tmp_path: Path
) -> None:
    for warc in page_warcs(captured.archive, NAME):
        tool = Path(sys.executable).with_name("cdxj-indexer")
        done = subprocess.run([tool, warc], capture_output=True, check=True)
        lines = sorted(done.stdout.splitlines(keepends=True))
        assert captured.archive.cdxj(warc).read_bytes().splitlines(keepends=True) == lines
        assert sum(line.startswith(b"urn:") for line in lines) == 3
    zancrawler("verify", *captured.ends)
    # Who needed what is known again from the WARCs alone.
    copy = captured.copied(tmp_path)
    with Ledger(copy.archive.ledger(NAME)) as ledger:
        before = set(ledger.wanted())
    zancrawler("rebuild", "--ledger", *copy.ends)
    with Ledger(copy.archive.ledger(NAME)) as ledger:
        assert {pair for pair in before if "album" in pair[0]} <= set(ledger.wanted())


def test_what_is_withdrawn_is_in_no_view(captured: Captured, tmp_path: Path) -> None:
    copy = captured.copied(tmp_path)
    caption, picture = CAPTION + captured.opened.title, views(captured)["view"].block
    package = tmp_path / "all.wacz"
    zancrawler("export", "wacz", "--out", package, "--archive", copy.archive.root)
    zancrawler("verify", package)
    assert held(package, tmp_path / "before", caption, picture) == (True, True)
    zancrawler("withdraw", captured.opened.url, *BY, *copy.ends)
    package.unlink()
    zancrawler("export", "wacz", "--out", package, "--archive", copy.archive.root)
    zancrawler("verify", package)
    assert held(package, tmp_path / "after", caption, picture) == (False, False)
    zancrawler("withdraw", captured.opened.url, "--purge", *BY, *copy.ends)
    assert holders(copy.archive.root, caption) == []
    assert views_left(copy.archive) == []
    assert not any(picture in record.block for record in records(copy))
    zancrawler("verify", *copy.ends)


def held(package: Path, folder: Path, caption: str, picture: bytes) -> tuple[bool, bool]:
    """Whether a package holds the caption, and the picture of the page."""
    shutil.unpack_archive(package, folder, "zip")
    blocks = [r.block for warc in folder.rglob("*.warc.gz") for r in read_records(warc)]
    return any(caption.encode() in block for block in blocks), picture in blocks


def views_left(archive: Archive) -> list[object]:
    return [view for warc in page_warcs(archive, NAME) for view in read_views(warc)]


def test_one_page_by_hand(captured: Captured, tmp_path: Path) -> None:
    """What stands in the way is said in one sentence, and a crawl goes on without a browser."""
    page = (captured.opened.url, "--archive", tmp_path / "a", "--outlets", captured.outlets)
    bare = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "zancrawler", "capture", *map(str, page)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "apt install chromium" in done.stderr
    assert "no outlet" in zancrawler("capture", "https://nobody.example/", *page[1:], code=2)
