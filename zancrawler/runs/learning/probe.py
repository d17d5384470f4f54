"""The probe: asks a site that nobody has described, and says what an outlet's file must know.

It asks for the home page and robots.txt, then for sources, then for a few articles of each kind
that the sources advertise. All that it takes for true it has seen on the site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from zancrawler.discovery import Advert, Via, page_links
from zancrawler.discovery.kind import PageKind
from zancrawler.extraction.structured import Structured
from zancrawler.outlets import Outlet, UrlKind, canonical_url, host_of, readable_path, url_kind
from zancrawler.outlets.platforms import PRESETS, Preset
from zancrawler.runs.learning.body import recurring_body
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.fronts import (
    SERVICE,
    Front,
    ProbeError,
    further_fronts,
    home_page,
    language_homes,
    listing_candidates,
    listings_of,
)
from zancrawler.runs.learning.furniture import furniture_of
from zancrawler.runs.learning.hosts import same_owner
from zancrawler.runs.learning.languages import languages_of
from zancrawler.runs.learning.learnt import Learnt, LearntRules
from zancrawler.runs.learning.naming import byline_of, title_of
from zancrawler.runs.learning.outletfile import outlet_of
from zancrawler.runs.learning.platform import platform_of
from zancrawler.runs.learning.samples import Sample, read_sample, spread, time_zone_of
from zancrawler.runs.learning.shapes import Shape, shapes_of
from zancrawler.runs.learning.site import Site, origin_of
from zancrawler.runs.learning.sources import Sources, find_apis, find_feeds, find_sitemaps

SAMPLES = 5
"""Articles that are asked for to see whether the platform's rules hold."""
SAMPLES_OF_SHAPE = 4
"""Of a kind of address that the platform does not know."""
MAX_SHAPES = 3
MOST_READ = 0.6
"""Of a kind's samples that must read as articles."""
RESERVE = 3
"""Requests that are left for articles whatever the search for listings would like to ask."""


async def probe(site: Site, url: str, name: str) -> Learnt:
    """What can be learnt of the site whose home page is `url`. Raises ProbeError.

    `site.hosts` must hold the URL's host; hosts that belong to it are added. The URL of an article
    stands for the site that it is on.
    """
    home, path = await home_page(site, url), urlsplit(url).path or "/"
    if path != "/" and Structured.of(home.tree).first("og:type") == "article":
        home, path = await home_page(site, f"{origin_of(url)}/"), "/"
    others = await further_fronts(site, language_homes(home, site))
    ground = _Ground(site, name, origin_of(home.answer.url) + path)
    ground.fronts = [home, *others]
    await ground.find_sources()
    await ground.find_articles()
    await ground.find_listings()
    return ground.learnt()


