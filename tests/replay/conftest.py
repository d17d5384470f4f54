"""The newsroom after three crawls, packed, and what its pages said while it was there."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator

import pytest
from chromium import chromium
from crawled_newsroom import zancrawler
from playwright.sync_api import Browser
from replayed import VIEWPORT, Replayable, picture_name, steady

from zancrawler.archive import Archive
from zancrawler.newsroom import serve
from zancrawler.replay.viewer import NoViewerError, Viewer, install
from zancrawler.tables.read import open as read_tables


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than it is looked at with: nothing beside it can use asyncio."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Viewer:
    try:
        return Viewer.installed()
    except NoViewerError:
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        try:
            return install()
        except NoViewerError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="module")
def newsroom(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Replayable:
    """The newsroom is closed when this returns: nothing can come from it any more.

    Of several test processes one crawls and the others wait for it.
    """
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if is_one_of_many else base) / "replayed-newsroom"
    folder.mkdir(exist_ok=True)
    archive, live = Archive(folder / "archive"), folder / "live.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not live.exists():
            live.write_text(json.dumps(crawl(archive, browser)))
    return Replayable(archive, archive.root / "wacz" / "archive.wacz", json.loads(live.read_text()))


def crawl(archive: Archive, browser: Browser) -> dict[str, str]:
    """Crawls, packs, and returns what the articles say live."""
    with serve() as served:
        common = ("--archive", archive.root, "--outlets", served.catalogue)
        zancrawler("crawl", *served.homes, *common)
        # One outlet's pages a second time, and its sources a third: now they are known by their
        # ETag, so that there are revisits of both kinds.
        zancrawler("crawl", "newsroom-wp", *common, "--full")
        zancrawler("crawl", "newsroom-wp", *common)
        page = browser.new_page(viewport=VIEWPORT)
        live = {}
        for url in read_tables(archive).articles(columns=["url"])["url"].to_pylist():
            page.goto(url)
            live[url] = steady(page.inner_text("body"))
            page.screenshot(path=archive.root / picture_name(url))
        page.close()
    zancrawler("export", "wacz", "--archive", archive.root, "--sign", archive.root / "key.pem")
    return live
