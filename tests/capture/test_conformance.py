"""The checker finds nothing in what is right, and each fault by its name."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from time import process_time

import made
import pytest
from hostile import CHUNKED, PAGE, HostileServer, Script, chunked, ok
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import Capture
from zancrawler.capture.conformance import FaultCode, check_cdxj, check_warc, check_warcs
from zancrawler.capture.reader import read_exchanges, read_record
from zancrawler.capture.wacz import check_wacz
from zancrawler.capture.warcfile import page_warcs

ID = "<urn:uuid:00000000-0000-4000-8000-00000000000{}>"


def record(kind: str, block: bytes = b"", number: int = 1, **changes: str | None) -> bytes:
    """A record that is right, with some named fields changed (`_` for `-`) or left out (None)."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": ID.format(number),
        "WARC-Date": "2026-01-31T12:00:00Z",
        "WARC-Target-URI": None if kind == "warcinfo" else "http://news.example/a?b=%20",
        "Content-Type": "application/warc-fields"
        if kind in ("warcinfo", "metadata")
        else f"application/http; msgtype={kind}",
        "Content-Length": str(len(block)),
    }
    fields |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


INFO = record("warcinfo", b"software: test\r\n", 0)
ASKED = b"GET /a?b=%20 HTTP/1.1\r\nHost: news.example\r\n\r\n"
ANSWER = ok(b"body")


def faults(path: Path, *members: bytes) -> list[FaultCode]:
    path.write_bytes(b"".join(gzip.compress(member) for member in members))
    return [fault.code for fault in check_warc(path)]


def sha1(data: bytes) -> str:
    return f"sha1:{hashlib.sha1(data).hexdigest()}"


