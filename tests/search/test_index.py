"""The index: it follows the tables, through kills and damage, and shows nothing it must not."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from corpus import commit, index_lock, published
from hypothesis import given, settings
from hypothesis import strategies as st

from zancrawler.archive import Archive, ArchiveError
from zancrawler.decisions import Action, Decision, record
from zancrawler.extraction.normalize import folded
from zancrawler.newsroom.article import Article
from zancrawler.search import Freshness, Index, Query, Search, index, indexing
from zancrawler.search.filters import Filters
from zancrawler.search.index import FORMAT
from zancrawler.search.words import terms
from zancrawler.tables import Access, Status, Tables

ARTICLES = {article.id: article for article in published()}
GOAT, LAKE, LANDAY = (ARTICLES[name] for name in ("wp-en-goat", "wp-fa-lake", "wix-ps-landay"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    kept = Archive.open(tmp_path)
    commit(kept, [GOAT, LAKE, LANDAY])
    return kept


def found(search: Search, query: str, **filters: str) -> list[str]:
    return [hit.article_id for hit in search.find(query, **filters)]  # type: ignore[arg-type]


def test_a_search_takes_in_what_the_index_lacks(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    commit(archive, [ARTICLES["wp-en-archive"]], step=1)
    assert found(search, "suitcases") == ["wp-en-archive"]
    shutil.rmtree(archive.search_index.parent)
    assert found(search, "suitcases") == ["wp-en-archive"]
    shutil.rmtree(archive.table("articles") / "site=newsroom-wix")
    assert found(search, "لنډۍ") == []


def test_an_edited_article_is_found_by_its_new_words_only(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "yoghurt") == ["wp-en-goat"]
    edited = replace(GOAT, title="Court rules on the white zebra", blocks=LAKE.blocks[:1])
    commit(archive, [edited], step=1)
    commit(archive, [edited], step=2)
    assert found(search, "zebra") == []
    Tables(archive, GOAT.outlet).mark([GOAT.id], access=Access.OPEN)
    assert found(search, "zebra") == ["wp-en-goat"]
    assert found(search, "yoghurt") == []


@pytest.mark.parametrize("access", [Access.HELD, Access.WITHDRAWN])
def test_what_is_held_or_withdrawn_never_shows(archive: Archive, access: Access) -> None:
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    Tables(archive, GOAT.outlet).mark([GOAT.id], access=access)
    assert found(search, "goat") == []
    assert Index(archive).refresh() is Freshness.CURRENT
    assert found(search, "goat") == []
    Tables(archive, GOAT.outlet).mark([GOAT.id], access=Access.OPEN)
    assert found(search, "goat") == ["wp-en-goat"]


def test_a_stale_index_shows_nothing_that_is_held_meanwhile(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another process is at the index, or the disk cannot be written."""
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    Tables(archive, GOAT.outlet).mark([GOAT.id], access=Access.HELD)
    monkeypatch.setattr(Index, "refresh", lambda *_: Freshness.BUSY)
    assert found(search, "goat") == []


def test_a_withdrawal_hides_at_once_and_takes_the_words_out(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "checkpoint OR yoghurt") == ["wp-en-goat"]
    decision = Decision(
        Action.WITHDRAW, GOAT.id, GOAT.outlet, "https://x.example", datetime.now(UTC), "b", "safety"
    )
    record(archive, [decision])
    assert found(search, "yoghurt") == []
    Tables(archive, GOAT.outlet).mark([GOAT.id], access=Access.WITHDRAWN)
    assert Index(archive).refresh() is Freshness.CURRENT
    with sqlite3.connect(archive.search_index) as database:
        database.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, words, row)")
        held = {term for (term,) in database.execute("SELECT term FROM temp.v")}
    assert "yoghurt" not in held
    assert "هامون" in held


