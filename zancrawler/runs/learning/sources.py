"""Finding a site's sources: the feeds, sitemaps and API that answer, and what they advertise."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import urljoin, urlsplit

from zancrawler.discovery import (
    Advert,
    Discovered,
    UnreadableSource,
    read_api,
    read_feed,
    read_robots,
    read_sitemap,
)
from zancrawler.outlets import host_of
from zancrawler.outlets.platforms import Preset
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.site import Answer, Site

MAX_FEEDS = 6
"""Asked for. A site in three languages has three, and as many that are linked twice."""
MAX_ROOTS = 4
"""Sitemaps asked for that nothing led to but robots.txt or custom."""
MAX_CHILDREN = 4
"""Of one index: the patterns of a year's articles are those of all."""
MAX_SERVICES = 2
FOR_ARTICLES = 14
"""Requests that are left for articles and listings, however many sources a site names."""

_FEEDS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml")
_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap-index.xml")
_NO_STORIES = re.compile(
    r"pages?\b|categor|tags?\b|author|user|taxonom|image|video|product|event|section|terms?\b"
)
"""In the name of a sitemap whose URLs are no articles; the plugins' and platforms' own names."""
_STORIES = re.compile(r"post|news|article|blog|stor|node|content")
_NOT_FOR_READERS = re.compile(r"/comments/|/comments?\.xml|[?&](?:feed=comments|type=comment)")


@dataclass(slots=True)
class Sources:
    """What was found so far."""

    feeds: dict[str, str] = field(default_factory=dict)
    """URL to where it was named; the same for the others."""
    sitemaps: dict[str, str] = field(default_factory=dict)
    apis: dict[str, str] = field(default_factory=dict)
    stories: dict[str, Advert] = field(default_factory=dict)
    """What feeds, the API, and sitemaps with such a name advertise, by URL."""
    unsure: dict[str, Advert] = field(default_factory=dict)
    """What sitemaps of everything advertise."""
    services: dict[str, Advert] = field(default_factory=dict)
    """What sitemaps of pages, categories, tags and authors advertise."""
    dead: dict[str, str] = field(default_factory=dict)
    """What the site itself names and gives nothing, each with the reason."""

    def fact(self, kind: Mapping[str, str]) -> Fact[tuple[str, ...]] | None:
        if not kind:
            return None
        return Fact(tuple(kind), ", ".join(dict.fromkeys(kind.values())))


async def find_feeds(
    site: Site, linked: Iterable[str], preset: Preset, homes: Sequence[str], to: Sources
) -> None:
    """Those that pages link, and those at the platform's own places, of each language; where there
    is neither, those at the places that most sites have them."""
    own = [urljoin(home + "/", p.lstrip("/")) for home in homes for p in preset.sources.feeds]
    usual = [urljoin(homes[0] + "/", place.lstrip("/")) for place in _FEEDS]
    found_at = {
        **dict.fromkeys(usual, "at a usual place, not linked"),
        **dict.fromkeys(own, f"at {preset.name}'s own place, not linked"),
        **{url: "linked from its pages" for url in linked if not _NOT_FOR_READERS.search(url)},
    }
    named = [url for url, where in found_at.items() if where.startswith("linked")]
    for url in islice(dict.fromkeys((*named, *own, *usual)), 2 * MAX_FEEDS):
        if len(to.feeds) >= MAX_FEEDS or (to.feeds and url in usual and url not in (*named, *own)):
            break
        where = found_at[url]
        if host_of(url) not in site.hosts:
            to.dead[url] = f"is on another host than the site ({where})"
            continue
        answer = await site.get(url)
        found = _read(answer, site, read_feed)
        if isinstance(found, str):
            if url in named:
                to.dead[url] = found
        elif any(advert.url not in to.stories for advert in found.adverts):
            to.feeds[url] = where
            _add(to.stories, found.adverts)


async def find_sitemaps(
    site: Site, robots: bytes, origin: str, preset: Preset, to: Sources
) -> None:
    """Those that robots.txt names; where it names none that answers, the known places."""
    named = [advert.url for advert in read_robots(robots, f"{origin}/robots.txt").follow]
    for url in named[:MAX_ROOTS]:
        if site.left <= FOR_ARTICLES:
            break
        if fault := await _find_sitemap(site, url, "named by robots.txt", to):
            to.dead[url] = fault
    if to.sitemaps:
        return
    known = dict.fromkeys((*preset.sources.sitemaps, *_SITEMAPS))
    for url in islice((origin + place for place in known), MAX_ROOTS):
        await _find_sitemap(site, url, "at a usual place, not named by robots.txt", to)
        if to.sitemaps:
            return


async def _find_sitemap(site: Site, url: str, where: str, to: Sources) -> str | None:
    """Why it brought nothing; None where it did."""
    if host_of(url) not in site.hosts:
        return f"is on another host than the site ({where})"
    answer = await site.get(url)
    found = _read(answer, site, read_sitemap)
    if isinstance(found, str):
        return found
    _sort(url, found.adverts, to)
    brought = bool(found.adverts)
    for child in chosen([advert.url for advert in found.follow], site.hosts):
        if site.left <= FOR_ARTICLES:
            break
        below = _read(await site.get(child), site, read_sitemap)
        if not isinstance(below, str):
            _sort(child, below.adverts, to)
            brought = brought or bool(below.adverts)
    if not brought:
        return "advertises nothing"
    to.sitemaps[url] = where
    return None


def chosen(children: Sequence[str], hosts: Container[str]) -> list[str]:
    """Those of an index's sitemaps that are likeliest to hold articles; then some that hold none,
    to tell the two apart."""
    ours = [url for url in children if host_of(url) in hosts]
    stories = [url for url in ours if _kind(url) is _STORIES]
    others = [url for url in ours if _kind(url) is None]
    services = [url for url in ours if _kind(url) is _NO_STORIES]
    return [*(stories + others)[:MAX_CHILDREN], *services[:MAX_SERVICES]]


def _kind(url: str) -> re.Pattern[str] | None:
    """Which pattern a sitemap's name matches."""
    name = urlsplit(url).path.rpartition("/")[2].lower().replace("_", "-")
    return next((pattern for pattern in (_NO_STORIES, _STORIES) if pattern.search(name)), None)


def _sort(url: str, found: Sequence[Advert], to: Sources) -> None:
    kinds = {_STORIES: to.stories, _NO_STORIES: to.services, None: to.unsure}
    _add(kinds[_kind(url)], found)


async def find_apis(site: Site, origin: str, to: Sources) -> None:
    """WordPress' list of posts, which many sites close."""
    url = f"{origin}/wp-json/wp/v2/posts"
    found = _read(await site.get(url), site, read_api)
    if not isinstance(found, str) and found.adverts:
        to.apis[url] = "answers with posts"
        _add(to.stories, found.adverts)


def _add(into: dict[str, Advert], adverts: Iterable[Advert]) -> None:
    for advert in adverts:
        into.setdefault(advert.url, advert)


def _read(
    answer: Answer, site: Site, reader: Callable[[bytes, str], Discovered]
) -> Discovered | str:
    """What the source advertises on the site's hosts; else, in words, why it gives nothing."""
    if answer.refusal:
        return answer.reason
    try:
        found = reader(answer.body, answer.url)
    except UnreadableSource as error:
        return str(error)
    ours = tuple(advert for advert in found.adverts if host_of(advert.url) in site.hosts)
    if found.adverts and not ours:
        return f"advertises only {host_of(found.adverts[0].url)}"
    return replace(found, adverts=ours) if ours or found.follow else "advertises nothing"
