"""The awkward cases: answers that real sites give and that a crawler must get right, each named."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from zancrawler.newsroom.answer import Answer, Manner, address, page, redirect

RETRY_AFTER = 1
"""Seconds: as short as the header can say."""

CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<meta name="robots" content="noindex,nofollow"><meta http-equiv="refresh" content="390">
</head><body class="no-js"><div class="main-wrapper" role="main"><div class="main-content">
<noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to
continue</span></div></noscript></div></div>
<script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};
var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page';
document.getElementsByTagName('head')[0].appendChild(a);}());</script></body></html>
"""


class Scenario(StrEnum):
    """What the server does at the address of a case."""

    PAGE = "page"
    """Nothing but the page: the address itself is the case."""
    NOT_FOUND = "not_found"
    GONE = "gone"
    MOVED = "moved"
    BUSY_ONCE = "busy_once"
    """429 with Retry-After, the first time."""
    DOWN_ONCE = "down_once"
    """503, the first time."""
    CHALLENGE = "challenge"
    """200 with the page of a bot wall."""
    CUT_ONCE = "cut_once"
    """Less than the Content-Length says, the first time."""
    HEAVY = "heavy"
    """600 KB of code before the body."""
    SLOW = "slow"
    GZIP = "gzip"
    CHUNKED = "chunked"


class Outcome(StrEnum):
    """What a crawler must make of it."""

    ARTICLE = "article"
    """One row, the one that the truth has for `article`."""
    NO_ARTICLE = "no_article"
    """Fetched and kept, but no row."""
    NOT_ASKED = "not_asked"
    """Never requested."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    outlet: str
    path: str
    """Path and query."""
    scenario: Scenario
    outcome: Outcome
    must: str
    """One sentence."""
    article: str | None = None
    """Id of the article that stands there, or at the end of the redirect."""
    other_host: bool = False
    """Asked for at `localhost` instead of 127.0.0.1, which are one and the same site."""
    advertised: bool = False
    """In a sitemap, though the site itself would not list it."""
    to: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Case:
        scenario, outcome = Scenario(value["scenario"]), Outcome(value["outcome"])
        return cls(**{**value, "scenario": scenario, "outcome": outcome})


def read_cases(paths: dict[str, str], outlets: Collection[str]) -> tuple[Case, ...]:
    """The outlets' cases of `cases.toml`; `paths` are those of the articles, by id."""
    source = (resources.files("zancrawler.newsroom") / "cases.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)["cases"]
    return tuple(_case(table, paths) for table in tables if table["outlet"] in outlets)


def _case(table: dict[str, Any], paths: dict[str, str]) -> Case:
    before, after = table.pop("before", ""), table.pop("after", "")
    path = table["path"] if "path" in table else f"{before}{paths[table['article']]}{after}"
    return Case.from_json({**table, "path": path})


def case_url(case: Case, home: str) -> str:
    """Where the case stands in its outlet. `localhost` is the outlet's other host."""
    host = home.replace("127.0.0.1", "localhost") if case.other_host else home
    return address(host, case.path)


def advertised(cases: Iterable[Case], home: str) -> list[str]:
    """URLs that only a sitemap lists."""
    return [case_url(case, home) for case in cases if case.advertised]


def instead(case: Case, visits: int, home: str) -> Answer | None:
    """What stands in for the page at its `visits`-th request, from 0; None: the page itself."""
    first = visits == 0
    match case.scenario:
        case Scenario.NOT_FOUND:
            return page("<!DOCTYPE html><title>404</title><h1>Not found</h1>", status=404)
        case Scenario.GONE:
            return page("<!DOCTYPE html><title>410</title><h1>Gone</h1>", status=410)
        case Scenario.MOVED:
            return redirect(home + case.to)
        case Scenario.BUSY_ONCE if first:
            return Answer(
                429, b"Too Many Requests", "text/plain", (("Retry-After", str(RETRY_AFTER)),)
            )
        case Scenario.DOWN_ONCE if first:
            return Answer(503, b"Service Unavailable", "text/plain")
        case Scenario.CHALLENGE:
            return challenge(200)
    return None


def manner_of(case: Case, visits: int) -> Manner | None:
    """How the page of a case is sent, where that is what the case is about."""
    match case.scenario:
        case Scenario.SLOW:
            return Manner.SLOW
        case Scenario.GZIP:
            return Manner.GZIP
        case Scenario.CHUNKED:
            return Manner.CHUNKED
        case Scenario.CUT_ONCE if visits == 0:
            return Manner.CUT
    return None


def challenge(status: int) -> Answer:
    """The page of a bot wall. Cloudflare's own answers 403; some walls answer 200."""
    headers = (
        ("Server", "cloudflare"),
        ("CF-RAY", "8f00ba4d5e00-FRA"),
        ("cf-mitigated", "challenge"),
    )
    return Answer(status, CHALLENGE.encode(), headers=headers)