def test_filters(newsroom: Search) -> None:
    def languages(language: str) -> set[str | None]:
        return {hit.language for hit in newsroom.find("a OR و OR د", language=language, limit=500)}

    assert languages("prs") == languages("fa") == languages("fa-AF") == languages("FA-af")
    assert languages("fa") == {"fa-AF"}
    assert languages("ps") == {"ps"}
    assert languages("f") == languages("*") == set()
    assert {hit.outlet for hit in newsroom.find("the", outlet="newsroom-wp")} == {"newsroom-wp"}
    both = newsroom.find("the", outlet=["newsroom-wp", "newsroom-wix"], limit=500)
    assert {hit.outlet for hit in both} == {"newsroom-wp", "newsroom-wix"}
    days = newsroom.find("the", since=date(2025, 8, 1), until="2025-08-07", limit=500)
    assert days
    for hit in days:
        assert hit.date_published is not None
        assert datetime(2025, 8, 1, tzinfo=UTC) <= hit.date_published
        assert hit.date_published < datetime(2025, 8, 7, tzinfo=UTC)
    assert newsroom.find("goat", status=Status.LIVE)
    assert not newsroom.find("goat", status="gone")
    with pytest.raises(ArchiveError, match="no date"):
        newsroom.find("goat", since="yesterday")
    with pytest.raises(ArchiveError, match="no status"):
        newsroom.find("goat", status="dead")


def test_status_follows_without_reading_texts_again(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "goat", status="live") == ["wp-en-goat"]
    Tables(archive, GOAT.outlet).mark([GOAT.id], status=Status.GONE)
    assert found(search, "goat", status="live") == []
    assert found(search, "goat", status="gone") == ["wp-en-goat"]
    assert _entries(archive) == 3


def test_pages_of_hits_follow_each_other(newsroom: Search) -> None:
    whole = newsroom.find("the", limit=40)
    assert whole == newsroom.find("the", limit=25) + newsroom.find("the", limit=15, offset=25)
    assert [hit.score for hit in whole] == sorted((hit.score for hit in whole), reverse=True)
    assert newsroom.find("goat", limit=5, offset=50) == []


def test_no_more_matches_are_ranked_than_there_is_time_for(
    newsroom: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "RANKED", 7)
    assert len(newsroom.find("the", limit=40)) == 7


def test_the_title_weighs_more_and_then_the_date(newsroom: Search) -> None:
    first = newsroom.find("goat", limit=5)[0]
    assert "goat" in first.title.text
    briefs = newsroom.find("هوای فردا", limit=5)
    assert all(hit.date_published for hit in briefs)


@pytest.mark.parametrize(
    "damage", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 9000]
)
def test_a_damaged_index_is_made_anew(archive: Archive, damage: bytes) -> None:
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    archive.search_index.write_bytes(damage)
    assert found(search, "goat") == ["wp-en-goat"]


def test_damage_inside_the_index_is_mended(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    with sqlite3.connect(archive.search_index) as database:
        database.execute("UPDATE words_data SET block = x'00ff00ff' WHERE id > 100")
    assert found(search, "goat") == ["wp-en-goat"]


def test_an_index_of_another_format_is_made_anew(archive: Archive) -> None:
    search = Search(archive)
    assert found(search, "goat") == ["wp-en-goat"]
    with sqlite3.connect(archive.search_index) as database:
        database.execute(f"PRAGMA user_version = {FORMAT + 1}")
        database.execute("DELETE FROM documents")
    assert found(search, "goat") == ["wp-en-goat"]


def test_an_index_full_of_what_is_no_more_is_made_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "ROOMY", 5)
    tables, index = Tables(archive, GOAT.outlet), Index(archive)
    for _ in range(10):
        for access in (Access.HELD, Access.OPEN):
            tables.mark([GOAT.id], access=access)
            assert index.refresh() is Freshness.CURRENT
    assert 3 <= _entries(archive) <= 9
    assert found(Search(archive), "goat") == ["wp-en-goat"]


