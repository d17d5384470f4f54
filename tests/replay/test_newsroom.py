"""The newsroom's package in ReplayWeb.page under Chromium: pages as they were, from it alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page
from replayed import (
    IMAGES,
    VIEWPORT,
    Replayable,
    answers,
    difference,
    lost,
    picture_name,
    records,
    steady,
)

from zancrawler.capture.wacz import check_wacz
from zancrawler.replay.links import replay_link
from zancrawler.replay.package import open_package
from zancrawler.replay.server import serving
from zancrawler.replay.viewer import Viewer
from zancrawler.tables.read import open as read_tables

pytestmark = pytest.mark.slow

MAX_DIFFERENCE = 0.01
"""Of the pixels."""
FETCH = """async ([coll, captures]) => {
  const fetched = [];
  const one = async ([moment, url], at) => {
    const answer = await fetch(`/replay/w/${coll}/${moment}id_/${url}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    fetched[at] = [answer.status, Array.from(bytes, (b) => String.fromCharCode(b)).join("")];
  };
  for (let start = 0; start < captures.length; start += 8) {
    await Promise.all(captures.slice(start, start + 8).map((c, n) => one(c, start + n)));
  }
  return fetched;
}"""
SHOW = """async ([coll, captures]) => {
  const shown = [];
  const one = ([moment, url], at) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.style = "width: 1000px; height: 800px";
    frame.src = `/replay/w/${coll}/${moment}mp_/${url}`;
    frame.onload = async () => {
      const inside = frame.contentDocument;
      const images = await (IMAGES)(Array.from(inside.images));
      await inside.fonts.ready;
      shown[at] = {
        text: inside.body.innerText,
        at: frame.contentWindow.location.href,
        images,
        fonts: Array.from(inside.fonts, (font) => font.status),
      };
      frame.remove();
      done();
    };
    document.body.append(frame);
  });
  for (let start = 0; start < captures.length; start += 4) {
    await Promise.all(captures.slice(start, start + 4).map((c, n) => one(c, start + n)));
  }
  return shown;
}""".replace("IMAGES", IMAGES)
PUT = """([coll, moment, url]) => new Promise((done) => {
  document.getElementById("put")?.remove();
  const frame = document.createElement("iframe");
  frame.id = "put";
  frame.style = "position: fixed; inset: 0; z-index: 9; width: 1000px; height: 800px; border: 0";
  frame.src = `/replay/w/${coll}/${moment}mp_/${url}`;
  frame.onload = async () => {
    await frame.contentDocument.fonts.ready;
    done();
  };
  document.body.append(frame);
})"""

CHECKED = """async () => {
  const opened = (name) => new Promise((done) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => done(asked.result);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(name);
    if (database.objectStoreNames.contains("verification")) {
      const asked = database.transaction("verification").objectStore("verification").getAll();
      return new Promise((done) => (asked.onsuccess = () => done(asked.result)));
    }
  }
}"""


@dataclass(frozen=True)
class Opened:
    home: str
    page: Page
    frame: Frame
    """ReplayWeb.page's own, from where the service worker answers."""
    collection: str
    requests: list[str]
    """Every URL that the browser asked for, for whomever."""


@pytest.fixture(scope="module")
def opened(browser: Browser, viewer: Viewer, newsroom: Replayable) -> Iterator[Opened]:
    package = open_package(newsroom.package)
    with serving(viewer, lambda: package, 0) as home:
        context = browser.new_context(viewport=VIEWPORT)
        requests: list[str] = []
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        asks = re.compile(r"/replay/w/api/c/(id-[0-9a-f]+)/textIndex")
        with page.expect_request(asks, timeout=60_000) as found:
            page.goto(home)
        collection = asks.search(found.value.url)
        assert collection
        frame = next(frame for frame in page.frames if "/replay/?" in frame.url)
        yield Opened(home, page, frame, collection[1], requests)
        context.close()


def hosts_asked(opened: Opened) -> set[str]:
    return {
        urlsplit(url).netloc for url in opened.requests if not url.startswith(("data:", "blob:"))
    }


def test_our_own_judge_accepts_it(newsroom: Replayable) -> None:
    assert list(check_wacz(newsroom.package)) == []


def test_every_article_says_what_it_said_live(opened: Opened, newsroom: Replayable) -> None:
    rows = read_tables(newsroom.archive).captures(
        columns=["url", "fetch_time", "article_id", "warc_type"]
    )
    wanted = [
        (f"{row['fetch_time']:%Y%m%d%H%M%S}", row["url"])
        for row in rows.to_pylist()
        if row["article_id"] and row["warc_type"]
    ]
    assert {url for _, url in wanted} == set(newsroom.live)
    shown = opened.frame.evaluate(SHOW, [opened.collection, wanted])
    for (moment, url), page in zip(wanted, shown, strict=True):
        assert steady(page["text"]) == newsroom.live[url], url
        # That capture, not another one of the page: its moment is in the frame's address.
        assert f"/{moment}mp_/{url}" in page["at"]
        assert page["images"] and lost(page["images"]) == [], url
        assert "error" not in page["fonts"]
    assert {"loaded"} <= {status for page in shown for status in page["fonts"]}
    assert any(re.search(r"[؀-ۿ]", page["text"]) for page in shown)
    assert any("%D" in url for _, url in wanted)
    framed = next(
        frame for frame in opened.page.frames if frame.parent_frame == opened.page.main_frame
    )
    assert hosts_asked(opened) == {urlsplit(url).netloc for url in (opened.home, framed.url)}
    assert len(opened.requests) > 100


def test_every_article_looks_as_it_did_live(opened: Opened, newsroom: Replayable) -> None:
    rows = read_tables(newsroom.archive).articles(columns=["url", "fetch_time"]).to_pylist()
    assert len(rows) == len(newsroom.live) > 50
    for row in rows:
        moment = f"{row['fetch_time']:%Y%m%d%H%M%S}"
        opened.frame.evaluate(PUT, [opened.collection, moment, row["url"]])
        live = (newsroom.archive.root / picture_name(row["url"])).read_bytes()
        replayed = opened.page.screenshot()
        assert difference(live, replayed) <= MAX_DIFFERENCE, row["url"]
    opened.frame.evaluate("() => document.getElementById('put').remove()")


def test_every_capture_gives_its_bytes(opened: Opened, newsroom: Replayable) -> None:
    due = answers(newsroom)
    fetched = opened.frame.evaluate(FETCH, [opened.collection, list(due)])
    for place, (status, body) in zip(due, fetched, strict=True):
        assert (status, body.encode("latin-1")) in due[place], place


def test_nothing_that_makes_replay_hard_was_missing(newsroom: Replayable) -> None:
    answered = [record.http for record in records(newsroom).values()]
    sent = {(name.lower(), value.lower()) for http in answered for name, value in http.headers}
    assert {("transfer-encoding", "chunked"), ("content-encoding", "gzip")} <= sent
    profiles = {record.header("WARC-Profile") or "" for record in records(newsroom).values()}
    kinds = {profile.rpartition("/")[2] for profile in profiles}
    assert kinds == {"", "identical-payload-digest", "server-not-modified"}


def test_redirects_lead_to_their_target(opened: Opened, newsroom: Replayable) -> None:
    rows = read_tables(newsroom.archive).captures(
        columns=["url", "fetch_time", "fetch_status", "fetch_redirect"]
    )
    moved = [row for row in rows.to_pylist() if row["fetch_redirect"]]
    assert moved
    wanted = [(f"{row['fetch_time']:%Y%m%d%H%M%S}", row["url"]) for row in moved]
    shown = opened.frame.evaluate(SHOW, [opened.collection, wanted])
    for row, page in zip(moved, shown, strict=True):
        assert page["at"].endswith(f"mp_/{row['fetch_redirect']}")
        assert steady(page["text"]) == newsroom.live[row["fetch_redirect"]]


def test_the_viewer_finds_the_signature_right(opened: Opened) -> None:
    checked = {one["id"]: one["matched"] for one in opened.frame.evaluate(CHECKED)}
    assert checked["signature"] is True


def test_one_click_from_a_row(opened: Opened, newsroom: Replayable) -> None:
    rows = read_tables(newsroom.archive).articles(language="fa-AF")
    row = rows.slice(0, 1).to_pylist()[0]
    opened.page.goto(replay_link(row["url"], row["fetch_time"], opened.home))
    shown = (
        opened.page.frame_locator("iframe")
        .frame_locator("replay-web-page iframe")
        .frame_locator("iframe")
    )
    shown.locator("h1", has_text=row["title"]).first.wait_for(timeout=30_000)
    assert steady(shown.locator("body").inner_text()) == newsroom.live[row["url"]]


def test_no_request_left_the_archive(opened: Opened) -> None:
    """Looked at last: all that the tests above asked for, as far as this process ran them."""
    framed = next(
        frame for frame in opened.page.frames if frame.parent_frame == opened.page.main_frame
    )
    assert hosts_asked(opened) == {urlsplit(url).netloc for url in (opened.home, framed.url)}
    assert len(opened.requests) > 10