RIGHT = {
    "plain": record("response", ANSWER),
    "digests": record(
        "response", ANSWER, WARC_Block_Digest=sha1(ANSWER), WARC_Payload_Digest=sha1(b"body")
    ),
    "request": record("request", ASKED),
    "whole second": record("response", ANSWER, WARC_Date="2026-01-31T12:00:00.123456Z"),
}
WRONG = {
    FaultCode.VERSION: record("response", ANSWER).replace(b"WARC/1.1", b"WARC/2.0"),
    FaultCode.MISSING_FIELD: record("response", ANSWER, WARC_Date=None),
    FaultCode.REPEATED_FIELD: record("response", ANSWER, **{"warc-type": "response"}),
    FaultCode.RECORD_ID: record("response", ANSWER, WARC_Record_ID="urn:uuid:1"),
    FaultCode.DUPLICATE_ID: record("response", ANSWER, 0),
    FaultCode.DATE: record("response", ANSWER, WARC_Date="20260131120000"),
    FaultCode.TARGET_URI: record("response", ANSWER, WARC_Target_URI="http://news.example/خبر"),
    FaultCode.CONTENT_TYPE: record("response", ANSWER, Content_Type=None),
    FaultCode.MEMBER: record("response", ANSWER) + record("response", ANSWER, 2),
    FaultCode.RECORD_END: record("response", ANSWER)[:-2],
    FaultCode.BLOCK_DIGEST: record("response", ANSWER, WARC_Block_Digest=sha1(b"other")),
    FaultCode.PAYLOAD_DIGEST: record("response", ANSWER, WARC_Payload_Digest=sha1(b"other")),
    FaultCode.DIGEST_OVER_FRAMING: record(
        "response",
        CHUNKED + b"\r\n" + chunked(b"body", 2),
        WARC_Payload_Digest=sha1(chunked(b"body", 2)),
    ),
    FaultCode.UNKNOWN_DIGEST: record("response", ANSWER, WARC_Block_Digest="crc32:1234"),
    FaultCode.TRUNCATED: record("response", ANSWER, WARC_Truncated="yes"),
    FaultCode.IP_ADDRESS: record("response", ANSWER, WARC_IP_Address="news.example"),
    FaultCode.PROFILE: record(
        "revisit",
        WARC_Refers_To_Target_URI="http://news.example/",
        WARC_Refers_To_Date="2026-01-31T12:00:00Z",
    ),
    FaultCode.REFERS_TO: record(
        "revisit",
        WARC_Profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        WARC_Refers_To_Date="2026-01-31T12:00:00Z",
    ),
    FaultCode.CONCURRENT_TO: record("request", ASKED, WARC_Concurrent_To=ID.format(9)),
    FaultCode.HTTP: record("response", b"HTTP/1.1 103 Early Hints\r\n\r\n" + ANSWER),
    FaultCode.REQUEST_TARGET: record("request", ASKED.replace(b"?b=%20", b"")),
    FaultCode.DAMAGED: record("response", ANSWER, Content_Length="999"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(tmp_path, name):
    assert faults(tmp_path / "a.warc.gz", INFO, RIGHT[name]) == []


@pytest.mark.parametrize("code", WRONG)
def test_wrong(tmp_path, code):
    assert faults(tmp_path / "a.warc.gz", INFO, WRONG[code]) == [code]


def test_no_warcinfo(tmp_path):
    assert faults(tmp_path / "a.warc.gz", RIGHT["plain"]) == [FaultCode.WARCINFO]


def test_an_empty_page_of_a_bare_host_is_asked_for_with_a_slash(tmp_path):
    asked = record("request", b"GET / HTTP/1.1\r\n\r\n", WARC_Target_URI="http://news.example")
    assert faults(tmp_path / "a.warc.gz", INFO, asked) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"hello <html>", b"a\n\nb", b"\x7fELF" + bytes(9_999)],
    ids=["empty", "short", "lines", "binary"],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_is_no_warc_is_called_none(tmp_path, content, pack):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(pack(content) if content else b"")
    [fault] = check_warc(path)
    assert (fault.offset, fault.code) == (0, FaultCode.DAMAGED)
    assert fault.message.startswith("this is no WARC")


def test_junk_in_a_warc_leaves_it_one(tmp_path):
    path = tmp_path / "a.warc.gz"
    for data in (INFO + b"junk", gzip.compress(INFO) + gzip.compress(b"junk"), INFO[:20]):
        path.write_bytes(data)
        faults = list(check_warc(path))
        assert faults[-1].code is FaultCode.DAMAGED
        assert "no WARC" not in faults[-1].message


def test_a_fault_says_where(tmp_path):
    path = tmp_path / "a.warc.gz"
    assert faults(path, INFO, RIGHT["plain"], WRONG[FaultCode.BLOCK_DIGEST].replace(b"1>", b"2>"))
    [fault] = check_warc(path)
    assert fault.file == "a.warc.gz"
    assert read_record(path, fault.offset).record_id == ID.format(2)


def test_ours_have_none(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    made.write(archive, 30, max_bytes=30_000)
    warcs = page_warcs(archive, "tester")
    assert len(warcs) > 1
    assert list(check_warcs(warcs)) == []
    for warc in warcs:
        assert list(check_cdxj(archive.cdxj(warc), [warc])) == []


def test_an_index_that_is_wrong(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    made.write(archive, 3)
    [warc] = page_warcs(archive, "tester")
    index = archive.cdxj(warc)
    lines = index.read_bytes().splitlines(keepends=True)

    def codes(*lines: bytes) -> list[FaultCode]:
        index.write_bytes(b"".join(lines))
        return [fault.code for fault in check_cdxj(index, [warc])]

    assert codes(*lines[:2]) == [FaultCode.INDEX_MISSING]
    assert codes(lines[1], lines[0], lines[2]) == [FaultCode.INDEX_ORDER]
    assert codes(*lines, lines[2]) == [FaultCode.INDEX_EXTRA]
    assert codes(*lines[:2], lines[2][:-10] + b"\n") == [
        FaultCode.INDEX_LINE,
        FaultCode.INDEX_MISSING,
    ]
    other = lines[2].replace(b"news.example/2", b"news.example/7")
    assert codes(*lines[:2], other) == [FaultCode.INDEX_LINE]


def package(folder: Path, archive: Archive, **changes) -> Path:
    """A WACZ that is right, with some of its files changed or left out (None)."""
    [warc] = page_warcs(archive, "tester")
    index = archive.cdxj(warc).read_bytes()
    first = Capture.parse(index.splitlines()[0])
    pages = [
        {"format": "json-pages-1.0", "id": "pages", "title": "All"},
        {"url": first.url, "ts": "2026-01-31T12:00:00Z"},
    ]
    files = {
        f"archive/{warc.name}": warc.read_bytes(),
        "indexes/index.cdxj": index,
        "pages/pages.jsonl": b"".join(json.dumps(page).encode() + b"\n" for page in pages),
    }
    files |= changes.get("files", {})
    files = {name: data for name, data in files.items() if data is not None}
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "bytes": len(data),
        }
        for name, data in files.items()
    ]
    described = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
    path = folder / "a.wacz"
    with zipfile.ZipFile(path, "w") as made_package:
        for name, data in files.items():
            compress = changes.get("compress", zipfile.ZIP_STORED)
            made_package.writestr(name, changes.get("tamper", {}).get(name, data), compress)
        made_package.writestr("datapackage.json", json.dumps(described))
    return path


@pytest.fixture
def archive(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    made.write(archive, 3)
    return archive


def test_a_package_that_is_right(tmp_path, archive):
    assert list(check_wacz(package(tmp_path, archive))) == []


def test_what_wacz_validate_lets_through(tmp_path, archive):
    [warc] = page_warcs(archive, "tester")
    index = archive.cdxj(warc).read_bytes()
    unsorted = b"".join(reversed(index.splitlines(keepends=True)))
    twice = warc.read_bytes() * 2
    cases = {
        FaultCode.PACKAGE: {"pages/pages.jsonl": None},
        FaultCode.INDEX_ORDER: {"indexes/index.cdxj": unsorted},
        FaultCode.DUPLICATE_ID: {f"archive/{warc.name}": twice},
    }
    for code, files in cases.items():
        found = Counter(fault.code for fault in check_wacz(package(tmp_path, archive, files=files)))
        assert found[code]


def test_a_package_that_was_tampered_with(tmp_path, archive):
    page = b'{"format": "json-pages-1.0"}\n{"url": "http://news.example/9", "ts": "2026"}\n'
    [fault] = check_wacz(package(tmp_path, archive, files={"pages/pages.jsonl": page}))
    assert "http://news.example/9 is not captured" in fault.message
    tampered = package(tmp_path, archive, tamper={"pages/pages.jsonl": page})
    messages = " ".join(fault.message for fault in check_wacz(tampered))
    assert "is not the file that its hash was taken of" in messages
    squeezed = package(tmp_path, archive, compress=zipfile.ZIP_DEFLATED)
    assert any("no player can seek" in fault.message for fault in check_wacz(squeezed))
    noise = tmp_path / "noise.wacz"
    noise.write_bytes(b"PK no zip at all")
    assert [fault.code for fault in check_wacz(noise)] == [FaultCode.DAMAGED]


PACKED = {
    "lzma": zipfile.ZIP_LZMA,
    "bz2": zipfile.ZIP_BZIP2,
    "deflate": zipfile.ZIP_DEFLATED,
    "stored": zipfile.ZIP_STORED,
}


@pytest.mark.parametrize("compression", PACKED)
def test_a_package_whose_bytes_were_changed(tmp_path, archive, compression):
    path = package(tmp_path, archive, compress=PACKED[compression])
    data = bytearray(path.read_bytes())
    data[200:800] = b"\0" * 600
    path.write_bytes(data)
    assert FaultCode.DAMAGED in [fault.code for fault in check_wacz(path)]


@pytest.mark.parametrize(
    ("local", "central", "value", "reason"),
    [(6, 8, 1, "encrypted"), (8, 10, 97, "compression"), (7, 9, 8, "utf-8")],
    ids=["encrypted", "an unknown compression", "a name of another charset"],
)
def test_a_package_that_nobody_can_unpack(tmp_path, archive, local, central, value, reason):
    path = package(tmp_path, archive)
    data = bytearray(path.read_bytes().replace(b"jsonl", b"json\xff"))
    for mark, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place] = value
    path.write_bytes(data)
    [fault] = check_wacz(path)
    assert fault.code is FaultCode.DAMAGED
    assert reason in fault.message


def test_warcs_of_one_name_in_a_package(tmp_path, archive):
    [warc] = page_warcs(archive, "tester")
    broken = b"no WARC at all"
    for there, here in (("a", "b"), ("b", "a")):
        files = {
            f"archive/{warc.name}": None,
            f"archive/{there}/{warc.name}": broken,
            f"archive/{here}/{warc.name}": warc.read_bytes(),
        }
        found = [fault.code for fault in check_wacz(package(tmp_path, archive, files=files))]
        # Each is looked at, whichever comes first.
        assert FaultCode.DAMAGED in found
        assert FaultCode.PACKAGE in found


def test_a_package_of_many_files(tmp_path):
    path = tmp_path / "many.wacz"
    with zipfile.ZipFile(path, "w") as many:
        for number in range(60_000):
            many.writestr(f"other/{number}", b"")
    start = process_time()
    assert all(fault.code is FaultCode.PACKAGE for fault in check_wacz(path))
    # Counting each name among all of them took twenty seconds.
    assert process_time() - start < 8


@pytest.mark.parametrize(
    "line",
    [
        b'{"url": []}',
        b'{"url": "a", "digest": "-", "length": 1e999, "offset": 0, "filename": "a"}',
        b'{"url": "a", "digest": "-", "length": 1, "offset": 0, "filename": ["a"]}',
        b'{"url": ["a"], "digest": "-", "length": 1, "offset": 0, "filename": "a"}',
        b"[" * 100_000,
    ],
    ids=["list", "infinity", "no filename", "no url", "deep"],
)
def test_lines_that_are_none(tmp_path, archive, line):
    line += b"\n"
    files = {"indexes/index.cdxj": b"a 2026 " + line, "pages/pages.jsonl": line * 2}
    found = [fault.code for fault in check_wacz(package(tmp_path, archive, files=files))]
    assert FaultCode.INDEX_LINE in found
    assert FaultCode.PACKAGE in found


def test_what_wget_writes_can_be_read(tmp_path):
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("wget is not installed")
    table = {
        "/": Script((ok(PAGE, b"Content-Type: text/html"),)),
        "/chunked": Script((CHUNKED + b"\r\n", chunked(PAGE, 100))),
    }
    for option in ("--warc-compression", "--no-warc-compression"):
        with HostileServer(table) as server:
            base = f"http://127.0.0.1:{server.port}"
            command = [wget, "-q", "--warc-file", tmp_path / "made", "--delete-after"]
            if option.startswith("--no"):
                command.append(option)
            subprocess.run([*command, base + "/", base + "/chunked"], cwd=tmp_path, check=True)
        name = "made.warc" if option.startswith("--no") else "made.warc.gz"
        read = list(read_exchanges(tmp_path / name))
        assert [exchange.url for exchange in read] == [base + "/", base + "/chunked"]
        assert all(exchange.response.http.body == PAGE for exchange in read)
        assert all(exchange.request is not None for exchange in read)
        for exchange in read:
            stored = exchange.response
            assert read_record(tmp_path / name, stored.offset).block == stored.block


def test_what_warcio_writes_can_be_read(tmp_path):
    path = tmp_path / "made.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(3):
            url = f"http://news.example/{number}"
            # A writer that took the codings off and left the headers, as some do.
            headers = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
            response = writer.create_warc_record(
                url,
                "response",
                payload=_stream(b"<html>plain"),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
            )
            asked = StatusAndHeaders(f"GET /{number} HTTP/1.1", [], is_http_request=True)
            request = writer.create_warc_record(url, "request", http_headers=asked)
            writer.write_request_response_pair(request, response)
    read = list(read_exchanges(path))
    assert [exchange.url for exchange in read] == [f"http://news.example/{n}" for n in range(3)]
    for exchange in read:
        assert exchange.response.http.body == b"<html>plain"
        assert exchange.response.http.coding is None


def _stream(data: bytes):
    from io import BytesIO

    return BytesIO(data)
