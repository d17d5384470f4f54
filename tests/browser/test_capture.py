"""A page whose pictures come by a script when somebody has scrolled down to them, captured in a
browser: they are in the WARC, in the replay, and gone when the article is withdrawn.
"""

from __future__ import annotations

import json
import os
import re
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
from scripted_site import Reply, page, scripted_site
from test_withdraw import holders

from zancrawler.archive import Archive
from zancrawler.capture.reader import Record, read_exchanges, read_records
from zancrawler.capture.views import read_views
from zancrawler.capture.wacz import check_wacz
from zancrawler.capture.warcfile import page_warcs
from zancrawler.exports.hidden import Hidden
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.ledger import Ledger
from zancrawler.newsroom import TruthArticle, serve
from zancrawler.newsroom.picture import png
from zancrawler.outlets import Catalogue
from zancrawler.replay.chromium import chromium
from zancrawler.replay.links import replay_link
from zancrawler.replay.package import Shelf
from zancrawler.replay.server import serving
from zancrawler.replay.viewer import NoViewerError, Viewer
from zancrawler.runs.purging import purge
from zancrawler.runs.rebuild import rebuild_ledger
from zancrawler.runs.verify import verify_archive
from zancrawler.runs.withdrawing import find, withdraw

NAME = "newsroom-plain"
CAPTION = "عکس‌های خواننده‌گان 2: "

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
    def catalogue(self) -> Catalogue:
        return Catalogue.open(self.outlets)

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
    assert list(verify_archive(captured.archive, captured.catalogue)) == []
    # Who needed what is known again from the WARCs alone.
    copy = captured.copied(tmp_path)
    with Ledger(copy.archive.ledger(NAME)) as ledger:
        before = set(ledger.wanted())
    rebuild_ledger(copy.archive, captured.catalogue.get(NAME))
    with Ledger(copy.archive.ledger(NAME)) as ledger:
        assert {pair for pair in before if "album" in pair[0]} <= set(ledger.wanted())


def test_what_is_withdrawn_is_in_no_view(captured: Captured, tmp_path: Path) -> None:
    copy = captured.copied(tmp_path)
    caption, picture = CAPTION + captured.opened.title, views(captured)["view"].block
    assert held(copy.archive, tmp_path / "before", caption, picture) == (True, True)
    articles = find(copy.archive, captured.catalogue, captured.opened.url)
    withdraw(copy.archive, articles, reason="safety", by="steward")
    assert held(copy.archive, tmp_path / "after", caption, picture) == (False, False)
    purge(copy.archive, articles, captured.catalogue, reason="safety", by="steward")
    assert holders(copy.archive.root, caption) == []
    assert [v for warc in page_warcs(copy.archive, NAME) for v in read_views(warc)] == []
    assert not any(picture in record.block for record in records(copy))
    assert list(verify_archive(copy.archive, captured.catalogue)) == []


def held(archive: Archive, folder: Path, caption: str, picture: bytes) -> tuple[bool, bool]:
    """Whether a package of it, which is in order, holds the caption, and the page's picture."""
    package = folder.with_suffix(".wacz")
    export_wacz(archive, Asked(), package)
    assert list(check_wacz(package)) == []
    shutil.unpack_archive(package, folder, "zip")
    package.unlink()
    blocks = [r.block for warc in folder.rglob("*.warc.gz") for r in read_records(warc)]
    return any(caption.encode() in block for block in blocks), picture in blocks


def test_the_replay_shows_it(captured: Captured) -> None:
    """Who scrolls down finds the album in the archive, as on the live page; else there is none."""
    try:
        viewer = Viewer.installed()
    except NoViewerError as error:
        pytest.skip(str(error))
    shelf = Shelf(
        captured.archive,
        pack=lambda path: export_wacz(captured.archive, Asked(), path),
        hidden=lambda: Hidden.of(captured.archive),
    )
    rows = ds.dataset(captured.archive.table("articles")).to_table().to_pylist()
    moments = {row["url"]: row["fetch_time"] for row in rows}
    with chromium() as browser, serving(viewer, shelf.current, 0) as home:
        window = browser.new_page()
        for url, pictures in ((captured.opened.url, 3), (captured.other.url, 0)):
            window.goto("about:blank")
            window.goto(replay_link(url, moments[url], home))
            with window.expect_response(re.compile("/albums/"), timeout=60_000) as album:
                replayed = window.frame_locator("iframe").frame_locator("replay-web-page iframe")
                shown = replayed.frame_locator("iframe").locator("#album")
                shown.scroll_into_view_if_needed(timeout=60_000)
            assert (album.value.status == 200) is bool(pictures)
            if pictures:
                shown.locator("img").nth(2).wait_for()
                assert CAPTION + captured.opened.title in shown.inner_text()
                decoded = "(one) => one.decode().then(() => one.naturalWidth)"
                sizes = shown.locator("img").evaluate_all(f"all => Promise.all(all.map({decoded}))")
                assert sizes == [64, 64, 64]
            assert shown.locator("img").count() == pictures


def test_one_page_by_hand(captured: Captured, tmp_path: Path) -> None:
    """What stands in the way is said in one sentence, and a crawl goes on without a browser."""
    page = (captured.opened.url, "--archive", tmp_path / "a", "--outlets", captured.outlets)
    bare = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "zancrawler", "capture", *map(str, page)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "apt install chromium" in done.stderr
    assert "no outlet" in zancrawler("capture", "https://nobody.example/", *page[1:], code=2)


def test_scripts_may_ask_for_no_more_than_a_crawl(tmp_path: Path) -> None:
    """robots.txt of each host, what counts readers, articles and private places; and that the
    second of two is given what the first brought."""
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine")
    with scripted_site() as valley, scripted_site() as cdn:
        cdn.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /private/", 200, "text/plain")
        cdn.otherwise = lambda path: Reply(png(path), 200, "image/png")
        wanted = (
            f"{cdn.home}/private/a.png",
            f"{cdn.home}/b.png",
            "/reports/2/b",
            "http://[fd00::1]/",
        )
        shown = "".join(f"new Image().src = '{url}';" for url in (*wanted, f"{cdn.home}/b.png?"))
        report = f"<h1>The bakers rise</h1><p>3 March 2025<div class=words>{'Bread. ' * 300}</div>"
        valley.replies["/reports/1/a"] = Reply(
            page("The bakers rise", f"{report}<script>{shown} fetch('{cdn.home}/b.png')</script>")
        )
        host = valley.home.removeprefix("http://")
        (tmp_path / "valley.toml").write_text(
            f"title = 'The Valley'\nhome = '{valley.home}/'\ndomains = ['{host}']\n"
            "languages = ['en']\nplatform = 'plain'\npoliteness = { delay = 0 }\n"
            "[[articles]]\nurl = '^/reports/'\nbody = ['.words']\n"
        )
        place = ("--archive", tmp_path / "a", "--outlets", tmp_path, "--json")
        found = json.loads(zancrawler("capture", f"{valley.home}/reports/1/a", *place))
    assert (found["kind"], found["title"]) == ("article", "The bakers rise")
    assert found["info"]["refused"] == {"Forbidden by robots.txt": 1, "not to be asked for": 2}
    assert valley.asked.count("/reports/1/a") == 1 and "/reports/2/b" not in valley.asked
    assert [path for path in cdn.asked if path.startswith("/b")] == ["/b.png"]
    assert "/private/a.png" not in cdn.asked
