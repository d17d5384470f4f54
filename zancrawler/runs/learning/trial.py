"""The trial: an outlet's sources asked once, five articles read, and what broke named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from zancrawler.discovery import (
    Advert,
    Discovered,
    UnreadableSource,
    Via,
    read_sitemap,
)
from zancrawler.discovery.kind import PageKind
from zancrawler.discovery.sources import read_source, source_kind
from zancrawler.outlets import Outlet, UrlKind, canonical_url, host_of, url_kind
from zancrawler.runs.checks import Check, Fault, FaultCode, Tried
from zancrawler.runs.learning.samples import Sample, read_sample, spread
from zancrawler.runs.learning.site import Answer, Refusal, Site
from zancrawler.runs.learning.sources import chosen

ARTICLES = 5
MOST_TRIED = 8
"""Pages: sites advertise what is gone, and what they show in another language."""
CHILDREN = 2
"""Of one sitemap index that are asked for."""
FEWEST_ADVERTS = 3
"""Of a feed in which no article is found before its patterns are called wrong."""

_CODES = {
    Refusal.ROBOTS: FaultCode.DISALLOWED,
    Refusal.BLOCKED: FaultCode.BLOCKED,
    Refusal.ELSEWHERE: FaultCode.MOVED,
    Refusal.UNREACHABLE: FaultCode.UNREACHABLE,
    Refusal.HTTP: FaultCode.SOURCE_DEAD,
    Refusal.TOO_LARGE: FaultCode.SOURCE_DEAD,
}
_ADVICE = {
    FaultCode.DISALLOWED: "is forbidden to us by robots.txt; ask the newsroom, or take it out",
    FaultCode.BLOCKED: "turns us away ({}); let it rest, or ask the newsroom to let us in",
    FaultCode.MOVED: "leads to {}; if that is the outlet's, add it to `domains`",
    FaultCode.UNREACHABLE: "gives no answer ({}); see whether it opens in a browser",
    FaultCode.SOURCE_DEAD: "gives nothing to read ({}); find where it went, or take it out",
}


async def try_outlet(site: Site, outlet: Outlet, crawl_id: str) -> Check:
    """What became of the outlet's sources and of the newest articles that they advertise."""
    trial = _Trial(site, outlet)
    home = await site.get(outlet.home)
    if home.refusal not in (None, Refusal.HTTP):
        trial.refused(home)
    if home.refusal is not Refusal.UNREACHABLE:
        await trial.ask_sources()
        await trial.read_articles()
    trial.judge()
    return Check(
        outlet=outlet.name,
        crawl_id=crawl_id,
        at=datetime.now(UTC),
        requests=site.requests,
        sources=trial.sources,
        advertised=len(trial.adverts),
        articles=tuple(trial.tried),
        faults=tuple(trial.faults.values()),
    )


