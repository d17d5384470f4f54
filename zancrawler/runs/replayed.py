"""Verifying by looking: a sample of articles, replayed and compared with their rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from zancrawler.archive import Archive
from zancrawler.decisions import Decisions
from zancrawler.exports.hidden import Hidden
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.replay.chromium import require_playwright
from zancrawler.replay.package import Shelf
from zancrawler.replay.viewer import Viewer
from zancrawler.tables import Access
from zancrawler.tables.read import open as read_tables


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
    images_loaded: int
    missing: tuple[str, ...]
    """URLs that the page asked for and that were never captured: reported, and no fault."""
    lost: tuple[str, ...]
    """URLs that the archive says it captured, and that did not replay."""
    escaped: tuple[str, ...]
    """Requests to other hosts, which were blocked."""


def replay_sample(
    archive: Archive, chosen: Collection[str] | None, size: int
) -> Iterator[ReplayedPage]:
    """The same articles as long as there are no others: those whose ids' digests come first.

    Withdrawn and held articles are never among them, and not in what is replayed. The archive, or
    the chosen outlets of it, is packed first. Raises NoBrowserError, NoViewerError, ArchiveError.
    """
    require_playwright()
    from zancrawler.replay.looking import looking

    viewer = Viewer.installed()
    names = tuple(chosen or ())
    rows = _sample(archive, names, size)
    if not rows:
        return
    shelf = Shelf(
        archive,
        pack=lambda path: export_wacz(archive, Asked(outlets=names), path),
        hidden=lambda: Hidden.of(archive),
    )
    held = _held(archive, names)
    with looking(viewer, shelf.current) as open_viewer:
        for row in rows:
            look = open_viewer.look(row["url"], row["fetch_time"])
            paragraphs = [_folded(part) for part in (row["text"] or "").split("\n\n")]
            shown = _folded(look.text)
            found = sum(part in shown for part in paragraphs)
            lost = tuple(url for url in look.missing if url in held)
            problem = look.problem
            if problem is None and found < len(paragraphs):
                problem = f"{len(paragraphs) - found} of {len(paragraphs)} paragraphs are not shown"
            if problem is None and lost:
                problem = f"{len(lost)} captured requisites did not replay"
            yield ReplayedPage(
                url=row["url"],
                fetch_time=row["fetch_time"].isoformat().replace("+00:00", "Z"),
                replays=problem is None,
                problem=problem,
                paragraphs=len(paragraphs),
                paragraphs_shown=found,
                images=look.images,
                images_loaded=look.images_loaded,
                missing=tuple(url for url in look.missing if url not in held),
                lost=lost,
                escaped=look.escaped,
            )


def _sample(archive: Archive, outlets: tuple[str, ...], size: int) -> list[dict[str, Any]]:
    decisions = Decisions.read(archive)
    columns = ["article_id", "url", "fetch_time", "text", "access"]
    rows = read_tables(archive).articles(outlet=outlets or None, columns=columns).to_pylist()
    visible = (
        row
        for row in rows
        if row["access"] == Access.OPEN and not decisions.is_withdrawn(row["article_id"])
    )
    return sorted(visible, key=lambda row: hashlib.sha256(row["article_id"].encode()).digest())[
        :size
    ]


def _held(archive: Archive, outlets: tuple[str, ...]) -> set[str]:
    """URLs of which the archive holds a good answer."""
    rows = read_tables(archive).captures(
        outlet=outlets or None, columns=["url", "fetch_status", "warc_type"]
    )
    return {
        row["url"]
        for row in rows.to_pylist()
        if row["warc_type"] and row["fetch_status"] in (200, 304)
    }


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
