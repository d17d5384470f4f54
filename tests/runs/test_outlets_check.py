"""`zancrawler outlets check`: what of an outlet's file no longer holds, and the weekly look."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler
from scripted_site import PLACES, Reply, Script, page, plain_site, scripted_site, story

from zancrawler.archive import Archive
from zancrawler.ledger import Ledger
from zancrawler.outlets import Catalogue
from zancrawler.runs.alarms import AlarmCode, alarms
from zancrawler.runs.checks import Check, Fault, FaultCode, last_check, put_check
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.history import read_history
from zancrawler.runs.notices import Event, EventKind
from zancrawler.runs.schedule import Schedule, Stop

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
SOUND = """\
title = "The Valley"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
politeness = {{ delay = 0 }}
sources = {{ feeds = ["/feed"], listings = ["/"] }}
[[articles]]
url = '^/reports/\\d+/'
body = [".words"]
"""
SOURCES = {
    "/old-feed": FaultCode.SOURCE_DEAD,
    "/about": FaultCode.SOURCE_DEAD,
    "/moved": FaultCode.MOVED,
    "/private/feed": FaultCode.DISALLOWED,
    "/walled": FaultCode.BLOCKED,
}
"""Feeds that are none any more, and what a check must call each."""
BROKEN = {
    "pattern": ((r"^/reports/\d+/", "^/news/"), FaultCode.PATTERN),
    "body": ((".words", ".text"), FaultCode.BODY_EMPTY),
    "sources": (('"/feed"', ", ".join(f'"{path}"' for path in SOURCES)), None),
}
"""What is changed in the file, and the one fault that it makes."""


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with scripted_site() as script:
        paths = plain_site(script)
        items = "".join(
            f"<item><title>{place}</title><link>{script.home}{path}</link></item>"
            for path, place in zip(paths, PLACES, strict=True)
        )
        feed = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        script.replies["/feed"] = Reply(feed, content_type="application/rss+xml")
        script.replies["/robots.txt"] = Reply(
            "User-agent: *\nDisallow: /private/\n", content_type="text/plain"
        )
        script.replies["/moved"] = Reply("", 301, headers={"Location": "http://new.invalid/"})
        script.replies["/walled"] = Reply("<title>Forbidden</title>", 403)
        yield script


def write(folder: Path, name: str, script: Script, *change: str) -> None:
    folder.mkdir(exist_ok=True)
    text = SOUND.format(home=script.home, host=script.home.removeprefix("http://"))
    if change:
        assert change[0] in text
        text = text.replace(*change)
    (folder / f"{name}.toml").write_text(text)


def check(folder: Path, *names: str, code: int = 0) -> dict[str, dict[str, Any]]:
    arguments = ["outlets", "check", *names, "--json", "--archive", folder / "archive"]
    arguments += ["--outlets", folder / "outlets"]
    done = subprocess.run(
        [sys.executable, "-m", "zancrawler", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    return {each["outlet"]: each for each in json.loads(done.stdout)}


@pytest.mark.slow
def test_what_broke_is_named(script: Script, tmp_path: Path) -> None:
    write(tmp_path / "outlets", "sound", script)
    for name, (change, _) in BROKEN.items():
        write(tmp_path / "outlets", name, script, *change)
    found = check(tmp_path, "sound", *BROKEN, code=1)
    assert found["sound"]["faults"] == []
    assert found["sound"]["sound"]
    assert found["sound"]["sources"] == 2
    assert [each["kind"] for each in found["sound"]["articles"]] == ["article"] * 5
    for name, (_, code) in BROKEN.items():
        faults = {fault["url"]: fault["code"] for fault in found[name]["faults"]}
        assert found[name]["requests"] <= 14
        if code:
            assert list(faults.values()) == [code.value]
    named = {script.home + path: code.value for path, code in SOURCES.items()}
    assert faults == named
    messages = " ".join(fault["message"] for fault in found["sources"]["faults"])
    assert f"{script.home}/moved leads to new.invalid" in messages
    # Each is kept for `status`, without a word of the articles.
    archive = Archive(tmp_path / "archive")
    kept = last_check(archive, "body")
    assert kept is not None
    assert [fault.code for fault in kept.faults] == [FaultCode.BODY_EMPTY]
    assert "school of" not in archive.check("sound").read_text().replace("school-of", "")
    _is_no_crawl(archive, tmp_path / "outlets")


def _is_no_crawl(archive: Archive, folder: Path) -> None:
    """What was captured is in the tables; the ledger and the alarms take it for no run."""
    captures = pq.read_table(archive.table("captures") / "site=sound")
    assert captures.num_rows == 8
    with Ledger(archive.ledger("sound")) as ledger:
        assert list(ledger.entries()) == []
    outlet = Catalogue.open(folder).get("sound")
    history = read_history(archive, outlet, datetime.now(UTC))
    assert history.runs == ()
    assert history.died == ()
    status = json.loads(
        zancrawler("status", "--json", "--archive", archive.root, "--outlets", folder, code=1)
    )
    checks = [alarm for alarm in status["alarms"] if alarm["code"] == "check"]
    assert {alarm["outlet"] for alarm in checks} == set(BROKEN)
    assert all(
        f"zancrawler outlets check {alarm['outlet']}" in alarm["message"] for alarm in checks
    )


@pytest.mark.slow
def test_dates_that_vanished_and_pages_that_are_no_articles(tmp_path: Path) -> None:
    with scripted_site() as script:
        paths = plain_site(script)
        write(tmp_path / "outlets", "undated", script, '"/feed"', "")
        for path, place in zip(paths, PLACES, strict=True):
            undated = story(place, 1).replace("1 March 2025", "")
            script.replies[path] = Reply(undated)
        found = check(tmp_path, "undated", code=1)
        codes = {fault["code"] for fault in found["undated"]["faults"]}
        assert codes == {FaultCode.DATES_MISSING}
        for path in paths:
            script.replies[path] = Reply(page("404 not found", "<div class=words>404</div>"))
        found = check(tmp_path, "undated", code=1)
        codes = {fault["code"] for fault in found["undated"]["faults"]}
        assert codes == {FaultCode.NO_ARTICLE}


@pytest.mark.slow
def test_the_schedule_checks_once_a_week_and_crawls_after_it(
    script: Script, tmp_path: Path
) -> None:
    folder, archive = tmp_path / "outlets", Archive.open(tmp_path / "archive")
    write(folder, "sound", script)
    zancrawler("crawl", "sound", "--archive", archive.root, "--outlets", folder)
    stop = Stop()
    schedule = Schedule(
        archive,
        [Catalogue.open(folder).get("sound")],
        CrawlOptions(log_level="ERROR"),
        folder,
        now=lambda: datetime.now(UTC) + timedelta(days=8),
        random=random.Random(1),
    )
    events: list[Event] = []
    for event in schedule.events(stop):
        events.append(event)
        if [e.kind for e in events].count(EventKind.ENDED) == 2:
            stop.ask()
    started = [e.message for e in events if e.kind is EventKind.STARTED]
    assert started == ["sound: a check begins", "sound: a run begins"]
    kept = last_check(archive, "sound")
    assert kept is not None
    assert kept.is_sound
    crawls = pq.read_table(archive.table("crawls")).to_pylist()
    assert len(crawls) == 3
    history = read_history(archive, Catalogue.open(folder).get("sound"), datetime.now(UTC))
    assert len(history.runs) == 2
    assert history.check == kept


def test_a_check_is_kept_and_raises_an_alarm(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    assert last_check(archive, "zannews") is None
    fault = Fault(FaultCode.SOURCE_DEAD, "https://x/feed gives nothing", "https://x/feed")
    found = Check("zannews", "zannews-check-20260329003000", NOW, 9, 3, 40, faults=(fault,) * 2)
    put_check(archive, found)
    assert last_check(archive, "zannews") == found
    outlet = Catalogue.open().get("zannews")
    history = read_history(archive, outlet, NOW)
    assert history.check == found
    (alarm,) = alarms(history, NOW)
    assert alarm.code is AlarmCode.CHECK
    assert alarm.since == NOW
    assert "https://x/feed gives nothing (and 1 more)" in alarm.message
    assert alarms(replace(history, check=replace(found, faults=())), NOW) == ()
    archive.check("zannews").write_text('{"outlet": 1}')
    assert last_check(archive, "zannews") is None


def test_files_are_checked_without_asking_any_site(script: Script, tmp_path: Path) -> None:
    write(tmp_path, "sound", script)
    before = len(script.asked)
    said = zancrawler("outlets", "check", "sound", "--offline", "--outlets", tmp_path)
    assert "1 outlets are in order" in said
    assert len(script.asked) == before
    assert "--contact" in zancrawler("outlets", "check", "zannews", code=2)