def test_another_process_at_the_index_is_not_waited_for(archive: Archive) -> None:
    index = Index(archive)
    with index_lock(archive):
        assert index.refresh() is Freshness.BUSY
    assert index.refresh(seconds=0) is Freshness.BEHIND
    assert index.refresh() is Freshness.CURRENT


def test_a_refresh_that_runs_out_of_time_goes_on_later(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 5)
    commit(archive, ARTICLES.values(), step=1)
    index = Index(archive)
    turns = 1
    while index.refresh(seconds=0.05) is Freshness.BEHIND:
        turns += 1
    assert turns > 1
    _is_whole(archive, len(ARTICLES))


@pytest.mark.slow
def test_killed_while_indexing_it_knows_what_it_lacks(archive: Archive) -> None:
    """Twenty kills at random moments, then one refresh."""
    chance = random.Random(7)
    articles = list(ARTICLES.values())
    command = [sys.executable, Path(__file__).with_name("indexer.py"), archive.root]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    half_done = 0
    stop = threading.Event()
    pool = ThreadPoolExecutor(1)
    reading = pool.submit(_read_until, stop, Index(archive))
    for step in range(1, 21):
        commit(archive, chance.sample(articles, 90), step=step)
        if chance.random() < 0.3:
            Index(archive).forget()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, 9)):
                process.stdout.readline()
            time.sleep(chance.uniform(0, 0.01))
            process.send_signal(signal.SIGKILL)
        half_done += Index(archive).refresh(seconds=0) is Freshness.BEHIND
    stop.set()
    assert reading.result() > 50
    pool.shutdown()
    assert half_done > 4
    commit(archive, articles, step=40)
    assert Index(archive).refresh() is Freshness.CURRENT
    _is_whole(archive, len(articles))


def _read_until(stop: threading.Event, index: Index) -> int:
    """Searches again and again, and returns how often; raises as soon as one search does."""
    searches = 0
    while not stop.is_set():
        index.matches(Query.parse("goat OR هامون"), Filters(), 10)
        searches += 1
        time.sleep(0.01)
    return searches


def _is_whole(archive: Archive, count: int) -> None:
    """Every article is in the index once, and is found by each word of its title together."""
    with sqlite3.connect(archive.search_index) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT count(*), count(DISTINCT article_id) FROM documents")
        assert rows.fetchone() == (count, count)
    search = Search(archive)
    for article in list(ARTICLES.values())[::7]:
        assert article.id in found(search, f'"{article.title}"', limit=300), article.id  # type: ignore[arg-type]


def _entries(archive: Archive) -> int:
    with sqlite3.connect(archive.search_index) as database:
        return int(database.execute("SELECT count(*) FROM words_docsize").fetchone()[0])


@settings(deadline=None)
@given(st.sampled_from(list(ARTICLES.values())), st.data())
def test_every_word_finds_its_article(
    newsroom: Search, article: Article, data: st.DataObject
) -> None:
    words = [word for word in f"{article.title} {article.text}".split() if terms(word)]
    word = data.draw(st.sampled_from(words)).lstrip("-").rstrip("*")
    matches = Index(newsroom.archive).matches(Query.parse(word), Filters(), 500)
    assert article.id in [match.article_id for match in matches], word


def test_format_is_raised_when_the_fold_changes() -> None:
    """An index made by another fold would miss words without a sign of it."""
    letters = [chr(code) for code in (*range(0x250), *range(0x600, 0x700), *range(0x2000, 0x2070))]
    known = [letter for letter in letters if unicodedata.category(letter) != "Cn"]
    folds = "".join(f"{letter}{folded(f'a{letter}b')}" for letter in known)
    digest = hashlib.sha256(folds.encode()).hexdigest()[:16]
    assert (FORMAT, digest) == (1, "4db6465bc6fffaf1"), (
        "raise zancrawler.search.index.FORMAT and note the digest"
    )
