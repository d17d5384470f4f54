"""`zancrawler outlets`, and the mistakes that people make."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest
from crawled_newsroom import Crawled, zancrawler


def test_list_show_and_check() -> None:
    assert "Zan News" in zancrawler("outlets", "list")
    names = [outlet["name"] for outlet in json.loads(zancrawler("outlets", "list", "--json"))]
    assert {"zannews", "zantimes"} <= set(names)
    assert zancrawler("outlets") == zancrawler("outlets", "list")
    assert [outlet["name"] for outlet in json.loads(zancrawler("outlets", "--json"))] == names
    shown = json.loads(zancrawler("outlets", "show", "zannews", "--json"))
    assert shown["platform"] == "wix"
    assert len(shown["articles"]) >= 2
    assert "www.zantvnetwork.com" in zancrawler("outlets", "show", "zannews")
    assert "in order" in zancrawler("outlets", "check", "--offline")


def test_check_names_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('title = "Mine"\nplatfrom = "wix"\n')
    said = zancrawler("outlets", "check", "mine", "--offline", "--outlets", tmp_path, code=1)
    assert "did you mean 'platform'?" in said


def test_an_unknown_outlet_names_the_nearest(tmp_path: Path) -> None:
    said = zancrawler("crawl", "zannew", "--archive", tmp_path / "a", code=2)
    assert "did you mean zannews" in said
    assert "Traceback" not in said


def test_a_crawl_of_others_must_say_who_crawls(tmp_path: Path) -> None:
    said = zancrawler("crawl", "zannews", "--archive", tmp_path / "a", code=2)
    assert "--contact" in said
    assert "--anonymous" in said


def test_a_locked_outlet_says_who_holds_it(crawled: Crawled, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    ledger.mkdir()
    with (ledger / "newsroom-wp.lock").open("w") as held:
        held.write("newsroom-wp-20251101000000, pid 1")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        said = zancrawler(
            "crawl",
            "newsroom-wp",
            "--archive",
            tmp_path,
            "--outlets",
            crawled.newsroom.catalogue,
            code=1,
        )
    assert said.startswith("newsroom-wp: not crawled\n")
    assert "'newsroom-wp' is being crawled by another run" in said
    assert "newsroom-wp-20251101000000, pid 1" in said
    assert "Traceback" not in said


def test_a_run_says_in_words_why_it_ended(crawled: Crawled, tmp_path: Path) -> None:
    end = ("--archive", tmp_path / "a", "--outlets", crawled.newsroom.catalogue)
    said = zancrawler("crawl", "newsroom-wp", "--max-pages", 2, *end)
    assert "newsroom-wp: stopped after as many requests as --max-pages allows" in said


@pytest.mark.slow
def test_a_host_that_refuses_connections_turns_nobody_away(tmp_path: Path) -> None:
    (tmp_path / "nobody.toml").write_text(
        'title = "Nobody"\nhome = "http://127.0.0.1:9/"\ndomains = ["127.0.0.1:9"]\n'
        'languages = ["en"]\nplatform = "plain"\n[politeness]\ndelay = 0\n'
    )
    end = ("--archive", tmp_path / "a", "--outlets", tmp_path)
    said = zancrawler("crawl", "nobody", *end, code=1)
    told = json.loads(zancrawler("status", "--json", *end, code=1))
    assert [alarm["code"] for alarm in told["alarms"]] == ["unreachable"]
    assert "cannot be reached (robots.txt cannot be had: its host refuses connections)" in said
