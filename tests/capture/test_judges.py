"""What tools that we did not write say of our WARCs."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hostile import HostileServer, scripts
from running import crawl, said

from zancrawler.archive import Archive
from zancrawler.capture.conformance import check_cdxj, check_warcs
from zancrawler.capture.reader import read_exchanges, read_records
from zancrawler.capture.warcfile import page_warcs


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged")
    table = scripts(1 << 20, 2 << 20)
    with HostileServer(table) as server:
        requests = [
            {
                "url": f"http://127.0.0.1:{server.port}{path}",
                "method": script.method,
                "body": script.body,
                "headers": script.headers,
                "meta": script.meta,
            }
            for path, script in table.items()
        ]
        lines = crawl(folder, requests, DOWNLOAD_MAXSIZE=2 << 20)
    assert said(lines, "closed")[0]["reason"] == "finished"
    return Archive(folder / "archive")


def warcs(archive: Archive) -> list[Path]:
    return sorted(archive.warcs("tester").rglob("*.warc.gz"))


def tool(name: str) -> Path:
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is not installed")
    return path


def chunked(archive: Archive) -> set[str]:
    return {
        exchange.response.record_id
        for warc in warcs(archive)
        for exchange in read_exchanges(warc)
        if exchange.response and b"\nTransfer-Encoding: chunked" in exchange.response.block
    }


def test_our_own_checker(archive):
    assert list(check_warcs(warcs(archive))) == []
    for warc in page_warcs(archive, "tester"):
        assert list(check_cdxj(archive.cdxj(warc), [warc])) == []


def test_fastwarc_passes_every_block(archive):
    for warc in warcs(archive):
        with warc.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                assert record.verify_block_digest()


def test_warcio_fails_chunked_records_only(archive):
    failed = set()
    for warc in warcs(archive):
        done = subprocess.run([tool("warcio"), "check", warc], capture_output=True, text=True)
        assert "exception" not in done.stdout.lower()
        failed |= set(
            re.findall(r"WARC-Record-ID (<\S+>) \S+\n +payload digest failed", done.stdout)
        )
        assert done.stdout.count("digest failed") == len(
            re.findall("payload digest failed", done.stdout)
        )
    assert failed
    assert failed <= chunked(archive)


def test_cdxj_indexer_agrees(archive):
    for warc in page_warcs(archive, "tester"):
        done = subprocess.run([tool("cdxj-indexer"), warc], capture_output=True, check=True)
        due = sorted(done.stdout.splitlines(keepends=True))
        assert archive.cdxj(warc).read_bytes().splitlines(keepends=True) == due


BEYOND_NODE = ("/gzip-chunked", "/bare-lf")
"""warcio for Node takes trailers for content, and knows no head whose lines end in a bare LF."""

NODE = """
import { WARCParser } from "warcio";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
for (const name of process.argv.slice(2)) {
  for await (const record of new WARCParser(createReadStream(name))) {
    if (record.warcType !== "response") continue;
    const hash = createHash("sha256");
    // Chunks off, content coding on: what the payload digest is taken of.
    record.httpHeaders.headers.delete("Content-Encoding");
    for await (const chunk of record) hash.update(chunk);
    const id = record.warcHeader("WARC-Record-ID");
    console.log(JSON.stringify([id, hash.digest("hex")]));
  }
}
"""


@pytest.mark.slow
def test_warcio_for_node_takes_the_chunks_off_as_we_do(archive, tmp_path):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not installed")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    command = [npm, "install", "--silent", "warcio@2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"warcio for Node cannot be installed: {done.stderr[-300:]}")
    (tmp_path / "judge.js").write_text(NODE)
    names = [str(warc) for warc in page_warcs(archive, "tester")]
    done = subprocess.run(
        ["node", "judge.js", *names], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    computed = dict(json.loads(line) for line in done.stdout.splitlines())
    ours = {
        record.record_id: record.payload_digest
        for warc in page_warcs(archive, "tester")
        for record in read_records(warc)
        if record.type == "response" and not record.target_uri.endswith(BEYOND_NODE)
    }
    assert computed.keys() > ours.keys()
    assert chunked(archive) & ours.keys()
    for identity, digest in ours.items():
        raw = base64.b32decode(digest.partition(":")[2])
        assert computed[identity] == raw.hex(), identity
