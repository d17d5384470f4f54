"""What was captured before is not stored again, and players find it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from hostile import CHUNKED, PAGE, HostileServer, Script, chunked, ok
from running import crawl, said
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from zancrawler.archive import Archive
from zancrawler.capture.cdxj import Capture, urlkey
from zancrawler.capture.digests import sha256
from zancrawler.capture.originals import Originals
from zancrawler.capture.reader import read_exchanges, read_record
from zancrawler.capture.warcfile import page_warcs

BODY = PAGE * 5
TABLE = {
    "/whole": Script((ok(BODY, b"Content-Type: text/html; charset=utf-8"),)),
    "/same-elsewhere": Script((ok(BODY),)),
    "/chunked": Script((CHUNKED + b"\r\n" + chunked(BODY, 999),)),
    "/short": Script((ok(b"tiny"),)),
    "/moved": Script((b"HTTP/1.1 302 Found\r\nLocation: /whole\r\nContent-Length: 0\r\n\r\n",)),
}
UNCHANGED = Script((b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n',))


def indexer_lines(warc: Path) -> bytes:
    tool = Path(sys.executable).with_name("cdxj-indexer")
    if not tool.exists():
        pytest.skip("cdxj-indexer is not installed")
    done = subprocess.run([tool, "--sort", warc], capture_output=True, check=True)
    return b"".join(sorted(done.stdout.splitlines(keepends=True)))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Two crawls of the same pages, then one in which a page answers 304."""
    tmp_path = tmp_path_factory.mktemp("revisits")
    table = dict(TABLE)
    with HostileServer(table) as server:
        base = f"http://127.0.0.1:{server.port}"
        requests = [{"url": base + path} for path in table]
        one_by_one = {"CONCURRENT_REQUESTS": 1}
        crawl(tmp_path, requests, **one_by_one)
        crawl(tmp_path, requests, **one_by_one)
        table["/whole"] = table["/never-seen"] = UNCHANGED
        late = [{"url": base + path} for path in ("/whole", "/never-seen")]
        lines = crawl(tmp_path, late, **one_by_one)
    return Archive(tmp_path / "archive"), base, said(lines, "captured")


def test_repeats_become_revisits(crawled):
    archive, base, _ = crawled
    first, second, third = page_warcs(archive, "tester")
    kinds = [
        {
            exchange.url.removeprefix(base): exchange.response.type
            for exchange in read_exchanges(warc)
        }
        for warc in (first, second)
    ]
    assert kinds[0] == {
        "/whole": "response",
        "/same-elsewhere": "revisit",
        # Its digest is the same and its framing is not.
        "/chunked": "response",
        "/short": "response",
        "/moved": "response",
    }
    assert kinds[1] == kinds[0] | {"/whole": "revisit", "/chunked": "revisit"}
    originals = {}
    for warc in (first, second, third):
        for exchange in read_exchanges(warc):
            record = exchange.response
            if record.type == "response":
                originals[record.record_id] = record
                continue
            original = originals[record.header("WARC-Refers-To")]
            assert record.header("WARC-Refers-To-Target-URI") == original.target_uri
            assert record.header("WARC-Refers-To-Date") == original.header("WARC-Date")
            assert record.payload_digest == original.payload_digest
            assert record.header("WARC-Profile").startswith("http://netpreserve.org/warc/1.1/")


def test_not_modified_refers_to_what_the_page_last_was(crawled):
    archive, base, announced = crawled
    by_path = {line["url"].removeprefix(base): line for line in announced}
    unchanged = by_path["/whole"]
    record = read_record(archive.root / unchanged["warc_filename"], unchanged["response_offset"])
    assert record.type == "revisit"
    assert record.header("WARC-Profile").endswith("/server-not-modified")
    assert record.header("WARC-Refers-To-Target-URI") == base + "/whole"
    assert record.block == b""
    [exchange] = read_exchanges(
        archive.root / unchanged["warc_filename"],
        unchanged["offset"],
        unchanged["offset"] + unchanged["length"],
    )
    assert b"notModifiedResponse: HTTP/1.1 304 Not Modified%0D%0AETag:" in exchange.metadata.block
    # A 304 for a page that is not in the archive would be a hole for a player to fall into.
    assert "/tester-failed-" in by_path["/never-seen"]["warc_filename"]


def test_the_index_is_that_of_cdxj_indexer(crawled):
    archive, base, _ = crawled
    for warc in page_warcs(archive, "tester"):
        assert archive.cdxj(warc).read_bytes() == indexer_lines(warc)
    lines = b"".join(
        index.read_bytes() for index in sorted((archive.root / "cdxj" / "tester").glob("*/*.cdxj"))
    )
    key = f"{urlkey(base + '/whole')} ".encode()
    found = [Capture.parse(line) for line in lines.splitlines() if line.startswith(key)]
    assert [capture.mime for capture in found] == ["text/html", "warc/revisit", "warc/revisit"]
    for capture in found:
        [warc] = (archive.root / "warc").rglob(capture.filename)
        assert read_record(warc, capture.offset).target_uri == base + "/whole"


def test_the_digest_index_is_only_a_view(crawled):
    archive, base, _ = crawled
    path = archive.root / "cdxj" / "tester" / "originals.sqlite"

    def content() -> dict:
        index = Originals.open(archive, "tester")
        found = {uri: index.latest(base + uri) for uri in ("/whole", "/chunked", "/short", "/none")}
        index.close()
        return found

    before = content()
    assert before["/whole"].uri == base + "/whole"
    assert before["/none"] is None
    path.unlink()
    assert content() == before
    path.write_bytes(b"no database" * 1000)
    assert content() == before
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE warcs (of_another_version)")
    assert content() == before
    gone = page_warcs(archive, "tester")[0]
    gone.rename(gone.with_suffix(".hidden"))
    assert content()["/whole"] is None
    gone.with_suffix(".hidden").rename(gone)
    assert content() == before


@pytest.mark.parametrize("lacking", ["WARC-Payload-Digest", "WARC-Target-URI", "WARC-Date"])
def test_what_another_writer_left_out_is_not_referred_to(tmp_path, lacking):
    archive = Archive.open(tmp_path / "archive")
    adopted = archive.warcs("tester") / "2020" / "tester-adopted-1.warc.gz"
    adopted.parent.mkdir(parents=True)
    with HostileServer(TABLE) as server, adopted.open("wb") as file:
        url = f"http://127.0.0.1:{server.port}/whole"
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url, "response", payload=BytesIO(BODY), http_headers=head
        )
        record.rec_headers.add_header("WARC-Payload-Digest", sha256((BODY,)))
        record.rec_headers.remove_header(lacking)
        writer.ensure_digest = lambda *_, **__: None
        writer.write_record(record)
        file.flush()
        lines = crawl(tmp_path, [{"url": url}])
    assert said(lines, "closed")[0]["reason"] == "finished"
    [captured] = said(lines, "captured")
    [exchange] = read_exchanges(archive.root / captured["warc_filename"])
    assert exchange.response.type == "response"


def test_warcio_reads_them_all(crawled):
    archive, _, _ = crawled
    kinds = Counter()
    for warc in page_warcs(archive, "tester"):
        with warc.open("rb") as file:
            kinds.update(record.rec_type for record in ArchiveIterator(file))
    assert kinds["warcinfo"] == 3
    assert kinds["revisit"] == 5
    assert kinds["request"] == kinds["response"] + kinds["revisit"] == kinds["metadata"]
