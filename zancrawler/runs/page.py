"""The capture of one page in a browser, and what came of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scrapy.http import Request

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browser.chromium import chromium_path, require_playwright
from zancrawler.capture.views import read_views
from zancrawler.ledger import Due, Kind
from zancrawler.outlets import Catalogue, Outlet, OutletError, UrlKind, url_kind
from zancrawler.runs.checks import ONE_PAGE
from zancrawler.runs.crawl import CrawlOptions, crawl
from zancrawler.runs.summary import RunState, RunSummary
from zancrawler.spiders.outlet import OutletSpider
from zancrawler.tables.read import LocalTables, Reader


class PageSpider(OutletSpider):
    """Asks for one page, where it leads to, and what its scripts ask for in a browser.

    What its bytes name besides waits for the outlet's next crawl.
    """

    purpose = ONE_PAGE

    async def start(self) -> AsyncIterator[Request]:
        self.browsing.is_forced = True
        url = self.settings["ZANCRAWLER_PAGE"]
        self.asked.add(url)
        if self.budget > 0:
            # Without conditions: it is to be looked at, changed or not.
            yield self._ask_article(Due(url, Kind.ARTICLE, None, None, "asked for"))
        else:
            self.note("the daily budget is used up")


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """What the archive has of a page now."""

    url: str
    outlet: str
    crawl_id: str
    problems: tuple[str, ...] = ()
    """Of the run."""
    kind: str | None = None
    """As `captures.page_kind`; None where no answer came."""
    reason: str | None = None
    article_id: str | None = None
    title: str | None = None
    records: dict[str, int] = field(default_factory=dict)
    """What a browser made of it: bytes by the record's name (`view`, `text`, `pageinfo`)."""
    info: dict[str, Any] = field(default_factory=dict)
    """The `pageinfo` record: what the page asked for, what was refused, which bounds it met."""

    @property
    def is_captured(self) -> bool:
        return "pageinfo" in self.records

    def as_lines(self) -> list[str]:
        """In words."""
        if not self.is_captured:
            why = f"{self.kind}: {self.reason}" if self.kind else self.reason or "no answer"
            return [f"{self.url} was not opened in a browser ({why})", *self.problems]
        asked, refused = len(self.info.get("urls", ())), self.info.get("refused", {})
        lines = [
            f"{self.url} ({self.kind or self.reason})",
            f"  {asked} things that it asked for, {sum(refused.values())} that it was refused",
            *(f"  refused, {reason}: {count}" for reason, count in sorted(refused.items())),
            "  kept beside it: "
            + ", ".join(f"urn:{name} ({size:,} bytes)" for name, size in self.records.items()),
        ]
        if self.article_id:
            lines.append(f"  article: {self.title or '-'}")
        return [*lines, *(f"  {problem}" for problem in self.info.get("problems", ()))] + [
            f"  {problem}" for problem in self.problems
        ]

    def as_json(self) -> dict[str, Any]:
        return {"captured": self.is_captured, **asdict(self)}


def outlet_for(url: str, named: str | None, catalogue: Catalogue) -> Outlet:
    """The outlet that a page is to be captured for. Raises OutletError."""
    outlet = catalogue.get(named) if named else catalogue.of_url(url)
    if outlet is None:
        raise OutletError(
            f"no outlet is known at {url}; describe its site first with `zancrawler outlets add`"
        )
    if url_kind(url, outlet) is UrlKind.FOREIGN:
        raise OutletError(f"{url} is on no host of '{outlet.name}': {', '.join(outlet.domains)}")
    return outlet


def capture_page(
    archive: Archive, url: str, outlet: Outlet, options: CrawlOptions, outlets: Path | None
) -> CapturedPage:
    """Captures it in a run of its own. `options.page` is the URL.

    Raises NoBrowserError before anything is asked, and ArchiveError where the run failed.
    """
    require_playwright()
    chromium_path()
    *_, summary = crawl(archive, [outlet.name], options, outlets=outlets)
    if summary.state is RunState.FAILED:
        raise ArchiveError(summary.reason or f"the capture of {url} failed")
    return _found(archive, url, summary)


def _found(archive: Archive, url: str, summary: RunSummary) -> CapturedPage:
    problems = (*((summary.reason,) if summary.reason else ()), *summary.problems)
    page = CapturedPage(url, summary.outlet, summary.crawl_id, problems)
    tables = Reader(LocalTables(archive))
    rows = [
        row
        for row in tables.captures(outlet=summary.outlet, since=summary.started).to_pylist()
        if row["crawl_id"] == summary.crawl_id
        and row["page_kind"] != "requisite"
        and row["url_path"] != "/robots.txt"
    ]
    if not rows:
        return page
    last = max(rows, key=lambda row: row["fetch_time"])
    article = tables.article(last["article_id"]) if last["article_id"] else None
    records: dict[str, int] = {}
    info: dict[str, Any] = {}
    for name, block in _records(archive, summary, last["url"]):
        records[name] = len(block)
        if name == "pageinfo":
            with suppress(ValueError):
                info = json.loads(block)
    return CapturedPage(
        last["url"],
        summary.outlet,
        summary.crawl_id,
        problems,
        last["page_kind"],
        last["page_reason"] or last["error"] or f"http-{last['fetch_status']}",
        last["article_id"],
        article["title"] if article else None,
        records,
        info,
    )


def _records(archive: Archive, summary: RunSummary, url: str) -> Iterator[tuple[str, bytes]]:
    for name in summary.warc_filenames:
        for view in read_views(archive.root / name):
            if view.page == url:
                for record in view.records:
                    yield (record.target_uri or "").split(":", 2)[1], record.block
