"""What a URL of an outlet is, and the one form in which it is known."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import (
    SplitResult,
    quote_plus,
    unquote,
    unquote_plus,
    unquote_to_bytes,
    urlsplit,
    urlunsplit,
)

from w3lib.url import safe_url_string

from zancrawler.outlets.model import FinalSlash, Outlet, UrlKind

MAX_URL_LENGTH = 2_083
"""Characters; the longest that common servers, caches and browsers take. Longer ones are traps."""
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_SLASHES = re.compile(r"/{2,}")


@cache
def _tracking() -> re.Pattern[str]:
    """Query parameters that tell the site where a reader came from, never which page."""
    return re.compile(
        r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|igsh|mc_[ce]id|_ga|_gl"
        r"|ref_src|ref_url|ncid|cmpid|wbraid|gbraid|oly_(?:anon|enc)_id|ocid|at_\w+|share|replytocom"
        r"|noamp|amp)",
        re.IGNORECASE,
    )


@cache
def _media() -> re.Pattern[str]:
    return re.compile(
        r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|mp[34]|m4[av]|webm|mov|avi|wav|og[gva]|m3u8|pdf"
        r"|docx?|xlsx?|pptx?|zip|rar|gz|7z|css|js|mjs|json|woff2?|ttf|eot)$",
        re.IGNORECASE,
    )


def host_of(url: str) -> str:
    """Lower case, with its port where that is not the scheme's own. Empty if there is none."""
    try:
        return _netloc(urlsplit(url))
    except ValueError:
        return ""


def _netloc(parts: SplitResult) -> str:
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    if port in (None, {"http": 80, "https": 443}.get(parts.scheme)):
        return host
    return f"{host}:{port}"


def canonical_url(url: str, outlet: Outlet) -> str:
    """The one form of a URL: same page, same string (RFC 3986 section 6, and the outlet's rules).

    On the outlet's own hosts: its home's scheme and host, no fragment, no tracking or repeater
    parameter, the rest sorted, no prefix that shows the same pages again, the final slash as the
    site itself has it, Persian letters percent-encoded. On other hosts only the general part of
    this. Idempotent. What is no URL at all is given back as it is.
    """
    try:
        parts = urlsplit(_normalized(url))
    except ValueError:
        return url
    scheme, netloc, path = parts.scheme, _netloc(parts), parts.path
    own = path if netloc in outlet.domains else _path_in_mirror(netloc + path, outlet.mirrors)
    ours = own is not None
    if own is not None:
        home = urlsplit(outlet.home)
        scheme, netloc = home.scheme, _netloc(home)
        path = _without_prefixes(own, outlet.urls.drop_prefixes)
        path = _with_final_slash(path, outlet.urls.final_slash)
        for rewrite in outlet.urls.rewrites:
            path = rewrite.search.sub(rewrite.replace, path)
    drop = (_tracking(), *(outlet.urls.drop_parameters if ours else ()))
    return urlunsplit((scheme, netloc, path or "/", _query(parts.query, drop), ""))


def _query(query: str, drop: tuple[re.Pattern[str], ...]) -> str:
    """The parameters sorted, without those of names to drop, and each byte as it was.

    They need not be UTF-8: old sites write windows-1256. One without `=` stays so.
    """
    kept = []
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not any(pattern.fullmatch(unquote_plus(name)) for pattern in drop):
            kept.append((_plain_bytes(name), _plain_bytes(value), equals))
    return "&".join(
        quote_plus(name) + equals + quote_plus(value) for name, value, equals in sorted(kept)
    )


def _plain_bytes(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4: `.` and `..` resolved."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1] if len(kept) > 1 else kept
        elif segment != ".":
            kept.append(segment)
    resolved = "/".join(kept)
    return resolved + "/" if path.endswith(("/.", "/..")) else resolved


def _normalized(url: str) -> str:
    """RFC 3986 section 6.2.2: escapes in upper case, none for unreserved characters, no dots.

    A reserved character and its escape stay apart: `/news/a%3Ab` is not `/news/a:b`. Empty steps
    (`//`) go: common servers skip them, and a path that begins with one would pass for a host.
    """
    safe = safe_url_string(url.strip())
    decoded = _ESCAPE.sub(lambda escape: _plain_escape(escape[0]), safe)
    parts = urlsplit(decoded)
    path = _without_dots(_SLASHES.sub("/", parts.path)) or "/"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _plain_escape(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    unreserved = character.isascii() and (character.isalnum() or character in "-._~")
    return character if unreserved else escape.upper()


def _path_in_mirror(place: str, mirrors: tuple[str, ...]) -> str | None:
    """The origin's path for a host and path that one of the mirrors shows; None: none does."""
    mirror = next((m for m in mirrors if place == m or place.startswith(m + "/")), None)
    return place.removeprefix(mirror) if mirror else None


def is_mirrored(url: str, outlet: Outlet) -> bool:
    """Whether the URL is one of somebody's copy of the outlet."""
    if not host_of(url):
        return False
    parts = urlsplit(url)
    return _path_in_mirror(_netloc(parts) + parts.path, outlet.mirrors) is not None


def _without_prefixes(path: str, prefixes: tuple[str, ...]) -> str:
    """Taken off until none is left, so that the result has one form however often they stand."""
    while prefix := next((p for p in prefixes if path == p or path.startswith(p + "/")), None):
        path = path[len(prefix) :] or "/"
    return path


def _with_final_slash(path: str, rule: FinalSlash) -> str:
    if rule is FinalSlash.STRIP:
        return path.rstrip("/") or "/"
    if rule is FinalSlash.ADD and "." not in path.rpartition("/")[2]:
        return path.rstrip("/") + "/"
    return path


def readable_path(url: str) -> str:
    """Path and query as the outlet's patterns see them: percent-decoded, without final slash."""
    parts = urlsplit(url)
    path = unquote(parts.path).rstrip("/") or "/"
    return path + (f"?{unquote(parts.query)}" if parts.query else "")


def url_kind(url: str, outlet: Outlet) -> UrlKind:
    """What the URL alone says of the page. Never raises: a broken URL is `skip`.

    A mirror's URL is what the origin's would be: it names a page of the outlet.
    """
    if len(url) > MAX_URL_LENGTH:
        return UrlKind.SKIP
    canonical = canonical_url(url, outlet)
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return UrlKind.SKIP
    if parts.scheme not in ("http", "https") or _netloc(parts) not in outlet.domains:
        return UrlKind.FOREIGN
    if parts.path == "/robots.txt":
        return UrlKind.OTHER
    if _media().search(parts.path):
        return UrlKind.MEDIA
    path, rules = readable_path(canonical), outlet.urls
    for kind, patterns in (
        (UrlKind.SKIP, rules.skip),
        (UrlKind.LISTING, rules.listing),
        (UrlKind.MEDIA, rules.media),
        (UrlKind.OTHER, rules.other),
    ):
        if any(pattern.search(path) for pattern in patterns):
            return kind
    if outlet.rules_for(path):
        return UrlKind.ARTICLE
    return UrlKind.OTHER


def story_id(url: str, outlet: Outlet) -> str | None:
    """The site's own number of the story, where its URLs carry one."""
    pattern = outlet.urls.story_id
    found = pattern.search(readable_path(canonical_url(url, outlet))) if pattern else None
    return found.group(1) if found else None
