"""What articles are held for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import small_archive
from small_archive import FIRST, Page

from zancrawler.archive import Archive
from zancrawler.decisions import Action, Decision, Decisions, Why, record
from zancrawler.outlets import parse_outlet
from zancrawler.runs.accounts import rebuild_accounts
from zancrawler.runs.holding import holds
from zancrawler.runs.rebuild import rebuild_ledger
from zancrawler.runs.verify_accounts import account_faults
from zancrawler.tables import Access, Status, Tables
from zancrawler.tables.articles import article_id

MISSING = "<!doctype html><title>Page not found</title><h1>Page not found</h1>"


def test_what_comes_back_is_not_called_stripped(tmp_path: Path) -> None:
    archive, story = Archive.open(tmp_path), small_archive.story("library")
    other = small_archive.story("well")
    small_archive.crawl(archive, FIRST, [story, other])
    for day in range(1, 4):
        small_archive.crawl(archive, FIRST + timedelta(day), [Page(story.path, MISSING)])
    Tables(archive, "tester").mark_gone([article_id(story.url)])
    assert [(hold.url, hold.why) for hold in holds(archive)] == [(story.url, Why.GONE)]
    small_archive.crawl(archive, FIRST + timedelta(5), [story])
    (held,) = holds(archive)
    assert (held.url, held.why) == (story.url, Why.BACK)
    Tables(archive, "tester").mark([article_id(other.url)], access=Access.HELD)
    assert {hold.url: hold.why for hold in holds(archive)} == {
        story.url: Why.BACK,
        other.url: Why.STRIPPED,
    }
    assert [hold.url for hold in holds(archive, "tester", Why.STRIPPED)] == [other.url]


def test_what_is_gone_is_held_after_a_rebuild_from_the_warcs_alone(tmp_path: Path) -> None:
    archive, story = Archive.open(tmp_path), small_archive.story("library")
    outlet = parse_outlet("tester", small_archive.TOML, where="a test")
    small_archive.crawl(archive, FIRST, [story, small_archive.story("well")])
    for day in range(1, 4):
        small_archive.crawl(archive, FIRST + timedelta(day), [Page(story.path, MISSING)])
    rebuild_ledger(archive, outlet)
    rebuild_accounts(archive, "tester")
    assert [(hold.url, hold.why) for hold in holds(archive)] == [(story.url, Why.GONE)]
    assert list(account_faults(archive, "tester", Decisions.read(archive))) == []
    Tables(archive, "tester").mark([article_id(story.url)], access=Access.OPEN)
    (fault,) = account_faults(archive, "tester", Decisions.read(archive))
    assert fault.message == f"{story.url} is gone by the ledger and is open, by no decision"
    released = Decision(
        Action.RELEASE,
        *(article_id(story.url), "tester", story.url),
        *(FIRST + timedelta(days=9), "steward", "asked"),
    )
    record(archive, [released])
    rebuild_accounts(archive, "tester")
    assert (holds(archive), list(account_faults(archive, "tester", Decisions.read(archive)))) == (
        [],
        [],
    )
    Tables(archive, "tester").mark([article_id(story.url)], status=Status.LIVE)
    (fault,) = account_faults(archive, "tester", Decisions.read(archive))
    assert fault.message == f"{story.url} is gone by the ledger and has the status live"


def test_what_was_cut_is_open_by_a_decision_alone(tmp_path: Path) -> None:
    archive, story = Archive.open(tmp_path), small_archive.story("library", "A long tale. " * 60)
    small_archive.crawl(archive, FIRST, [story])
    for day in (1, 2):
        small_archive.crawl(archive, FIRST + timedelta(day), [small_archive.story("library")])
    assert [hold.why for hold in holds(archive)] == [Why.CUT]
    Tables(archive, "tester").mark([article_id(story.url)], access=Access.OPEN)
    (fault,) = account_faults(archive, "tester", Decisions.read(archive))
    assert fault.message == f"{story.url} lost much of its text and is open, by no decision"
