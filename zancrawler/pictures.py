"""The picture behind an image's URL: the file that was uploaded, in whatever size it is shown."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_GLOBAL_ID = re.compile(r"[0-9a-f]{6}_[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Names that a content system gives but once in the world: Wix's media id; a UUID, as Pangea's."""
_SIZE = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled)(?=\.\w{3,5}$)")
"""What WordPress adds to the name of a resized upload."""
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
