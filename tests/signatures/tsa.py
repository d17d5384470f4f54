"""A time-stamping server on loopback: OpenSSL's, behind a few lines of HTTP."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
x509_extensions = stamping
prompt = no
[name]
CN = A time-stamping server of a test
[stamping]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
"""


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


class Authority:
    """Its key and certificate, and how it answers a query."""

    def __init__(self, folder: Path, key: Path | None = None, chain: Path | None = None) -> None:
        """With a certificate that it makes itself, or one whose key and chain lie in files."""
        self.folder = folder
        (folder / "openssl.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        if key and chain:
            shutil.copy(key, folder / "key.pem")
            shutil.copy(chain, folder / "tsa.pem")
            return
        new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        files = ("-keyout", "key.pem", "-out", "tsa.pem", "-config", "openssl.cnf", "-days", "2")
        openssl(folder, *new, *files)

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        reply = ("ts", "-reply", "-queryfile", "query.tsq", "-config", "openssl.cnf")
        openssl(self.folder, *reply, "-section", "here", "-out", "answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()


class Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def listening(handler: type[Quiet]) -> Iterator[str]:
    """The address of a server on loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def served(answer: Callable[[bytes], bytes], got: list[bytes]) -> Iterator[str]:
    """Serves answers; what was asked, head and body, goes to `got`."""

    class Handler(Quiet):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            got.extend((str(self.headers).encode(), query))
            data = answer(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with listening(Handler) as home:
        yield f"{home}/tsr"
