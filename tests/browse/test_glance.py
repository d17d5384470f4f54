"""The figures: weeks, months and shares; and that nobody waits for them twice."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shown_archive import START, Story, commit, make

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.export import Export
from zancrawler.browse.glance import (
    MONTHS,
    WEEKS,
    MonthShare,
    OutletStanding,
    Standing,
    counts,
    last_moment,
)
from zancrawler.browse.pages import Watch
from zancrawler.browse.templating import day, is_web, minute, number, plain, shade


def stands(*months: str) -> OutletStanding:
    shares = {month: MonthShare(month, 4, 3) for month in months}
    return OutletStanding("paper", "Paper", 4, 3, shares, {}, (), None, ())


def test_weeks_end_with_the_last_that_can_be_true(tmp_path: Path) -> None:
    archive = make(Archive.open(tmp_path / "archive"))
    future = (("date_published", START + timedelta(days=9000)),)
    undated = (("date_published", None),)
    commit(archive, [Story("future", "Later", "Later.", day=2, more=future)])
    commit(archive, [Story("undated", "When", "When.", day=3, more=undated)])
    export = Export(archive)
    export.refresh()
    found = counts(export)
    assert (found.articles, found.undated) == (6, 1)
    assert found.languages == {"en": 4, "fa-AF": 1, "ps": 1}
    assert len(found.weeks) == WEEKS
    assert found.weeks[-1].monday == START.date()
    assert found.weeks[-1].articles == 4 and not any(week.articles for week in found.weeks[:-1])
    assert last_moment(archive, export) == START + timedelta(days=3)


def test_months_are_shown_without_a_hole_and_not_for_ever() -> None:
    def standing(*months: str) -> Standing:
        return Standing(START, (stands(*months),), ())

    assert standing().months == ()
    assert standing("2025-11", "2026-02").months == ("2025-11", "2025-12", "2026-01", "2026-02")
    long = standing("1999-01", "2026-02").months
    assert len(long) == MONTHS and long[-1] == "2026-02"


def test_a_share_is_whole_only_where_nothing_is_missing() -> None:
    assert MonthShare("", 1000, 999).percent == 99
    assert MonthShare("", 0, 0).percent == 0
    assert [shade(percent) for percent in (0, 49, 50, 69, 99, 100)] == [0, 0, 0, 1, 4, 5]


def test_words_for_numbers_times_and_links() -> None:
    assert number(1234567) == "1\u202f234\u202f567"
    assert day("2026-03-02T23:30:00Z") == "2 March 2026" and day(None) == "undated"
    assert minute(datetime(2026, 3, 2, 3, 4, tzinfo=UTC)) == "2 March 2026, 03:04 UTC"
    assert plain("a\u202eb\u2066c\nd") == "abcd"
    for url in ("javascript:alert(1)", " javascript:x", "data:text/html,x", "//x", "", "[", None):
        assert not is_web(url)
    assert is_web("https://x.example/") and is_web("HTTP://x.example/")


def test_what_is_old_is_shown_while_it_is_read_anew() -> None:
    gate, read = threading.Event(), []

    def reading() -> Standing:
        if read:
            gate.wait(60)
        read.append(1)
        return Standing(START if len(read) == 1 else datetime.now(UTC), (), ())

    async def visits() -> None:
        watch = Watch(reading, max_age=60)
        first = await watch.current()
        assert first.at == START
        assert await watch.current() is first and await watch.current() is first
        gate.set()
        while not (watch.reading and watch.reading.done()):
            await asyncio.sleep(0.01)
        assert (await watch.current()).at > START
        assert len(read) == 2 and watch.reading is None

    asyncio.run(visits())


def test_what_cannot_be_read_is_tried_again() -> None:
    tried = []

    def reading() -> Standing:
        tried.append(1)
        if len(tried) == 1:
            raise ArchiveError("the ledger is damaged")
        return Standing(datetime.now(UTC), (), ())

    async def visits() -> None:
        watch = Watch(reading, max_age=60)
        with pytest.raises(ArchiveError):
            await watch.current()
        assert await watch.current()

    asyncio.run(visits())
