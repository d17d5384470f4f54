"""Walls: pages that a protection service or a failed render puts in the place of an article.

Every answer comes by here before anything has judged it, so that each search takes time in
proportion to the bytes: no pattern may run on to the end of the body from each place it tries.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from zancrawler.headers import Headers

HEAD = 200_000
"""Bytes of a body that are searched: challenge pages are small, and say so early."""
TITLE_WITHIN = 10_000
"""Bytes in which the title of a wall begins."""
SMALL = 60_000
"""Bytes below which a page may be nothing but a wall."""
MOST_WORDS = 250
"""Visible words of a wall. A story about walls has more."""


def blocked(status: int, headers: Headers, body: bytes) -> str | None:
    """The reason code of the wall that this answer is, or None. Cheap: bytes and headers only."""
    fields = {name.lower(): value.lower() for name, value in headers}
    head = body[:HEAD].lower()
    if "challenge" in fields.get("cf-mitigated", ""):
        return "cloudflare-challenge"
    for code, detect in _DETECTORS:
        if detect(status, fields, head) and len(_visible_words(head)) < MOST_WORDS:
            return code
    if status in (401, 403, 429, 451):
        return f"http-{status}"
    return None


def _cloudflare(status: int, fields: dict[str, str], head: bytes) -> bool:
    # The title first, since it is the quickest to rule out.
    is_titled = _title(head, rb"just a moment|attention required|please wait|checking your browser")
    return bool(is_titled) and any(
        sign in head
        for sign in (b"/cdn-cgi/challenge-platform/h/", b"cf-browser-verification", b"cf_chl_opt")
    )


def _akamai(status: int, fields: dict[str, str], head: bytes) -> bool:
    return len(head) < SMALL and (
        (bool(_title(head, rb"access denied")) and b"reference" in head and b"#" in head)
        or b"errors.edgesuite.net" in head
    )


def _sucuri(status: int, fields: dict[str, str], head: bytes) -> bool:
    return len(head) < SMALL and (
        b"sucuri website firewall" in head or b"sucuri_cloudproxy_js" in head
    )


def _datadome(status: int, fields: dict[str, str], head: bytes) -> bool:
    return len(head) < SMALL and (
        b"captcha-delivery.com" in head
        or ("datadome" in fields.get("x-datadome", "") and status == 403)
    )


def _captcha(status: int, fields: dict[str, str], head: bytes) -> bool:
    if len(head) > SMALL:
        return False
    if re.search(rb"""http-equiv=["']?refresh["']?[^>]{0,200}captcha""", head):
        return True
    return bool(
        _title(head, rb"captcha|robot (?:check|challenge)|human verification|are you human")
    )


def _consent(status: int, fields: dict[str, str], head: bytes) -> bool:
    return len(head) < SMALL * 3 and (
        b'action="https://consent.' in head
        or bool(_title(head, rb"before you continue|(?:cookie|privacy) (?:consent|settings)"))
    )


def _wix_error(status: int, fields: dict[str, str], head: bytes) -> bool:
    return b"wix" in head and (
        (b"error-pages" in head and b"wixerrorpagesapp" in head)
        or b"looks like this domain isn't connected to a website yet" in head
    )


def _javascript(status: int, fields: dict[str, str], head: bytes) -> bool:
    """A shell that holds nothing but the demand for scripts."""
    if len(head) > SMALL or b"javascript" not in head:
        return False
    words = _visible_words(head)
    return len(words) < 60 and bool(
        re.search(
            rb"(?:enable|turn on|requires?|need to)\s+(?:\w+\s+){0,3}javascript", b" ".join(words)
        )
    )


def _visible_words(head: bytes) -> list[bytes]:
    for opening, closing in _UNSEEN:
        head = _without(head, opening, closing)
    return _TAG.sub(b" ", head).split()


def _without(text: bytes, opening: re.Pattern[bytes], closing: bytes) -> bytes:
    """The text without all that stands between these tags; one that is never closed stays."""
    kept: list[bytes] = []
    at = 0
    while (opened := opening.search(text, at)) and (end := text.find(closing, opened.end())) >= 0:
        kept.append(text[at : opened.start()])
        at = end + len(closing)
    return b" ".join((*kept, text[at:]))


def _title(head: bytes, pattern: bytes) -> re.Match[bytes] | None:
    return re.search(rb"<title[^<>]*>[^<]{0,80}?(?:" + pattern + rb")", head[:TITLE_WITHIN])


_TAG = re.compile(rb"<[^<>]+>")
_UNSEEN = tuple(
    (re.compile(rb"<" + name + rb"\b"), b"</" + name + b">")
    for name in (b"script", b"style", b"svg", b"head")
)
_DETECTORS: tuple[tuple[str, Callable[[int, dict[str, str], bytes], bool]], ...] = (
    ("cloudflare-challenge", _cloudflare),
    ("datadome-challenge", _datadome),
    ("sucuri-firewall", _sucuri),
    ("akamai-denied", _akamai),
    ("captcha", _captcha),
    ("consent-page", _consent),
    ("wix-error", _wix_error),
    ("javascript-required", _javascript),
)
