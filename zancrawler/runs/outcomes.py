"""What a look at a URL came to, as its row of `captures` tells it: the ledger is a view as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from zancrawler.capture.reader import Exchange
from zancrawler.discovery import UnreadableSource, Via
from zancrawler.discovery.kind import NOT_FOUND, PageKind
from zancrawler.discovery.sources import read_source, source_kind
from zancrawler.headers import total_pages
from zancrawler.ledger import SAME_PAYLOAD, UNREADABLE, Advertisement, Kind, Outcome, State
from zancrawler.outlets import Outlet, UrlKind, canonical_url, url_kind
from zancrawler.runs.answers import answer_of
from zancrawler.spiders.adverts import advertisements, further_sources
from zancrawler.spiders.requisites import SCRIPTED, Shown, needs

_NOT_IT = (PageKind.EMPTY, PageKind.WRONG_LANGUAGE, PageKind.ERROR)


def outcome_of(
    capture: Mapping[str, Any],
    outlet: Outlet,
    *,
    published: datetime | None = None,
    wait: int | None = None,
) -> Outcome:
    """A pure function of a row of `captures`.

    `published` is the date of the article that the page showed; `wait` the Retry-After in seconds.
    """
    if capture["page_kind"] == PageKind.REQUISITE:
        return _of_requisite(capture)
    canonical = canonical_url(capture["url"], outlet)
    state, reason = _state(capture, canonical, outlet)
    redirect = capture["fetch_redirect"]
    target = canonical_url(redirect, outlet) if redirect else None
    adverts: tuple[Advertisement, ...] = ()
    if state is State.REDIRECTED and target and url_kind(target, outlet) is UrlKind.ARTICLE:
        # Known from the moment that something leads there: the run may end before it is asked for.
        adverts = (Advertisement(target, canonical, Via.LINK),)
    is_article = url_kind(canonical, outlet) is UrlKind.ARTICLE
    return Outcome(
        url=canonical,
        at=capture["fetch_time"],
        state=state,
        reason=reason,
        kind=Kind.ARTICLE if is_article else _configured(outlet).get(canonical, Kind.OTHER),
        etag=capture["etag"],
        last_modified=capture["last_modified"],
        content_digest=capture["content_digest"],
        text_digest=capture.get("text_digest"),
        published=published,
        target=target,
        wait=wait,
        adverts=adverts,
    )


def _of_requisite(capture: Mapping[str, Any]) -> Outcome:
    """By its exact URL: another spelling may be another file, and is not what the page asks for."""
    state, reason = _plain_state(capture)
    return Outcome(
        url=capture["url"],
        at=capture["fetch_time"],
        state=state,
        reason=reason,
        kind=Kind.REQUISITE,
        etag=capture["etag"],
        last_modified=capture["last_modified"],
        content_digest=capture["content_digest"],
        target=capture["fetch_redirect"],
    )


def _plain_state(capture: Mapping[str, Any]) -> tuple[State, str | None]:
    """What the status alone says."""
    status = capture["fetch_status"]
    if status is None or capture["warc_type"] is None:
        return State.FAILED, capture["error"] or "no answer"
    if capture["content_truncated"]:
        return State.FAILED, f"truncated-{capture['content_truncated']}"
    if status == 304:
        return State.UNCHANGED, "http-304"
    if status == 200:
        return State.CAPTURED, "http-200"
    if capture["fetch_redirect"]:
        return State.REDIRECTED, f"http-{status}"
    return (State.GONE if status in (404, 410) else State.FAILED), f"http-{status}"


def _state(capture: Mapping[str, Any], canonical: str, outlet: Outlet) -> tuple[State, str | None]:
    """What became of the URL, and why (docs/design.md, "States of an advertised URL")."""
    status = capture["fetch_status"]
    if status is None or capture["warc_type"] is None:
        return State.FAILED, capture["error"] or "no answer"
    if capture["content_truncated"]:
        return State.FAILED, f"truncated-{capture['content_truncated']}"
    if status == 304:
        return State.UNCHANGED, "http-304"
    if status == 200 and capture["warc_type"] == "revisit":
        return State.UNCHANGED, SAME_PAYLOAD
    if capture["fetch_redirect"]:
        target = canonical_url(capture["fetch_redirect"], outlet)
        if _is_front(target, outlet) and not _is_front(canonical, outlet):
            return State.GONE, "redirect-home"
        if _is_lost(canonical, target, outlet):
            return State.FAILED, "redirect-away"
        is_article = url_kind(canonical, outlet) is UrlKind.ARTICLE
        if is_article and url_kind(target, outlet) is not UrlKind.ARTICLE:
            # Maintenance, a log-in, a host that was not paid: it says nothing of the article.
            return State.FAILED, "redirect-away"
        return State.REDIRECTED, f"http-{status}"
    if status in (404, 410):
        return State.GONE, f"http-{status}"
    if capture["page_kind"] == PageKind.BLOCKED:
        return State.BLOCKED, capture["page_reason"]
    if status >= 300:
        return State.FAILED, f"http-{status}"
    # Of a site that nobody described no rule says which URLs are articles.
    is_article = outlet.is_described and url_kind(canonical, outlet) is UrlKind.ARTICLE
    is_another = is_article and capture["page_kind"] != PageKind.ARTICLE
    kind = capture["page_kind"] or f"http-{status}"
    if capture["page_reason"] == NOT_FOUND:
        return State.GONE, NOT_FOUND
    if is_another or capture["page_kind"] in _NOT_IT:
        # The home page with 200, or a fault of the database: the bytes are kept, but the article
        # that was advertised is not held.
        return State.FAILED, kind
    return State.CAPTURED, kind


def _is_front(canonical: str, outlet: Outlet) -> bool:
    """Whether a URL is of the home page, of a language's home or of another listing.

    An article that leads there has been taken down: no other article stands in its place.
    """
    is_listing = url_kind(canonical, outlet) is UrlKind.LISTING
    is_home = canonical == canonical_url(outlet.home, outlet)
    return is_listing or is_home or canonical in _configured(outlet)


def _is_lost(source: str, target: str, outlet: Outlet) -> bool:
    """Whether one of the outlet's sources leads to one of another kind, or to its home page."""
    named = _configured(outlet)
    kind = named.get(source)
    return kind is not None and _is_front(target, outlet) and named.get(target) is not kind


