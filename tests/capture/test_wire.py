"""Every byte that a server read and wrote is in the WARC, and no other."""

from __future__ import annotations

import ssl
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hostile import HostileServer, Logged, afterwards, scripts, self_signed
from running import crawl, said
from scrapy.core.downloader.handlers import http11

from zancrawler.capture.reader import Exchange, read_exchanges

TLS = {"tls1.2": ssl.TLSVersion.TLSv1_2, "tls1.3": ssl.TLSVersion.TLSv1_3}
# Scrapy 2.19 passes over a header line without a colon; before, Twisted gave the response up.
LENIENT = hasattr(http11, "_LenientHTTP11ClientProtocol")


def serve(table, transport, folder) -> HostileServer:
    version = TLS.get(transport)
    server = HostileServer(table, version)
    if version is not None:
        server.use_certificate(*self_signed(folder), version)
    return server


def jobs(table, base: str, copies: int) -> list[dict]:
    return [
        {
            "url": f"{base}{path}?n={copy}",
            "method": script.method,
            "body": script.body,
            "headers": script.headers,
            "meta": script.meta,
            "priority": -1 if script.meta.get("late") else 0,
        }
        for path, script in table.items()
        for copy in range(copies)
    ]


def exchanges(archive: Path) -> dict[str, list[Exchange]]:
    """By URL, in the order of time."""
    found = defaultdict(list)
    for warc in sorted(archive.glob("warc/tester/*/*.warc.gz")):
        for exchange in read_exchanges(warc):
            found[exchange.url].append(exchange)
    for several in found.values():
        several.sort(key=lambda exchange: exchange.metadata.date)
    return found


def metadata(exchange: Exchange) -> dict[str, str]:
    lines = exchange.metadata.block.decode().split("\r\n")
    return dict(line.split(": ", 1) for line in lines if line)


def uncovered(stored: bytes, read: bytes, notes: dict[str, str]) -> bytes:
    """The stored request with its redacted values put back from what the server read."""
    if "redactedRequestHeaders" not in notes:
        return stored
    lines = stored.split(b"\r\n")
    for number, line in enumerate(lines):
        name = line.partition(b":")[0].decode("latin-1")
        if name in notes["redactedRequestHeaders"].split(", "):
            original = read.split(b"\r\n")[number]
            value = line.partition(b": ")[2]
            assert set(value) == {ord("x")}
            assert len(line) == len(original)
            lines[number] = original
    return b"\r\n".join(lines)


def compare(logged: Logged, exchange: Exchange, transport: str, proxied: bool) -> None:
    notes = metadata(exchange)
    script = logged.script
    truncated = script.truncated
    if "/no-colon" in logged.path and not LENIENT:
        truncated = "unspecified"
    request = exchange.request
    assert uncovered(request.block, logged.request, notes) == logged.request
    assert unquote_to_bytes(notes.get("interimResponse", "")) == script.interim
    assert ("redactedRequestHeaders" in notes) == bool(script.headers)
    for record in exchange.records:
        assert record.header("WARC-Date") == exchange.metadata.header("WARC-Date")
    response = exchange.response
    if not logged.written:
        assert response is None
        assert notes["error"]
        return
    assert request.header("WARC-Concurrent-To") == response.record_id
    assert exchange.metadata.header("WARC-Concurrent-To") == response.record_id
    assert request.ip_address == (None if proxied else "127.0.0.1")
    protocols = [value for name, value in response.headers if name == "WARC-Protocol"]
    assert protocols == ["http/1.1"] + (["tls/" + transport[3:]] if transport in TLS else [])
    if transport == "tls1.3":
        assert response.header("WARC-Cipher-Suite") == logged.cipher
    elif transport == "tls1.2":
        assert response.header("WARC-Cipher-Suite").startswith("TLS_ECDHE_RSA_WITH_")
    assert response.truncated == truncated
    if truncated:
        assert logged.written.startswith(response.block)
        assert notes["error"]
        if truncated != "length":
            assert response.block == logged.written
    elif response.type == "response":
        assert response.block == logged.written
    else:
        assert logged.written.startswith(response.block)


