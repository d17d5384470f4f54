"""Looking at captures in ReplayWeb.page as a reader would: what a page says, shows and lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from itertools import islice
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Frame, Page

from zancrawler.archive import ArchiveError

from .chromium import chromium
from .package import Opened
from .server import serving
from .viewer import Viewer

PAGE_SECONDS = 20
"""After which a page is given up."""
OPEN_SECONDS = 120
"""In which the viewer reads a package's index."""
MAX_NAMED = 200
"""URLs named of one page, so that no page makes a report without end."""
MAX_IMAGES = 2_000
"""Looked at on one page."""
_LOOK = (resources.files("zancrawler.replay") / "look.js").read_text("utf-8")
_COLLECTION = re.compile(r"/replay/w/api/c/(id-[0-9a-f]+)/")
_REPLAYED = re.compile(r"/replay/w/[^/]+/(?::[^/]+/)?\d+[a-z]{2}_/(https?:.+)", re.DOTALL)


_IMAGES = f"""(all) => all.slice(0, {MAX_IMAGES}).map((one) => {{
  const url = one.currentSrc || one.src;
  return [url.startsWith("data:") ? "" : url.slice(0, 4000), one.naturalWidth > 0];
}})"""


@dataclass(frozen=True, slots=True)
class Picture:
    """An `img` of a page."""

    url: str
    """Empty where it has none, or holds its own bytes."""
    is_loaded: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one capture looked like."""

    text: str
    """As a reader sees it (`innerText`); empty where the page did not replay."""
    images: tuple[Picture, ...]
    missing: tuple[str, ...]
    """What the page asked for and the package does not hold, or holds as an error."""
    escaped: tuple[str, ...]
    """What it asked of other hosts; all was blocked."""
    problem: str | None
    """Why it did not replay."""


class Looking:
    """A viewer that is open in a browser."""

    def __init__(self, home: str, context: BrowserContext) -> None:
        self._home = home
        self._context = context
        self._page: Page | None = None
        self._collection = ""
        self._origins: tuple[str, ...] = ()
        self._requested: list[str] = []
        self._answered: dict[str, int] = {}
        context.on("request", lambda request: self._requested.append(request.url))
        context.on("response", lambda answer: self._note(answer.url, answer.status))

    def look(self, url: str, moment: datetime) -> Look:
        """At the capture of a URL at that moment. Raises ArchiveError when the viewer fails."""
        frame = self._viewer()
        self._requested.clear()
        self._answered.clear()
        stamp = f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"
        asked = [self._collection, stamp, url, PAGE_SECONDS * 1000]
        text, images = "", []
        try:
            problem: str | None = frame.evaluate(_LOOK, asked)
            if problem is None and self._answered.get(url, 404) >= 400:
                problem = "the package does not hold it"
            if problem is None:
                shown = next(child for child in frame.child_frames if child.name == "looked-at")
                text = shown.inner_text("body", timeout=PAGE_SECONDS * 1000)
                images = shown.locator("img").evaluate_all(_IMAGES)
            frame.evaluate("() => document.querySelector('[name=looked-at]')?.remove()")
        except (Error, StopIteration) as error:
            # A page may end itself, or its window: the next one gets a new viewer.
            problem = f"the browser could not show it ({str(error).splitlines()[0]})"
            self._close()
        pictures = tuple(Picture(_original(source), is_loaded) for source, is_loaded in images)
        missing = [name for name, status in self._answered.items() if status >= 400]
        escaped = filter(self._is_away, self._requested)
        return Look(text, pictures, _few(missing), _few(escaped), problem)

    def _viewer(self) -> Frame:
        """ReplayWeb.page's own frame, from where its service worker answers."""
        if self._page is None:
            self._page = self._context.new_page()
            try:
                with self._page.expect_request(_COLLECTION, timeout=OPEN_SECONDS * 1000) as found:
                    self._page.goto(self._home)
            except Error as error:
                raise ArchiveError(
                    f"the viewer did not open in {OPEN_SECONDS} seconds; is the package sound? "
                    "`zancrawler verify FILE.wacz` tells"
                ) from error
            collection = _COLLECTION.search(found.value.url)
            assert collection
            self._collection = collection[1]
            self._origins = tuple({_origin(frame.url) for frame in self._page.frames} - {""})
        return next(frame for frame in self._page.frames if "/replay/?" in frame.url)

    def _close(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None

    def _note(self, url: str, status: int) -> None:
        if (found := _REPLAYED.search(url)) and not 300 <= status < 400:
            self._answered[found[1]] = status

    def _is_away(self, url: str) -> bool:
        return bool(_origin(url)) and not url.startswith(self._origins)


@contextmanager
def looking(viewer: Viewer, package: Callable[[], Opened]) -> Iterator[Looking]:
    """Raises ArchiveError, and NoBrowserError where there is no browser."""
    with chromium() as browser, serving(viewer, package, 0) as home:
        yield Looking(home, browser.new_context())


def _original(source: str) -> str:
    """The URL that a page names, from where the viewer gives it."""
    found = _REPLAYED.search(source)
    return found[1] if found else source


def _origin(url: str) -> str:
    """With a slash at its end; empty for what goes to no host, as `data:` and `blob:`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _few(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(urls), MAX_NAMED))
