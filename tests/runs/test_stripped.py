"""An outlet takes a name and a picture out of a page whose text stays: it is held, and released."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler
from scripted_site import Reply, page, scripted_site

pytestmark = pytest.mark.slow

TOML = """\
title = "The Valley"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
byline = "The Valley"
politeness = {{ delay = 0 }}
sources = {{ listings = ["/"] }}
[requisites]
take = "none"
[[articles]]
url = '^/reports/\\d+'
body = [".words"]
author = [".by"]
"""
WORDS = "<p>The bakers of the lane rose at four, and nobody of the lane had heard them go.</p>" * 9


def story(by: str, pictures: int) -> Reply:
    shown = "".join(f"<figure><img src=/{n}.png></figure>" for n in range(pictures))
    return Reply(
        page(
            "They rise at four",
            f"<h1>They rise at four</h1>{by and f'<p class=by>{by}</p>'}"
            f"<div class=words>{WORDS}{shown}</div>",
        )
    )


def test_a_name_that_is_taken_out(tmp_path: Path) -> None:
    outlets, archive = tmp_path / "outlets", tmp_path / "archive"
    outlets.mkdir()
    end = ("--archive", archive, "--outlets", outlets)

    def access() -> list[str]:
        rows = pq.read_table(archive / "tables" / "articles")
        assert set(rows["n_versions"].to_pylist()) == {1}
        return rows.sort_by("url")["access"].to_pylist()

    with scripted_site() as site:
        host = site.home.removeprefix("http://")
        (outlets / "valley.toml").write_text(TOML.format(home=site.home, host=host))
        links = "".join(f"<p><a href=/reports/{n}/a>They rise, {n}</a>" for n in range(3))
        site.replies["/"] = Reply(page("News", links))
        urls = [f"/reports/{n}/a" for n in range(3)]
        site.replies |= dict.fromkeys(urls, story("Zahra Ahmadi", 2))
        zancrawler("crawl", "valley", *end)
        assert access() == ["open"] * 3
        now = (story("", 2), story("Zahra Ahmadi", 1), story("Zahra Ahmadzai", 2))
        site.replies |= dict(zip(urls, now, strict=True))
        zancrawler("crawl", "valley", "--full", *end)
        assert access() == ["held", "held", "open"]
        listed = json.loads(zancrawler("holds", "list", "--json", "--archive", archive))
        assert {hold["why"] for hold in listed} == {"stripped"}
        zancrawler("verify", *end)
        # As after a loss of the tables: nobody remembers what was held.
        (archive / "tables").rename(tmp_path / "lost")
        zancrawler("rebuild", *end)
        assert access() == ["held", "held", "open"]
        url = next(hold["url"] for hold in listed if hold["url"].endswith(urls[0]))
        zancrawler("holds", "release", url, "--reason", "asked", "--by", "steward", *end)
        for url in urls:
            site.replies[url] = Reply(f"{site.replies[url].body}<!-- other bytes -->")
        zancrawler("crawl", "valley", "--full", *end)
        assert access() == ["open", "held", "open"]
        zancrawler("rebuild", *end)
        assert access() == ["open", "held", "open"]