@dataclass(slots=True)
class _Trial:
    site: Site
    outlet: Outlet
    sources: int = 0
    adverts: dict[str, Advert] = field(default_factory=dict)
    """All that is advertised on the outlet's hosts, by URL."""
    samples: list[Sample] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    faults: dict[tuple[FaultCode, str | None], Fault] = field(default_factory=dict)

    async def ask_sources(self) -> None:
        named = self.outlet.sources
        for via, urls in (
            (Via.FEED, named.feeds),
            (Via.SITEMAP, named.sitemaps),
            (Via.API, named.apis),
            (Via.LISTING, named.listings),
        ):
            for url in urls:
                if self.site.left > ARTICLES + CHILDREN and host_of(url) in self.site.hosts:
                    await self._ask_source(via, url)

    async def _ask_source(self, via: Via, url: str) -> None:
        found = self._read(via, await self.site.get(url))
        if found is None:
            return
        self.sources += 1
        ours = [advert for advert in found.adverts if host_of(advert.url) in self.site.hosts]
        if via is Via.SITEMAP:
            for child in chosen([a.url for a in found.follow], self.site.hosts)[:CHILDREN]:
                below = self._read(via, await self.site.get(child))
                ours += below.adverts if below else ()
        elif len(ours) >= FEWEST_ADVERTS and not any(map(self._is_article, ours)):
            self._fault(FaultCode.PATTERN, _pattern_fault(f"{url} advertises", ours), url)
        self.adverts |= {advert.url: advert for advert in ours}

    def _read(self, via: Via, answer: Answer) -> Discovered | None:
        if answer.refusal is Refusal.BOUND:
            return None
        if answer.refusal:
            self.refused(answer)
            return None
        try:
            if via is Via.SITEMAP:
                return read_sitemap(answer.body, answer.url)
            kind = source_kind(answer.body) or via
            return read_source(kind, answer.body, answer.url, self.outlet)
        except UnreadableSource as error:
            self._refusal_fault(FaultCode.SOURCE_DEAD, answer, str(error))
            return None

    async def read_articles(self) -> None:
        articles = [advert for advert in self.adverts.values() if self._is_article(advert)]
        for advert in spread(articles, self.outlet, MOST_TRIED):
            if sum(sample.is_article for sample in self.samples) >= ARTICLES:
                return
            answer = await self.site.get(advert.url)
            if answer.refusal is Refusal.BOUND:
                return
            canonical = canonical_url(answer.url, self.outlet)
            if answer.refusal:
                self.tried.append(Tried(canonical, answer.refusal.value, answer.reason))
                if answer.refusal in (Refusal.ROBOTS, Refusal.BLOCKED, Refusal.ELSEWHERE):
                    self.refused(answer)
                continue
            sample = read_sample(answer, self.outlet)
            self.samples.append(sample)
            reading = sample.reading
            self.tried.append(Tried(canonical, reading.kind.value, reading.reason))

    def _is_article(self, advert: Advert) -> bool:
        return url_kind(advert.url, self.outlet) is UrlKind.ARTICLE

    def judge(self) -> None:
        """What all answers together say."""
        for code, message in (*self._of_adverts(), *self._of_articles()):
            self._fault(code, message)

    def _of_adverts(self) -> Iterator[tuple[FaultCode, str]]:
        adverts = list(self.adverts.values())
        if self.sources and not adverts:
            yield (
                FaultCode.NOTHING_ADVERTISED,
                f"its {self.sources} sources answer and advertise nothing; find where its articles "
                "are listed, and name that in [sources]",
            )
        is_told = any(code is FaultCode.PATTERN for code, _ in self.faults)
        if adverts and not is_told and not any(map(self._is_article, adverts)):
            yield FaultCode.PATTERN, _pattern_fault("its sources advertise", adverts)

    def _of_articles(self) -> Iterator[tuple[FaultCode, str]]:
        kinds = [sample.reading.kind for sample in self.samples]
        read = [s.reading.article for s in self.samples if s.reading.article]
        empty = kinds.count(PageKind.EMPTY)
        other = len(self.tried) - len(read) - empty
        if 2 * empty > len(kinds):
            yield (
                FaultCode.BODY_EMPTY,
                f"{empty} of {len(kinds)} articles have no text where the file says it stands; "
                "the site may have a new design: mend `body` in its [[articles]]",
            )
        elif self.tried and 2 * other > len(self.tried):
            reasons = ", ".join(sorted({f"{t.kind} ({t.reason})" for t in self.tried if t.reason}))
            yield (
                FaultCode.NO_ARTICLE,
                f"{other} of {len(self.tried)} pages that the patterns take for articles are none: "
                f"{reasons}; see what they are in a browser",
            )
        for code, name, lack in (
            (FaultCode.TITLES_MISSING, "title", [a for a in read if not a.title]),
            (FaultCode.DATES_MISSING, "date", [a for a in read if not a.date_published]),
        ):
            if 2 * len(lack) >= len(read) > 0:
                yield (
                    code,
                    f"{len(lack)} of {len(read)} articles have no {name}; say where it stands "
                    f"with `{name}` in its [[articles]]",
                )

    def refused(self, answer: Answer) -> None:
        assert answer.refusal is not None
        self._refusal_fault(_CODES[answer.refusal], answer, answer.reason)

    def _refusal_fault(self, code: FaultCode, answer: Answer, reason: str) -> None:
        message = f"{answer.asked} {_ADVICE[code].format(reason)}"
        self._fault(code, message, answer.asked)

    def _fault(self, code: FaultCode, message: str, url: str | None = None) -> None:
        self.faults.setdefault((code, url), Fault(code, message, url))


def _pattern_fault(who: str, adverts: Sequence[Advert]) -> str:
    return (
        f"none of the {len(adverts)} addresses that {who}, such as {adverts[0].url}, is an article "
        "by the file's patterns; give [[articles]] a `url` that matches them"
    )
