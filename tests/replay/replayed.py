"""The newsroom as it was captured, and as it was live."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from zancrawler.archive import Archive
from zancrawler.capture.reader import Record, read_records
from zancrawler.capture.warcfile import page_warcs

VIEWPORT = {"width": 1000, "height": 800}
PHOTOGRAPHED = 8
"""One of so many articles is photographed live, to be compared with its replay."""


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
