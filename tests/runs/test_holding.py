"""What articles are held for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import small_archive
from small_archive import FIRST, Page

from zancrawler.archive import Archive
from zancrawler.decisions import Why
from zancrawler.runs.holding import holds
from zancrawler.tables import Access, Tables
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
