"""When nothing more can be captured, nothing more is fetched, and what was captured is safe."""

from __future__ import annotations

import pytest
from hostile import PAGE, HostileServer, Script, ok
from running import crawl, lines_of, said, start_crawl, wait_for_first

from zancrawler.archive import Archive
from zancrawler.capture.reader import read_exchanges
from zancrawler.capture.warcfile import OPEN_SUFFIX

TABLE = {f"/{number}": Script((ok(PAGE * 20 + b"%d" % number),)) for number in range(200)}


def requests(server: HostileServer) -> list[dict]:
    return [{"url": f"http://127.0.0.1:{server.port}{path}"} for path in TABLE]


def require_safe(archive: Archive, announced: list[dict]) -> None:
    for line in announced:
        start, end = line["offset"], line["offset"] + line["length"]
        [exchange] = read_exchanges(archive.root / line["warc_filename"], start, end)
        assert exchange.url == line["url"]


def test_a_full_disk_ends_the_run(tmp_path):
    with HostileServer(TABLE) as server:
        lines = crawl(tmp_path, requests(server), trouble={"largest_file": 40_000})
        asked = len(server.log)
    [failed] = said(lines, "capture_failed")
    assert failed["type"] == "CaptureError"
    assert "File too large" in failed["error"]
    assert "Safe" in failed["error"]
    assert said(lines, "closed")[0]["reason"] == "capture_failed"
    announced = said(lines, "captured")
    assert 5 < len(announced) <= asked < len(TABLE)
    require_safe(Archive(tmp_path / "archive"), announced)
    # Nothing was handed to the spider that is not in the WARC.
    assert {line["url"] for line in said(lines, "response")} <= {line["url"] for line in announced}


def test_a_disk_too_full_to_hold_what_a_server_sends(tmp_path):
    table = {"/large": Script((ok(b"x" * 3_000_000),))}
    with HostileServer(table) as server:
        url = f"http://127.0.0.1:{server.port}/large"
        lines = crawl(tmp_path, [{"url": url}], trouble={"largest_file": 2_000_000})
    [failed] = said(lines, "capture_failed")
    assert "cannot hold" in failed["error"]
    assert not said(lines, "response")


def test_a_warc_deleted_under_the_crawler(tmp_path):
    with HostileServer(TABLE) as server:
        process = start_crawl(tmp_path, requests(server), DOWNLOAD_DELAY=0.1)
        wait_for_first(process)
        [growing] = (tmp_path / "archive").rglob(f"*{OPEN_SUFFIX}")
        growing.unlink()
        process.communicate(timeout=300)
    lines = lines_of(process)
    [failed] = said(lines, "capture_failed")
    assert "was deleted or replaced" in failed["error"]
    assert said(lines, "closed")[0]["reason"] == "capture_failed"


@pytest.mark.parametrize("hook", ["dataReceived", "_finishResponse", "request", "_giveUp"])
def test_without_a_hook_nothing_is_fetched(tmp_path, hook):
    with HostileServer(TABLE) as server:
        lines = crawl(tmp_path, requests(server)[:3], trouble={"without": [hook]})
        assert server.log == []
    assert said(lines, "closed")[0]["reason"] == "capture_failed"
    assert (
        "install a version that pyproject.toml allows" in said(lines, "capture_failed")[0]["error"]
    )


def test_no_place_for_an_archive(tmp_path):
    (tmp_path / "archive").write_text("in the way")
    with HostileServer(TABLE) as server:
        lines = crawl(tmp_path, requests(server)[:3])
        assert server.log == []
    assert said(lines, "closed")[0]["reason"] == "capture_failed"
    assert "cannot use" in said(lines, "capture_failed")[0]["error"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZANCRAWLER_WARC_MAX_BYTES", "abc"),
        ("ZANCRAWLER_WARC_MAX_BYTES", "0"),
        ("ZANCRAWLER_VIEW_BYTES", "1.5"),
        ("ZANCRAWLER_VIEW_BYTES", "-1"),
        ("ZANCRAWLER_WARCINFO", "operator"),
        ("DOWNLOAD_MAXSIZE", "64MB"),
        ("DOWNLOAD_MAXSIZE", "-1"),
    ],
)
def test_a_setting_that_cannot_be_read(tmp_path, name, value):
    with HostileServer(TABLE) as server:
        lines = crawl(tmp_path, requests(server)[:1], **{name: value})
        assert server.log == []
    assert said(lines, "closed")[0]["reason"] == "capture_failed"
    [failed] = {line["error"] for line in said(lines, "capture_failed")}
    assert failed.startswith(f"{name} ")
    assert "give " in failed
    assert "\n" not in failed


def test_a_disk_too_full_for_the_index_of_digests(tmp_path):
    Archive.open(tmp_path / "archive")
    with HostileServer(TABLE) as server:
        lines = crawl(tmp_path, requests(server)[:3], trouble={"largest_file": 2_000})
        assert server.log == []
    assert said(lines, "closed")[0]["reason"] == "capture_failed"
    [failed] = {line["error"] for line in said(lines, "capture_failed")}
    assert failed.startswith("cannot write ")
    assert "originals.sqlite" in failed
    assert failed.endswith("Free space, then crawl again")


def test_two_hundred_megabytes_in_sixty(tmp_path):
    block = bytes(range(256)) * 4096
    size = 200 * len(block)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % size
    table = {"/small": Script((ok(b"small"),)), "/large": Script((head, *[block] * 200))}
    peaks = {}
    with HostileServer(table) as server:
        for path in table:
            folder = tmp_path / path[1:]
            folder.mkdir()
            url = f"http://127.0.0.1:{server.port}{path}"
            lines = crawl(folder, [{"url": url}], DOWNLOAD_MAXSIZE=0)
            peaks[path] = said(lines, "closed")[0]["peak_kib"]
    assert peaks["/large"] - peaks["/small"] < 60 * 1024
    # The spider is given the first part; the WARC has all of it.
    [response] = said(lines, "response")
    assert response["size"] == 16 << 20
    assert response["flags"] == ["view-limited"]
    [captured] = said(lines, "captured")
    [exchange] = read_exchanges(folder / "archive" / captured["warc_filename"])
    assert len(exchange.response.block) == len(head) + size
    assert exchange.response.truncated is None
