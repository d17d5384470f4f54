"""Front pages: the home page, those of other languages, and the listings that they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from zancrawler.archive import ArchiveError
from zancrawler.discovery import PageLinks, UnreadableSource, Via, page_links, read_listing
from zancrawler.discovery.sources import source_kind
from zancrawler.extraction.page import Page, UnreadablePage
from zancrawler.outlets import Outlet, UrlKind, canonical_url, host_of, readable_path, url_kind
from zancrawler.runs.learning.hosts import same_owner
from zancrawler.runs.learning.shapes import language_step
from zancrawler.runs.learning.site import Answer, Refusal, Site

MAX_HOMES = 4
"""Of other languages. Afghan newsrooms have three."""
FEWEST_SHOWN = 3
"""Articles on a page that is a listing: two are a teaser."""
MAX_LISTINGS = 6

SERVICE = re.compile(
    r"(?:^|/)(?:tags?|categor(?:y|ies)|authors?|topics?|sections?|search|page|archives?|profiles?"
    r"|users?|feeds?|calendar|log-?in|register|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?"
    r"|terms|members(?:-area)?|subscribe|newsletter|donate|cart|live|podcasts?|videos?)(?:/|\?|$)",
    re.IGNORECASE,
)
"""Steps of a path below which no site keeps its articles: listings, services, endless spaces."""
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)?\s*(?:;|$)")

_REASONS = {
    Refusal.ROBOTS: "its robots.txt forbids us the page; ask the newsroom to let us in",
    Refusal.BLOCKED: "it turns us away ({}); ask the newsroom to let us in",
    Refusal.ELSEWHERE: "it leads to another site, {}; add that one if it is the newsroom's",
    Refusal.UNREACHABLE: "it gives no answer ({}); see whether it opens in a browser",
    Refusal.HTTP: "it answers {}; see whether it opens in a browser",
    Refusal.TOO_LARGE: "it sends {}; no page is so large",
    Refusal.BOUND: "{}",
}


class ProbeError(ArchiveError):
    """A site that no outlet's file can be written for; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Front:
    answer: Answer
    tree: HtmlElement
    links: PageLinks

    @property
    def path(self) -> str:
        return readable_path(self.answer.url)

    def shows(self, outlet: Outlet) -> frozenset[str]:
        """The articles that it links to, by the outlet's rules; canonical URLs."""
        found = read_listing(self.tree, self.answer.url, outlet).adverts
        return frozenset(canonical_url(advert.url, outlet) for advert in found)


async def home_page(site: Site, url: str) -> Front:
    """The site's home page; a host that it redirects to is the site's too, if of the same owner.

    Raises ProbeError.
    """
    answer = await site.get(url)
    if answer.refusal is Refusal.ELSEWHERE and same_owner(answer.url, url):
        site.hosts.add(host_of(answer.url))
        answer = await site.get(answer.url)
    if answer.refusal:
        reason = _REASONS[answer.refusal].format(answer.reason)
        raise ProbeError(f"nothing could be learnt of {url}: {reason}")
    try:
        return _front(answer)
    except UnreadableSource as error:
        raise ProbeError(
            f"{url} is no web page ({error}); name the home page of the site"
        ) from error


def _front(answer: Answer) -> Front:
    """Raises UnreadableSource."""
    kind = source_kind(answer.body)
    if kind in (Via.FEED, Via.SITEMAP):
        raise UnreadableSource(f"it is a {kind.value}")
    media_type = answer.header("content-type")
    if not _HTML.match(media_type.lower()):
        raise UnreadableSource(f"it is {media_type[:60]}")
    try:
        page = Page.parse(
            answer.body, answer.url, content_type=media_type or None, captured_at=answer.at
        )
    except UnreadablePage as error:
        raise UnreadableSource(str(error).rstrip(".")) from error
    return Front(answer, page.tree, page_links(page.tree, answer.url))


async def further_fronts(site: Site, urls: Sequence[str]) -> list[Front]:
    found = []
    for url in urls:
        answer = await site.get(url)
        if not answer.refusal:
            try:
                found.append(_front(answer))
            except UnreadableSource:
                continue
    return found


def language_homes(home: Front, site: Site) -> list[str]:
    """Home pages of other languages: what `hreflang` names, and links such as `/fa`."""
    named = [url for _, url in home.links.alternates] + [link.url for link in home.links.links]
    found: dict[str, str] = {}
    for url in named:
        path = readable_path(url)
        if host_of(url) in site.hosts and path == language_step(path) != home.path:
            found.setdefault(path, url)
    return list(islice(found.values(), MAX_HOMES))


def listing_candidates(fronts: Sequence[Front], site: Site, outlet: Outlet) -> Iterator[str]:
    """Pages that front pages lead to and that may list articles: a blog's root, sections.

    Nothing below tags, authors and other endless spaces.
    """
    seen = {front.path for front in fronts}
    for front in fronts:
        for link in front.links.links:
            path = readable_path(link.url)
            steps = path[len(language_step(path)) :].partition("?")[0].strip("/").split("/")
            kind = url_kind(link.url, outlet)
            may = kind in (UrlKind.LISTING, UrlKind.OTHER) and not SERVICE.search(path)
            if may and steps != [""] and len(steps) == 1 and path not in seen:
                seen.add(path)
                if host_of(link.url) in site.hosts:
                    yield link.url


def listings_of(fronts: Sequence[Front], outlet: Outlet) -> list[Front]:
    """The fronts that show articles; of several that show the same, the first."""
    kept: list[tuple[Front, frozenset[str]]] = []
    for front in fronts:
        shown = front.shows(outlet)
        if len(shown) >= FEWEST_SHOWN and all(shown != known for _, known in kept):
            kept.append((front, shown))
    return [front for front, _ in kept][:MAX_LISTINGS]
