"""The same package in pywb, the second judge. It needs an environment of its own (its pins break
ours), so this is for `make long`.
"""

from __future__ import annotations

import subprocess
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from socket import create_server
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser
from replayed import IMAGES, Replayable, answers, lost, steady

from zancrawler.tables.read import open as read_tables

pytestmark = pytest.mark.long

PATIENCE = 60
"""Seconds until pywb answers."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pywb")
    venv.create(folder, with_pip=True)
    command = [folder / "bin" / "python", "-m", "pip", "install", "-q", "pywb==2.10.*"]
    done = subprocess.run(
        [*command, "setuptools<81"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        pytest.skip(f"pywb cannot be installed: {done.stderr[-300:]}")
    return folder / "bin"


@pytest.fixture(scope="module")
def home(
    programs: Path, newsroom: Replayable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("collections")
    for arguments in (("init", "news"), ("add", "--unpack-wacz", "news", newsroom.package)):
        subprocess.run([programs / "wb-manager", *arguments], cwd=folder, check=True)
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder
    )
    address = f"http://127.0.0.1:{port}/news/"
    try:
        for _ in range(PATIENCE * 10):
            try:
                urlopen(address, timeout=PATIENCE).close()
                break
            except URLError:
                time.sleep(0.1)
        yield address
    finally:
        served.terminate()
        served.wait()


def test_every_capture_gives_its_bytes(home: str, newsroom: Replayable) -> None:
    for (moment, url), due in answers(newsroom).items():
        try:
            answer = urlopen(f"{home}{moment}id_/{url}", timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        with answer:
            assert (answer.status, answer.read()) in due, (moment, url)


def test_every_article_says_what_it_said_live(
    browser: Browser, home: str, newsroom: Replayable
) -> None:
    rows = read_tables(newsroom.archive).articles(columns=["url", "fetch_time"]).to_pylist()
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    count = 0
    for row in rows:
        page.goto(f"{home}{row['fetch_time']:%Y%m%d%H%M%S}/{row['url']}")
        frame = page.frame(name="replay_iframe")
        assert frame
        frame.wait_for_load_state("load")
        assert steady(frame.inner_text("body")) == newsroom.live[row["url"]], row["url"]
        images = frame.locator("img").evaluate_all(IMAGES)
        count += len(images)
        assert images and lost(images) == [], row["url"]
    page.close()
    assert count > len(rows) > 50
    asked = {urlsplit(url).netloc for url in requests if not url.startswith(("data:", "blob:"))}
    assert asked == {urlsplit(home).netloc}
