"""Deriving: one exchange, read back from its WARC, to the rows and the outcome that it means.

The crawl, the recovery after a crash and `rebuild` all come through here, so that a table is the
same whichever of them made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from zancrawler.capture.http import HttpMessage
from zancrawler.capture.reader import Exchange
from zancrawler.discovery.blocks import blocked
from zancrawler.discovery.kind import PageKind
from zancrawler.ledger import Outcome, State
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.runs.reading import Reading, read_page
from zancrawler.runs.rows import article_id, article_row, capture_row

_HTML = ("text/html", "application/xhtml+xml", "")


@dataclass(frozen=True, slots=True)
class Derived:
    """What one exchange means: a row of `captures`, an article if it holds one, the outcome."""

    capture: dict[str, Any]
    article: dict[str, Any] | None
    outcome: Outcome


def derive(exchange: Exchange, *, warc_filename: str, outlet: Outlet, crawl_id: str) -> Derived:
    """A pure function of the exchange and the outlet."""
    capture = capture_row(exchange, warc_filename=warc_filename, outlet=outlet, crawl_id=crawl_id)
    url: str = capture["url"]
    canonical = canonical_url(url, outlet)
    http = exchange.response.http if exchange.response else None
    reading = _read(exchange, http, outlet)
    state, reason = _state(exchange, http, reading, canonical, outlet)
    article = None
    if reading and reading.article:
        article = article_row(reading.article, capture, outlet)
        capture["article_id"] = article["article_id"]
        capture["text_digest"] = article["text_digest"]
    elif exchange.response and exchange.response.type == "revisit":
        capture["article_id"] = article_id(canonical)
    capture["page_kind"] = reading.kind.value if reading else None
    capture["page_reason"] = reading.reason if reading else reason
    return Derived(
        capture=capture,
        article=article,
        outcome=Outcome(
            url=url,
            canonical_url=canonical,
            state=state,
            reason=reason,
            at=capture["fetch_time"],
            status=capture["fetch_status"],
            etag=capture["etag"],
            last_modified=capture["last_modified"],
            content_digest=capture["content_digest"],
            text_digest=article["text_digest"] if article else None,
            published=article["date_published"] if article else None,
            retry_after=_retry_after(http),
        ),
    )


def _read(exchange: Exchange, http: HttpMessage | None, outlet: Outlet) -> Reading | None:
    """What the answer is, with the article where it is one. None: no answer, or a redirect."""
    record = exchange.response
    if record is None or http is None or record.type != "response" or 300 <= http.status < 400:
        return None
    if wall := blocked(http.status, http.headers, http.body):
        return Reading(PageKind.BLOCKED, wall)
    if http.status != 200:
        return Reading(PageKind.ERROR, f"HTTP {http.status}")
    kind = url_kind(record.target_uri, outlet)
    if kind is not UrlKind.ARTICLE:
        return Reading(_BY_URL.get(kind, PageKind.OTHER), "by its URL")
    mime = (http.header("content-type") or "").partition(";")[0].strip().lower()
    if mime not in _HTML:
        return Reading(PageKind.OTHER, f"content type {mime}")
    return read_page(
        http.body,
        record.target_uri,
        outlet,
        captured_at=record.date,
        status=http.status,
        headers=http.headers,
    )


_BY_URL = {UrlKind.LISTING: PageKind.LISTING}


def _state(
    exchange: Exchange,
    http: HttpMessage | None,
    reading: Reading | None,
    canonical: str,
    outlet: Outlet,
) -> tuple[State, str]:
    """What became of the URL, and why (DESIGN, "States of an advertised URL")."""
    record = exchange.response
    if record is None or http is None:
        return State.FAILED, exchange.error or "no answer"
    if record.truncated:
        return State.FAILED, f"truncated: {record.truncated}"
    if record.type == "revisit":
        return State.UNCHANGED, record.header("WARC-Profile").rpartition("/")[2]
    if 300 <= http.status < 400:
        target = canonical_url(urljoin(record.target_uri, http.header("location") or ""), outlet)
        home = canonical_url(outlet.home, outlet)
        if target == home != canonical:
            return State.GONE, "redirected to the home page"
        return State.REDIRECTED, target
    if http.status in (404, 410):
        return State.GONE, f"HTTP {http.status}"
    if reading and reading.kind is PageKind.BLOCKED:
        return State.BLOCKED, reading.reason
    if http.status >= 400:
        return State.FAILED, f"HTTP {http.status}"
    return State.CAPTURED, reading.kind.value if reading else f"HTTP {http.status}"


def _retry_after(http: HttpMessage | None) -> float | None:
    """Seconds that the server asks us to stay away (RFC 9110 section 10.2.3), a number only."""
    value = (http.header("retry-after") or "") if http else ""
    return float(value) if value.isascii() and value.isdigit() else None