def run_and_compare(tmp_path, transport, table, *, copies, proxied=False, **settings):
    scheme = "https" if transport in TLS else "http"
    with serve(table, transport, tmp_path) as server:
        base = f"{scheme}://127.0.0.1:{server.port}"
        requests = jobs(table, base, copies)
        if proxied:
            for request in requests:
                request["meta"] = {"proxy": f"http://127.0.0.1:{server.port}"}
        lines = crawl(tmp_path, requests, **settings)
        log = defaultdict(list)
        for logged in server.log:
            log[base + logged.path].append(logged)
    assert said(lines, "closed")[0]["reason"] == "finished"
    everything = exchanges(tmp_path / "archive")
    # A request may time out before its connection stands, and then never leaves.
    captured = {
        url: [exchange for exchange in several if exchange.request is not None]
        for url, several in everything.items()
    }
    assert captured.keys() == log.keys()
    for url, several in log.items():
        assert len(captured[url]) == len(several), url
        # Two redirects may lead to one URL at the same time; their Referers tell them apart.
        read = sorted(several, key=lambda logged: logged.request)
        stored = sorted(captured[url], key=lambda exchange: exchange.request.block)
        for logged, exchange in zip(read, stored, strict=True):
            try:
                compare(logged, exchange, transport, proxied)
            except AssertionError as error:
                raise AssertionError(f"{url}: {error}") from error
    announced = said(lines, "captured")
    assert len(announced) == sum(len(several) for several in everything.values())
    return captured, announced


def run_all(folder, transport, *, copies, big):
    cap = big * 3 // 2
    settings = {"DOWNLOAD_MAXSIZE": cap, "ROBOTSTXT_OBEY": True}
    return run_and_compare(folder, transport, scripts(big, cap), copies=copies, **settings)


@pytest.mark.parametrize("transport", ["http", *TLS])
def test_the_warc_holds_what_went_over_the_wire(tmp_path, transport):
    run_all(tmp_path, transport, copies=2, big=2 << 20)


@pytest.mark.parametrize("transport", ["http", *TLS])
def test_a_silent_retry_is_an_exchange_too(tmp_path, transport):
    table = {"/204": scripts(1, 1)["/204"], "/silent-close": scripts(1, 1)["/silent-close"]}
    one_by_one = {"CONCURRENT_REQUESTS": 1}
    captured, _ = run_and_compare(tmp_path, transport, table, copies=2, **one_by_one)
    silent = [several for url, several in captured.items() if "/silent-close" in url]
    assert any(len(several) == 2 for several in silent), "no reused connection was closed"


@pytest.mark.parametrize("transport", ["http", *TLS])
def test_through_a_proxy(tmp_path, transport):
    kept = ("/chunked", "/headers", "/short", "/post", "/secrets")
    table = {path: script for path, script in scripts(1 << 20, 2 << 20).items() if path in kept}
    run_and_compare(tmp_path, transport, table, copies=2, proxied=True)


@pytest.mark.parametrize("transport", ["http", *TLS])
def test_what_comes_after_a_response_belongs_to_none(tmp_path, transport):
    slowly = {"CONCURRENT_REQUESTS": 1, "DOWNLOAD_DELAY": 0.4, "RANDOMIZE_DOWNLOAD_DELAY": False}
    run_and_compare(tmp_path, transport, afterwards(), copies=2, **slowly)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["http", *TLS])
def test_twenty_runs_out_of_twenty(tmp_path, transport):
    for run in range(20):
        folder = tmp_path / str(run)
        folder.mkdir()
        run_all(folder, transport, copies=4, big=20 << 20 if run == 0 else 1 << 20)
