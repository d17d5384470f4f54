"""What stands in a WARC besides the bytes, and how it is found."""

from __future__ import annotations

import shutil
import subprocess

import made
import pytest
from hostile import PAGE, HostileServer, Script, ok
from hypothesis import given, settings
from hypothesis import strategies as st
from running import crawl

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import Capture, captures_of, urlkey, write_index
from zancrawler.capture.exchange import Truncated
from zancrawler.capture.reader import read_exchanges, read_records
from zancrawler.capture.spool import IN_MEMORY, Spool
from zancrawler.capture.tls import iana_name
from zancrawler.capture.warcfile import page_warcs, sync
from zancrawler.capture.writer import WarcWriter


def test_files_are_rotated_and_no_exchange_is_split(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    captured = made.write(archive, 20, max_bytes=20_000)
    warcs = page_warcs(archive, "tester")
    assert len({exchange.warc_filename for exchange in captured}) == len(warcs) > 2
    for warc in warcs:
        first = next(read_records(warc))
        assert first.type == "warcinfo"
        assert first.header("WARC-Filename") == warc.name
        assert b"software: test" in first.block
        sync(warc)
    for exchange in captured:
        path = archive.root / exchange.warc_filename
        [read] = read_exchanges(path, exchange.offset, exchange.offset + exchange.length)
        assert read.url == exchange.url
        assert (read.offset, read.length) == (exchange.offset, exchange.length)


def test_failed_attempts_have_a_series_of_their_own(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    writer = WarcWriter(archive, "tester", 1 << 30, [])
    url = "http://news.example/cut"
    cut = made.exchange(tmp_path, url, made.page(1)[:500], whole=False)
    captured = writer.write(cut, "ConnectionError: gone", {})
    never = made.exchange(tmp_path, url, b"", whole=False)
    silent = writer.write(never, "ConnectionError: gone", {})
    writer.close()
    assert page_warcs(archive, "tester") == []
    assert "/tester-failed-" in captured.warc_filename
    assert captured.truncated is Truncated.DISCONNECT
    assert (silent.response_offset, silent.status, silent.truncated) == (None, None, None)
    first, second = read_exchanges(archive.root / captured.warc_filename)
    assert first.response.truncated == "disconnect"
    assert second.response is None
    assert b"error: ConnectionError: gone" in second.metadata.block


def test_an_unchanged_site_costs_little_the_second_time(tmp_path):
    archive = Archive.open(tmp_path / "archive")
    for _ in range(2):
        writer = WarcWriter(archive, "tester", 1 << 30, [])
        for number in range(40):
            url = f"http://news.example/{number}"
            # As many bytes as a gzipped news page has.
            answer = made.page(number, size=30_000)
            writer.write(made.exchange(tmp_path, url, answer), None, {"fetchTimeMs": "9"})
        writer.close()
    first, second = (warc.stat().st_size for warc in page_warcs(archive, "tester"))
    assert second < 0.08 * first


def test_warcinfo_and_certificates(tmp_path):
    import ssl

    from hostile import self_signed

    table = {f"/{number}": Script((ok(PAGE),)) for number in range(3)}
    toml = 'name = "tester"\n\n[sources]\nfeeds = []\n'
    with HostileServer(table, ssl.TLSVersion.TLSv1_3) as server:
        server.use_certificate(*self_signed(tmp_path), ssl.TLSVersion.TLSv1_3)
        requests = [{"url": f"https://127.0.0.1:{server.port}{path}"} for path in table]
        crawl(
            tmp_path,
            requests,
            ZANCRAWLER_WARCINFO={"operator": "An archive <a@example.org>", "outlet": toml},
            USER_AGENT="tester/1.0",
        )
    archive = Archive(tmp_path / "archive")
    [warc] = page_warcs(archive, "tester")
    info, *records = read_records(warc)
    text = info.block.decode()
    assert text.replace("\r\n ", "\n").count(toml) == 1
    for line in ("robots: ignore", "http-header-user-agent: tester/1.0", "operator: An archive"):
        assert f"{line}" in text
    assert "zancrawler/" in text
    chains = [record for record in records if record.block.startswith(b"tlsCertificate: ")]
    assert len(chains) == 1
    assert all(record.header("WARC-Warcinfo-ID") == info.record_id for record in records)


def test_cipher_suites_have_their_iana_names():
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    command = [openssl, "ciphers", "-stdname", "-v", "ALL:COMPLEMENTOFALL"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    known = 0
    for line in listed.splitlines():
        iana, _, name, *_ = line.split()
        assert iana_name(name) in (iana, None)
        known += iana_name(name) is not None
    assert known > 40


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([f"http://news.example/{n:02}" for n in range(40)]), max_size=60))
def test_every_capture_of_a_url_is_found(tmp_path_factory, urls):
    archive = Archive(tmp_path_factory.mktemp("index"))
    captures = [
        Capture(urlkey(url), f"2026{n:010}", url, None, "200", "-", 10, n, "tester-1.warc.gz")
        for n, url in enumerate(urls)
    ]
    write_index(archive, archive.warcs("tester") / "2026" / "tester-1.warc.gz", captures)
    for url in {*urls, "http://news.example/", "http://news.example/99", "http://a.example/"}:
        assert list(captures_of(archive, "tester", url)) == [
            capture for capture in captures if capture.url == url
        ]


@given(st.lists(st.binary(max_size=300_000), max_size=8), st.integers(0, 1 << 21))
@settings(deadline=None, max_examples=40)
def test_a_spool_gives_back_what_it_took(tmp_path_factory, pieces, cut):
    spool = Spool(tmp_path_factory.mktemp("spool"))
    whole = b""
    for piece in [*pieces, bytes(IN_MEMORY // 2), *pieces]:
        spool.write(piece)
        whole += piece
    assert spool.head(100) == whole[:100]
    assert b"".join(spool.pieces(7)) == whole[7:]
    spool.cut(cut)
    spool.write(b"more")
    assert b"".join(spool.pieces()) == whole[:cut] + b"more"
    spool.close()
