"""What stands in a WARC besides the bytes, and how it is found."""

from __future__ import annotations

import gzip
import shutil
import subprocess

import made
import pytest
from hostile import PAGE, HostileServer, Script, ok
from hypothesis import given, settings
from hypothesis import strategies as st
from running import crawl, said

from zancrawler.archive import Archive
from zancrawler.capture.conformance import check_warc
from zancrawler.capture.exchange import Truncated, WireExchange
from zancrawler.capture.reader import read_exchanges, read_records
from zancrawler.capture.records import without_user
from zancrawler.capture.spool import IN_MEMORY, Spool
from zancrawler.capture.tls import iana_name
from zancrawler.capture.warcfile import page_warcs
from zancrawler.capture.writer import WarcWriter

SECRETS = (
    "Cookie: secret",
    "cookie:secret",
    "Cookie : secret",
    "Cookie2: secret",
    "Authorization:\tsecret",
    "Proxy-Authorization \t:  secret",
)


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


@pytest.mark.parametrize("line", SECRETS)
def test_no_secret_header_is_written(tmp_path, line):
    archive = Archive.open(tmp_path / "archive")
    writer = WarcWriter(archive, "tester", 1 << 30, [])
    made_by_hand = WireExchange("http://news.example/a", "GET", tmp_path)
    made_by_hand.issue()
    made_by_hand.write(f"GET /a HTTP/1.1\r\n{line}\r\nHost: news.example\r\n\r\n".encode())
    made_by_hand.receive(made.page(1))
    made_by_hand.complete(0)
    captured = writer.write(made_by_hand, None, {})
    writer.close()
    path = archive.root / captured.warc_filename
    assert b"secret" not in gzip.decompress(path.read_bytes())
    [exchange] = read_exchanges(path)
    name, _, value = line.partition(":")
    assert f"{name}:{value.replace('secret', 'xxxxxx')}\r\n".encode() in exchange.request.block
    assert f"redactedRequestHeaders: {name.strip()}\r\n".encode() in exchange.metadata.block


def test_no_password_is_written(tmp_path):
    with HostileServer({"/a": Script((ok(PAGE),)), "/late": Script((5.0,))}) as server:
        bare = f"http://127.0.0.1:{server.port}"
        base = bare.replace("//", "//reader:pass-word@")
        requests = [
            # Twisted takes no such URL, and says so with all that is in it.
            {"url": base + "/a"},
            {"url": bare + "/a?n=1", "headers": {"Referer": base + "/from"}},
            {"url": bare + "/a?n=2", "meta": {"redirect_urls": [base + "/moved"]}},
            {"url": base + "/a?n=3", "meta": {"proxy": bare}},
            {"url": bare + "/late", "meta": {"download_timeout": 0.5}},
        ]
        lines = crawl(tmp_path, requests, RETRY_ENABLED=False, REFERER_ENABLED=False)
    captured = said(lines, "captured")
    paths = ("/a", "/a?n=1", "/a?n=2", "/a?n=3", "/late")
    assert {line["url"] for line in captured} == {bare + path for path in paths}
    assert "pass-word" not in str(captured)
    warcs = list((tmp_path / "archive").rglob("*.warc.gz"))
    blocks = b"".join(record.block for warc in warcs for record in read_records(warc))
    assert b"pass-word" not in blocks
    assert f"via: {bare}/from\r".encode() in blocks
    assert f"via: {bare}/moved\r".encode() in blocks
    assert b"invalid hostname: 127.0.0.1\r" in blocks
    covered = bare.replace("//", f"//{'x' * len('reader:pass-word')}@")
    assert f"Referer: {covered}/from\r".encode() in blocks
    assert f"GET {covered}/a?n=3 HTTP/1.1\r".encode() in blocks
    for names in (b"GET, Host", b"Referer"):
        assert b"redactedRequestHeaders: %s\r" % names in blocks
    assert [fault for warc in warcs for fault in check_warc(warc)] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("http://a:b@news.example/a@b?c@d", "http://news.example/a@b?c@d"),
        ("Getting https://a@news.example took long", "Getting https://news.example took long"),
        ("http://news.example/@editor", "http://news.example/@editor"),
        ("write to editor@news.example", "write to editor@news.example"),
        ("http://a@b@news.example/", "http://news.example/"),
    ],
)
def test_user_names_are_taken_out(text, left):
    assert without_user(text) == left
