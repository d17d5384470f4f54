"""`zancrawler stories` and `zancrawler story` as a user types them, on the crawled newsroom."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
from crawled_newsroom import Crawled
from story_corpus import Pair, pairs, score

from zancrawler.archive import Archive
from zancrawler.newsroom import TruthArticle
from zancrawler.tables import Access, Tables, read
from zancrawler.tables.articles import article_id

pytestmark = pytest.mark.slow

UNTOLD = (
    {"wp-en-goat", "wp-fa-court-goat", "wp-ps-goat"},
    {"wp-en-exam-diary", "wp-fa-exam", "wp-ps-exam"},
    {"wp-en-thursday-market", "wp-fa-market-women"},
    {"wp-en-lake", "wp-fa-lake"},
)
"""Written from the same events with the same picture, of which the pages say nothing."""
REPRINT = ("wix-en-quake-tents", "wp-en-partner-quake")
"""Shortened, with a line before it, by the other outlet."""


def zancrawler(*arguments: object, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "zancrawler", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout + done.stderr


@dataclass(frozen=True)
class Told:
    archive: Archive
    truth: dict[str, TruthArticle]
    """By article_id, of those that are rows."""

    def story(self, article: TruthArticle) -> dict[str, object]:
        said = zancrawler("story", article.url, "--json", "--archive", self.archive.root)
        found: dict[str, object] = json.loads(said)
        return found

    def named(self, name: str) -> TruthArticle:
        return next(article for article in self.truth.values() if article.id == name)


@pytest.fixture(scope="module")
def told(crawled: Crawled, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A copy of the crawled newsroom: a test holds an article of it."""
    root = tmp_path_factory.mktemp("stories") / "archive"
    shutil.copytree(crawled.archive.root, root)
    truth = {article_id(article.url): article for article in crawled.newsroom.truth()}
    rows = read.open(root).articles(columns=["article_id"])["article_id"].to_pylist()
    return Told(Archive(root), {name: truth[name] for name in rows})


def true_pairs(truth: dict[str, TruthArticle]) -> set[Pair]:
    ids = {article.url: name for name, article in truth.items()}
    by_name = {article.id: name for name, article in truth.items()}
    stories = {name: name for name in truth}

    def join(one: str, other: str) -> None:
        old, new = stories[other], stories[one]
        stories.update({name: new for name, story in stories.items() if story == old})

    for name, article in truth.items():
        for _, url in article.translations:
            if url in ids:
                join(name, ids[url])
    for group in (*map(sorted, UNTOLD), REPRINT):
        first, *others = (by_name[name] for name in group if name in by_name)
        for other in others:
            join(first, other)
    return pairs(stories)


def test_the_crawl_told_the_newsrooms_stories(told: Told) -> None:
    rows = read.open(told.archive).articles(columns=["article_id", "story_id"]).to_pylist()
    found = pairs({row["article_id"]: row["story_id"] for row in rows})
    result = score(found, true_pairs(told.truth))
    assert (result.precision, result.recall) == (1.0, 1.0), [
        [told.truth[name].id for name in pair] for pair in found ^ true_pairs(told.truth)
    ]
    again = zancrawler("stories", "--archive", told.archive.root)
    assert "0 texts were new, 0 articles came to another story" in again


def test_a_story_is_shown_with_its_reasons(told: Told) -> None:
    article = told.named("wix-fa-quake")
    shown = zancrawler("story", article.url, "--archive", told.archive.root)
    assert "4 articles of 2 outlets in 3 languages" in shown
    assert "First published by newsroom-wix in en, 2025-08-31 13:20" in shown
    for word in ("translation of 1", "hreflang", "duplicate of 1", "near-text", article.title):
        assert word in shown
    members = told.story(article)["members"]
    assert isinstance(members, list)
    assert members[0]["relation"] == "original"
    assert {member["url"] for member in members} >= {article.url}


def test_an_unknown_address_is_one_sentence(told: Told) -> None:
    said = zancrawler("story", "https://example.org/none", "--archive", told.archive.root, code=1)
    assert said.count("\n") == 1 and "run `zancrawler stories`" in said


def test_a_held_article_has_neither_title_nor_url(told: Told) -> None:
    article = told.named("wp-en-goat")
    Tables(told.archive, article.outlet).mark([article_id(article.url)], access=Access.HELD)
    shown = zancrawler("story", article_id(article.url), "--archive", told.archive.root)
    assert "(held)" in shown
    assert article.title not in shown and article.url not in shown
    assert told.named("wp-ps-goat").title in shown
