"""What a site answers beside its articles: each advertised URL is accounted for all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from crawled_newsroom import zancrawler
from scripted_site import PLACES, Reply, Script, page, scripted_site, story

from zancrawler.archive import Archive
from zancrawler.ledger import Entry, Kind, Ledger, SourceCoverage
from zancrawler.runs.accounts import rebuild_accounts
from zancrawler.spiders.politeness import MAX_RETURNS
from zancrawler.tables import read

pytestmark = pytest.mark.slow

TOML = """
title = "{name}"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
[sources]
{sources}
[urls]
final_slash = "strip"
[[articles]]
url = '^/story/'
[politeness]
delay = 0
"""


@dataclass
class Crawls:
    """Outlets of one folder, crawled into one archive."""

    folder: Path
    sites: dict[str, Script] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def options(self) -> tuple[object, ...]:
        return "--archive", self.folder / "archive", "--outlets", self.folder / "outlets"

    def add(self, name: str, site: Script, sources: Mapping[str, list[str]]) -> None:
        self.sites[name] = site
        site.replies.setdefault("/robots.txt", Reply("", content_type="text/plain"))
        (self.folder / "outlets").mkdir(exist_ok=True)
        (self.folder / "outlets" / f"{name}.toml").write_text(
            TOML.format(
                name=name,
                home=site.home,
                host=site.home.removeprefix("http://"),
                sources="\n".join(
                    f"{kind} = {json.dumps(paths)}" for kind, paths in sources.items()
                ),
            )
        )

    def crawl(self, *names: str, code: int = 0) -> None:
        for site in self.sites.values():
            site.asked.clear()
        said = zancrawler("crawl", *names, "--json", *self.options, code=code)
        runs, _ = json.JSONDecoder().raw_decode(said)
        self.runs.update({run["outlet"]: run for run in runs})

    def problems(self, name: str) -> list[str]:
        found: list[str] = self.runs[name]["problems"]
        return found

    def articles(self, name: str) -> list[Entry]:
        """But for when they were advertised, which the spider and a record say in turn, and when
        robots.txt forbade them, which is when it was asked for to a record."""
        with Ledger(Archive(self.folder / "archive").ledger(name)) as ledger:
            return [
                replace(
                    entry,
                    first_advertised=datetime.min,
                    next_due=None,
                    last_look=entry.last_look if entry.state != "disallowed" else None,
                )
                for entry in sorted(ledger.entries(Kind.ARTICLE), key=lambda entry: entry.url)
            ]

    def sources(self, name: str) -> set[SourceCoverage]:
        with Ledger(Archive(self.folder / "archive").ledger(name)) as ledger:
            return set(ledger.coverage().sources)

    def standing(self, name: str) -> dict[str, tuple[object, ...]]:
        """What became of each URL that is not only needed by another."""
        with Ledger(Archive(self.folder / "archive").ledger(name)) as ledger:
            return {
                entry.url: (entry.kind, entry.state, entry.reason, entry.failures, entry.why)
                for entry in ledger.entries()
                if entry.kind is not Kind.REQUISITE
            }

    def entry(self, name: str, path: str) -> Entry:
        with Ledger(Archive(self.folder / "archive").ledger(name)) as ledger:
            found = ledger.get(self.sites[name].home + path)
        assert found is not None
        return found


def feed(site: Script, *paths: str) -> Reply:
    items = "".join(
        f"<item><title>{path}</title><link>{site.home}{path}</link></item>" for path in paths
    )
    return Reply(f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="text/xml")


def sitemap(site: Script, *paths: str) -> Reply:
    urls = "".join(f"<url><loc>{site.home}{path}</loc></url>" for path in paths)
    return Reply(f"<urlset>{urls}</urlset>", content_type="text/xml")


def moved(to: str, status: int = 301) -> Reply:
    return Reply("", status, headers={"Location": to})


def moving(site: Script) -> Mapping[str, list[str]]:
    """Sources and articles that are elsewhere now."""
    site.replies |= {
        "/feed": moved("/feed/"),
        "/feed/": feed(site, "/story/1"),
        "/lost-feed": moved("/", 302),
        "/other-feed": feed(site, "/2026/one", "/2026/two"),
        "/": Reply(page("News", "<p><a href=/story/2>The school of Baghlan opens again</a></p>")),
        "/story/1": Reply(story(PLACES[0], 1)),
        "/story/2": Reply(story(PLACES[1], 2)),
        "/sitemap.xml": sitemap(
            site, "/story/raw", "/story/old", "/story/shut", "/story/self", "/story/fa/fa/fa"
        ),
        # As `send_header` has it: a character is a byte.
        "/story/raw": moved("/story/مکتب".encode().decode("latin-1")),
        "/story/%D9%85%DA%A9%D8%AA%D8%A8": Reply(story(PLACES[2], 3)),
        "/story/old": moved("/story/new"),
        "/story/new": Reply(story(PLACES[3], 4)),
        "/story/shut": moved("/maintenance.html", 302),
        "/story/self": moved("/story/self", 302),
    }
    return {
        "feeds": ["/feed", "/lost-feed", "/other-feed"],
        "sitemaps": ["/sitemap.xml"],
        "listings": ["/"],
    }


def bursting(site: Script) -> Mapping[str, list[str]]:
    """A feed and a listing of few items. Its feed says at any condition that it has not changed."""
    publish(site, *range(2))
    return {"feeds": ["/feed"], "listings": ["/"]}


def cutting(site: Script) -> Mapping[str, list[str]]:
    """A site that cuts every connection but those of its sources."""
    site.otherwise = lambda path: Reply("", 0)
    site.replies["/sitemap.xml"] = sitemap(site, *(f"/story/{number}" for number in range(12)))
    return {"sitemaps": ["/sitemap.xml"]}


def failing(site: Script) -> Mapping[str, list[str]]:
    """An API whose count of pages has more digits than Python reads."""
    headers = {"X-WP-TotalPages": "9" * 5_000}
    posts = json.dumps([{"link": site.home + "/story/1", "title": {"rendered": "A"}}])
    site.replies["/api"] = Reply(posts, content_type="application/json", headers=headers)
    site.replies["/story/1"] = Reply(story(PLACES[0], 1))
    return {"apis": ["/api"]}


def resting(site: Script) -> Mapping[str, list[str]]:
    """A site that asks to be left alone for an hour, and says so as a date."""
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.otherwise = lambda path: Reply("", 503, headers={"Retry-After": later})
    site.replies["/sitemap.xml"] = sitemap(site, "/story/1", "/story/2", "/story/3")
    return {"sitemaps": ["/sitemap.xml"]}


def leading(site: Script) -> Mapping[str, list[str]]:
    """Sources that are none, and a listing whose address is like any other's."""
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /story/3")
    tag = {"ETag": '"x"'}
    site.replies["/broken-feed"] = Reply("<p>Nothing</p>", headers=tag)
    site.replies["/lost-feed"] = moved("/latest")
    children = "".join(
        f"<sitemap><loc>{site.home}/{name}.xml</loc></sitemap>"
        for name in ("full", "gone", "empty")
    )
    site.replies["/maps.xml"] = Reply(f"<sitemapindex>{children}</sitemapindex>")
    site.replies["/full.xml"] = sitemap(site, "/story/1")
    site.replies["/empty.xml"] = Reply("<p>Nothing</p>", headers=tag)
    older = "<link rel=next href='/latest?page=2'>"
    site.replies["/latest"] = Reply(page("Latest", "<p><a href=/story/2>A story</a></p>", older))
    links = "<p><a href=/story/3>A story</a></p><p><a href=/story/4>A story</a></p>"
    site.replies["/latest?page=2"] = Reply(page("Latest", links))
    for number in (1, 2):
        site.replies[f"/story/{number}"] = Reply(story(PLACES[number], number))
    site.replies["/story/4"] = Reply("", 0)
    return {
        "feeds": ["/broken-feed", "/gone-feed", "/lost-feed"],
        "sitemaps": ["/maps.xml"],
        "listings": ["/latest"],
    }


