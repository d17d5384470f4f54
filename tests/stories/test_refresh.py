"""The refresh over committed tables: what is written, what is not, and what survives."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from story_corpus import Piece, pairs, read_corpus
from table_rows import ENVIRONMENT, capture, sighting
from test_migrate import make_old

from zancrawler.archive import Archive
from zancrawler.extraction.normalize import normalized
from zancrawler.outlets import Outlet, parse_outlet
from zancrawler.stories import UnknownStoryError, has_new_articles, refresh, story_of
from zancrawler.tables import Access, SchemaMismatchError, Tables, read
from zancrawler.tables.articles import article_id
from zancrawler.tables.migrate import migrate

CORPUS = read_corpus()
HERE = Path(__file__).parent
KILLS = 4


def host(outlet: str) -> str:
    return f"https://{outlet}.example"


def url(name: str) -> str:
    piece = CORPUS[name]
    return f"{host(piece.outlet)}/news/{name.removesuffix('-copy')}"


def outlets() -> list[Outlet]:
    names = sorted({piece.outlet for piece in CORPUS.values()})
    mirrors = {"lamp": 'mirrors = ["lamp-mirror.example"]'}
    return [
        parse_outlet(
            name,
            f'title = "{name}"\nhome = "{host(name)}/"\ndomains = ["{name}.example"]\n'
            f'languages = ["fa-AF", "ps", "en"]\nplatform = "plain"\n{mirrors.get(name, "")}\n'
            '[[articles]]\nurl = "^/news/"\nbody = ["article"]\n',
            where=name,
        )
        for name in names
    ]


def commit(archive: Archive, pieces: Iterable[Piece], serial: int = 0) -> None:
    by_outlet: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_outlet.setdefault(piece.outlet, []).append(piece)
    for outlet, group in by_outlet.items():
        captures, articles = [], []
        for number, piece in enumerate(group):
            page = capture(
                number,
                url(piece.id),
                fetch_time=piece.published,
                warc_filename=f"warc/{outlet}/2026/{outlet}-20260301000000-{serial:05d}.warc.gz",
            )
            content = f"{piece.title}\n\n{piece.text}"
            articles.append(
                sighting(
                    page,
                    piece.text,
                    title=piece.title,
                    text_digest="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
                    text_normalized=normalized(piece.text),
                    language=piece.language,
                    date_published=piece.published,
                    images=[{"url": f"https://img.example/{piece.picture}"}] * bool(piece.picture),
                    translations=[
                        {"language": CORPUS[name].language, "url": url(name)}
                        for name in piece.names
                    ],
                )
            )
            page["text_digest"] = articles[-1]["text_digest"]
            captures.append(page)
        Tables(archive, outlet).commit(captures, articles)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    commit(archive, CORPUS.values())
    refresh(archive, outlets())
    return archive


@pytest.fixture
def archive(told: Archive, tmp_path: Path) -> Archive:
    """A copy that a test may change."""
    shutil.copytree(told.root, tmp_path / "copy")
    return Archive(tmp_path / "copy")


def names() -> dict[str, str]:
    return {article_id(url(name)): name for name in CORPUS}


def stories(archive: Archive) -> dict[str, str]:
    """Name to name of the story."""
    named = names()
    rows = read.open(archive).articles(columns=["article_id", "story_id"]).to_pylist()
    return {named[row["article_id"]]: named[row["story_id"]] for row in rows}


def digests(archive: Archive, table: str = "articles") -> dict[str, str]:
    return {
        archive.relative(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(archive.table(table).rglob("*.parquet"))
    }


def test_both_tables_tell_the_same(told: Archive) -> None:
    reader = read.open(told)
    rows = {row["article_id"]: row for row in reader.stories().to_pylist()}
    articles = reader.articles(columns=["article_id", "story_id", "outlet", "language"])
    assert len(rows) == articles.num_rows == len(CORPUS)
    for article in articles.to_pylist():
        assert {name: rows[article["article_id"]][name] for name in article} == article
    assert reader.stories(article_id(url("school-en"))).num_rows == 4


def test_the_truth_is_found_through_the_tables(told: Archive) -> None:
    found = pairs(stories(told))
    true = pairs({name: piece.story for name, piece in CORPUS.items()})
    assert found <= true
    assert len(found) >= 0.8 * len(true)


def test_a_second_refresh_writes_nothing(archive: Archive) -> None:
    before = {path: path.stat().st_mtime_ns for path in archive.tables.rglob("*.parquet")}
    again = refresh(archive, outlets())
    assert (again.sketched, again.moved, again.busy) == (0, 0, ())
    assert {p: p.stat().st_mtime_ns for p in archive.tables.rglob("*.parquet")} == before


def test_in_steps_or_at_once_is_the_same(told: Archive, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    pieces = list(CORPUS.values())
    sketched = 0
    for serial, start in enumerate(range(0, len(pieces), 16)):
        commit(archive, pieces[start : start + 16], serial)
        sketched += refresh(archive, outlets()).sketched
    assert stories(archive) == stories(told)
    assert sketched == len({f"{piece.title}\n{piece.text}" for piece in pieces})


def test_without_what_was_kept_the_result_is_the_same(archive: Archive) -> None:
    before = digests(archive), digests(archive, "stories")
    shutil.rmtree(archive.table("stories"))
    refresh(archive, outlets())
    assert (digests(archive), digests(archive, "stories")) == before


def test_a_new_version_keeps_its_story_until_the_next_refresh(archive: Archive) -> None:
    piece = CORPUS["bridge-copy"]
    edited = replace(piece, text=piece.text + "\n\nپایان.", published=piece.published)
    assert not has_new_articles(archive, piece.outlet)
    commit(archive, [edited], serial=7)
    assert stories(archive)["bridge-copy"] == "bridge"
    assert has_new_articles(archive, piece.outlet)
    assert refresh(archive, outlets()).moved == 0
    assert not has_new_articles(archive, piece.outlet)
    place = place_of(archive, "bridge-copy")
    assert (place["relation"], place["evidence"]) == ("duplicate", "near-text")


def place_of(archive: Archive, name: str) -> dict[str, Any]:
    rows = read.open(archive).stories().to_pylist()
    return next(row for row in rows if row["article_id"] == article_id(url(name)))


def test_what_left_the_articles_leaves_the_stories(archive: Archive) -> None:
    shutil.rmtree(archive.table("articles") / "site=north")
    refresh(archive, outlets())
    rows = read.open(archive).stories()
    assert "north" not in rows["outlet"].to_pylist()
    assert len(rows) == len([piece for piece in CORPUS.values() if piece.outlet != "north"])
    assert stories(archive)["bridge-edited"] == "bridge-copy"


def test_only_the_outlets_named_are_written(archive: Archive) -> None:
    shutil.rmtree(archive.table("stories"))
    refresh(archive, outlets(), only=["east"])
    assert set(read.open(archive).stories()["outlet"].to_pylist()) == {"east"}


def test_an_outlet_that_is_being_crawled_is_left_alone(archive: Archive) -> None:
    shutil.rmtree(archive.table("stories"))
    with archive.lock("east", "a crawl"):
        done = refresh(archive, outlets())
    assert done.busy == ("east",)
    assert "east" not in read.open(archive).stories()["outlet"].to_pylist()


def test_of_what_is_held_only_the_id_is_shown(archive: Archive) -> None:
    hidden = {"school-en": Access.HELD, "school-ps": Access.WITHDRAWN}
    for name, access in hidden.items():
        Tables(archive, "lamp").mark([article_id(url(name))], access=access)
    refresh(archive, outlets())
    story = story_of(archive, [article_id(url("school-en"))])
    named = names()
    shown = {named[member.article_id]: member for member in story.members}
    assert shown.keys() == {"school-en", "school-fa", "school-ps", "school-fa-reprint"}
    for name, member in shown.items():
        assert (member.title is None) == (member.url is None) == (name in hidden)
    said = str(story.as_json())
    for name in hidden:
        assert CORPUS[name].title not in said
        assert url(name) not in said


def test_a_withdrawal_takes_the_words_and_leaves_the_story(archive: Archive) -> None:
    """Its text, pictures and links go from the tables; of which articles it is, stays known."""
    before = stories(archive)
    tables = Tables(archive, "north")
    tables.mark([article_id(url("bridge"))], access=Access.WITHDRAWN)
    refresh(archive, outlets())
    assert stories(archive) == before
    place = place_of(archive, "bridge")
    assert place["minhash"] is place["numbers"] is place["words"] is None


def test_no_such_article(told: Archive) -> None:
    with pytest.raises(UnknownStoryError, match="run `zancrawler stories`"):
        story_of(told, [article_id("https://nobody.example/")])


def test_tables_of_before_there_were_stories_are_migrated(archive: Archive) -> None:
    before = stories(archive)
    shutil.rmtree(archive.table("stories"))
    make_old(archive, version=1, without="story_id")
    with pytest.raises(SchemaMismatchError, match="run `zancrawler migrate`"):
        refresh(archive, outlets())
    assert migrate(archive, "a test") == ("articles", "versions", "captures")
    assert set(read.open(archive).articles()["story_id"].to_pylist()) == {None}
    assert refresh(archive, outlets()).moved == len(CORPUS)
    assert stories(archive) == before


@pytest.mark.slow
def test_killed_at_any_moment_it_can_be_run_again(told: Archive, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "copy")
    commit(archive, CORPUS.values())
    chance, died = random.Random(KILLS), 0
    for _ in range(40):
        if died == KILLS:
            break
        process = subprocess.Popen(
            [sys.executable, HERE / "killed_refresh.py", archive.root],
            stdout=subprocess.PIPE,
            env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([*sys.path])},
        )
        assert process.stdout and process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        died += process.wait() == -signal.SIGKILL
        for table in ("articles", "stories"):
            for path in archive.table(table).rglob("*.parquet"):
                pq.ParquetFile(path).read()
    assert died == KILLS
    refresh(archive, outlets())
    assert digests(archive) == digests(told)
    assert stories(archive) == stories(told)
