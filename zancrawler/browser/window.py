"""One page in a window of its own: every request of it is stopped and answered from here.

Chromium's DevTools stop a request before it leaves (`Fetch.requestPaused`), each hop of a redirect
and those of workers included. What they do not stop (WebSockets, WebRTC) finds no host.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urldefrag

from .view import HEIGHT, WIDTH, Answer, Answerer, Asked, Bounds, Noted, Refused, View

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

QUIET = 0.6
"""Seconds without a request, after which a page has what it wanted for now."""
PATIENCE = 10.0
"""Seconds for the page's process to do one thing. A script that never ends keeps it from that."""
_POLL = 0.05
_NEVER = {
    # Sound and film are large, and no part of what is read; streams do not end.
    "media": "media",
    "texttrack": "media",
    "eventsource": "stream",
    "websocket": "stream",
    "ping": "ping",
    "cspviolationreport": "ping",
    "preflight": "preflight",
    "prefetch": "prefetch",
}
# What belongs to the connection, to a visitor, or to a coding that is off already.
_KEPT_BACK = (
    *("connection", "content-encoding", "content-length", "keep-alive", "refresh"),
    *("set-cookie", "set-cookie2", "strict-transport-security", "transfer-encoding"),
)
_FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")
"""RFC 9110, 5.5. Servers send others too, for which Chromium would not take the whole answer."""
_JPEG = {"format": "jpeg", "quality": 60}
_T = TypeVar("_T")


