"""A crash loses the exchange in flight and nothing else."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import made
import pytest
from fastwarc.warc import ArchiveIterator
from hostile import PAGE, HostileServer, Script, chunked, ok
from hypothesis import given, settings
from hypothesis import strategies as st
from running import lines_of, said, start_crawl, wait_for_first

from zancrawler.archive import Archive
from zancrawler.capture.errors import DamagedWarcError
from zancrawler.capture.reader import read_exchanges, read_record, read_records
from zancrawler.capture.recovery import recover
from zancrawler.capture.warcfile import OPEN_SUFFIX

EXCHANGES = 12


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    """A WARC that was left open, its bytes, and where each exchange ends."""
    archive = Archive.open(tmp_path_factory.mktemp("growing"))
    captured = made.write(archive, EXCHANGES, close=False)
    [path] = archive.warcs("tester").glob(f"*/*{OPEN_SUFFIX}")
    ends = [exchange.offset + exchange.length for exchange in captured]
    return path.read_bytes(), path.name, [captured[0].offset, *ends]


def lay(folder: Path, name: str, data: bytes) -> Archive:
    shutil.rmtree(folder, ignore_errors=True)
    archive = Archive.open(folder)
    path = archive.warcs("tester") / "2026" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return archive


def blocks(path: Path) -> list[tuple[str, bytes]]:
    return [(record.record_id, record.block) for record in read_records(path)]


def test_four_hundred_cuts(growing, tmp_path):
    data, name, ends = growing
    dice = random.Random(1)
    cuts = [*(end + shift for end in ends for shift in (-1, 0, 1)), 0, 1, 17, 18]
    cuts += [dice.randrange(len(data)) for _ in range(400 - len(cuts))]
    for cut in cuts:
        archive = lay(tmp_path / "archive", name, data[:cut])
        [recovered] = recover(archive, "tester")
        kept = max((end for end in ends if end <= min(cut, len(data))), default=0)
        assert recovered.kept == kept
        assert recovered.torn == min(cut, len(data)) - kept
        closed = archive.root / recovered.warc_filename
        if kept:
            assert closed.read_bytes() == data[:kept]
            assert len(list(read_exchanges(closed))) == ends.index(kept)
            assert archive.cdxj(closed).read_bytes().count(b"\n") == ends.index(kept)
        else:
            assert not closed.exists()
        if recovered.torn:
            assert (archive.root / recovered.torn_filename).read_bytes() == data[kept:cut]
        assert recover(archive, "tester") == ()


def test_four_hundred_flipped_bits(growing, tmp_path):
    data, name, ends = growing
    whole = lay(tmp_path / "whole", name, data)
    truth = blocks(whole.root / recover(whole, "tester")[0].warc_filename)
    dice = random.Random(2)
    refused = 0
    # The end of a compressed block is where a flipped bit makes the stream run on.
    last = [(end - 9 - n, bit) for end in ends[1:4] for n in range(30) for bit in range(8)]
    anywhere = [(dice.randrange(len(data)), dice.randrange(8)) for _ in range(400)]
    for position, bit in (*anywhere, *last):
        flipped = bytearray(data)
        flipped[position] ^= 1 << bit
        archive = lay(tmp_path / "archive", name, bytes(flipped))
        # As a closed file: what is read is right, and then the damage is named.
        path = archive.warcs("tester") / "2026" / name
        read = []
        try:
            read.extend((record.record_id, record.block) for record in read_records(path))
        except DamagedWarcError as error:
            refused += 1
            assert error.offset <= position
        assert read == truth[: len(read)]
        # As an open file: the sound part is kept.
        [recovered] = recover(archive, "tester")
        assert recovered.kept >= max((end for end in ends if end <= position), default=0)
        if recovered.kept:
            kept = blocks(archive.root / recovered.warc_filename)
            assert kept == truth[: len(kept)]
    assert refused > 1000


def test_an_old_damaged_warc_does_not_stop_the_next_crawl(tmp_path, growing):
    data, name, ends = growing
    broken = bytearray(data)
    broken[ends[2] + 40] ^= 1
    archive = lay(tmp_path / "archive", name.removesuffix(OPEN_SUFFIX), bytes(broken))
    assert recover(archive, "tester") == ()
    captured = made.write(archive, EXCHANGES)
    # What the damaged file has is stored again, since nothing may refer to it.
    for exchange in captured:
        path = archive.root / exchange.warc_filename
        assert read_record(path, exchange.response_offset).type == "response"


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=2000), gz=st.booleans())
def test_no_bytes_make_the_reader_fall_over(data, gz, tmp_path_factory):
    path = tmp_path_factory.mktemp("noise") / "noise.warc.gz"
    path.write_bytes((b"\x1f\x8b\x08" if gz else b"WARC/1.1\r\n") + data)
    try:
        for record in read_records(path):
            assert record.length > 0
            assert record.http is not None
    except DamagedWarcError as error:
        assert str(path.name) in str(error)


def server_table(pages: int) -> dict[str, Script]:
    table = {}
    for number in range(pages):
        body = PAGE + str(number).encode() * 2000
        whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(body, 500)
        table[f"/{number}"] = Script((whole if number % 2 else ok(body),))
    return table


def kill_at_random(folder: Path, rounds: int) -> None:
    dice = random.Random(3)
    archive = Archive.open(folder / "archive")
    acknowledged: dict[str, dict] = {}
    killed = 0
    with HostileServer(server_table(400)) as server:
        base = f"http://127.0.0.1:{server.port}"
        for _ in range(rounds):
            requests = [{"url": f"{base}/{number}"} for number in range(400)]
            process = start_crawl(folder, requests, ZANCRAWLER_WARC_MAX_BYTES=150_000)
            wait_for_first(process)
            time.sleep(dice.random() * 1.2)
            killed += process.poll() is None
            process.kill()
            process.communicate()
            for line in said(lines_of(process), "captured"):
                acknowledged[f"{line['warc_filename']}:{line['offset']}"] = line
            recover(archive, "tester")
            assert not list(archive.root.rglob(f"*{OPEN_SUFFIX}"))
    for line in acknowledged.values():
        path = archive.root / line["warc_filename"]
        [exchange] = read_exchanges(path, line["offset"], line["offset"] + line["length"])
        assert exchange.url == line["url"]
        assert exchange.response.record_id == line["response_record_id"]
        assert read_record(path, line["response_offset"]).record_id == line["response_record_id"]
    known = _ids(archive)
    seen = set()
    for warc in archive.warcs("tester").rglob("*.warc.gz"):
        for record in read_records(warc):
            assert record.record_id not in seen
            seen.add(record.record_id)
            target = record.header("WARC-Refers-To")
            assert target is None or target in known
        with warc.open("rb") as file:
            assert all(
                record.verify_block_digest() for record in ArchiveIterator(file, parse_http=False)
            )
    assert killed >= rounds // 2
    assert acknowledged


def _ids(archive: Archive) -> set[str]:
    return {
        record.record_id
        for warc in archive.warcs("tester").rglob("*.warc.gz")
        for record in read_records(warc)
    }


def test_kill_minus_nine(tmp_path):
    kill_at_random(tmp_path, 5)


@pytest.mark.long
def test_two_hundred_times_kill_minus_nine(tmp_path):
    kill_at_random(tmp_path, 200)
