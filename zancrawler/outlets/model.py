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
    SKIP = "skip"
    """Known to be worthless or private: profiles, members' areas, tag clouds, endless calendars."""
    OTHER = "other"
    FOREIGN = "foreign"
    """On no host of the outlet."""


class FinalSlash(StrEnum):
    """What the site's own canonical URLs end with. The other form costs it a redirect."""

    KEEP = "keep"
    ADD = "add"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the outlet advertises its articles: absolute URLs or paths from its home."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    """WordPress `wp-json` collections."""


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """One kind of article page of an outlet: which URLs, and where things stand in them.

    `url` is searched in the canonical URL's path and query, percent-decoded, no final slash.
    Selectors are CSS,
    the first that matches wins.
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


@dataclass(frozen=True, slots=True)
class UrlRules:
    """How the outlet's URLs are told apart and brought to one form. Patterns as in ArticleRules."""

    listing: tuple[re.Pattern[str], ...] = ()
    skip: tuple[re.Pattern[str], ...] = ()
    drop_parameters: tuple[re.Pattern[str], ...] = ()
    """Query parameters (whole names) that do not choose the page: they leave the canonical URL."""
    drop_prefixes: tuple[str, ...] = ()
    """Path prefixes under which the same pages stand again, such as `/index.php`."""
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
    """Every host (with its port, where that is not the scheme's own) that serves the same pages."""
    languages: tuple[str, ...]
    """BCP 47, the main one first."""
    platform: str
    articles: tuple[ArticleRules, ...]
    sources: Sources = field(default_factory=Sources)
    urls: UrlRules = field(default_factory=UrlRules)
    mirrors: tuple[str, ...] = ()
    """Hosts of other people that show the same pages: never crawled, mapped to the origin."""
    politeness: Politeness = field(default_factory=Politeness)
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

    def rules_for(self, path: str) -> ArticleRules | None:
        """The article rules for a percent-decoded path and query; None: no article is there."""
        return next((rules for rules in self.articles if rules.url.search(path)), None)
