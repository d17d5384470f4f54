"""Verifying by looking: a sample of articles, replayed and compared with their rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.archive import Archive
from zancrawler.browser.chromium import require_playwright
from zancrawler.capture.reader import read_record
from zancrawler.decisions import Decisions
from zancrawler.discovery.requisites import left_out
from zancrawler.exports.hidden import Hidden
from zancrawler.exports.pictures import rows
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.ledger import Ledger, State
from zancrawler.outlets import Catalogue
from zancrawler.replay.package import Shelf
from zancrawler.replay.viewer import Viewer
from zancrawler.runs.provenance import outlet_of
from zancrawler.spiders.requisites import Shown
from zancrawler.tables import Access
from zancrawler.tables.read import open as read_tables


class Why(StrEnum):
    """Why a page lacks something."""

    LOST = "lost"
    """The archive holds it, and it did not replay: the only one that is a fault."""
    ERROR = "error"
    """Its host answered with an error, and so does the replay."""
    LEFT_OUT = "left-out"
    """On purpose: it counts readers, is an agency's picture, or the outlet's file leaves it out."""
    DISALLOWED = "disallowed"
    """By its host's robots.txt."""
    WAITING = "waiting"
    """It is known to be needed; a later run asks for it."""
    NEVER_CAPTURED = "never-captured"
    """Nothing in the page's bytes names it, or there were too many: scripts ask for such."""


_BY_STATE: Mapping[State | None, Why] = MappingProxyType(
    {State.DISALLOWED: Why.DISALLOWED, State.ADVERTISED: Why.WAITING}
)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a page asked for and did not get."""

    url: str
    why: Why


@dataclass(frozen=True, slots=True)
class ReplayedPage:
    """How one article replays."""

    url: str
    fetch_time: str
    """ISO 8601, in UTC."""
    replays: bool
    """It is shown, with every paragraph of its row, and lacks nothing that the archive holds."""
    problem: str | None
    """The first reason why it does not."""
    paragraphs: int
    paragraphs_shown: int
    images: int
    """Without those that are left out on purpose."""
    images_loaded: int
    lacks: tuple[Lack, ...]
    escaped: tuple[str, ...]
    """Requests to other hosts, which were blocked."""


def replay_sample(
    archive: Archive, catalogue: Catalogue, chosen: Collection[str] | None, size: int
) -> Iterator[ReplayedPage]:
    """The same articles as long as there are no others: those whose ids' digests come first.

    Withdrawn and held articles are never among them, and not in what is replayed. The archive, or
    the chosen outlets of it, is packed first. Raises NoBrowserError, NoViewerError, ArchiveError.
    """
    require_playwright()
    from zancrawler.replay.looking import looking

    viewer = Viewer.installed()
    names = tuple(chosen or ())
    sample = _sample(archive, names, size)
    if not sample:
        return
    shelf = Shelf(
        archive,
        pack=lambda path: export_wacz(archive, Asked(outlets=names), path),
        hidden=lambda: Hidden.of(archive),
    )
    with looking(viewer, shelf.current) as open_viewer:
        for row in sample:
            look = open_viewer.look(row["url"], row["fetch_time"])
            paragraphs = [_folded(part) for part in (row["text"] or "").split("\n\n")]
            shown = _folded(look.text)
            found = sum(part in shown for part in paragraphs)
            lacks = _lacks(archive, catalogue, row, look.missing)
            lost = sum(lack.why is Why.LOST for lack in lacks)
            problem = look.problem
            if problem is None and found < len(paragraphs):
                problem = f"{len(paragraphs) - found} of {len(paragraphs)} paragraphs are not shown"
            if problem is None and lost:
                problem = f"{lost} captured requisites did not replay"
            unwanted = {lack.url for lack in lacks if lack.why is Why.LEFT_OUT}
            images = [image for image in look.images if image.url not in unwanted]
            yield ReplayedPage(
                url=row["url"],
                fetch_time=row["fetch_time"].isoformat().replace("+00:00", "Z"),
                replays=problem is None,
                problem=problem,
                paragraphs=len(paragraphs),
                paragraphs_shown=found,
                images=len(images),
                images_loaded=sum(image.is_loaded for image in images),
                lacks=lacks,
                escaped=look.escaped,
            )


def _sample(archive: Archive, outlets: tuple[str, ...], size: int) -> list[dict[str, Any]]:
    decisions = Decisions.read(archive)
    columns = ["article_id", "url", "fetch_time", "text", "access", "outlet"]
    columns += ["warc_filename", "warc_record_offset"]
    articles = read_tables(archive).articles(outlet=outlets or None, columns=columns)
    visible = (
        row
        for row in articles.to_pylist()
        if row["access"] == Access.OPEN and not decisions.is_withdrawn(row["article_id"])
    )
    return sorted(visible, key=lambda row: hashlib.sha256(row["article_id"].encode()).digest())[
        :size
    ]


def _lacks(
    archive: Archive, catalogue: Catalogue, row: dict[str, Any], missing: tuple[str, ...]
) -> tuple[Lack, ...]:
    if not missing:
        return ()
    outlet = outlet_of(archive, row["outlet"], catalogue)
    http = read_record(archive.root / row["warc_filename"], row["warc_record_offset"]).http
    page = Shown(row["url"], "", http.status or 0, http.headers, http.body)
    unwanted = left_out(missing, page.body, page.url, outlet, page.charset)
    held, failed = _answered(archive, row["outlet"], missing)
    states = _states(archive, row["outlet"], missing)

    def why(url: str) -> Why:
        if url in failed:
            return Why.ERROR
        if url in held:
            return Why.LOST
        if url in unwanted:
            return Why.LEFT_OUT
        return _BY_STATE.get(states.get(url), Why.NEVER_CAPTURED)

    return tuple(Lack(url, why(url)) for url in missing)


def _answered(archive: Archive, outlet: str, urls: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Those of which the archive holds a good answer, and those of which it holds an error."""
    asked = (pc.field("outlet") == outlet) & pc.field("url").isin(pa.array(urls))
    held: set[str] = set()
    failed: set[str] = set()
    for answer in rows(archive, "captures", ("url", "fetch_status", "warc_type"), asked):
        if answer["warc_type"] and answer["fetch_status"]:
            (failed if answer["fetch_status"] >= 400 else held).add(answer["url"])
    return held, failed


def _states(archive: Archive, outlet: str, urls: tuple[str, ...]) -> dict[str, State]:
    """What the ledger has of them."""
    path = archive.ledger(outlet)
    if not path.exists():
        return {}
    with Ledger.to_read(path) as ledger:
        return {url: entry.state for url in urls if (entry := ledger.get(url))}


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
