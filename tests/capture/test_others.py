"""WARCs of other tools are read as they were meant, judged fairly, and adopted."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import others
import pytest
from backports import zstd
from fastwarc.warc import ArchiveIterator
from others import FILES, PAGE, URL

from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.codecs import DICTIONARY_MAGIC, MAX_DICTIONARY
from zancrawler.capture.conformance import FaultCode, check_warc
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import read_exchanges, read_record, read_records
from zancrawler.capture.wacz import check_wacz
from zancrawler.outlets import recognise, unknown_outlet
from zancrawler.runs.adopting import adopt

WARCS = [name for name in FILES if not name.endswith(".wacz")]
OUTLET = unknown_outlet(URL, recognise(PAGE))
SHARED = ("one-member.warc.gz", "one-frame.warc.zst")


def lay(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(FILES[name]())
    return path


@pytest.mark.parametrize("name", WARCS)
def test_the_page_is_read(tmp_path, name):
    path = lay(tmp_path, name)
    [exchange] = read_exchanges(path)
    assert (exchange.url, exchange.response.target_uri) == (URL, URL)
    assert exchange.request.block.startswith(b"GET /post/kabul?lang=fa HTTP/")
    http = exchange.response.http
    assert (http.status, http.body, http.coding, http.complete) == (200, PAGE, None, True)
    assert http.header("content-type") == "text/html; charset=utf-8"
    if name not in SHARED:
        found = read_record(path, exchange.response.offset)
        assert (found.record_id, found.block) == (
            exchange.response.record_id,
            exchange.response.block,
        )
        *_, last = read_records(path)
        assert last.end == path.stat().st_size


def test_pseudo_fields_keep_their_names(tmp_path):
    [exchange] = read_exchanges(lay(tmp_path, "browsertrix.warc.gz"))
    assert exchange.response.http.header(":status") == "200"
    assert exchange.response.http.reason == ""
    assert exchange.request.http.header(":authority") == "news.example"
    assert exchange.response.header("WARC-Page-ID") == exchange.request.header("WARC-Page-ID")


@pytest.mark.parametrize("name", WARCS)
def test_they_are_judged_fairly(tmp_path, name):
    found = {fault.code for fault in check_warc(lay(tmp_path, name))}
    assert found == ({FaultCode.MEMBER} if name in SHARED else set())


@pytest.mark.parametrize("name", FILES)
def test_they_are_adopted_record_by_record(tmp_path, name):
    file = lay(tmp_path, name)
    archive = Archive(tmp_path / "archive")
    adopted = list(adopt(archive, [file], [OUTLET]))
    assert {record.records[OUTLET.name] for record in adopted} == {1}
    assert list(adopt(archive, [file], [OUTLET])) == adopted
    warcs = sorted(archive.warcs(OUTLET.name).glob("2026/*.warc.gz"))
    assert len(warcs) == len(adopted)
    for warc in warcs:
        [exchange] = read_exchanges(warc)
        assert exchange.response.http.body == PAGE
        assert read_record(warc, exchange.response.offset) == exchange.response
        with warc.open("rb") as judged:
            records = list(ArchiveIterator(judged, parse_http=False))
        offsets = [record.stream_pos for record in records]
        assert len(set(offsets)) == len(offsets) == len(list(read_records(warc)))
    if name.endswith(".warc"):
        assert gzip.decompress(warcs[0].read_bytes()) == file.read_bytes()


def test_an_arc_is_called_one(tmp_path):
    old, new = tmp_path / "old.arc.gz", tmp_path / "new.warc.gz"
    old.write_bytes(others.arc())
    [fault] = check_warc(old)
    assert "`warcio recompress old.arc.gz old.warc.gz`" in fault.message
    with pytest.raises(ArchiveError, match=r"this is an ARC file.*nothing of it was adopted"):
        list(adopt(Archive(tmp_path / "archive"), [old], [OUTLET]))
    warcio = Path(sys.executable).with_name("warcio")
    subprocess.run([warcio, "recompress", old, new], check=True, capture_output=True)
    [exchange] = read_exchanges(new)
    assert (exchange.url, exchange.response.http.body) == (URL, PAGE)


def skippable(content: bytes, size: int | None = None) -> bytes:
    length = len(content) if size is None else size
    return DICTIONARY_MAGIC + length.to_bytes(4, "little") + content


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (skippable(b"", MAX_DICTIONARY + 1), "its dictionary has 16777217 bytes"),
        (skippable(zstd.compress(bytes(MAX_DICTIONARY + 1))), "its dictionary cannot be read"),
        (skippable(zstd.compress(b"cut")[:-3]), "its dictionary cannot be read"),
        (zstd.compress(b"WARC/1.0\r\n" * 90)[:-5], "the file ends within a Zstandard frame"),
        (zstd.compress(b"no record"), "this is no WARC"),
        (others.zstandard()[:-1] + b"?", "Zstandard frame"),
        (others.zstandard() + b"rest", "no Zstandard frame begins here"),
    ],
)
def test_a_damaged_zstandard_file(tmp_path, start, reason):
    path = tmp_path / "damaged.warc.zst"
    path.write_bytes(start)
    with pytest.raises(DamagedWarcError, match=reason):
        list(read_records(path))


def test_frames_that_are_skipped(tmp_path):
    path = tmp_path / "skipped.warc.zst"
    note = b"\x50\x2a\x4d\x18\x04\0\0\0note"
    path.write_bytes(others.zstandard() + note + zstd.compress(others.wget()[2]) + note)
    assert len(list(read_records(path))) == len(others.wget()) + 1


@pytest.mark.parametrize("size", [100 << 20, 3 << 40], ids=["as it says", "and more"])
def test_a_package_that_would_fill_the_disk(tmp_path, size):
    path = tmp_path / "bomb.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open("archive/bomb.warc.gz", "w") as file:
            for _ in range(100):
                file.write(bytes(1 << 20))
        package.infolist()[0].file_size = size
    [fault] = check_wacz(path)
    assert fault.code is FaultCode.PACKAGE
    assert fault.message.endswith(f"bytes would unpack to {size}")
    with pytest.raises(ArchiveError, match="would unpack to"):
        list(adopt(Archive(tmp_path / "archive"), [path], [OUTLET]))
