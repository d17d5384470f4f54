"""The newsroom as it was captured, and as it was live."""

from __future__ import annotations

import hashlib
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from zancrawler.archive import Archive
from zancrawler.capture.reader import Record, read_records
from zancrawler.capture.warcfile import page_warcs

VIEWPORT = {"width": 1000, "height": 800}
FAINT = 24
"""Of 255: below this a pixel's difference is one of rounding."""
IMAGES = """async (all) => {
  await Promise.all(all.map((image) => {
    // Out of sight, a lazy picture would never be loaded.
    image.loading = "eager";
    return image.decode().catch(() => {});
  }));
  return all.map((image) => [image.src, image.complete && image.naturalWidth > 0]);
}"""


@dataclass(frozen=True)
class Replayable:
    archive: Archive
    package: Path
    live: dict[str, str]
    """The steady text that a browser showed at the articles' URLs while the newsroom was served."""


def steady(text: str) -> str:
    """A page's text without the count of its readers, which goes up with every look."""
    return re.sub(r"^\d+$", "#", text, flags=re.MULTILINE)


def picture_name(url: str) -> str:
    return f"live-{hashlib.sha256(url.encode()).hexdigest()[:16]}.png"


def lost(images: list[tuple[str, bool]]) -> list[str]:
    """The pictures that are not there, by their own URLs; the pixel that counts readers may be
    nowhere, and is not asked for."""
    original = (
        re.sub(r"^.*?/\d+(im|mp|oe)_/", "", url) for url, is_loaded in images if not is_loaded
    )
    return [url for url in original if "/count.gif?" not in url]


def difference(one: bytes, other: bytes) -> float:
    """The part of the pixels that differ."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other)]
    assert pictures[0].size == pictures[1].size
    grey = ImageChops.difference(*pictures).convert("L")
    differing = sum(grey.histogram()[FAINT:])
    return differing / (grey.width * grey.height)


def records(newsroom: Replayable) -> dict[str, Record]:
    """The responses and revisits of its package, by record id."""
    return {
        record.record_id: record
        for outlet in ("newsroom-wix", "newsroom-wp")
        for warc in page_warcs(newsroom.archive, outlet)
        for record in read_records(warc)
        if record.type in ("response", "revisit")
    }


def answers(newsroom: Replayable) -> dict[tuple[str, str], list[tuple[int, bytes]]]:
    """Status and body, codings taken off, that were answered at a moment for a URL.

    A revisit's are its original's. Redirects are left out: a browser goes on from them.
    """
    known = records(newsroom)
    found: dict[tuple[str, str], list[tuple[int, bytes]]] = defaultdict(list)
    for record in known.values():
        http = known[record.header("WARC-Refers-To") or record.record_id].http
        if http.status is not None and not 300 <= http.status < 400:
            place = (f"{record.date:%Y%m%d%H%M%S}", record.target_uri or "")
            found[place].append((http.status, http.body))
    return found
