"""A server that writes its bytes by hand and logs every byte in and out."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class Reset:
    """Closes the connection with a TCP reset."""


class Close:
    """Closes the connection in order."""


@dataclass(frozen=True)
class Script:
    """What the server does for one path."""

    steps: tuple = ()
    """Bytes to send, seconds to sleep, Reset or Close; the connection stays open otherwise."""
    interim: bytes = b""
    """1xx heads, sent first."""
    excess: bytes = b""
    """Sent with the last step, and no part of the response."""
    truncated: str | None = None
    """The WARC-Truncated that is due."""
    method: str = "GET"
    body: str = ""
    meta: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)

    @property
    def response(self) -> bytes:
        return b"".join(step for step in self.steps if isinstance(step, bytes))


@dataclass
class Logged:
    """One request as the server read it, and what it wrote for it."""

    path: str
    request: bytes
    script: Script
    written: bytes = b""
    """Without interim heads and excess."""
    protocol: str | None = None
    cipher: str | None = None


def ok(body: bytes, *headers: bytes) -> bytes:
    lines = (b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, size: int, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    chunks = b"".join(b"%X%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return chunks + b"0\r\n" + trailers + b"\r\n"


def tiny(data: bytes, size: int = 7) -> tuple[bytes, ...]:
    return tuple(data[start : start + size] for start in range(0, len(data), size))


PAGE = "<html><title>خبر</title><p>می‌گویند".encode() * 40
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


LATE = {"download_timeout": 6.0, "max_retry_times": 0}
"""Of a request without a whole answer. What is sent of it comes before, on a busy machine too."""


def scripts(big: int, cap: int) -> dict[str, Script]:
    """Every case by its path. `big` bytes are under the size cap of `cap` bytes."""
    zipped = gzip.compress(PAGE, mtime=0)
    block = bytes(range(256)) * (big // 256)
    over = bytes(range(256)) * (cap * 2 // 256)
    return {
        "/robots.txt": Script((ok(b"User-agent: *\nAllow: /\n", b"Content-Type: text/plain"),)),
        "/gzip-chunked": Script(
            tiny(
                CHUNKED
                + b"Content-Encoding: gzip\r\nTrailer: X-T\r\n\r\n"
                + chunked(zipped, 50, b';name="value";x', b"X-T: one\r\nx-t: two\r\n")
            )
        ),
        "/chunked": Script((CHUNKED + b"\r\n", chunked(PAGE, 1000))),
        "/br": Script((ok(b"\x0b\x02\x80hello\x03", b"Content-Encoding: br"),)),
        "/zstd": Script((ok(b"\x28\xb5\x2f\xfd\x04\x00\x29", b"Content-Encoding: zstd"),)),
        "/headers": Script(
            (
                ok(
                    b"x",
                    b"Set-Cookie: a=1",
                    b"x-oDD-cAsE:   spaced  ",
                    b"Set-Cookie: b=2",
                    b"X-Folded: one\r\n  two\r\n\tthree",
                    b"X-Latin: caf\xe9",
                    "X-Utf8: خبر".encode(),
                    b"X-Empty:",
                ),
            )
        ),
        "/bare-lf": Script((b"HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\nok",)),
        "/no-reason": Script((b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",)),
        "/utf8-reason": Script(("HTTP/1.1 200 خوب است\r\nContent-Length: 2\r\n\r\nok".encode(),)),
        "/http10": Script((b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, Close())),
        "/head": Script((b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",), method="HEAD"),
        "/204": Script((b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",)),
        "/304": Script((b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n',)),
        "/empty": Script((ok(b""),)),
        "/redirect": Script(
            (b"HTTP/1.1 301 Moved\r\nLocation: /chunked?to\r\nContent-Length: 4\r\n\r\nmove",),
            meta={"handle_httpstatus_all": False},
        ),
        "/102-103": Script(
            (ok(PAGE),),
            interim=b"HTTP/1.1 102 Processing\r\n\r\n"
            b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        ),
        "/404": Script((b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",)),
        "/503": Script(
            (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",),
            meta={"handle_httpstatus_all": False},
        ),
        "/post": Script((ok(b"posted"),), method="POST", body="a=1&b=خبر"),
        "/secrets": Script(
            (ok(b"secret"),),
            headers={
                "Cookie": "session=abc",
                "Cookie2": "$Version=1",
                "Authorization": "Basic Zm9vOmJhcg==",
            },
        ),
        "/big": Script((ok(block),)),
        "/big-chunked": Script((CHUNKED + b"\r\n", chunked(block, 70_000))),
        "/over-cap": Script((ok(over),), truncated="length"),
        "/over-cap-chunked": Script((CHUNKED + b"\r\n", chunked(over, 70_000)), truncated="length"),
        "/timeout-before": Script((60.0,), meta=LATE),
        "/timeout-during": Script(
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 60.0),
            truncated="time",
            meta=LATE,
        ),
        "/short": Script(
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", Close()),
            truncated="disconnect",
        ),
        "/cut-chunked": Script(
            (CHUNKED + b"\r\n" + chunked(PAGE, 100)[:250], Close()), truncated="disconnect"
        ),
        "/reset-before": Script((0.05, Reset())),
        "/reset-during": Script(
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 0.2, Reset()),
            truncated="disconnect",
        ),
        "/bad-chunk": Script(
            (CHUNKED + b"\r\n3\r\nabc\r\nZZ\r\n", 0.2, Close()), truncated="unspecified"
        ),
        "/garbage-status": Script((b"OOPS\r\n\r\n", 0.2, Close()), truncated="unspecified"),
        "/endless-head": Script(
            (b"HTTP/1.1 200 OK\r\n", *[b"X-Endless: y\r\n" * 10_000] * 40), truncated="length"
        ),
        "/no-colon": Script((b"HTTP/1.1 200 OK\r\nbad line\r\nContent-Length: 2\r\n\r\nok",)),
        "/excess": Script((ok(PAGE),), excess=b"GARBAGE after the body"),
        "/silent-close": Script((ok(b"in the end"),), meta={"late": True}),
    }


def afterwards() -> dict[str, Script]:
    """What a server may do to a connection after a whole response."""
    return {
        "/reset-after": Script((ok(PAGE), 0.1, Reset())),
        "/excess-later": Script((ok(PAGE), 0.1, b"GARBAGE later", Close())),
        "/close-after": Script((ok(PAGE), 0.1, Close())),
    }


class HostileServer:
    """Serves the scripts on loopback, each connection in a thread; also as an HTTP proxy."""

    def __init__(self, table: dict[str, Script], tls: ssl.TLSVersion | None = None) -> None:
        self.table = table
        self.log: list[Logged] = []
        self._tls = tls
        self._certificate: tuple[str, str] | None = None
        self._lock = threading.Lock()
        self._dropped: set[str] = set()
        self._busy: dict[str, int] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._context: ssl.SSLContext | None = None

    def use_certificate(self, certificate: str, key: str, version: ssl.TLSVersion) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.minimum_version = self._context.maximum_version = version

    def __enter__(self) -> HostileServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        # A busy machine may take a minute for what a client reads at once.
        raw.settimeout(120)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = raw
        with suppress(OSError):
            if self._tls is not None:
                if raw.recv(7, socket.MSG_PEEK) == b"CONNECT":
                    read_request(raw)
                    raw.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                connection = self._context.wrap_socket(raw, server_side=True)
            served = 0
            while request := read_request(connection):
                if not self._answer(connection, raw, request, served):
                    return
                served += 1
        with suppress(OSError):
            connection.close()

    def _answer(self, connection, raw, request: bytes, served: int) -> bool:
        target = request.split(b" ", 2)[1].decode()
        if target.startswith("http://"):
            target = "/" + target.split("/", 3)[3]
        path = target.partition("?")[0]
        script = self.table[path]
        logged = Logged(target, request, script)
        if isinstance(connection, ssl.SSLSocket):
            logged.protocol, logged.cipher = connection.version(), connection.cipher()[0]
        with self._lock:
            self.log.append(logged)
            if path == "/silent-close" and served and target not in self._dropped:
                self._dropped.add(target)
                connection.close()
                return False
            tries = self._busy[target] = self._busy.get(target, 0) + 1
        steps = list(script.steps)
        if path == "/503" and tries > 2:
            steps = [ok(b"at last")]
        if script.interim:
            connection.sendall(script.interim)
            time.sleep(0.05)
        for number, step in enumerate(steps):
            if isinstance(step, bytes):
                excess = script.excess if number == len(steps) - 1 else b""
                if not step.startswith(b"GARBAGE"):
                    logged.written += step
                connection.sendall(step + excess)
            elif isinstance(step, float):
                time.sleep(step)
            elif isinstance(step, Close):
                connection.close()
                return False
            else:
                raw_socket = connection
                raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raw_socket.close()
                return False
        return True


def read_request(connection) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            while len(body) < int(value):
                body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def self_signed(folder) -> tuple[str, str]:
    """A certificate and its key for 127.0.0.1, as PEM files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(pem), str(private)
