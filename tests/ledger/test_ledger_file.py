"""The ledger as a file: written whole, by one at a time, on disks that fill and clocks that lie."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from ledger_outcomes import HOME, NOW, POST, advert, entry, look, urls_due

from zancrawler.ledger import Kind, Ledger, LedgerError, State
from zancrawler.ledger.due import DAY, HOUR


def test_the_position_in_each_warc_only_grows(ledger: Ledger) -> None:
    assert ledger.through("a.warc.gz") == 0
    ledger.record([look(NOW)], through={"a.warc.gz": 100})
    ledger.record([], through={"a.warc.gz": 50, "b.warc.gz": 7})
    assert (ledger.through("a.warc.gz"), ledger.through("b.warc.gz")) == (100, 7)


def test_a_batch_is_recorded_whole_or_not_at_all(ledger: Ledger) -> None:
    good, bad = look(NOW), look(datetime(2026, 3, 1), url=f"{HOME}/post/b")
    with pytest.raises(ValueError, match="no time zone"):
        ledger.record([good, bad], through={"a.warc.gz": 100})
    assert ledger.get(POST) is None
    assert ledger.through("a.warc.gz") == 0
    ledger.record([good])
    assert ledger.get(POST) is not None


def test_times_in_any_zone_are_one_moment(ledger: Ledger) -> None:
    kabul = timezone(timedelta(hours=4, minutes=30))
    ledger.record([look(NOW.astimezone(kabul))])
    assert entry(ledger).last_look == NOW
    assert urls_due(ledger, (NOW + HOUR).astimezone(kabul)) == [POST]


def test_a_clock_that_was_wrong_puts_nothing_off(ledger: Ledger) -> None:
    ledger.record([look(NOW, published=NOW - DAY)])
    wrong = NOW + 4_000 * DAY
    ledger.record([look(wrong, State.UNCHANGED)])
    assert urls_due(ledger, NOW + HOUR) == [POST]
    ledger.record([look(NOW + HOUR, State.UNCHANGED)])
    found = entry(ledger)
    assert found.next_due is not None
    assert NOW + HOUR < found.next_due < NOW + 2 * DAY
    # And back by an hour in the midst of a run.
    ledger.record([look(NOW, State.UNCHANGED)])
    assert entry(ledger).next_due is not None


def test_a_newer_ledger_is_left_alone(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.path) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match=r"version 99.*rebuild --ledger"):
        Ledger(ledger.path)


def test_a_damaged_ledger_is_said_to_be_and_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "zan.sqlite"
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    with pytest.raises(LedgerError, match=r"damaged.*rebuild --ledger"):
        Ledger(path)
    path.write_text("not a database at all, and long enough to be read as one" * 50)
    with pytest.raises(LedgerError, match=r"damaged.*rebuild --ledger"):
        Ledger(path)


def test_a_full_disk_is_said_to_be_full(ledger: Ledger) -> None:
    ledger._database.execute("PRAGMA max_page_count = 20")
    with pytest.raises(LedgerError, match="no room on the disk"):
        ledger.advertise((advert(f"{HOME}/post/{n}") for n in range(5_000)), NOW)
    assert ledger.get(f"{HOME}/post/0") is None


def test_a_reader_sees_the_ledger_while_it_is_written(ledger: Ledger) -> None:
    ledger.advertise([advert()], NOW)
    with Ledger(ledger.path) as reader:
        ledger.record([look(NOW)])
        assert entry(reader).state is State.CAPTURED
        assert [found.url for found in reader.entries(Kind.ARTICLE)] == [POST]
        assert [found.url for found in reader.entries()] == [POST]


def test_a_ledger_that_is_being_written_by_another_is_waited_for_then_named(
    ledger: Ledger,
) -> None:
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger._database.execute("PRAGMA busy_timeout = 100")
    with pytest.raises(LedgerError, match="in use by another run"):
        ledger.record([look(NOW)])
    other.execute("ROLLBACK")
    ledger.record([look(NOW)])
