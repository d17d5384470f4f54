"""The outlet: all that the crawler knows of one newsroom, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class UrlKind(StrEnum):
    """What a URL of an outlet is, judged by the URL alone."""

    ARTICLE = "article"
    LISTING = "listing"
    MEDIA = "media"
    """A file that is no page, or a page of which a player, programme or gallery is the content."""
    SKIP = "skip"
    """Known to be worthless or private: profiles, members' areas, tag clouds, endless calendars."""
    OTHER = "other"
    """About, contact, privacy; and whatever no rule names."""
    FOREIGN = "foreign"
    """On no host of the outlet."""


class FinalSlash(StrEnum):
    """What the site's own canonical URLs end with. The other form costs it a redirect."""

    KEEP = "keep"
    ADD = "add"
    STRIP = "strip"


class Capture(StrEnum):
    """How pages are captured."""

    HTTP = "http"
    """The page, and what its bytes name."""
    BROWSER = "browser"
    """That, and what its scripts ask for in a browser (`zancrawler.spiders.browsing`)."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the outlet advertises its articles: absolute URLs or paths from its home."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    """WordPress `wp-json` collections."""

    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """In the order in which they are asked."""
        return {
            "feed": self.feeds,
            "sitemap": self.sitemaps,
            "api": self.apis,
            "listing": self.listings,
        }


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """One kind of article page of an outlet: which URLs, and where things stand in them.

    `url` is searched in the canonical URL's path and query, percent-decoded, no final slash.
    Selectors are CSS, the first that matches wins. Rules without a body are the platform's, with
    what they name before or instead of it (`zancrawler.outlets.reader`).
    """

    url: re.Pattern[str]
    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """Elements that are no part of the article's text, removed before it is read."""
    ends: tuple[str, ...] = ()
    """Lines (whole, exact) with which the article is over: `Latest`, `Follow us`."""
    needs: tuple[str, ...] = ()
    """schema.org types of which the page's JSON-LD must hold one; without it, no article.

    Wix answers a post in the wrong language with 200 and no BlogPosting.
    """
    capture: Capture | None = None
    """Of these pages; None: as the outlet's."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another path of the same page, brought to the canonical one, as `re.sub` does it.

    `search` sees the path percent-encoded. What it makes must not match it again.
    """

    search: re.Pattern[str]
    replace: str


@dataclass(frozen=True, slots=True)
class UrlRules:
    """How the outlet's URLs are told apart and brought to one form. Patterns as in ArticleRules.

    The first that matches decides, in this order: skip, listing, media, other; then the articles'.
    """

    listing: tuple[re.Pattern[str], ...] = ()
    media: tuple[re.Pattern[str], ...] = ()
    other: tuple[re.Pattern[str], ...] = ()
    skip: tuple[re.Pattern[str], ...] = ()
    drop_parameters: tuple[re.Pattern[str], ...] = ()
    """Query parameters (whole names) that do not choose the page: they leave the canonical URL."""
    drop_prefixes: tuple[str, ...] = ()
    """Path prefixes under which the same pages stand again, such as `/index.php`."""
    rewrites: tuple[Rewrite, ...] = ()
    """Applied once, in order, after prefixes and the final slash are as the site has them."""
    final_slash: FinalSlash = FinalSlash.KEEP
    story_id: re.Pattern[str] | None = None
    """Its first group is the site's own id of the story."""


@dataclass(frozen=True, slots=True)
class Politeness:
    """Times in seconds. One request at a time per host, always."""

    delay: float = 5.0
    daily_budget: int = 2_000
    """Requests per calendar day (UTC)."""
    ignore_robots: str | None = None
    """A written reason, or robots.txt is obeyed."""


class Take(StrEnum):
    """Which page requisites are captured."""

    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RequisiteRules:
    """What is captured beside the outlet's articles for them to look right when they are replayed:
    stylesheets, pictures, fonts, scripts (`zancrawler.discovery.requisites`)."""

    take: Take = Take.ALL
    most_per_page: int = 60
    """Of one page, and of one stylesheet. Half of 60 is a heavy article page."""
    most_per_run: int = 500
    """The rest waits for the next run."""
    leave_out: tuple[re.Pattern[str], ...] = ()
    """Searched in the whole URL of a requisite."""
    not_by: tuple[str, ...] = ()
    """Agencies whose pictures are left out: names that stand in a caption, credit or alt text."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose the texts are and what was agreed; `permission` is granted, none, or refused."""

    holder: str | None = None
    licence: str | None = None
    permission: str = "none"
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """One newsroom. Read from TOML by `zancrawler.outlets.reader`."""

    name: str
    title: str
    home: str
    """Absolute URL; its host is the canonical one."""
    domains: tuple[str, ...]
    """Every host (with its port, where that is not the scheme's own) that serves the same pages.

    An older site with other paths is an outlet of its own.
    """
    languages: tuple[str, ...]
    """BCP 47, the main one first. Empty for a site that nobody described."""
    platform: str
    articles: tuple[ArticleRules, ...]
    sources: Sources = field(default_factory=Sources)
    urls: UrlRules = field(default_factory=UrlRules)
    aliases: tuple[str, ...] = ()
    """Other names by which people know the outlet, in any script."""
    mirrors: tuple[str, ...] = ()
    """Where other people show the same pages: never crawled, mapped to the origin.

    A host, or a host and the path below which the pages stand: `storage.example.org/copy/site`.
    """
    capture: Capture = Capture.HTTP
    """Of article pages whose rules do not say otherwise."""
    politeness: Politeness = field(default_factory=Politeness)
    requisites: RequisiteRules = field(default_factory=RequisiteRules)
    rights: Rights = field(default_factory=Rights)
    byline: str | None = None
    """The collective that signs what nobody signs, such as `Zan News`."""
    timezone: str = "Asia/Kabul"
    """IANA name: where a date without a zone was written."""
    checked: str = "never"
    """When somebody last saw these facts hold on the live site: an ISO date, or `never`."""
    active: bool = True
    """False: crawled only when named."""
    sensitivity: str | None = None
    """What a steward should know before publishing anything of this outlet."""
    source: str = ""
    """The TOML text that this was read from, kept in every WARC that the outlet fills."""

    @property
    def is_described(self) -> bool:
        """Whether somebody wrote this outlet down. Of any other site only the platform is known,
        and a preset's patterns and selectors hold for it by chance."""
        return bool(self.languages)

    def rules_for(self, path: str) -> ArticleRules | None:
        """The article rules for a percent-decoded path and query; None: no article is there."""
        urls = self.urls
        for pattern in (*urls.skip, *urls.listing, *urls.media, *urls.other):
            if pattern.search(path):
                return None
        return next((rules for rules in self.articles if rules.url.search(path)), None)

    def capture_of(self, path: str) -> Capture:
        """How an article page is captured; `path` as for `rules_for`. No other page is opened."""
        rules = self.rules_for(path)
        return Capture.HTTP if rules is None else rules.capture or self.capture

    @property
    def needs_browser(self) -> bool:
        """Whether any of its pages is opened in one."""
        return any((rules.capture or self.capture) is Capture.BROWSER for rules in self.articles)
