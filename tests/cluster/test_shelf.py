"""Shelves, in a folder and in S3: of those who write at once one does; trouble is a sentence."""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
import requests

from zancrawler.archive import ArchiveError
from zancrawler.storage import shelf as shelves
from zancrawler.storage.shelf import Item, OvertakenError, Shelf, prove, shelf_of


@pytest.fixture(params=["folder", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return shelf_of(str(tmp_path / "shelf"))
    bucket: str = request.getfixturevalue("bucket")
    return shelf_of(f"{bucket}/a/cluster/")


def test_an_object_is_made_once_and_changed_by_whoever_knows_it(shelf: Shelf) -> None:
    assert shelf.get("leases/paper.json") is None
    first = shelf.put("leases/paper.json", b"one", None)
    with pytest.raises(OvertakenError):
        shelf.put("leases/paper.json", b"two", None)
    second = shelf.put("leases/paper.json", b"two", first)
    assert second != first
    for stale in (first, '"nothing"'):
        with pytest.raises(OvertakenError):
            shelf.put("leases/paper.json", b"three", stale)
    assert shelf.get("leases/paper.json") == Item(b"two", second)
    shelf.put("leases/radio.json", b"", None)
    assert shelf.names("leases") == ["paper.json", "radio.json"]
    assert shelf.names("") in (["leases"], [".", "leases"])
    assert shelf.names("nowhere") == []
    # One that is gone is nobody's to change.
    with pytest.raises((OvertakenError, ArchiveError)):
        shelf.put("leases/none.json", b"x", first)
    assert shelf.get("leases/none.json") is None


def test_of_many_that_write_at_once_one_does(shelf: Shelf) -> None:
    tag: str | None = None
    for turn in range(3):
        barrier, written = Barrier(6), []

        def write(name: int, tag: str | None = tag, barrier: Barrier = barrier) -> None:
            barrier.wait()
            try:
                written.append((name, shelf.put("one.json", f"{turn} {name}".encode(), tag)))  # noqa: B023
            except OvertakenError:
                return

        threads = [Thread(target=write, args=(name,)) for name in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ((name, tag),) = written
        assert shelf.get("one.json") == Item(f"{turn} {name}".encode(), tag)


def test_a_store_proves_that_it_keeps_its_word(shelf: Shelf) -> None:
    prove(shelf)
    prove(shelf)
    assert len([name for name in shelf.names("") if "conditional" in name]) == 1


def test_larger_than_anything_of_ours_is_not_read(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("manifest.json", b"x" * 101, None)
    monkeypatch.setattr(shelves, "MAX_BYTES", 100)
    with pytest.raises(ArchiveError, match=r"manifest\.json is larger than anything of ours"):
        shelf.get("manifest.json")


@contextmanager
def between(server: str, *, loses: str = "", ignores: str = "", hides: str = "") -> Iterator[str]:
    """A proxy before S3: loses the answer to a first PUT of a path, takes headers out of requests,
    or out of answers."""
    port = urlsplit(server).port
    assert port
    lost: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            there = http.client.HTTPConnection("127.0.0.1", port)
            sent = {k: v for k, v in self.headers.items() if k.lower() not in ignores.split()}
            there.request(self.command, self.path, body, sent)
            answer = there.getresponse()
            data = answer.read()
            if loses and self.path.endswith(loses) and self.command == "PUT" and not lost:
                lost.add(self.path)
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", *hides.split()):
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else len(data)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_HEAD = do_POST = pass_on  # noqa: N815 - the server's names

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def test_an_answer_that_is_lost_does_not_lose_the_lease(
    bucket: str, moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with between(moto, loses="paper.json") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        shelf = shelf_of(bucket)
        tag = shelf.put("paper.json", b"mine", None)
        assert shelf.get("paper.json") == Item(b"mine", tag)
        assert shelf.put("paper.json", b"mine again", tag) != tag


@pytest.mark.parametrize("header", ["if-match", "if-none-match"])
def test_a_store_that_overlooks_the_condition_is_refused(
    bucket: str, moto: str, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    with between(moto, ignores=header) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        with pytest.raises(ArchiveError, match="no conditional writes"):
            prove(shelf_of(bucket))


def test_a_store_without_tags_is_refused(
    bucket: str, moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf_of(bucket).put("paper.json", b"one", None)
    with between(moto, hides="etag") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        with pytest.raises(ArchiveError, match="ETag"):
            shelf_of(bucket).get("paper.json")


def sentence(failure: pytest.ExceptionInfo[ArchiveError]) -> str:
    text = str(failure.value)
    assert "\n" not in text and "Debug" not in text and len(text) < 300
    return text


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("gs://workers/a", "shared folder"),
        ("ftp://workers/a", "shared folder"),
        ("s3://", "names no bucket"),
        ("s3:///a", "names no bucket"),
        ("s3://an-id:a-secret@workers/a", "holds no credentials"),
        ("s3://workers/a%20b", "letters, digits"),
        ("s3://workers/شهر", "letters, digits"),
        ("s3://two words/a", "letters, digits"),
    ],
)
def test_an_address_that_workers_cannot_share_is_one_sentence(uri: str, says: str) -> None:
    with pytest.raises(ArchiveError, match=says) as failure:
        shelf_of(uri)
    assert "a-secret" not in sentence(failure)


def test_a_bucket_that_is_not_there_or_not_ours_is_one_sentence(bucket: str, moto: str) -> None:
    elsewhere = shelf_of("s3://nobody/a")
    for ask in (lambda: elsewhere.put("x", b"", None), lambda: elsewhere.names("leases")):
        with pytest.raises(ArchiveError, match="there is no such bucket") as failure:
            ask()
        sentence(failure)
    requests.post(f"{moto}/moto-api/reset-auth", data=b"0", timeout=60)
    with pytest.raises(ArchiveError, match="access was refused") as failure:
        shelf_of(bucket).get("x")
    sentence(failure)


def test_a_server_that_cannot_be_reached_is_one_sentence(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ArchiveError, match="cannot be reached") as failure:
        shelf_of(bucket).get("x")
    sentence(failure)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for ask in ("put", "get", "names"):
        shelf = shelf_of(str(tmp_path / "file"))
        with pytest.raises(ArchiveError, match=f"cannot .* {tmp_path}") as failure:
            shelf.put("x/y", b"", None) if ask == "put" else getattr(shelf, ask)("x/y")
        sentence(failure)


def test_without_obstore_a_bucket_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ArchiveError, match=r"pip install 'zancrawler\[cluster\]'"):
        shelf_of("s3://workers/a")
