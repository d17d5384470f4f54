"""Reading one page: what kind of page it is, and the article if it is one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zancrawler.discovery.blocks import blocked
from zancrawler.discovery.kind import PageKind, page_kind
from zancrawler.extraction.article import Article
from zancrawler.extraction.extract import NoArticle, extract
from zancrawler.extraction.memory import SiteMemory
from zancrawler.extraction.page import Page, UnreadablePage
from zancrawler.outlets import Outlet, recognise, unknown_outlet


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page turned out to be. `article` is there only when `kind` is article."""

    kind: PageKind
    reason: str
    article: Article | None = None


def read_page(
    body: bytes,
    url: str,
    outlet: Outlet | None,
    *,
    captured_at: datetime,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = (),
    memory: SiteMemory | None = None,
) -> Reading:
    """Judges and reads an HTML page. Without an outlet, its platform is told from the page.

    `memory` holds what recurs on the outlet's pages; it is cut.

    Never raises for what a page holds: a page that cannot be read is of kind `error`.
    """
    outlet = outlet or unknown_outlet(url, recognise(body))
    if wall := blocked(status, headers, body):
        return Reading(PageKind.BLOCKED, wall)
    content_type = next((v for name, v in headers if name.lower() == "content-type"), None)
    try:
        page = Page.parse(body, url, content_type=content_type, captured_at=captured_at)
    except UnreadablePage as error:
        return Reading(PageKind.ERROR, str(error))
    verdict = page_kind(page.tree, url=url, status=status, headers=headers, outlet=outlet)
    if verdict.kind is not PageKind.ARTICLE:
        return Reading(verdict.kind, verdict.reason)
    try:
        return Reading(verdict.kind, verdict.reason, extract(page, outlet, memory))
    except NoArticle as error:
        return Reading(PageKind.EMPTY, str(error))
