"""The picture behind an image's URL: the file that was uploaded, in whatever size it is shown."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote, urlsplit

_GLOBAL_ID = re.compile(r"[0-9a-f]{6}_[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Names that a content system gives but once in the world: Wix's media id; a UUID, as Pangea's."""
_SIZE = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled)(?=\.\w{3,5}$)")
"""What WordPress adds to the name of a resized upload."""
_PROXY = re.compile(r"^(?:/cdn-cgi/image/[^/]*|/_next/image|/_vercel/image|/-/image)(?=/|$)")
"""Services that resize a picture whose own URL follows, in the path or as a parameter."""
_PHOTON = re.compile(r"i\d\.wp\.com")
_SIZES = frozenset(
    (
        *("w", "h", "q", "width", "height", "quality", "size", "resize", "fit", "crop", "dpr"),
        *("fm", "format", "auto", "ssl"),
    )
)
"""Query parameters that say how a picture is shown, never which."""
_MAX_LENGTH = 2_083


def picture_key(url: str) -> str | None:
    """The same for two URLs of one picture; None for what is no URL.

    A name that is unique in the world is the key by itself, so that a picture is known again at an
    outlet that reprints it. Any other name (`kabul.jpg`) means something on its own host only.
    """
    if len(url) > _MAX_LENGTH:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.netloc:
        return None
    path = unquote(parts.path).lower()
    if found := _GLOBAL_ID.search(path):
        return found[0]
    return parts.netloc.lower() + _SIZE.sub("", path)


def picture_mark(url: str) -> str:
    """By what a picture is known again where its URL is not kept: 32 hex digits.

    The same for all sizes in which sites and their image services show it. Unlike the key, which
    must not join two stories by chance, it minds the parameters of a URL that names no file.
    """
    return answer_mark(_shown(url, 3))


def answer_mark(url: str) -> str:
    """The same for what is no picture, of which every parameter counts."""
    return blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _shown(url: str, depth: int) -> str:
    """The key of the picture itself; a resizing service may stand before another, `depth` times."""
    key = picture_key(url)
    if key is None:
        return url
    parts = urlsplit(url)
    path = parts.path
    if _PHOTON.fullmatch(parts.netloc):
        path, inner = "", f"https:/{path}"
    elif service := _PROXY.match(path):
        named = dict(parse_qsl(parts.query)).get("url", "") or path[service.end() :]
        inner = _inner(named, f"{parts.scheme}://{parts.netloc}")
    else:
        inner = ""
    if inner and depth:
        return _shown(inner, depth - 1)
    if "." in path.rpartition("/")[2]:
        return key
    query = sorted(pair for pair in parse_qsl(parts.query) if pair[0].lower() not in _SIZES)
    return f"{key}?{query}" if query else key


def _inner(named: str, home: str) -> str:
    plain = named.lstrip("/")
    return plain if plain.startswith(("http://", "https://")) else f"{home}/{plain}"