def busy(site: Script) -> Mapping[str, list[str]]:
    """A site that is too busy for one of its articles, whenever it is asked."""
    site.replies["/sitemap.xml"] = sitemap(site, "/story/1", "/story/2")
    site.replies["/story/1"] = Reply("", 503, headers={"Retry-After": "1"})
    site.replies["/story/2"] = Reply(story(PLACES[0], 1))
    return {"sitemaps": ["/sitemap.xml"]}


def publish(site: Script, *numbers: int) -> None:
    """The newest first: three in the feed, and three on each page of the listing."""
    paths = [f"/story/{number}" for number in reversed(numbers)]
    site.replies["/feed"] = feed(site, *paths[:3])
    for number, path in enumerate(paths):
        site.replies[path] = Reply(story(f"{PLACES[number % 8]} {number}", number + 1))
    for at in range(0, len(paths), 3):
        links = "".join(f"<p><a href={path}>A story</a></p>" for path in paths[at : at + 3])
        older = f"<link rel=next href='/?page={at // 3 + 2}'>"
        site.replies[f"/?page={at // 3 + 1}" if at else "/"] = Reply(page("News", links, older))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    """The first crawl of each site."""
    crawls = Crawls(tmp_path_factory.mktemp("accounted"))
    with ExitStack() as serving:
        for answer in (moving, bursting, resting, cutting, failing, busy, leading):
            site = serving.enter_context(scripted_site())
            crawls.add(answer.__name__, site, answer(site))
        crawls.crawl(*crawls.sites, code=1)
        yield crawls


