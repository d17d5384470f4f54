"""Outlet files: what is read, and what a person who mistypes is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from zancrawler.outlets import (
    Catalogue,
    OutletError,
    UnknownOutletError,
    parse_outlet,
    read_outlet,
    recognise,
    unknown_outlet,
)

GOOD = """
title = "Example"
home = "https://example.org/"
domains = ["example.org"]
languages = ["fa-AF", "ps"]
platform = "wordpress"
"""


def test_preset_stands_behind_the_outlets_own_rules() -> None:
    outlet = parse_outlet(
        "example", GOOD + "[[articles]]\nurl = '^/story/'\nends = ['Latest']\n", where="x"
    )
    own, preset = outlet.articles
    assert own.url.pattern == "^/story/"
    assert own.ends == ("Latest",)
    assert own.body == preset.body != ()
    assert outlet.sources.feeds == ("https://example.org/feed/",)
    assert outlet.source.startswith("\ntitle")


def test_own_sources_replace_the_presets() -> None:
    outlet = parse_outlet("example", GOOD + "[sources]\nfeeds = ['rss.xml']\n", where="x")
    assert outlet.sources.feeds == ("https://example.org/rss.xml",)
    assert outlet.sources.sitemaps == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "languges = ['en']\n", "did you mean 'languages'?"),
        (GOOD + "[urls]\nlistings = ['a']\n", "did you mean 'listing'?"),
        (GOOD + "[[articles]]\nbody = ['x']\n", "url"),
        (GOOD + "[[articles]]\nurl = '['\n", "regular expression"),
        (
            GOOD.replace('"wordpress"', '"wordpres"'),
            "known are: wix, pangea, nextjs, drupal, wordpress, plain",
        ),
        (GOOD.replace('["fa-AF", "ps"]', '"fa-AF"'), "$.languages"),
        (GOOD.replace('["example.org"]', '["example.net"]'), "'example.org'"),
        (GOOD.replace('"https://example.org/"', '"example.org"'), "http"),
        (GOOD + "timezone = 'Kabul'\n", "no IANA time zone is called 'Kabul'"),
        (GOOD + "[politeness]\ndelay = -1\n", "delay must be 0 or more"),
        ("title = ", "Invalid value"),
        ("", "title"),
    ],
)
def test_a_fault_is_named(text: str, told: str) -> None:
    with pytest.raises(OutletError) as caught:
        parse_outlet("example", text, where="example.toml")
    assert str(caught.value).startswith("example.toml")
    assert told in str(caught.value)


def test_a_bad_file_name_or_a_huge_file_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "My Outlet.toml"
    bad.write_text(GOOD)
    with pytest.raises(OutletError, match="lower-case"):
        read_outlet(bad)
    huge = tmp_path / "huge.toml"
    huge.write_text("#" * 300_000)
    with pytest.raises(OutletError, match="larger than"):
        read_outlet(huge)


def test_every_shipped_outlet_is_valid() -> None:
    outlets = Catalogue.open().all()
    assert {"zannews", "zantimes"} <= {outlet.name for outlet in outlets}
    assert all(outlet.checked for outlet in outlets)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(UnknownOutletError, match="did you mean zannews"):
        Catalogue.open().get("zanews")


def test_a_folder_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    (tmp_path / "zannews.toml").write_text(GOOD)
    catalogue = Catalogue.open(tmp_path)
    assert "mine" in catalogue.names()
    assert catalogue.get("zannews").home == "https://example.org/"
    assert catalogue.of_url("https://zantimes.com/2025/01/01/a").name == "zantimes"
    assert catalogue.of_url("https://nobody.org/") is None


def test_an_unknown_site_gets_its_platforms_rules() -> None:
    html = b'<img src="https://static.wixstatic.com/media/a.jpg">'
    outlet = unknown_outlet("https://blog.example.com/post/a", recognise(html))
    assert (outlet.platform, outlet.domains) == ("wix", ("blog.example.com",))
    assert outlet.rules_for("/post/a").needs
    assert unknown_outlet("nonsense", recognise(b"")).platform == "plain"
