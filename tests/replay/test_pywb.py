"""The same package in pywb, the second judge: every capture, every article with its pictures.

It has an environment of its own, for its pins break ours. `make long` opens every article in a
browser besides; the others read what pywb answers, and see some articles in one.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import lxml.html
import pytest
from playwright.sync_api import Browser
from replayed import IMAGES, Replayable, answers, lost, steady

from zancrawler.tables.read import open as read_tables

PATIENCE = 60
"""Seconds until pywb answers."""
CONNECTIONS = 4


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pywb's programs are. Our own pip puts it there; most of it is never loaded, so nothing
    is compiled before it is.
    """
    folder = tmp_path_factory.mktemp("pywb")
    venv.create(folder, symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install"]
    options = ("--quiet", "--disable-pip-version-check", "--no-compile", "--retries", "1")
    done = subprocess.run(
        [*command, *options, "pywb==2.10.*", "setuptools<81"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
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
    with socket.socket() as bound:
        # Nobody else is given its port as long as it is bound here too, where nothing listens.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        served = subprocess.Popen(
            [programs / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder
        )
        address = f"http://127.0.0.1:{port}/news/"
        try:
            while not answers_at(address):
                assert served.poll() is None
                time.sleep(0.1)
            yield address
        finally:
            served.terminate()
            served.wait()


def answers_at(address: str) -> bool:
    try:
        urlopen(address, timeout=PATIENCE).close()
    except URLError:
        return False
    return True


def asked(urls: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Status and body of each, over a few connections that are kept."""
    wanted = list(dict.fromkeys(urls))

    def over_one(part: list[str]) -> list[tuple[int, bytes]]:
        connection = HTTPConnection(urlsplit(wanted[0]).netloc, timeout=PATIENCE)
        answered = []
        for url in part:
            # What stands before the archived address is scheme and host; no other may be meant.
            connection.request("GET", "/" + url.split("/", 3)[3])
            answer = connection.getresponse()
            answered.append((answer.status, answer.read()))
        connection.close()
        return answered

    parts = [wanted[place::CONNECTIONS] for place in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        done = pool.map(over_one, parts)
        return {
            url: answer
            for part, answered in zip(parts, done, strict=True)
            for url, answer in zip(part, answered, strict=True)
        }


def text_of(page: lxml.html.HtmlElement) -> str:
    lxml.etree.strip_elements(page, "script", "style", with_tail=False)
    return page.find("body").text_content()


@pytest.mark.slow
def test_every_capture_gives_its_bytes(home: str, newsroom: Replayable) -> None:
    due = answers(newsroom)
    found = asked(f"{home}{moment}id_/{url}" for moment, url in due)
    for (moment, url), answer in due.items():
        assert found[f"{home}{moment}id_/{url}"] in answer, (moment, url)


@pytest.mark.slow
def test_every_article_has_its_words_and_its_pictures(home: str, newsroom: Replayable) -> None:
    """As pywb rewrites it for a browser: the words are the page's own, and of each picture a size
    was captured, and is the one that was.
    """
    rows = read_tables(newsroom.archive).captures(
        columns=["url", "fetch_time", "article_id", "warc_type"]
    )
    articles = {
        f"{home}{row['fetch_time']:%Y%m%d%H%M%S}mp_/{row['url']}": row
        for row in rows.to_pylist()
        if row["article_id"] and row["warc_type"]
    }
    assert {row["url"] for row in articles.values()} == set(newsroom.live)
    captured = answers(newsroom)
    bodies: dict[str, set[bytes]] = {}
    for (_, url), due in captured.items():
        bodies.setdefault(url, set()).update(body for status, body in due if status == 200)
    pictures: dict[str, str] = {}
    for place, (status, body) in asked(articles).items():
        url, moment = articles[place]["url"], f"{articles[place]['fetch_time']:%Y%m%d%H%M%S}"
        page = lxml.html.document_fromstring(body)
        assert status == 200
        assert all(
            urljoin(place, src).startswith((home, "data:")) for src in page.xpath("//img/@src")
        )
        images = [list(named(image, url)) for image in page.iter("img")]
        assert images
        for sizes in images:
            held = [size for size in sizes if size in bodies]
            assert held or all("/count.gif?" in size for size in sizes), (place, sizes)
            pictures |= {f"{home}{moment}im_/{size}": size for size in held}
        originals = (lxml.html.document_fromstring(one) for _, one in captured[moment, url])
        assert text_of(page) in map(text_of, originals), place
    for place, (status, body) in asked(pictures).items():
        assert status == 200 and body in bodies[pictures[place]], place
    assert len(pictures) > len(newsroom.live)


def named(image: lxml.html.HtmlElement, page: str) -> Iterator[str]:
    """The picture's own addresses, in every size, also those that a script puts in their place."""
    for prefix in ("", "data-"):
        sizes = (image.get(f"{prefix}srcset") or "").split(", ")
        for address in (image.get(f"{prefix}src"), *(size.strip().split(" ")[0] for size in sizes)):
            if address and not address.startswith("data:"):
                yield urljoin(page, re.sub(r"^.*?/\d+im_/", "", address))


@pytest.mark.slow
def test_in_a_browser_an_article_of_each_outlet_and_language_says_what_it_said_live(
    browser: Browser, home: str, newsroom: Replayable
) -> None:
    columns = ["url", "fetch_time", "outlet", "language"]
    rows = read_tables(newsroom.archive).articles(columns=columns).to_pylist()
    few = {(row["outlet"], row["language"]): row for row in rows}
    assert len(few) == 6
    look(browser, home, newsroom, few.values())


@pytest.mark.long
def test_in_a_browser_every_article_says_what_it_said_live(
    browser: Browser, home: str, newsroom: Replayable
) -> None:
    rows = read_tables(newsroom.archive).articles(columns=["url", "fetch_time"]).to_pylist()
    assert len(rows) == len(newsroom.live) > 50
    look(browser, home, newsroom, rows)


def look(browser: Browser, home: str, newsroom: Replayable, rows: Iterable[dict[str, Any]]) -> None:
    """Each says what it said live, has its pictures, and asks nobody but pywb for anything."""
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for row in rows:
        page.goto(f"{home}{row['fetch_time']:%Y%m%d%H%M%S}/{row['url']}")
        frame = page.frame(name="replay_iframe")
        assert frame
        frame.wait_for_load_state("load")
        assert steady(frame.inner_text("body")) == newsroom.live[row["url"]], row["url"]
        images = frame.locator("img").evaluate_all(IMAGES)
        assert images and lost(images) == [], row["url"]
    page.close()
    reached = {urlsplit(url).netloc for url in requests if not url.startswith(("data:", "blob:"))}
    assert reached == {urlsplit(home).netloc}
