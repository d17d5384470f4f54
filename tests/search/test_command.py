"""`zancrawler search`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus import commit, index_lock, published
from typer.testing import CliRunner

from zancrawler.archive import Archive
from zancrawler.cli import app
from zancrawler.search import Search


def search(newsroom: Search, *arguments: str, code: int = 0) -> str:
    command = ["search", "--archive", str(newsroom.archive.root), *arguments]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == code, (done.exit_code, done.output)
    return done.output


def hits(newsroom: Search, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(search(newsroom, "--json", *arguments))
    return found


def test_people_read_title_place_and_snippet(newsroom: Search) -> None:
    assert search(newsroom, "ميروند", "--limit", "1").splitlines()[:2] == [
        "شیشه‌گر شهر کهنه هنوز آبی می‌سازد",
        "  1. 2025-08-25  newsroom-wp  fa-AF  live  "
        "https://newsroom-wp.example/2025/08/25/glassblower-of-the-old-town/",
    ]
    assert "به خارج **می‌روند** و چیزی" in search(newsroom, "ميروند")


def test_programs_read_ranges_and_the_record(newsroom: Search) -> None:
    (hit,) = hits(newsroom, '"white goat"')
    assert [hit["title"][start:end] for start, end in hit["title_marks"]] == ["white goat"]
    assert [hit["snippet"][start:end] for start, end in hit["snippet_marks"]] == ["white goat"]
    assert hit["article_id"] == "wp-en-goat"
    assert hit["date_published"] == "2025-08-15T04:40:10Z"
    assert hit["warc_filename"].endswith(".warc.gz")
    assert hit["warc_record_offset"] >= 300
    assert hit["score"] > 0


def test_several_arguments_are_one_query_and_filters_narrow_it(newsroom: Search) -> None:
    assert hits(newsroom, "snow", "leopard") == hits(newsroom, "snow leopard")
    assert {hit["language"] for hit in hits(newsroom, "کار", "--language", "prs")} == {"fa-AF"}
    assert {hit["outlet"] for hit in hits(newsroom, "the", "--outlet", "newsroom-wp")} == {
        "newsroom-wp"
    }
    assert hits(newsroom, "the", "--since", "2030-01-01") == []
    assert hits(newsroom, "goat", "--", "-court") == []


def test_no_hit_is_said_and_is_no_fault(newsroom: Search) -> None:
    assert search(newsroom, "xyzzy") == "Nothing found.\n"
    assert search(newsroom, "goat", "--offset", "90") == "Nothing more found.\n"
    assert hits(newsroom, "xyzzy") == []


def test_mistakes_get_one_sentence(newsroom: Search) -> None:
    assert "name a word" in search(newsroom, "!?", code=2)
    assert "limit" in search(newsroom, "goat", "--limit", "0", code=2)
    assert "since" in search(newsroom, "goat", "--since", "yesterday", code=2)
    assert "status" in search(newsroom, "goat", "--status", "dead", code=2)
    search(newsroom, code=2)


def test_a_stale_index_is_admitted(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    articles = published()
    commit(archive, articles[:10])
    stale = Search(archive)
    stale.refresh()
    commit(archive, articles[10:20], step=1)
    with index_lock(archive):
        assert "another process takes them in" in search(stale, "goat")
    assert "another process" not in search(stale, "goat")
