"""What a browser made of a page, and what may be asked of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from zancrawler.headers import media_type

WIDTH, HEIGHT = 1_280, 800
"""CSS pixels of the window: those of a common laptop."""
MAX_NAMED = 300
"""Requests named in `urn:pageinfo:`, so that no page makes a record without end."""
MAX_URL = 2_048


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one page may take."""

    seconds: float = 600.0
    """Sixty requests, five seconds apart, take half of it."""
    requests: int = 60
    bytes: int = 64 << 20
    """Of all answers together."""
    height: int = 16_000
    """CSS pixels that are scrolled through and photographed: Chromium draws no more than 16,384."""
    screenshot_bytes: int = 8 << 20
    text_bytes: int = 2 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's browser asks for."""

    url: str
    """Without fragment."""
    kind: str
    """DevTools' resource type in lower case: `image`, `script`, `xhr`, ..."""
    moved_from: str | None = None
    """The URL whose redirect led here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser is given; `body` with its codings taken off."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def mime(self) -> str:
        return media_type(self.headers)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the browser is given nothing, in a few words."""

    reason: str


Answerer = Callable[[Asked], Awaitable[Answer | Refused]]


@dataclass(frozen=True, slots=True)
class Noted:
    """A request of the page, and what became of it."""

    url: str
    kind: str
    status: int
    """0: it was refused."""
    mime: str


@dataclass(frozen=True, slots=True)
class View:
    """How a page looked, what it said, what it asked for."""

    url: str
    at: datetime
    """Aware, UTC: when it was photographed."""
    software: str
    text: str | None
    """As a reader sees it (`innerText`); None where the page did not let it be read."""
    screenshot: bytes | None
    screenshot_type: str
    height: int
    """CSS pixels of the page, as far as they were photographed."""
    requests: tuple[Noted, ...]
    refused: Mapping[str, int]
    """How many requests, by the reason."""
    problems: tuple[str, ...]
    """Bounds that were reached, and what did not work."""

    def parts(self) -> Iterator[tuple[str, str, bytes]]:
        """Name, media type and bytes of each record that keeps it, as Browsertrix names them."""
        if self.screenshot is not None:
            yield "view", self.screenshot_type, self.screenshot
        if self.text is not None:
            yield "text", "text/plain; charset=utf-8", _utf8(self.text)
        yield "pageinfo", "application/json", _utf8(json.dumps(self._info(), ensure_ascii=False))

    def _info(self) -> dict[str, object]:
        return {
            "url": self.url,
            "ts": self.at.isoformat().replace("+00:00", "Z"),
            "software": self.software,
            "viewport": f"{WIDTH}x{HEIGHT}",
            "height": self.height,
            "urls": {
                noted.url[:MAX_URL]: {
                    "status": noted.status,
                    "mime": noted.mime,
                    "type": noted.kind,
                }
                for noted in self.requests[:MAX_NAMED]
            },
            "refused": dict(self.refused),
            "problems": list(self.problems),
        }


def _utf8(text: str) -> bytes:
    """A page may hold half of a surrogate pair, which is no character."""
    return text.encode("utf-8", "replace")
