"""Deriving: one exchange, read back from its WARC, to the rows and the outcome that it means.

The crawl, the recovery after a crash and `rebuild` all come through here, so that a table is the
same whichever of them made it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zancrawler.capture.reader import Exchange
from zancrawler.discovery.blocks import blocked
from zancrawler.discovery.kind import PageKind
from zancrawler.extraction.memory import SiteMemory
from zancrawler.headers import retry_after
from zancrawler.ledger import Kind, Outcome, State
from zancrawler.outlets import Outlet, UrlKind, host_of, url_kind
from zancrawler.runs.answers import Answer, answer_of
from zancrawler.runs.outcomes import outcome_of
from zancrawler.runs.reading import Reading, read_page
from zancrawler.runs.rows import article_id, article_row, capture_row
from zancrawler.spiders.requisites import SCRIPTED

logger = logging.getLogger(__name__)

_HTML = ("text/html", "application/xhtml+xml", "")
_BY_URL = {UrlKind.LISTING: PageKind.LISTING}
BY_SCRIPT = " by script"
"""In the page_reason of what no byte of a page names: its scripts asked for it."""
MAX_RETRY_AFTER = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Derived:
    """What one exchange means: a row of `captures`, an article if it holds one, the outcome."""

    capture: dict[str, Any]
    article: dict[str, Any] | None
    outcome: Outcome


def derive(
    exchange: Exchange,
    *,
    warc_filename: str,
    outlet: Outlet,
    crawl_id: str,
    memory: SiteMemory | None = None,
) -> Derived:
    """A pure function of the exchange, the outlet, and what was learnt of its pages."""
    answer = answer_of(exchange)
    capture = capture_row(
        exchange, answer, warc_filename=warc_filename, outlet=outlet, crawl_id=crawl_id
    )
    article = None
    try:
        reading = _read(exchange, answer, outlet, memory)
        if reading and reading.article:
            article = article_row(reading.article, capture, outlet, memory)
    except MemoryError:
        # Not the page's fault alone: a row must not depend on how much was left.
        raise
    except Exception as fault:
        # Pages come from hostile networks. One that trips a reader of ours must not take the
        # outlet's other pages with it: its record is kept, and its row says what happened.
        logger.exception("%s could not be read", exchange.url)
        reading = Reading(PageKind.ERROR, f"{type(fault).__name__}: {fault}"[:200])
    capture["page_kind"] = reading.kind.value if reading else None
    capture["page_reason"] = reading.reason if reading else None
    if article:
        capture["article_id"] = article["article_id"]
        capture["text_digest"] = article["text_digest"]
    outcome = outcome_of(
        capture,
        outlet,
        published=article["date_published"] if article else None,
        wait=_wait(answer, capture["fetch_time"]),
    )
    if outcome.state is State.UNCHANGED and outcome.kind is Kind.ARTICLE:
        capture["article_id"] = article_id(outcome.url)
    return Derived(capture, article, outcome)


def is_ours(exchange: Exchange, outlet: Outlet) -> bool:
    """Whether it is about the outlet: a WARC of somebody else's holds other sites as well.

    What its pages need, with the robots.txt that had to be read first, is on any host.
    """
    is_theirs = host_of(exchange.url) in (*outlet.domains, *outlet.mirrors)
    return is_theirs or exchange.is_requisite or exchange.hops.endswith("P")


def _read(
    exchange: Exchange, answer: Answer | None, outlet: Outlet, memory: SiteMemory | None
) -> Reading | None:
    """What the answer is, with the article where it is one. None: no page, or the same again."""
    if exchange.is_requisite:
        # Whatever it is: no article stands in a picture, and none is looked for.
        status = answer.status if answer else None
        reason = f"http-{status}" if status else "no answer"
        return Reading(PageKind.REQUISITE, reason + BY_SCRIPT * (SCRIPTED in exchange.hops))
    if answer is None or answer.status is None or 300 <= answer.status < 400:
        return None
    http = answer.message
    if http is None and answer.status == 200:
        return None
    if wall := blocked(answer.status, answer.headers, http.body if http else b""):
        return Reading(PageKind.BLOCKED, wall)
    if http is None or answer.status != 200:
        return Reading(PageKind.ERROR, f"http-{answer.status}")
    if exchange.response and exchange.response.truncated:
        return Reading(PageKind.ERROR, f"truncated-{exchange.response.truncated}")
    kind = url_kind(exchange.url, outlet)
    if kind is not UrlKind.ARTICLE:
        return Reading(_BY_URL.get(kind, PageKind.OTHER), "url")
    mime = (http.header("content-type") or "").partition(";")[0].strip().lower()
    if mime not in _HTML:
        return Reading(PageKind.OTHER, f"content type {mime[:80]}")
    return read_page(
        http.body,
        exchange.url,
        outlet,
        captured_at=exchange.records[0].date,
        headers=http.headers,
        memory=memory,
    )


def _wait(answer: Answer | None, at: datetime) -> int | None:
    """Seconds that the server asks us to stay away."""
    seconds = retry_after(answer.headers, at) if answer else None
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER)
