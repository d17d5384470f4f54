"""What is served: to this machine alone, in any range, and nothing that was withdrawn meanwhile."""

from __future__ import annotations

import os
import re
import socket
import zipfile
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from zancrawler.archive import Archive, ArchiveError, UsageError
from zancrawler.replay import viewer as viewers
from zancrawler.replay.package import Shelf, open_package, open_wacz
from zancrawler.replay.server import serving
from zancrawler.replay.viewer import NoViewerError, Viewer, install

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def viewer(tmp_path: Path) -> Viewer:
    """Stands in for the real one, which the browser test has."""
    for name in viewers.FILES:
        (tmp_path / name).write_text(f"// {name}")
    return Viewer(tmp_path)


@pytest.fixture
def home(tmp_path: Path, viewer: Viewer) -> Iterator[str]:
    path = tmp_path / "some.wacz"
    path.write_bytes(CONTENT)
    opened = open_package(path)
    with serving(viewer, lambda: opened, 0) as home:
        yield home
    opened.file.close()


@pytest.mark.parametrize("listed", [None, "notes.txt", "datapackage.json"])
def test_only_a_package_is_opened(tmp_path: Path, listed: str | None) -> None:
    path = tmp_path / "some.wacz"
    if listed is None:
        path.write_bytes(CONTENT)
    else:
        with zipfile.ZipFile(path, "w") as package:
            package.writestr(listed, "{}")
    if listed == "datapackage.json":
        open_wacz(path).file.close()
        return
    with pytest.raises(UsageError, match="is no WACZ"):
        open_wacz(path)


@pytest.fixture
def address(home: str) -> str:
    """Where the viewer is, with the package."""
    return framed(home)


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def framed(home: str) -> str:
    """Where the viewer is, as the page around it says."""
    _, page = ask(home, "/")
    found = re.search(rb'data-viewer="([^"]+)"', page)
    assert found
    return found[1].decode()


def package_path(address: str) -> str:
    _, page = ask(address, "/")
    found = re.search(rb'data-source="([^"]+)"', page)
    assert found
    return found[1].decode()


def test_the_package_whole_and_in_ranges(address: str) -> None:
    path = package_path(address)
    answer, body = ask(address, path)
    assert (answer.status, body) == (200, CONTENT)
    answer, body = ask(address, path, "HEAD")
    assert (answer.getheader("Content-Length"), body) == (str(len(CONTENT)), b"")
    size = len(CONTENT)
    for asked, due in {
        "bytes=0-0": CONTENT[:1],
        "bytes=100-299": CONTENT[100:300],
        f"bytes={size - 5}-": CONTENT[-5:],
        "bytes=-22": CONTENT[-22:],
        f"bytes=10-{size * 9}": CONTENT[10:],
        f"bytes=-{size * 9}": CONTENT,
    }.items():
        answer, body = ask(address, path, Range=asked)
        assert (answer.status, body) == (206, due)
        start = size - len(due) if asked.startswith("bytes=-") else int(asked[6:].split("-")[0])
        where = f"bytes {start}-{start + len(due) - 1}/{size}"
        assert answer.getheader("Content-Range") == where
    for asked in (f"bytes={size}-", "bytes=9-3"):
        answer, _ = ask(address, path, Range=asked)
        assert answer.status == 416
    # What is no range that we know is no range (RFC 9110, 14.2).
    for asked in ("bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b"):
        answer, body = ask(address, path, Range=asked)
        assert (answer.status, body) == (200, CONTENT)


