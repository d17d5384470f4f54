"""Time-stamps: only a hash is sent, and OpenSSL accepts what comes of it."""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import tsa

from zancrawler.archive import UsageError
from zancrawler.proofs.checkpoint import Checkpoint
from zancrawler.runs.proving import publish
from zancrawler.signatures import timestamp as timestamps
from zancrawler.signatures.stamps import MAX_STAMP
from zancrawler.signatures.timestamp import NoTimestampError, timestamp

CHECKPOINT = Checkpoint("zancrawler/0123456789abcdef", 7, hashlib.sha256(b"a log").digest())

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tsa.Authority:
    return tsa.Authority(tmp_path_factory.mktemp("authority"))


def test_openssl_accepts_it(authority: tsa.Authority, tmp_path: Path) -> None:
    got: list[bytes] = []
    with tsa.served(authority.answer, got) as url:
        written = publish(CHECKPOINT, tmp_path / "checkpoint", url)
    assert [path.name for path in written] == ["checkpoint", "checkpoint.tsr"]
    assert written[0].read_text() == CHECKPOINT.text
    checked = ("ts", "-verify", "-data", str(written[0]), "-in", str(written[1]))
    assert "OK" in tsa.openssl(authority.folder, *checked, "-CAfile", "tsa.pem")
    sent = b"".join(got)
    assert hashlib.sha256(CHECKPOINT.text.encode()).digest() in sent
    for word in (b"0123456789abcdef", CHECKPOINT.root, b"zancrawler/0"):
        assert word not in sent


def test_a_stamp_on_something_else(authority: tsa.Authority) -> None:
    with tsa.served(authority.answer, []) as url:
        other = timestamp(b"something else", url)
    with (
        tsa.served(lambda _: other, []) as url,
        pytest.raises(NoTimestampError, match="for something else"),
    ):
        timestamp(CHECKPOINT.text.encode(), url)
    with (
        tsa.served(lambda _: other, []) as url,
        pytest.raises(NoTimestampError, match="for something else"),
    ):
        timestamp(b"something else", url)  # An old answer to a new request.


@pytest.mark.parametrize(
    "answer", [b"", b"<html>no</html>", b"\x30\x05\x30\x03\x02\x01\x02", bytes(MAX_STAMP + 1)]
)
def test_no_stamp(answer: bytes) -> None:
    """Nothing, a page, a refusal (PKIStatus 2), and too much."""
    with tsa.served(lambda _: answer, []) as url, pytest.raises(NoTimestampError, match=url):
        timestamp(b"data", url)


def test_a_server_that_sends_a_byte_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + bytes(40):
                client.sendall(bytes([byte]))
                time.sleep(0.1)

    monkeypatch.setattr(timestamps, "ALL", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        with pytest.raises(NoTimestampError, match="has not answered within 1 seconds"):
            timestamp(b"data", f"http://127.0.0.1:{server.getsockname()[1]}/tsr")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://x.example/", UsageError),
        ("nowhere", UsageError),
        ("http://127.0.0.1:9/tsr", NoTimestampError),
    ],
)
def test_no_server(url: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        timestamp(b"data", url)
