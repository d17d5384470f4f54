"""Deriving: one exchange, read back from its WARC, to the rows and the outcome that it means.

The crawl, the recovery after a crash and `rebuild` all come through here, so that a table is the
same whichever of them made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from zancrawler.capture.reader import Exchange
from zancrawler.discovery import UnreadableSource, Via
from zancrawler.discovery.blocks import blocked
from zancrawler.discovery.kind import PageKind
from zancrawler.discovery.sources import read_source, source_kind
from zancrawler.ledger import Advertisement, Kind, Outcome, State
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.runs.answers import Answer, answer_of, error_of, profile_of
from zancrawler.runs.reading import Reading, read_page
from zancrawler.runs.rows import article_id, article_row, capture_row
from zancrawler.spiders.adverts import advertisements

_HTML = ("text/html", "application/xhtml+xml", "")
_BY_URL = {UrlKind.LISTING: PageKind.LISTING}
_KINDS = {
    UrlKind.ARTICLE: Kind.ARTICLE,
    UrlKind.LISTING: Kind.LISTING,
}
MAX_RETRY_AFTER = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Derived:
    """What one exchange means: a row of `captures`, an article if it holds one, the outcome."""

    capture: dict[str, Any]
    article: dict[str, Any] | None
    outcome: Outcome


def derive(exchange: Exchange, *, warc_filename: str, outlet: Outlet, crawl_id: str) -> Derived:
    """A pure function of the exchange and the outlet."""
    answer = answer_of(exchange)
    capture = capture_row(
        exchange, answer, warc_filename=warc_filename, outlet=outlet, crawl_id=crawl_id
    )
    canonical = canonical_url(exchange.url, outlet)
    reading = _read(exchange, answer, outlet)
    state, reason, target = _state(exchange, answer, reading, canonical, outlet)
    article = None
    if reading and reading.article:
        article = article_row(reading.article, capture, outlet)
        capture["article_id"] = article["article_id"]
        capture["text_digest"] = article["text_digest"]
    elif state is State.UNCHANGED:
        capture["article_id"] = article_id(canonical)
    capture["page_kind"] = reading.kind.value if reading else None
    capture["page_reason"] = reading.reason if reading else reason
    return Derived(
        capture=capture,
        article=article,
        outcome=Outcome(
            url=canonical,
            at=capture["fetch_time"],
            state=state,
            reason=reason,
            kind=_KINDS.get(url_kind(canonical, outlet), Kind.OTHER),
            etag=capture["etag"],
            last_modified=capture["last_modified"],
            content_digest=capture["content_digest"],
            text_digest=capture.get("text_digest"),
            published=article["date_published"] if article else None,
            target=target,
            wait=_retry_after(answer),
        ),
    )


def source_adverts(exchange: Exchange, outlet: Outlet) -> list[Advertisement]:
    """What the exchange advertises, if its answer is a feed, sitemap, API answer or listing."""
    answer = answer_of(exchange)
    http = answer.message if answer else None
    if http is None or http.status != 200:
        return []
    via = source_kind(http.body)
    if via is None and url_kind(exchange.url, outlet) is UrlKind.LISTING:
        via = Via.LISTING
    if via is None:
        return []
    try:
        return advertisements(read_source(via, http.body, exchange.url, outlet).adverts, outlet)
    except UnreadableSource:
        return []


def _read(exchange: Exchange, answer: Answer | None, outlet: Outlet) -> Reading | None:
    """What the answer is, with the article where it is one. None: no whole answer, or no page."""
    http = answer.message if answer else None
    if http is None or http.status is None or 300 <= http.status < 400:
        return None
    if wall := blocked(http.status, http.headers, http.body):
        return Reading(PageKind.BLOCKED, wall)
    if http.status != 200:
        return Reading(PageKind.ERROR, f"http-{http.status}")
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
        status=http.status,
        headers=http.headers,
    )


def _state(
    exchange: Exchange,
    answer: Answer | None,
    reading: Reading | None,
    canonical: str,
    outlet: Outlet,
) -> tuple[State, str, str | None]:
    """What became of the URL, why, and where it leads (DESIGN, "States of an advertised URL")."""
    record = exchange.response
    if record is None or answer is None or answer.status is None:
        return State.FAILED, error_of(exchange) or "no answer", None
    if record.truncated:
        return State.FAILED, f"truncated-{record.truncated}", None
    if record.type == "revisit":
        return State.UNCHANGED, profile_of(record), None
    if location := answer.header("location") if 300 <= answer.status < 400 else None:
        target = canonical_url(urljoin(exchange.url, location), outlet)
        if target == canonical_url(outlet.home, outlet) != canonical:
            return State.GONE, "redirect-home", target
        return State.REDIRECTED, f"http-{answer.status}", target
    if answer.status in (404, 410):
        return State.GONE, f"http-{answer.status}", None
    if reading and reading.kind is PageKind.BLOCKED:
        return State.BLOCKED, reading.reason, None
    if answer.status >= 300:
        return State.FAILED, f"http-{answer.status}", None
    return State.CAPTURED, reading.kind.value if reading else f"http-{answer.status}", None


def _retry_after(answer: Answer | None) -> int | None:
    """Seconds that the server asks us to stay away (RFC 9110 section 10.2.3), a number only."""
    value = (answer.header("retry-after") or "") if answer else ""
    number = value.isascii() and value.isdigit() and len(value) < 10
    return min(int(value), MAX_RETRY_AFTER) if number else None