@pytest.fixture(scope="module")
def second(first: Crawls) -> Crawls:
    """The next crawl, after the sites have changed; asked for after the tests of the first."""
    publish(first.sites["bursting"], *range(12))
    first.crawl("bursting")
    return first


def test_a_source_that_leads_to_another_spelling_of_itself_is_read(first: Crawls) -> None:
    assert first.entry("moving", "/story/1").held


def test_a_feed_that_leads_to_the_home_page_is_named(first: Crawls) -> None:
    home = first.sites["moving"].home
    lost = f"feed {home}/lost-feed leads to {home}/, which is no feed"
    assert lost in first.problems("moving")
    assert first.entry("moving", "/lost-feed").state == "failed"


def test_a_location_in_raw_utf8_is_followed(first: Crawls) -> None:
    assert first.entry("moving", "/story/%D9%85%DA%A9%D8%AA%D8%A8").held


def test_an_article_that_leads_to_no_article_is_asked_for_again_soon(first: Crawls) -> None:
    shut, itself = (first.entry("moving", f"/story/{name}") for name in ("shut", "self"))
    assert (shut.state, shut.reason) == ("failed", "redirect-away")
    for entry in (shut, itself):
        assert entry.last_look and entry.next_due
        assert entry.next_due - entry.last_look <= timedelta(days=1)


def test_a_site_that_asks_to_be_left_alone_for_long_is(first: Crawls) -> None:
    site = first.sites["resting"]
    assert sorted(path for path in site.asked if "story" in path) == site.asked[-1:]
    assert first.runs["resting"]["state"] == "blocked"
    asked = first.entry("resting", site.asked[-1])
    assert asked.last_look and asked.next_due
    assert asked.next_due - asked.last_look > timedelta(minutes=50)


def test_a_site_that_cuts_every_connection_is_left_alone(first: Crawls) -> None:
    run, asked = first.runs["cutting"], first.sites["cutting"].asked
    assert (run["state"], len({path for path in asked if "story" in path})) == ("blocked", 5)
    assert run["reason"].startswith("the outlet cannot be reached (no answer")


def test_a_site_that_breaks_off_is_unreachable_and_no_wall(first: Crawls) -> None:
    said = zancrawler("status", "cutting", "--json", *first.options, code=1)
    assert [alarm["code"] for alarm in json.loads(said)["alarms"]] == ["unreachable"]


def test_nothing_is_asked_again_without_the_wait_that_a_site_asks_for(first: Crawls) -> None:
    assert first.sites["busy"].asked.count("/story/1") == 1 + MAX_RETURNS
    assert first.entry("busy", "/story/2").held


def test_a_feed_of_addresses_that_no_rule_knows_is_named(first: Crawls) -> None:
    feed = first.sites["moving"].home + "/other-feed"
    told = f"feed {feed}: none of its 2 addresses is an article's by the outlet's rules"
    assert told in first.problems("moving")


def test_an_api_may_count_its_pages_as_it_likes(first: Crawls) -> None:
    assert first.entry("failing", "/story/1").held
    api = first.sites["failing"].home + "/api?page=2"
    assert first.problems("failing") == [f"api {api} answers 404"]


def test_a_trap_is_a_problem_of_the_run(first: Crawls) -> None:
    example = first.sites["moving"].home + "/story/fa/fa/fa"
    trap = f"a trap (path loops): 1 more like {example} are left alone"
    assert trap in first.problems("moving")


def test_a_live_ledger_is_that_of_its_warcs(first: Crawls) -> None:
    live = {name: first.articles(name) for name in first.sites}
    sources = first.standing("leading")
    told = {name: first.sources(name) for name in first.sites}
    zancrawler("rebuild", *first.sites, "--ledger", *first.options)
    assert {name: first.articles(name) for name in first.sites} == live
    assert first.standing("leading") == sources
    assert {name: first.sources(name) for name in first.sites} == told


def test_a_run_counts_urls_that_failed_and_not_their_tries(first: Crawls) -> None:
    tables = read.open(first.folder / "archive")
    (row,) = tables.crawls(outlet="leading").to_pylist()
    assert (row["gone"], row["failed"], row["disallowed"]) == (2, 1, 1)
    rebuild_accounts(Archive(first.folder / "archive"), "leading")
    assert tables.crawls(outlet="leading").to_pylist() == [row]


def test_what_failed_at_each_of_three_tries_has_failed_once(first: Crawls) -> None:
    entry = first.entry("leading", "/story/4")
    assert first.sites["leading"].asked.count("/story/4") == 3
    assert (entry.state, entry.failures, entry.looks) == ("failed", 1, 1)


def test_a_burst_behind_a_short_feed_is_found(second: Crawls) -> None:
    assert all(second.entry("bursting", f"/story/{number}").held for number in range(12))
