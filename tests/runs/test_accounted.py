"""What a site answers beside its articles: each advertised URL is accounted for all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from crawled_newsroom import zancrawler
from scripted_site import PLACES, Reply, Script, page, scripted_site, story

from zancrawler.archive import Archive
from zancrawler.ledger import Entry, Ledger

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
        site.replies["/robots.txt"] = Reply("", content_type="text/plain")
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
        runs = json.loads(said[: said.rindex("]") + 1])
        self.runs.update({run["outlet"]: run for run in runs})

    def problems(self, name: str) -> str:
        return "\n".join(self.runs[name]["problems"])

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


def moved(to: str, status: int = 301) -> Reply:
    return Reply("", status, headers={"Location": to})


def moving(site: Script) -> Mapping[str, list[str]]:
    """Sources and articles that are elsewhere now."""
    site.replies |= {
        "/feed": moved("/feed/"),
        "/feed/": feed(site, "/story/1"),
        "/lost-feed": moved("/", 302),
        "/": Reply(page("News", "<p><a href=/story/2>The school of Baghlan opens again</a></p>")),
        "/story/1": Reply(story(PLACES[0], 1)),
        "/story/2": Reply(story(PLACES[1], 2)),
    }
    return {"feeds": ["/feed", "/lost-feed"], "listings": ["/"]}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    """The first crawl of each site."""
    crawls = Crawls(tmp_path_factory.mktemp("accounted"))
    with ExitStack() as serving:
        for answer in (moving,):
            site = serving.enter_context(scripted_site())
            crawls.add(answer.__name__, site, answer(site))
        crawls.crawl(*crawls.sites)
        yield crawls


def test_a_source_that_leads_to_another_spelling_of_itself_is_read(first: Crawls) -> None:
    assert first.entry("moving", "/story/1").held


def test_a_feed_that_leads_to_the_home_page_is_named(first: Crawls) -> None:
    home = first.sites["moving"].home
    lost = f"feed {home}/lost-feed leads to {home}/, which is no feed"
    assert first.problems("moving") == lost
    assert first.entry("moving", "/lost-feed").state == "failed"