@dataclass(slots=True)
class _Ground:
    """What is known so far of one site."""

    site: Site
    name: str
    home: str
    fronts: list[Front] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    platform: Fact[str] = field(default_factory=lambda: Fact("plain", ""))
    rules: list[LearntRules] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    listings: list[Front] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    async def find_sources(self) -> None:
        """On a site whose front pages do not tell, an article may: its platform is looked at
        again when one was seen."""
        self.platform = platform_of([front.answer for front in self.fronts])
        origin = origin_of(self.home)
        linked = [feed for front in self.fronts for feed in front.links.feeds]
        homes = [front.answer.url.rstrip("/") for front in self.fronts]
        await find_feeds(self.site, linked, self.preset, homes, self.sources)
        robots = self.site.known(f"{origin}/robots.txt")
        lines = robots.body if robots and not robots.refusal else b""
        await find_sitemaps(self.site, lines, origin, self.preset, self.sources)
        if self.platform.value == "wordpress":
            await find_apis(self.site, origin, self.sources)
        if not self.preset.signs and self.sources.stories:
            first = next(iter(self.sources.stories))
            pages = [*(front.answer for front in self.fronts), await self.site.get(first)]
            self.platform = platform_of(pages)

    @property
    def preset(self) -> Preset:
        return PRESETS[self.platform.value]

    async def find_articles(self) -> None:
        """The kinds of address that articles have: the platform's own, then what is left."""
        base = self.outlet()
        adverts = self._advertised(base)
        known = [a for a in adverts if self.preset.signs and _is(a, UrlKind.ARTICLE, base)]
        await self._sample_known(known, base)
        told = self.sources.stories
        for is_sure in (True, False):
            some = [a for a in adverts if (a.url in told) is is_sure and not self._is_known(a)]
            await self._find_shapes(some, base, is_sure=is_sure)
        if not any(sample.is_article for sample in self.samples):
            raise ProbeError(self._nothing_found())

    def _advertised(self, base: Outlet) -> list[Advert]:
        """All that sources advertise; what front pages link to where they say too little."""
        found = {**self.sources.stories, **self.sources.unsure}
        if not found:
            for front in self.fronts:
                for link in front.links.links:
                    if host_of(link.url) in self.site.hosts:
                        advert = Advert(link.url, front.answer.url, Via.LINK, link.text)
                        found.setdefault(link.url, advert)
        fronts = {canonical_url(front.answer.url, base) for front in self.fronts}
        return [
            advert
            for advert in found.values()
            if canonical_url(advert.url, base) not in fronts
            and url_kind(advert.url, base) in (UrlKind.ARTICLE, UrlKind.OTHER)
            and not SERVICE.search(readable_path(advert.url))
        ]

    def _is_known(self, advert: Advert) -> bool:
        """Whether the rules that there are so far know it for an article."""
        has_rules = bool(self.preset.signs or self.rules)
        return has_rules and _is(advert, UrlKind.ARTICLE, self.outlet())

    async def _sample_known(self, known: Sequence[Advert], base: Outlet) -> None:
        """Whether the platform's body element is there; a theme may have another."""
        samples = [
            read_sample(await self.site.get(a.url), base) for a in spread(known, base, SAMPLES)
        ]
        answered = [sample for sample in samples if not sample.answer.refusal]
        empty = [sample for sample in answered if sample.reading.kind is PageKind.EMPTY]
        if 2 * len(empty) > len(answered):
            shape = next(iter(shapes_of(_paths(known, base), self._unwanted(base))), None)
            if shape and (rules := self._with_body(shape, empty, "the platform's own addresses")):
                self.rules.append(rules)
                samples = [read_sample(sample.answer, self.outlet()) for sample in samples]
        self.samples += samples

    async def _find_shapes(self, adverts: Sequence[Advert], base: Outlet, *, is_sure: bool) -> None:
        by_path = {readable_path(canonical_url(a.url, base)): a for a in adverts}
        shapes = [s for s in shapes_of(by_path, self._unwanted(base)) if s.sound]
        for shape in shapes[:MAX_SHAPES]:
            chosen = spread([by_path[path] for path in shape.examples], base, SAMPLES_OF_SHAPE)
            answers = [await self.site.get(advert.url) for advert in chosen]
            where = ", ".join(sorted({advert.via.value for advert in adverts}))
            bare = self.outlet(LearntRules(shape, where))
            samples = [read_sample(a, bare) for a in answers if not a.refusal]
            by_signs = [read_sample(sample.answer, None) for sample in samples]
            if not is_sure and not _mostly_articles(by_signs):
                continue
            rules: LearntRules | None = LearntRules(shape, where)
            if not self.preset.signs or not _mostly_articles(samples):
                rules = self._with_body(shape, samples, where) or (
                    rules if _mostly_articles(samples) else None
                )
            if rules is None:
                example = shape.examples[0]
                self.unknown.append(f"where the text stands in pages such as {example}.")
                continue
            self.rules.append(rules)
            outlet = self.outlet()
            self.samples += [read_sample(sample.answer, outlet) for sample in samples]

    def _with_body(self, shape: Shape, samples: Sequence[Sample], where: str) -> LearntRules | None:
        pages = [page for sample in samples if (page := sample.page)]
        body = recurring_body(pages)
        return LearntRules(shape, where, body, furniture_of(pages, body.selector)) if body else None

    def _unwanted(self, base: Outlet) -> list[str]:
        """The paths of what is known to be no article."""
        links = (link.url for front in self.fronts for link in front.links.links)
        linked = (url for url in links if host_of(url) in self.site.hosts)
        services = (url for url in linked if SERVICE.search(readable_path(url)))
        by_preset = (
            url
            for url in linked
            if self.preset.signs and url_kind(url, base) in (UrlKind.LISTING, UrlKind.SKIP)
        )
        fronts = (front.answer.url for front in self.fronts)
        found = (*fronts, *self.sources.services, *services, *by_preset)
        stories = {canonical_url(url, base) for url in self.sources.stories}
        urls = {canonical_url(url, base) for url in found} - stories
        return [readable_path(url) for url in urls]

    def _nothing_found(self) -> str:
        sources = len(self.sources.feeds) + len(self.sources.sitemaps)
        asked = f"{sources} feeds and sitemaps answered" if sources else "no feed or sitemap"
        return (
            f"no article was found on {self.home}: {asked}, and of {len(self.samples)} pages that "
            "were tried none reads as one; it may need a browser's scripts, or a file of your own "
            "(see CONTRIBUTING.md)"
        )

    async def find_listings(self) -> None:
        """More of them are asked for where nothing else tells of articles."""
        outlet = self.outlet()
        wanted = 2 if self.sources.sitemaps else 5
        wanted = min(wanted, max(0, self.site.left - RESERVE))
        candidates = listing_candidates(self.fronts, self.site, outlet)
        self.fronts += await further_fronts(self.site, list(islice(candidates, wanted)))
        self.listings = listings_of(self.fronts, outlet)

    def outlet(self, *more: LearntRules) -> Outlet:
        """As far as it is known."""
        return outlet_of(replace(self._draft(), rules=(*self.rules, *more)))

    def _draft(self) -> Learnt:
        host = host_of(self.home)
        return Learnt(
            name=self.name,
            home=self.home,
            day=datetime.now(UTC).date(),
            platform=self.platform,
            title=Fact(host, "its host"),
            domains=Fact(
                tuple(sorted(self.site.hosts, key=lambda h: h != host)),
                "one leads to the other" if len(self.site.hosts) > 1 else "",
            ),
            languages=Fact(("und",), "not known"),
            rules=tuple(self.rules),
        )

    def learnt(self) -> Learnt:
        """Everything, with what could not be learnt."""
        sources = self.sources
        articles = [s.reading.article for s in self.samples if s.reading.article]
        home = self.fronts[0]
        title = title_of(home.tree, self.samples) or Fact(
            host_of(self.home), "its host; no page says"
        )
        languages = languages_of(articles, home.tree.get("lang"))
        answers = [sample.answer for sample in self.samples]
        feeds = [answer for url in sources.feeds if (answer := self.site.known(url))]
        zone = time_zone_of([*answers, *feeds])
        listings = tuple(front.answer.url for front in self.listings)
        self._say_what_is_missing(zone=zone)
        return replace(
            self._draft(),
            title=title,
            languages=languages or Fact(("und",), "no text was long enough to tell"),
            byline=byline_of(self.samples, title.value),
            timezone=Fact(zone, "the offset of its times") if zone else None,
            final_slash=self._final_slash(),
            feeds=sources.fact(sources.feeds),
            sitemaps=sources.fact(sources.sitemaps),
            apis=sources.fact(sources.apis),
            listings=Fact(listings, "show articles") if listings else None,
            known_articles=self._known_articles(),
            is_local=self.site.spider.outlet.politeness.delay == 0,
            unknown=tuple(self.unknown),
        )

    def _say_what_is_missing(self, *, zone: str | None) -> None:
        sources = self.sources
        if not sources.feeds:
            self.unknown.append("a feed; none is linked, and none stands at the usual places.")
        if not sources.sitemaps:
            self.unknown.append("a sitemap; articles older than the listings show may be missed.")
        if not self.listings:
            self.unknown.append("a listing; no page that was seen links to articles.")
        for url, reason in sources.dead.items():
            self.unknown.append(f"{url}, which the site names, {_clause(reason)}.")
        if zone is None:
            self.unknown.append("the time zone; Asia/Kabul is taken where a time says none.")
        pages = (page for sample in self.samples if (page := sample.page))
        named = (page_links(page.tree, page.url).canonical for page in pages)
        origins = Counter(host_of(u) for u in named if u and not same_owner(u, self.home))
        for host, count in origins.most_common(1):
            self.unknown.append(
                f"whether this is a copy: {count} of its articles name {host} as where they "
                "belong. If it is, add that site, and name this one among its `mirrors`."
            )

    def _known_articles(self) -> str:
        if not (self.preset.signs and self.sources.stories):
            return ""
        outlet = outlet_of(replace(self._draft(), rules=()))
        stories = [a for a in self.sources.stories.values() if a.url not in self.sources.services]
        matched = sum(1 for advert in stories if _is(advert, UrlKind.ARTICLE, outlet))
        unwanted = self._unwanted(outlet)
        mistaken = sum(1 for path in unwanted if outlet.rules_for(path))
        return (
            f"Articles: the addresses that {self.platform.value} gives match {matched} of "
            f"{len(stories)} that are advertised, and {mistaken} of {len(unwanted)} listing, tag "
            "and service pages that were seen."
        )

    def _final_slash(self) -> Fact[str] | None:
        """Only where the site does not as its platform does."""
        usual = self.preset.urls.final_slash.value
        urls = [urlsplit(url) for url in self.sources.stories]
        ends = [u.path.endswith("/") for u in urls if "." not in u.path.rpartition("/")[2]]
        if usual == "keep" or len(ends) < SAMPLES:
            return None
        share = sum(ends) / len(ends)
        seen = "add" if share > 0.9 else "strip" if share < 0.1 else "keep"
        return None if seen == usual else Fact(seen, f"as {len(ends)} advertised addresses have it")


def _is(advert: Advert, kind: UrlKind, outlet: Outlet) -> bool:
    return url_kind(advert.url, outlet) is kind


def _paths(adverts: Iterable[Advert], outlet: Outlet) -> list[str]:
    return [readable_path(canonical_url(advert.url, outlet)) for advert in adverts]


def _mostly_articles(samples: Sequence[Sample]) -> bool:
    found = sum(sample.is_article for sample in samples)
    return bool(samples) and found >= MOST_READ * len(samples)


def _clause(reason: str) -> str:
    return reason if " " in reason else f"gives {reason}"
