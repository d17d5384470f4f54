"""Who is answered, what with, and that nothing hidden is in any of it."""

from __future__ import annotations

import csv
import json
import socket
import sys
from urllib.parse import urlsplit

import pytest
from asking import ask, page
from shown_archive import (
    BRIDGE,
    HELD,
    HIDDEN_WORDS,
    MULE,
    REPLAY,
    SECRET,
    SEEN,
    Story,
    commit,
    decide,
)

from zancrawler.archive import Archive, ArchiveError
from zancrawler.browse.server import NoDatasetteError, serving
from zancrawler.decisions import Action

PAGES = (
    "/",
    "/search",
    "/search?q=books",
    "/outlet/paper",
    "/outlet/gazette",
    f"/article/{MULE.id}",
    f"/article/{BRIDGE.id}/changes",
    "/archive/articles",
    "/archive/articles.json",
    "/archive/articles.csv?_stream=on",
)


def test_another_site_whose_name_points_here_gets_nothing(address: str) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[::1", "0.0.0.0"):
        for path in (*PAGES, "/static/browse.css"):
            answer, body = ask(address, path, Host=host)
            assert answer.status == 403 and len(body) < 100
    assert ask(address, "/", Host="localhost:1")[0].status == 200


def test_only_loopback_listens(address: str) -> None:
    port = urlsplit(address).port
    outside = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port)}
    for host in outside - {"127.0.0.1", "::1", "127.0.1.1"}:
        with pytest.raises(OSError):
            socket.create_connection((host, port), timeout=2)


def test_it_can_only_be_read(address: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        for path in PAGES:
            assert ask(address, path, method)[0].status == 405
    answer, body = ask(address, "/", "HEAD")
    assert (answer.status, body) == (200, "")


def test_nothing_of_datasette_answers_but_the_table(address: str) -> None:
    for path in (
        "/archive?sql=select+*+from+articles",
        "/archive.json?sql=select+1",
        "/archive.db",
        "/archive/weeks.json",
        "/archive/hidden",
        "/archive/sqlite_master",
        f"/archive/articles/{MULE.id}",
        "/_internal",
        "/_memory?sql=select+1",
        "/-/metadata.json",
        "/-/settings",
        "/-/plugins.json",
        "/-/static/table.js",
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "//evil.example",
    ):
        assert ask(address, path)[0].status == 404, path
    assert ask(address, "/archive/articles.json?_where=1=1")[0].status == 403
    assert ask(address, "/archive/articles?" + "a" * 5000)[0].status == 414


def test_every_answer_forbids_scripts_and_other_machines(address: str) -> None:
    for path in (*PAGES, "/static/browse.css", "/nothing", "/article/" + "0" * 20):
        answer, _ = ask(address, path)
        policy = answer.getheader("Content-Security-Policy") or ""
        assert "default-src 'self'" in policy and "script-src 'none'" in policy
        assert "http" not in policy and "unsafe" not in policy
        assert answer.getheader("Cache-Control") == "no-store"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
        assert answer.getheader("Access-Control-Allow-Origin") is None
        assert answer.getheader("Set-Cookie") is None


def test_what_is_hidden_is_on_no_page(address: str) -> None:
    asked = (
        *PAGES,
        "/search?q=quokka",
        "/search?q=numbat",
        "/archive/articles?_q=quokka",
        "/archive/articles.json?title__contains=headline",
        "/archive/articles.csv?_q=numbat",
        "/archive/articles?_facet=title",
        "/archive/articles.json?_facet=url&_facet_size=max",
        f"/archive/articles.json?article_id={SECRET.id}",
    )
    for path in asked:
        body = page(address, path).replace("q=quokka", "").replace("q=numbat", "")
        for word in ("Hidden headline", "Held headline", "secret", "/held"):
            assert word not in body, (path, word)
    for story in (SECRET, HELD):
        for path in (f"/article/{story.id}", f"/article/{story.id}/changes"):
            answer, body = ask(address, path)
            assert answer.status == 404
            assert not any(word in body for word in HIDDEN_WORDS)


def test_what_is_withdrawn_meanwhile_is_shown_no_more(archive: Archive, own_address: str) -> None:
    assert MULE.title in page(own_address, "/archive/articles.csv")
    assert MULE.title in page(own_address, f"/article/{MULE.id}")
    decide(archive, Action.WITHDRAW, MULE)
    assert ask(own_address, f"/article/{MULE.id}")[0].status == 404
    for path in set(PAGES) - {f"/article/{MULE.id}"}:
        assert "mule" not in page(own_address, path).lower()


def test_what_is_new_is_shown_at_once(archive: Archive, own_address: str) -> None:
    new = Story("new", "A kite without a string", "It flies indoors.", day=4)
    assert ask(own_address, f"/article/{new.id}")[0].status == 404
    commit(archive, [new])
    assert new.title in page(own_address, f"/article/{new.id}")
    assert new.title in page(own_address, "/search?q=kite").replace("<mark>", "").replace(
        "</mark>", ""
    )


def test_a_result_set_can_be_taken_along(address: str) -> None:
    rows = json.loads(page(address, "/archive/articles.json?_q=books&_shape=array"))
    assert {row["article_id"] for row in rows} == {MULE.id, SEEN[3].id}
    (row,) = json.loads(page(address, "/archive/articles.json?_q=books&outlet=paper&_shape=array"))
    assert row["warc_filename"] == "warc/paper/2026/paper-00000.warc.gz"
    assert (row["warc_record_offset"], row["warc_record_length"]) == (1300, 600)
    lines = page(address, "/archive/articles.csv?_q=books&outlet=paper&_stream=on&_size=max")
    head, line = lines.strip().splitlines()
    assert line.startswith(MULE.id) and head.split(",")[:2] == ["article_id", "outlet"]
    assert json.loads(page(address, "/archive/articles.json?_q=زنبور&_shape=array")) == []


def test_no_cell_of_the_csv_is_a_formula(archive: Archive, own_address: str) -> None:
    title = '=HYPERLINK("http://127.0.0.1/?"&A1)'
    commit(archive, [Story("sum", title, "It adds up.", day=4)])
    query = "?_q=adds&_stream=on&_size=max"
    (row,) = csv.DictReader(page(own_address, f"/archive/articles.csv{query}").splitlines())
    assert row["title"] == f"'{title}"
    found = json.loads(page(own_address, f"/archive/articles.json{query}&_shape=array"))
    assert [each["title"] for each in found] == [title]


def test_decisions_that_cannot_be_read_show_nothing(archive: Archive, own_address: str) -> None:
    with archive.withdrawn.open("a") as file:
        file.write("{broken\n")
    for path in PAGES:
        answer, body = ask(own_address, path)
        assert answer.status == 500 and "withdrawn.jsonl" in body and MULE.title not in body


def test_an_export_that_was_replaced_is_not_served_from_its_old_file(
    archive: Archive, own_address: str
) -> None:
    page(own_address, "/archive/articles.json")
    archive.browse_export.unlink()
    answer, body = ask(own_address, "/archive/articles.json")
    assert answer.status == 503 and "start it anew" in body


def test_a_port_that_is_taken(archive: Archive, own_address: str) -> None:
    port = urlsplit(own_address).port or 0
    with pytest.raises(ArchiveError, match="--port"), serving(archive, None, REPLAY, port):
        pass


def test_without_the_extra_one_sentence_says_what_to_install(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datasette.app", None)
    with (
        pytest.raises(NoDatasetteError, match=r"pip install 'zancrawler\[browse\]'"),
        serving(archive, None, REPLAY, 0),
    ):
        pass
