"""A page in Chromium: it is given what we answer, and reaches nobody else, whatever it tries."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zancrawler.browser.browser import Browser
from zancrawler.browser.view import Answer, Asked, Bounds, Refused, View
from zancrawler.newsroom.picture import png

URL = "http://news.example/story"
HTML = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "seen=1"))

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def chromium() -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine")


async def nothing(asked: Asked) -> Answer | Refused:
    return Refused("not here")


def views(
    *pages: tuple[str, Callable[[Asked], Awaitable[Answer | Refused]], Bounds],
) -> list[View]:
    """What a browser makes of pages, one after another, each with its answerer and bounds."""

    async def look() -> list[View]:
        browser = Browser()
        try:
            return [
                await browser.view(URL, Answer(200, HTML, html.encode()), answerer, bounds)
                for html, answerer, bounds in pages
            ]
        finally:
            await browser.close()

    return asyncio.run(look())


def test_nothing_but_looking_needs_playwright() -> None:
    """It is an extra: a crawl, and the command line, do not even import it."""
    script = (
        "import sys, zancrawler.cli, zancrawler.runs.process, zancrawler.spiders.outlet\n"
        "sys.exit('playwright' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_view_as_records() -> None:
    """The bounds of what is named, and half a surrogate pair, which no UTF-8 has."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    view = View(URL, at, "Chromium/1", "a\ud800\u200cb", None, "image/png", 0, (), {"x": 2}, ())
    parts = {name: data for name, _, data in view.parts()}
    assert parts["text"] == "a?\u200cb".encode() and "view" not in parts
    assert b'"refused": {"x": 2}' in parts["pageinfo"]
    assert [name for name, _, _ in replace(view, text=None).parts()] == ["pageinfo"]


@slow
def test_a_page_reaches_nobody(chromium: None) -> None:
    """By address, since no name is even looked up: all that a browser can connect with."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        here, there = f"127.0.0.1:{tcp.getsockname()[1]}", f"127.0.0.1:{udp.getsockname()[1]}"
        hostile = f"""<!doctype html><link rel=preconnect href=http://{here}>
        <link rel=dns-prefetch href=//{here}><link rel=prefetch href=http://{here}/next>
        <iframe src=http://{here}/frame></iframe><img src=http://{here}/i.png><p>می‌گویند
        <script>
        const go = (what) => {{ try {{ what() }} catch (error) {{}} }};
        go(() => new WebSocket("ws://{here}/"));
        go(() => new EventSource("http://{here}/"));
        go(() => navigator.sendBeacon("http://{here}/", "x"));
        go(() => fetch("http://{here}/").catch(() => 0));
        go(() => fetch("/form", {{method: "POST", body: "x"}}).catch(() => 0));
        go(() => new Worker(URL.createObjectURL(new Blob(["new WebSocket('ws://{here}/');" +
            "fetch('http://{here}/w').catch(() => 0)"]))));
        go(() => navigator.serviceWorker.register("/sw.js").catch(() => 0));
        go(() => {{
          const servers = [{{urls: "stun:{there}"}},
            {{urls: "turn:{here}?transport=tcp", username: "a", credential: "b"}}];
          const call = new RTCPeerConnection({{iceServers: servers}});
          call.createDataChannel("x");
          call.createOffer().then((offer) => call.setLocalDescription(offer));
        }});
        go(() => new WebTransport("https://{there}/").ready.catch(() => 0));
        go(() => open("http://{here}/popup"));
        setTimeout(() => alert("stop"), 50);
        setTimeout(() => location.href = "http://{here}/away", 100);
        document.title = document.cookie || "no cookie";
        </script>"""
        (view,) = views((hostile, nothing, Bounds()))
        for waiting in (tcp, udp):
            waiting.settimeout(0.2)
        with pytest.raises(TimeoutError):
            tcp.accept()
        with pytest.raises(TimeoutError):
            udp.recv(1)
    assert view.text is not None and "می‌گویند" in view.text
    assert view.requests == () and view.screenshot is not None
    refused = view.refused
    assert refused["method"] == 2 and refused["stream"] >= 2 and refused["not here"] >= 2
    assert refused["frame or navigation"] >= 2 and refused["dialog"] == refused["popup"] == 1


@slow
def test_what_scripts_bring_and_every_bound(chromium: None) -> None:
    asked: list[Asked] = []

    async def answerer(each: Asked) -> Answer | Refused:
        asked.append(each)
        if each.url.endswith("/moved"):
            return Answer(302, (("Location", "/found.png"),), b"")
        if each.url.endswith(".png"):
            return Answer(200, (("Content-Type", "image/png"),), png(each.url))
        if each.url.endswith("/odd"):
            return Answer(999, (), b"")
        headers = (("Content-Type", "text/plain; charset=utf-8"), ("a b", "c"), ("d", "e\0\x01f"))
        return Answer(200, headers, "نمی‌دانم".encode())

    grown = """<body style='height:3000px'><script src=/odd></script>
    <img src=/moved><img loading=lazy src=/low.png style='position:absolute;top:2900px'>
    <script>addEventListener('scroll', () =>
    scrollY > 1500 && fetch('/more').then((a) => a.text()).then((t) => document.body.append(t)),
    {once: false, passive: true})</script>"""
    endless = "<script>setTimeout(() => { while (true) {} }, 50)</script>"
    many = "".join(f"<img src=/{n}.png>" for n in range(30))
    tall = "<p>" + "long " * 40 + "<div style='height:40000px'></div>"
    polling = "<script>setInterval(() => fetch('/now'), 30)</script><p>x"
    whole, hung, few, cut, late = views(
        (grown, answerer, Bounds()),
        (endless, answerer, Bounds()),
        (many, answerer, Bounds(requests=5)),
        (tall, answerer, Bounds(height=900, screenshot_bytes=50, text_bytes=30)),
        (polling + "<img src=/a.png><img src=/b.png>", answerer, Bounds(bytes=40, seconds=3)),
    )
    assert whole.problems == () and whole.text is not None and "نمی‌دانم" in whole.text
    brought = {noted.url.rpartition("/")[2]: noted for noted in whole.requests}
    assert {"odd", "moved", "found.png", "low.png", "more"} <= brought.keys()
    assert brought["low.png"].mime == "image/png" and brought["moved"].status == 302
    assert Asked("http://news.example/found.png", "image", "http://news.example/moved") in asked
    assert whole.screenshot is not None and whole.screenshot.startswith(b"\x89PNG")
    assert hung.problems == ("a script of it does not end",) and hung.screenshot is None
    assert len(few.requests) == 5 and few.refused["too many"] >= 25
    assert few.problems == ("it asked for more than 5 things",)
    assert cut.height == 900 and cut.screenshot is None
    assert cut.text is not None and len(cut.text.encode()) == 30
    assert len(cut.problems) == 3
    assert late.refused["too large"] >= 1
    assert "it asked for more than 40 bytes" in late.problems