class Window:
    """Used for one page only."""

    def __init__(
        self,
        page: Page,
        devtools: CDPSession,
        answerer: Answerer,
        bounds: Bounds,
        is_over: Callable[[], bool],
    ) -> None:
        self._page = page
        self._devtools = devtools
        self._answerer = answerer
        self._bounds = bounds
        self._is_over = is_over
        self._requests: list[Noted] = []
        self._refused: Counter[str] = Counter()
        self._problems: dict[str, None] = {}
        self._urls: dict[str, str] = {}
        """By the id under which a request is stopped, for the redirects that it leads to."""
        self._asked = 0
        self._bytes = 0
        self._under_way = 0
        self._last = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._first: Answer | None = None
        self._world = 0
        self._is_closed = False

    async def look(self, url: str, answer: Answer, software: str) -> View:
        """Opens the page, whose own answer is known, and goes through it. Raises nothing of its."""
        from playwright.async_api import Error

        self._first = answer
        text, screenshot, kind, height = None, None, "image/png", 0
        try:
            try:
                async with asyncio.timeout(self._bounds.seconds) as patience:
                    await self._open(url)
                    await self._scroll()
            except TimeoutError:
                if not patience.expired():
                    raise
                self._problems[f"it took more than {self._bounds.seconds:g} seconds"] = None
            # What it asks for from now on would be in no picture.
            self._is_closed = True
            text = await self._text()
            screenshot, kind, height = await self._photograph()
        except TimeoutError:
            self._problems["a script of it does not end"] = None
        except Error as error:
            self._problems[f"the browser: {_line(error)}"] = None
        return View(
            url=url,
            at=datetime.now(UTC),
            software=software,
            text=text,
            screenshot=screenshot,
            screenshot_type=kind,
            height=height,
            requests=tuple(self._requests),
            refused=dict(self._refused),
            problems=tuple(self._problems),
        )

    async def _open(self, url: str) -> None:
        page, devtools = self._page, self._devtools
        page.on("dialog", lambda dialog: self._do(dialog.dismiss(), "dialog"))
        page.on("popup", lambda popup: self._do(popup.close(), "popup"))
        page.on("download", lambda download: self._do(download.cancel(), "download"))
        page.on("websocket", lambda _: self._refused.update(["stream"]))
        devtools.on("Fetch.requestPaused", lambda event: self._start(self._paused(event)))
        await devtools.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        await page.goto(url, wait_until="commit", timeout=PATIENCE * 1000)
        tree = await self._within(devtools.send("Page.getFrameTree"))
        # Where the page's scripts cannot have put anything of theirs in the place of innerText.
        world = await self._within(
            devtools.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
        )
        self._world = world["executionContextId"]

    async def _scroll(self) -> None:
        """A window's height at a time, as long as the page grows, and back to its top."""
        place = 0
        while not self._is_over():
            await self._settle()
            script = f"scrollTo(0, {place}); document.documentElement.scrollHeight"
            tall = int(await self._evaluate(script) or 0)
            if tall > self._bounds.height:
                self._problems[f"only {self._bounds.height} pixels of it were looked at"] = None
            place += HEIGHT
            if place >= min(tall, self._bounds.height):
                break
        await self._settle()
        await self._evaluate("scrollTo(0, 0)")
        await self._settle()

    async def _settle(self) -> None:
        self._last = time.monotonic()
        while not self._is_over() and (self._under_way or time.monotonic() - self._last < QUIET):
            await asyncio.sleep(_POLL)

    async def _text(self) -> str | None:
        most = self._bounds.text_bytes
        text = await self._evaluate(
            f"(document.body ? document.body.innerText : '').slice(0, {most + 1})"
        )
        if not isinstance(text, str):
            return None
        data = text.encode("utf-8", "replace")
        if len(data) > most:
            self._problems[f"only {most} bytes of its text are kept"] = None
            text = data[:most].decode("utf-8", "ignore")
        return text

    async def _photograph(self) -> tuple[bytes | None, str, int]:
        """The picture, its media type, and how many pixels of the page are on it."""
        metrics = await self._within(self._devtools.send("Page.getLayoutMetrics"))
        height = min(max(int(metrics["cssContentSize"]["height"]), 1), self._bounds.height)
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        for kind, form in (("image/png", {"format": "png"}), ("image/jpeg", _JPEG)):
            asked = {**form, "captureBeyondViewport": True, "clip": clip}
            taken = await self._within(self._devtools.send("Page.captureScreenshot", asked))
            picture = base64.b64decode(taken["data"])
            if len(picture) <= self._bounds.screenshot_bytes:
                return picture, kind, height
        self._problems["its picture is too large to be kept"] = None
        return None, kind, height

    async def _evaluate(self, script: str) -> Any:
        asked = {"expression": script, "contextId": self._world, "returnByValue": True}
        found = await self._within(self._devtools.send("Runtime.evaluate", asked))
        return found["result"].get("value")

    @staticmethod
    async def _within(doing: Awaitable[_T]) -> _T:
        """Raises TimeoutError."""
        return await asyncio.wait_for(doing, PATIENCE)

    def _do(self, doing: Awaitable[None], refused: str) -> None:
        self._refused[refused] += 1

        async def done() -> None:
            await doing

        self._start(done())

    def _start(self, doing: Any) -> None:
        task = asyncio.ensure_future(_quietly(doing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _paused(self, event: dict[str, Any]) -> None:
        """Answers a request that was stopped."""
        self._under_way += 1
        request = event["request"]
        url, kind = urldefrag(request["url"]).url, event["resourceType"].lower()
        self._urls[event["requestId"]] = url
        asked = Asked(url, kind, self._urls.get(event.get("redirectedRequestId", "")))
        try:
            if request["method"] != "GET":
                answer: Answer | Refused = Refused("method")
            else:
                answer = await self._answer(asked)
            self._note(asked, answer)
            if isinstance(answer, Answer) and 200 <= answer.status < 600:
                await self._devtools.send("Fetch.fulfillRequest", _fulfilled(event, answer))
                # What is refused at once, a page may ask for without end.
                self._last = time.monotonic()
            else:
                # An aborted navigation leaves the page as it stands.
                reason = "Aborted" if kind == "document" else "BlockedByClient"
                failed = {"requestId": event["requestId"], "errorReason": reason}
                await self._devtools.send("Fetch.failRequest", failed)
        finally:
            self._under_way -= 1

    async def _answer(self, asked: Asked) -> Answer | Refused:
        if asked.kind == "document":
            first, self._first = self._first, None
            # The page itself is the first that is asked for; then come frames, and ways out.
            return first or Refused("frame or navigation")
        if self._is_closed or self._is_over():
            return Refused("too late")
        if reason := _NEVER.get(asked.kind):
            return Refused(reason)
        if not asked.url.startswith(("http:", "https:")):
            return Refused("scheme")
        if self._asked >= self._bounds.requests:
            self._problems[f"it asked for more than {self._bounds.requests} things"] = None
            return Refused("too many")
        if self._bytes >= self._bounds.bytes:
            self._problems[f"it asked for more than {self._bounds.bytes} bytes"] = None
            return Refused("too large")
        self._asked += 1
        answer = await self._answerer(asked)
        if isinstance(answer, Answer):
            self._bytes += len(answer.body)
        return answer

    def _note(self, asked: Asked, answer: Answer | Refused) -> None:
        if isinstance(answer, Refused):
            self._refused[answer.reason] += 1
        elif asked.kind != "document":
            self._requests.append(Noted(asked.url, asked.kind, answer.status, answer.mime))


def _fulfilled(event: dict[str, Any], answer: Answer) -> dict[str, Any]:
    headers = [
        {"name": name, "value": value}
        for name, value in answer.headers
        if _FIELD.fullmatch(f"{name}:{value}") and name.lower() not in _KEPT_BACK
    ]
    return {
        "requestId": event["requestId"],
        "responseCode": answer.status,
        "responseHeaders": headers,
        "body": base64.b64encode(answer.body).decode("ascii"),
    }


async def _quietly(doing: Awaitable[None]) -> None:
    """The window may be gone by the time that it is answered."""
    from playwright.async_api import Error

    with suppress(Error):
        await doing


def _line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