def test_another_site_whose_name_points_here_gets_nothing(address: str) -> None:
    path = package_path(address)
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[::1"):
        answer, body = ask(address, path, Host=host)
        assert answer.status == 403
        assert len(body) < 100


def test_localhost_is_led_to_the_address_that_the_viewer_lets_itself_be_framed_by(
    home: str, address: str
) -> None:
    for at, path in ((home, "/"), (address, package_path(address))):
        answer, body = ask(at, path, Host="localhost:1")
        assert (answer.status, answer.getheader("Location"), body) == (303, at, b"")


def test_nothing_may_be_asked_of_other_machines(home: str, address: str) -> None:
    for at, path in (
        (home, "/"),
        (home, "/index.js"),
        (address, "/"),
        (address, "/replay/sw.js"),
        (address, "/replay/ui.js"),
        (address, "/open.js"),
        (address, package_path(address)),
        (address, "/nothing"),
    ):
        answer, _ = ask(at, path)
        policy = answer.getheader("Content-Security-Policy") or ""
        assert "default-src 'self'" in policy
        assert set(re.findall(r"http[^ ;]*", policy)) == {address if at == home else home}
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
        assert answer.getheader("Access-Control-Allow-Origin") is None


def test_what_is_replayed_is_in_a_frame_of_another_origin(home: str, address: str) -> None:
    assert address != home
    assert ask(home, "/replay/ui.js")[0].status == 404
    assert ask(home, package_path(address))[0].status == 404
    # A window of its own would have no sandbox around it.
    answer, body = ask(address, "/", **{"Sec-Fetch-Dest": "document"})
    assert (answer.status, answer.getheader("Location"), body) == (303, home, b"")


def test_no_file_but_the_viewers_is_given(address: str, tmp_path: Path) -> None:
    for path in ("/replay/LICENSE", "/replay/../some.wacz", "/some.wacz", "/etc/passwd"):
        assert ask(address, path)[0].status == 404
    assert ask(address, "/other/archive.wacz")[0].status == 410


def test_only_loopback_listens(home: str, address: str) -> None:
    for port in (urlsplit(home).port, urlsplit(address).port):
        outside = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port)}
        for host in outside - {"127.0.0.1", "::1", "127.0.1.1"}:
            with pytest.raises(OSError):
                socket.create_connection((host, port), timeout=2)


def test_a_port_that_is_taken(home: str, viewer: Viewer) -> None:
    port = urlsplit(home).port or 0
    with (
        pytest.raises(ArchiveError, match="--port"),
        serving(viewer, lambda: pytest.fail("nobody asked"), port),
    ):
        pass


def test_what_is_hidden_meanwhile_is_given_out_no_more(tmp_path: Path, viewer: Viewer) -> None:
    archive = Archive.open(tmp_path / "archive")
    hidden: list[str] = []
    packed: list[Path] = []

    def pack(path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"all of it" if not hidden else b"the rest")
        packed.append(path)

    shelf = Shelf(archive, pack, lambda: tuple(hidden))
    with serving(viewer, shelf.current, 0) as home:
        address = framed(home)
        before = package_path(address)
        assert ask(address, before)[1] == b"all of it"
        # Another decision that hides nothing more: the same package goes on.
        archive.withdrawn.write_text("{}\n")
        assert ask(address, before)[1] == b"all of it"
        assert len(packed) == 1
        hidden.append("an article")
        archive.withdrawn.write_text("{}\n{}\n")
        answer, body = ask(address, before, Range="bytes=0-5")
        assert (answer.status, b"all" in body) == (410, False)
        assert ask(address, package_path(address))[1] == b"the rest"
    # Nothing of it is left on the disk, not even while it was served.
    assert not any(path.exists() for path in packed)


def test_an_archive_that_cannot_be_packed_is_said_so(tmp_path: Path, viewer: Viewer) -> None:
    def pack(path: Path) -> None:
        raise ArchiveError("nothing was captured")

    shelf = Shelf(Archive.open(tmp_path / "archive"), pack, lambda: None)
    with serving(viewer, shelf.current, 0) as home:
        answer, body = ask(framed(home), "/")
        assert (answer.status, body) == (500, b"nothing was captured\n")


def test_without_the_viewer_one_sentence_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(NoViewerError, match="`zancrawler replay --install`"):
        Viewer.installed()


def fake_npm(folder: Path, script: str) -> str:
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_another_package_than_ours_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """npm's registry, or whoever answers in its place, may have been tampered with."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    name = f"{viewers.PACKAGE}-{viewers.VERSION}.tgz"
    monkeypatch.setenv("PATH", fake_npm(tmp_path, f'echo something else > "$5/{name}"'))
    with pytest.raises(NoViewerError, match="digest"):
        install()
    assert not (tmp_path / "data").exists()
    monkeypatch.setenv("PATH", fake_npm(tmp_path, "echo no such host >&2; exit 1"))
    with pytest.raises(NoViewerError, match="no such host"):
        install()
