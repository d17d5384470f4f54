"""Outlet files: what is read, and what a person who mistypes is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from zancrawler.outlets import (
    Capture,
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


def test_rules_without_a_body_are_the_presets_with_more() -> None:
    text = "[[articles]]\nurl = '^/story/'\ndrop = ['.advert']\ntitle = ['h1.big']\n"
    own, preset = parse_outlet("example", GOOD + text, where="x").articles
    assert own.drop == (".advert", *preset.drop)
    assert own.title == ("h1.big", *preset.title)
    assert own.date == preset.date


def test_naming_a_body_leaves_the_preset_behind() -> None:
    text = "[[articles]]\nurl = '^/story/'\nbody = ['#story']\n"
    own, _ = parse_outlet("example", GOOD + text, where="x").articles
    assert (own.body, own.title, own.drop, own.needs) == (("#story",), (), (), ())


def test_own_patterns_of_a_plain_outlet_are_its_only_ones() -> None:
    plain = GOOD.replace('"wordpress"', '"plain"')
    (rules,) = parse_outlet(
        "example", plain + "[[articles]]\nurl = '^/story/'\n", where="x"
    ).articles
    assert rules.url.pattern == "^/story/"
    (anything,) = parse_outlet("example", plain, where="x").articles
    assert anything.url.search("/about")


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
        (GOOD + "checked = 'yesterday'\n", "checked must be an ISO date"),
        (GOOD + "[rights]\npermission = 'maybe'\n", "granted, none or refused"),
        (GOOD + "[rights]\nlicense = 'CC0'\n", "did you mean 'licence'?"),
        (GOOD + "[urls]\nstory_id = '^/[0-9]+$'\n", "needs a group"),
        (GOOD + "[urls]\nrewrites = [{ search = '^/a', replace = '\\1' }]\n", "does not fit"),
        (GOOD + "[urls]\nrewrites = [{ serch = '^/a' }]\n", "did you mean 'search'?"),
        (GOOD + "[[articles]]\nurl = 'a'\nbody = ['div >']\n", "is no CSS selector"),
        (GOOD + "[[articles]]\nurl = 'a'\ndrop = ['p::shown']\n", "is no CSS selector"),
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


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("8am", "hashtesubh"),
        ("اطلاعات روز", "etilaatroz"),
        ("Tolo", "tolonews"),
        ("www.afintl.com", "afintl"),
        ("radio azadi", "azadi-dari"),
    ],
)
def test_a_name_that_people_use_leads_to_the_outlet(said: str, meant: str) -> None:
    with pytest.raises(UnknownOutletError, match=f"did you mean.* {meant}"):
        Catalogue.open().get(said)


def test_a_broken_file_of_another_outlet_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("title = ")
    with pytest.raises(UnknownOutletError, match="did you mean zannews"):
        Catalogue.open(tmp_path).get("zanews")


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


def test_which_pages_need_a_browser() -> None:
    rules = "[[articles]]\nurl = '^/album/'\ncapture = '{}'\n[[articles]]\nurl = '^/story/'\n"
    some = parse_outlet("example", GOOD + rules.format("browser"), where="x")
    most = parse_outlet("example", GOOD + "capture = 'browser'\n" + rules.format("http"), where="x")
    for outlet, opened in ((some, "/album/1"), (most, "/story/1")):
        assert outlet.needs_browser
        for path in ("/album/1", "/story/1", "/category/news"):
            expected = Capture.BROWSER if path == opened else Capture.HTTP
            assert outlet.capture_of(path) is expected, path
    assert not parse_outlet("example", GOOD, where="x").needs_browser
    with pytest.raises(OutletError, match="'firefox'"):
        parse_outlet("example", GOOD + "capture = 'firefox'\n", where="x")
    with pytest.raises(OutletError, match="leave one of them out"):
        none = "[requisites]\ntake = 'none'\n"
        parse_outlet("example", GOOD + "capture = 'browser'\n" + none, where="x")