@dataclass(frozen=True, slots=True)
class SourceReader:
    """What answers show where they are sources; to be asked in the order of capture, for by its
    address alone nobody can tell a listing's later page from any other."""

    outlet: Outlet
    later_pages: dict[str, str] = field(default_factory=dict)
    """The sources of which canonical URLs are later pages: articles move through these."""

    def read(self, outcome: Outcome, exchange: Exchange) -> Outcome:
        """The outcome with what the answer advertises, if it is a source."""
        if found := self._shown(exchange):
            kind, via, adverts = found
            reason = via if via and outcome.state is State.CAPTURED else outcome.reason
            return replace(outcome, kind=kind, adverts=adverts, reason=reason)
        if outcome.kind.scheduled and outcome.state is State.CAPTURED:
            # One that the outlet's file names, and that cannot be read.
            return replace(outcome, state=State.FAILED, reason=UNREADABLE)
        return outcome

    def _shown(
        self, exchange: Exchange
    ) -> tuple[Kind, Via | None, tuple[Advertisement, ...]] | None:
        """What the answer is to the ledger where it shows URLs, as what kind of source it was read,
        and the URLs; None: it shows none.

        A source shows articles; an article's page shows what it needs, and so does a stylesheet.
        """
        answer = answer_of(exchange)
        http = answer.message if answer else None
        if http is None or http.status is None:
            return None
        hops = exchange.hops if exchange.is_requisite else ""
        shown = Shown(exchange.url, hops, http.status, http.headers, http.body)
        needed = needs(shown, self.outlet)
        if SCRIPTED in hops and (page := exchange.remark("via")):
            # No byte of a page names it: only its own record says who asked.
            needed.append(Advertisement(exchange.url, page, hops, Kind.REQUISITE))
        if hops or needed:
            return Kind.REQUISITE if hops else Kind.ARTICLE, None, tuple(needed)
        canonical = canonical_url(exchange.url, self.outlet)
        named = _configured(self.outlet).get(canonical)
        via = source_kind(http.body) or self._via(canonical, named)
        if http.status != 200 or via is None:
            return None
        try:
            found = read_source(
                via, http.body, exchange.url, self.outlet, pages=total_pages(http.headers)
            )
        except UnreadableSource:
            return None
        source = self.later_pages.get(canonical, exchange.url)
        adverts = advertisements(found.adverts, self.outlet)
        further = further_sources(found.follow, self.outlet)
        if via is Via.SITEMAP:
            return Kind.SITEMAP, via, (*adverts, *further)
        adverts = [replace(advert, source=source) for advert in adverts]
        # Whether a walk went on to them, their own records tell.
        for more in further:
            self.later_pages.setdefault(more.url, source)
        return Kind.NEXT_PAGE if named is None else Kind(via.value), via, tuple(adverts)

    def _via(self, canonical: str, named: Kind | None) -> Via | None:
        """How to read what does not itself say what it is."""
        if named is not None:
            return Via(named.value)
        is_listing = url_kind(canonical, self.outlet) is UrlKind.LISTING
        return Via.LISTING if is_listing or canonical in self.later_pages else None


def _configured(outlet: Outlet) -> dict[str, Kind]:
    """The sources that the outlet's file names; what is none of them, they have led to."""
    named = outlet.sources.by_kind()
    return {canonical_url(url, outlet): Kind(kind) for kind, urls in named.items() for url in urls}
