"""Search quality: judged queries over the newsroom, and every word of it found."""

from __future__ import annotations

import tomllib
from pathlib import Path

from corpus import published

from zancrawler.search import Search

FIRST = 3
GOAL = 0.95


def test_judged_queries_are_answered_among_the_first_three(newsroom: Search) -> None:
    source = Path(__file__).with_name("queries.toml").read_text(encoding="utf-8")
    queries = tomllib.loads(source)["queries"]
    ids = {article.id for article in published()}
    assert len(queries) >= 60
    missed = []
    for query in queries:
        assert ids.issuperset(query["answers"]), query
        found = [hit.article_id for hit in newsroom.find(query["query"], limit=FIRST)]
        if not set(found) & set(query["answers"]):
            missed.append((query["query"], query["about"], found))
    share = 1 - len(missed) / len(queries)
    print(f"{share:.3f} of {len(queries)} judged queries; missed: {missed}")  # noqa: T201
    assert share >= GOAL, missed
